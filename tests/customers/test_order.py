"""However evidence is ordered and split into batches, the same people come out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.customers import rules
from guanxi.customers.contracts import Sighting
from guanxi.customers.models import SubjectMove
from guanxi.customers.services import recompute
from tests.customers.world import brand, check, customers, forget, persons, resolved, reviews, seen, split

pytestmark = pytest.mark.django_db

THOROUGH = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = [None, "李雷", "韩梅梅", "王**"]
ACCOUNTS = ["tmall:a", "tmall:b", "jd:a", "member:1", "member:2", "unionid:u", "unionid:v", "openid:wx:o"]
CONTACTS = ["phone:1", "phone:2", "phone:3", "email:a@b.cn"]


@st.composite
def sightings(draw: st.DrawFn) -> Sighting:
    accounts = draw(st.lists(st.sampled_from(ACCOUNTS), max_size=2, unique_by=lambda a: a.partition(":")[0]))
    contacts = draw(st.lists(st.sampled_from(CONTACTS), max_size=1))
    birthday = draw(st.sampled_from([None, None, None, "1990-05-01", "1988-03-07"]))
    details = {"birthday": birthday} if birthday else {}
    name = draw(st.sampled_from(NAMES))
    record = seen(" ".join(accounts + contacts), name, draw(st.integers(0, 900)), **details)
    return record._replace(use=draw(st.sampled_from([True, True, False])))


WORLDS = st.lists(sightings(), min_size=1, max_size=14)


def outcome(brand_id: int) -> tuple[object, object]:
    """Persons and reviews. A shop's phone is one review, at whichever of its names came first."""
    asked = {
        (code, frozenset(name[:2] if code.startswith("shop_") else name for name in names))
        for code, names in reviews(brand_id)
    }
    return persons(brand_id), asked


@pytest.fixture(params=["usual limits", "low limits"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Low limits make shop phones and dealers' accounts of small worlds."""
    if request.param == "low limits":
        monkeypatch.setattr(rules, "MAX_ACCOUNTS_PER_CONTACT", 2)
        monkeypatch.setattr(rules, "MAX_NAMES_PER_CONTACT", 2)
        monkeypatch.setattr(rules, "MAX_TIES_PER_ACCOUNT", 4)


@pytest.mark.usefixtures("limits")
@THOROUGH
@given(world=WORLDS, data=st.data())
def test_order_and_batches_do_not_matter(world: list[Sighting], data: st.DataObject) -> None:
    forget()
    brand_id = brand()
    resolved(brand_id, *world)
    check(brand_id)
    expected = outcome(brand_id)
    forget()
    shuffled = data.draw(st.permutations(world))
    cuts = data.draw(st.sets(st.integers(1, len(world)), max_size=5))
    for batch in split(shuffled, cuts):
        resolved(brand_id, *batch)
        check(brand_id)
    assert outcome(brand_id) == expected


@pytest.mark.usefixtures("limits")
@THOROUGH
@given(world=WORLDS, cuts=st.sets(st.integers(1, 14), max_size=4))
def test_recomputing_everything_changes_nothing(world: list[Sighting], cuts: set[int]) -> None:
    forget()
    brand_id = brand()
    for batch in split(world, {cut for cut in cuts if cut <= len(world)}):
        resolved(brand_id, *batch)
    before = outcome(brand_id), customers(brand_id), SubjectMove.objects.count()
    recompute(brand_id)
    check(brand_id)
    assert (outcome(brand_id), customers(brand_id), SubjectMove.objects.count()) == before


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("cut", [0, 1, 2])
def test_a_crowd_that_comes_in_one_batch_is_a_crowd_all_the_same(cut: int) -> None:
    """Three accounts of three platforms on a phone, of which two are allowed with low limits."""
    world = [
        seen("jd:a phone:1", None, 0),
        seen("tmall:a phone:1", None, 0),
        seen("member:1 phone:1", None, 0),
    ]
    brand_id = brand()
    resolved(brand_id, *world)
    at_once = outcome(brand_id)
    forget()
    for batch in split(world, {cut} - {0}):
        resolved(brand_id, *batch)
    assert outcome(brand_id) == at_once
