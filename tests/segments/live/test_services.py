"""Two operators, references, hostile names, archives: what may be done to segments, and what may not."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from guanxi.customers import services as customers
from guanxi.customers.tag_dictionary import Origin
from guanxi.customers.tags import tags_of
from guanxi.kernel.clock import frozen
from guanxi.kernel.conditions import ConditionInvalid
from guanxi.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from guanxi.platform import storage
from guanxi.platform.actors import Actor, person
from guanxi.platform.models import AuditEntry, Brand, Job
from guanxi.segments import computed, exporting, following, previews, queries, services
from guanxi.segments.contracts import State
from guanxi.segments.models import Membership, Segment, SegmentVersion
from guanxi.segments.refreshing import refresh
from guanxi.warehouse import services as warehouse
from tests.segments.live.brand import (
    BUYERS,
    DAY,
    NOW,
    RECENT,
    SCANNERS,
    does,
    follow,
    make,
    members,
    segment,
    told,
    version,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "'; DROP TABLE segments_segment; --",
    "{{ 7*7 }}",
    "名" * 80,
]


def inside(number: int) -> dict[str, object]:
    return {"version": 1, "all": [{"leaf": "segment.in", "segment": number}]}


def test_the_second_of_two_operators_is_told_and_loses_nothing(brand: Brand) -> None:
    number = segment(brand, "buyers", BUYERS)
    services.save(brand, number, 1, name="payers", actor="user:1")
    with pytest.raises(Conflict) as refused:
        services.save(brand, number, 1, condition=SCANNERS, actor="user:2")
    assert refused.value.data["version"] == 2
    assert Segment.objects.get(pk=number).condition["all"] == BUYERS["all"]
    services.save(brand, number, 2, condition=SCANNERS, actor="user:2")
    kept = SegmentVersion.objects.filter(segment_id=number).order_by("version")
    assert [(row.version, row.what, row.actor) for row in kept] == [
        (1, "created", "user:1"),
        (2, "saved", "user:1"),
        (3, "saved", "user:2"),
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_names(brand: Brand, name: str) -> None:
    number = segment(brand, name, BUYERS, description=name)
    outer = segment(brand, "outer", inside(number))
    lei = does(brand, "lei")
    follow(brand)
    assert members(outer) == [lei]
    assert queries.detail(brand, number).row.name == name
    assert name in queries.detail(brand, outer).sentence_en
    fact = json.loads(told_payload(brand))
    assert fact["segment"] in {name, "outer"}


def told_payload(brand: Brand) -> str:
    from guanxi.touchpoints.models import Touchpoint

    return str(Touchpoint.objects.filter(brand_id=brand.pk, kind="segment.entered").first().payload)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "\x00\n"])
def test_what_is_no_name_is_refused(brand: Brand, name: str) -> None:
    with pytest.raises(Invalid):
        services.create(brand, name, BUYERS, actor="user:1")


def test_a_name_is_taken_until_its_segment_is_deleted(brand: Brand) -> None:
    number = segment(brand, "buyers", BUYERS)
    with pytest.raises(Conflict):
        services.create(brand, "buyers", SCANNERS, actor="user:1")
    other = segment(brand, "scanners", SCANNERS)
    with pytest.raises(Conflict):
        services.rename(brand, other, 1, "buyers", actor="user:1")
    services.delete(brand, number, 1, actor="user:1")
    services.rename(brand, other, 1, "buyers", actor="user:1")
    with pytest.raises(NotFound):
        queries.detail(brand, number)


def test_a_segment_cannot_lead_back_to_itself(brand: Brand) -> None:
    first = segment(brand, "first", BUYERS)
    second = segment(brand, "second", inside(first))
    third = segment(brand, "third", inside(second))
    for number in (first, second, third):
        with pytest.raises(ConditionInvalid) as refused:
            services.save(brand, first, 1, condition=inside(number), actor="user:1")
        assert "first" in str(refused.value)
    assert "first → third → second → first" in str(refused.value)
    assert version(first) == 1


def test_what_others_refer_to_is_neither_deleted_nor_archived(brand: Brand) -> None:
    inner = segment(brand, "inner", BUYERS)
    outer = segment(brand, "outer", inside(inner))
    for refuse in (services.delete, services.archive):
        with pytest.raises(Conflict) as refused:
            refuse(brand, inner, 1, actor="user:1")
        assert refused.value.data["used_by"] == [{"kind": "segment", "name": "outer"}]
    assert [one.name for one in queries.detail(brand, outer).uses] == ["inner"]
    assert [one.name for one in queries.detail(brand, inner).used_by] == ["outer"]
    services.delete(brand, outer, version(outer), actor="user:1")
    services.delete(brand, inner, 1, actor="user:1")
    work()
    assert not Membership.objects.exists()


def test_a_segment_whose_reference_has_gone_says_so_and_stops_nobody(brand: Brand) -> None:
    inner, buyers = segment(brand, "inner", SCANNERS), segment(brand, "buyers", BUYERS)
    outer = segment(brand, "outer", inside(inner))
    Segment.objects.filter(pk=inner).update(state=State.DELETED, version=9)  # as a race or a hand would
    lei = does(brand, "lei")
    follow(brand)
    assert members(buyers) == [lei]
    refresh(brand)
    row = queries.detail(brand, outer).row
    assert "There is no segment" in row.problem
    with pytest.raises(ConditionInvalid):
        services.create(brand, "new", inside(inner), actor="user:1")
    services.save(brand, outer, version(outer), condition=BUYERS, actor="user:1")
    work()
    assert members(outer) == [lei]
    assert queries.detail(brand, outer).row.problem == ""


def test_a_kind_that_has_vanished_breaks_nothing(brand: Brand) -> None:
    buyers = segment(brand, "buyers", BUYERS)
    gone = {"version": 1, "any": [{"leaf": "behaviour.did", "kinds": ["points.earned"]}, *BUYERS["all"]]}
    Segment.objects.filter(pk=buyers).update(condition=gone, version=2)
    lei = does(brand, "lei")
    follow(brand)
    assert members(buyers) == [lei]
    with pytest.raises(ConditionInvalid):
        services.create(brand, "new", gone, actor="user:1")


def test_a_source_that_fails_sets_its_segment_aside_alone(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guanxi.segments import comparing

    buyers, broken = segment(brand, "buyers", BUYERS), segment(brand, "broken", RECENT)
    does(brand, "mei")
    follow(brand)
    before = members(broken)
    plain = comparing.evaluate

    def failing(where: object, conditions: dict[int, object], *rest: object) -> object:
        if broken in conditions:
            raise RuntimeError("boom")
        return plain(where, conditions, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(comparing, "evaluate", failing)
    lei = does(brand, "lei")
    follow(brand)
    assert lei in members(buyers)
    assert members(broken) == before
    assert "RuntimeError" in queries.detail(brand, broken).row.problem


def test_references_cannot_grow_without_bound(brand: Brand) -> None:
    number = segment(brand, "0", {"version": 1, "any": [*BUYERS["all"], *SCANNERS["all"]]})
    with pytest.raises(ConditionInvalid) as refused:
        for level in range(1, 12):
            both = [{"leaf": "segment.in", "segment": number} for _ in range(4)]
            number = services.create(brand, str(level), {"version": 1, "all": both}, actor="user:1")
    assert "leaves" in str(refused.value)


def test_a_frozen_segment_keeps_its_members(brand: Brand) -> None:
    number = segment(brand, "recent", RECENT)
    lei = does(brand, "lei")
    follow(brand)
    services.freeze(brand, number, version(number), actor="user:1")
    work()
    with frozen(NOW + 40 * DAY):
        does(brand, "mei")
        follow(brand)
        refresh(brand)
        work()
        assert members(number) == [lei]
        with pytest.raises(Conflict):
            services.save(brand, number, version(number), condition=BUYERS, actor="user:1")
        services.set_mode(brand, number, version(number), "live", actor="user:1")
        work()
        assert members(number) == [lei + 1]
    assert told(brand) == [("entered", lei)]


def test_an_archived_segment_is_followed_no_more_and_comes_back_whole(brand: Brand) -> None:
    number = segment(brand, "buyers", BUYERS)
    lei = does(brand, "lei")
    follow(brand)
    services.archive(brand, number, 1, actor="user:1")
    work()
    assert members(number) == []
    assert queries.segments(brand) == []
    mei = does(brand, "mei")
    services.restore(brand, number, 2, actor="user:1")
    work()
    assert members(number) == sorted([lei, mei])
    assert told(brand) == [("entered", lei)]


@pytest.mark.parametrize(("hour", "weekday"), [(None, None), (24, None), (-1, 2), (3, 7)])
def test_a_schedule_has_an_hour(brand: Brand, hour: int | None, weekday: int | None) -> None:
    with pytest.raises(Invalid):
        services.create(brand, "x", BUYERS, mode="scheduled", hour=hour, weekday=weekday, actor="user:1")


def test_lists_have_sizes_and_thirty_days_of_history(brand: Brand) -> None:
    with frozen(NOW - 3 * DAY):
        number = segment(brand, "buyers", BUYERS)
        does(brand, "lei")
        follow(brand)
    with frozen(NOW - DAY):
        does(brand, "mei")
        follow(brand)
    (row,) = queries.segments(brand)
    assert (row.id, row.size, row.share, row.ready) == (number, 2, 1.0, True)
    assert row.history == [1, 1, 2, 2]
    assert [(day.size, day.entered, day.left) for day in queries.detail(brand, number).days] == [
        (1, 1, 0),
        (1, 0, 0),
        (2, 1, 0),
        (2, 0, 0),
    ]


def test_midnight_in_shanghai_begins_a_day_of_history(brand: Brand) -> None:
    midnight = NOW - NOW % DAY + 16 * 3_600_000  # 00:00 in Shanghai
    with frozen(midnight - 1):
        number = segment(brand, "buyers", BUYERS)
        does(brand, "lei")
        follow(brand)
    with frozen(midnight):
        does(brand, "mei")
        follow(brand)
        assert [day.size for day in queries.detail(brand, number).days] == [1, 2]


def test_overlap_counts_who_is_in_exactly_which(brand: Brand) -> None:
    buyers, scanners = segment(brand, "buyers", BUYERS), segment(brand, "scanners", SCANNERS)
    for who, kinds in {
        "a": ["order.paid"],
        "b": ["order.paid", "code.scanned"],
        "c": ["code.scanned"] * 2,
    }.items():
        for kind in kinds:
            does(brand, who, kind)
    does(brand, "d")
    follow(brand)
    found = queries.overlap(brand, [buyers, scanners])
    assert found.sizes == {buyers: 3, scanners: 2}
    assert [(one.segments, one.size) for one in found.intersections] == [
        ((buyers,), 2),
        ((scanners,), 1),
        ((buyers, scanners), 1),
    ]
    with pytest.raises(Invalid):
        queries.overlap(brand, [buyers])
    with pytest.raises(NotFound):
        queries.overlap(make("other"), [buyers, scanners])


def test_a_preview_counts_samples_and_says(brand: Brand) -> None:
    lei = does(brand, "lei")
    does(brand, "mei", "code.scanned")
    number = segment(brand, "buyers", BUYERS)
    found = previews.preview(brand, {"version": 1, "not": {"leaf": "segment.in", "segment": number}})
    assert (found.count, found.customers, list(found.sample)) == (1, 2, [lei + 1])
    assert "buyers" in found.sentence_en
    assert found.sentence_zh != found.sentence_en


def test_composition_compares_members_with_everybody(brand: Brand) -> None:
    for number in range(40):
        does(brand, f"f{number}", name=f"李{number}", person={"gender": "f"})
    for number in range(40):
        does(brand, f"m{number}", "code.scanned", name=f"王{number}", person={"gender": "m"})
    number = segment(brand, "buyers", BUYERS)
    found = previews.composition(brand, number)
    assert (found.members, found.customers) == (40, 80)
    genders = {one.value: one for one in found.traits if one.trait == "gender"}
    assert (genders["f"].inside, genders["f"].base, genders["f"].lift, genders["f"].small) == (
        40,
        40,
        2.0,
        False,
    )
    assert genders["m"].lift == 0.0
    few = segment(brand, "few", {"version": 1, "all": []}, mode="frozen")
    warehouse.sync(brand)
    assert previews.composition(brand, few).members == 80


def test_why_somebody_is_in_or_out(brand: Brand) -> None:
    number = segment(brand, "buyers", {"version": 1, "all": [BUYERS["all"][0], {"not": SCANNERS["all"][0]}]})
    lei = does(brand, "lei")
    follow(brand)
    found = queries.why(brand, number, lei)
    assert (found.member, found.explained.holds) == (True, True)
    bought, scanned = found.explained.parts
    assert (bought.holds, scanned.holds, len(bought.facts)) == (True, True, 1)
    does(brand, "lei", "code.scanned")
    late = queries.why(brand, number, lei)
    assert (late.member, late.explained.holds) == (True, False)
    assert [one.name for one in queries.segments_of(brand, lei)] == ["buyers"]
    with pytest.raises(NotFound):
        queries.why(brand, number, 987_654)
    with pytest.raises(NotFound):
        queries.why(make("other"), number, lei)


def test_a_tag_is_kept_by_a_segment(brand: Brand) -> None:
    lei = does(brand, "lei")
    number = segment(brand, "recent", RECENT)
    customers.define_tag(brand.pk, "fresh", origin=Origin.RULE, actor="user:1")
    customers.define_tag(brand.pk, "hand", actor="user:1")
    with pytest.raises(Conflict):
        services.keep_tag(brand, number, 1, "hand", actor="user:1")
    services.keep_tag(brand, number, 1, "fresh", actor="user:1")
    work()
    mei = does(brand, "mei")
    follow(brand)
    assert [[tag.name for tag in tags_of(brand.pk, [who])] for who in (lei, mei)] == [["fresh"], ["fresh"]]
    with frozen(NOW + 31 * DAY):
        follow(brand)
        assert tags_of(brand.pk, [lei]) == []
    other = segment(brand, "buyers", BUYERS)
    with pytest.raises(Conflict):
        services.keep_tag(brand, other, version(other), "fresh", actor="user:1")


def test_computed_fields_are_compared_like_any_other(brand: Brand) -> None:
    spec = {"aggregate": "sum", "of": "amount_fen", "kinds": ["order.paid"], "within": {"days": 30}}
    names = {"label_zh": "近 30 天消费", "label_en": "Spent lately"}
    computed.define(brand, "spent_30d", spec, **names, actor="user:1")
    average = {**spec, "aggregate": "average"}
    computed.define(brand, "basket", average, **names, actor="user:1")
    condition = {"version": 1, "all": [{"leaf": "computed.is", "field": "spent_30d", "at_least": 250}]}
    number = segment(brand, "spenders", condition)
    lei = does(brand, "lei")
    does(brand, "lei", amount_fen=199)
    mei = does(brand, "mei")
    follow(brand)
    assert members(number) == [lei]
    assert "Spent lately" in queries.detail(brand, number).sentence_en
    assert computed.values(brand, [lei, mei])[lei] == {"spent_30d": 299, "basket": 149}
    with pytest.raises(Conflict):
        computed.remove(brand, "spent_30d", actor="user:1")
    with pytest.raises(Conflict):
        computed.define(brand, "spent_30d", spec, **names, actor="user:2")
    computed.define(brand, "spent_30d", {**spec, "aggregate": "count"}, **names, version=1, actor="user:2")
    work()
    assert members(number) == []
    assert refresh(brand).drift == 0
    computed.remove(brand, "basket", actor="user:1")
    for wrong in (
        {"aggregate": "median", "kinds": ["order.paid"]},
        {"aggregate": "sum", "kinds": ["nothing"]},
    ):
        with pytest.raises(ConditionInvalid):
            computed.define(brand, "wrong", wrong, **names, actor="user:1")


def test_an_export_has_digests_of_national_numbers_and_is_in_the_audit_log(brand: Brand) -> None:
    lei = does(brand, "lei", phone="+8613800138000", name="李雷")
    does(brand, "mei")
    number = segment(brand, "=buyers", BUYERS)
    owner = person(1, "owner")
    for actor in (person(2, "analyst"), person(3, "operator"), person(4, None)):
        with pytest.raises(Forbidden):
            exporting.export_soon(brand, number, hashes=["sha256"], actor=actor)
    with pytest.raises(Invalid):
        exporting.export_soon(brand, number, hashes=["rot13"], actor=owner)
    job = exporting.export_soon(brand, number, hashes=["sha256", "md5"], actor=owner)
    work()
    result = Job.objects.get(pk=job).result
    with storage.open_file(result["file"], brand.pk) as stream:
        content = stream.read().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content))) == [
        ["customer", "phone_sha256", "phone_md5"],
        [
            str(lei),
            hashlib.sha256(b"13800138000").hexdigest(),
            hashlib.md5(b"13800138000").hexdigest(),
        ],
    ]
    entry = AuditEntry.objects.get(action="segment.exported")
    assert (entry.actor, entry.detail["digests"]) == ("user:1", ["sha256", "md5"])
    plain = io.BytesIO()
    assert exporting.write(brand, number, plain, hashes=[], actor=person(2, "analyst")) == 2
    assert exporting.hashed("+85261234567", "md5") == hashlib.md5(b"85261234567").hexdigest()
    assert isinstance(owner, Actor)


def test_a_change_of_stores_is_found_by_a_refresh_where_a_segment_asks(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment(brand, "buyers", BUYERS)
    from guanxi.customers.hooks import What, changed

    changed(brand.pk, What.PLACE, None)
    assert not Job.objects.filter(state="queued").exists()
    monkeypatch.setattr(following, "_mentions", lambda known, topic: topic == "place")
    changed(brand.pk, What.PLACE, None)
    assert Job.objects.filter(kind=following.REFRESH, state="queued").exists()


@pytest.mark.django_db
def test_many_segments_made_at_once_are_one_refresh(brand: Brand) -> None:
    made = [services.create(brand, f"s{number}", {"all": []}, actor="t") for number in range(5)]
    (job,) = Job.objects.filter(kind=following.REFRESH, state="queued")
    assert job.arguments["segments"] == made
    Job.objects.filter(pk=job.pk).update(state="running")
    late = services.create(brand, "late", {"all": []}, actor="t")
    (job,) = Job.objects.filter(kind=following.REFRESH, state="queued")
    assert job.arguments["segments"] == [late]
