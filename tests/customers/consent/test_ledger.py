"""The ledger in the database: once each, exact through merge and unmerge, told to the log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.customers import services
from guanxi.customers.consent import counting, queries, texts
from guanxi.customers.consent.contracts import By, Proof, Statement, Why
from guanxi.customers.consent.files import import_consents
from guanxi.customers.consent.ledger import record
from guanxi.customers.consent.models import Consent
from guanxi.customers.lookup import subject_ids_of
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.platform.jobs import run_queued
from guanxi.platform.models import AuditEntry
from guanxi.touchpoints.models import Touchpoint
from tests.customers.world import brand, customer_of, resolved, seen

pytestmark = pytest.mark.django_db
NOW = 1_795_263_400_000


@pytest.fixture(autouse=True)
def _time() -> Iterator[None]:
    with frozen(NOW):
        yield


def people(brand_id: int, letters: str = "ab", **details: object) -> list[int]:
    resolved(brand_id, *(seen(f"tmall:{letter}", None, 0, **details) for letter in letters))
    return [customer_of(brand_id, f"tmall:{letter}") for letter in letters]


def said(customer: int, verb: str = "given", key: str = "k1", **changes: object) -> Statement:
    given = {"purpose": "marketing", "channel": "sms", "proof": Proof.PAGE, **changes}
    return Statement(customer, said=verb, key=key, **given)  # type: ignore[arg-type]


def put(brand_id: int, *statements: Statement) -> tuple[int, int, list[str]]:
    done = record(brand_id, statements, source="test", actor="user:1")
    return done.recorded, done.repeated, [one.code for one in done.rejected]


def why(brand_id: int, customer: int, channel: str = "sms") -> str:
    return queries.verdicts(brand_id, [customer], "marketing", channel)[customer].why


def test_a_statement_counts_once_and_is_told() -> None:
    number = brand()
    a, _b = people(number)
    assert put(number, said(a)) == (1, 0, [])
    assert put(number, said(a), said(a)) == (0, 2, [])
    assert put(number, said(a, "withdrawn")) == (0, 0, ["key_conflict"])
    assert put(number, said(a, "withdrawn", "k2", at_ms=NOW)) == (1, 0, [])
    facts = Touchpoint.objects.order_by("pk").values_list("kind", "subject_id", "payload")
    assert list(facts) == [
        (f"consent.{verb}", a, '{"purpose":"marketing","channel":"sms","source":"test","by":"self"}')
        for verb in ("given", "withdrawn")
    ]
    entries = AuditEntry.objects.filter(action="consent.recorded")
    assert [entry.detail["said"] for entry in entries.order_by("pk")] == [{"given": 1}, {"withdrawn": 1}]
    assert why(number, a) == Why.WITHDRAWN  # at the same moment: the withdrawal


def test_what_is_no_statement_is_rejected_one_by_one() -> None:
    number, other = brand(), brand("other")
    a, _b = people(number)
    (stranger,) = people(other, "x")
    bad = {
        "purpose_unknown": said(a, purpose="<script>"),
        "consent_not_needed": said(a, purpose="service"),
        "channel_unknown": said(a, channel="pigeon"),
        "said_bad": said(a, "maybe"),
        "proof_bad": said(a, proof="hearsay"),
        "by_bad": said(a, by="dog"),
        "key_bad": said(a, key="a b"),
        "time_bad": said(a, at_ms=NOW + DAY_MS),
        "text_unknown": said(a, text_version=7),
        "separate_missing": said(a, purpose="sharing", channel=""),
        "customer_unknown": said(stranger),
    }
    assert put(number, *bad.values())[2] == list(bad)
    assert put(number, said(a, channel=""), said(10**30))[2] == ["channel_unknown", "customer_unknown"]
    assert not Consent.objects.exists()
    assert put(number, said(a, proof_ref="SMS from 13800138000 \u202e'; DROP TABLE\0"))[0] == 1
    assert Consent.objects.get().proof_ref == "SMS from [phone] \u202e'; DROP TABLE"
    assert put(number, said(a, purpose="sharing", channel="", separate=True, key="s"))[0] == 1


def test_no_to_all_channels_is_no_to_each_and_one_may_be_opened_again() -> None:
    number = brand()
    a, _b = people(number)
    put(number, said(a, "withdrawn", channel="", at_ms=NOW - 5))
    assert {why(number, a, one) for one in ("sms", "email", "app")} == {Why.WITHDRAWN}
    put(number, said(a, "given", "k2"))
    assert (why(number, a), why(number, a, "email")) == (Why.GIVEN, Why.WITHDRAWN)


def test_many_customers_are_answered_by_two_queries_and_merged_ids_too() -> None:
    number = brand()
    ids = people(number, "abcdefgh")
    put(number, *(said(one, key=f"k{one}") for one in ids[:4]))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert queries.allowed(number, [*ids, 999_999], "marketing", "sms") == set(ids[:4])
    assert len(asked) == 2
    assert queries.may_ask(number, ids, "marketing", "sms") == set(ids[4:])
    assert queries.allowed(number, ids, "service", "sms") == set(ids)
    services.merge(number, [ids[0], ids[1]], actor="user:1")
    assert queries.allowed(number, [ids[0], ids[1]], "marketing", "sms") == {ids[0], ids[1]}
    assert queries.allowed(brand("other"), ids, "marketing", "sms") == set()
    with pytest.raises(NotFound):
        queries.allowed(number, ids, "marketing", "")


def test_a_changed_purpose_is_asked_again_and_an_edited_text_is_not() -> None:
    number = brand()
    a, _b = people(number)
    first = texts.in_force(number)["marketing"]
    assert (first.version, len(first.sha256["zh"])) == (1, 64)
    put(number, said(a, text_version=1))
    texts.publish(number, "marketing", {"zh": "好", "en": "ok"}, changes_purpose=False, actor="cli")
    assert why(number, a) == Why.GIVEN
    texts.publish(number, "marketing", {"zh": "别的", "en": "else"}, changes_purpose=True, actor="cli")
    assert why(number, a) == Why.PURPOSE_CHANGED
    assert queries.may_ask(number, [a], "marketing", "sms") == {a}
    put(number, said(a, key="k3", text_version=3))
    assert why(number, a) == Why.GIVEN
    assert [text.version for text in texts.versions(number, "marketing")] == [3, 2, 1]
    with pytest.raises(Invalid):
        texts.publish(number, "marketing", {"zh": " ", "en": "x"}, changes_purpose=False, actor="cli")


def test_a_child_is_known_by_the_profile() -> None:
    number = brand()
    a, b = people(number, birthday="2015-05-01")
    put(number, said(a), said(b, key="k2", by=By.GUARDIAN))
    assert (why(number, a), why(number, b)) == (Why.GUARDIAN_MISSING, Why.GIVEN)


STATEMENTS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["given", "withdrawn", "refused"]),
        st.integers(1, 5),
        st.sampled_from([Proof.PAGE, Proof.FILE]),
    ),
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STATEMENTS, STATEMENTS)
def test_an_unmerge_leaves_both_as_they_were(
    before: list[tuple[int, str, int, Proof]], during: list[tuple[int, str, int, Proof]]
) -> None:
    """Also what was said while they were one stays with the profile it was said with."""
    number = brand()
    Consent.objects.all().delete()
    a, b = pair = people(number, "ab") if customer_pair_is_new(number) else known_pair(number)

    def write(rows: list[tuple[int, str, int, Proof]], mark: str) -> None:
        for place, (who, verb, at, proof) in enumerate(rows):
            given = said(pair[who], verb, f"{mark}{place}", at_ms=NOW - 100 + at, proof=proof)
            assert put(number, given)[0] == 1

    write(before, "x")
    alone = [queries.verdicts(number, [one], "marketing", "sms")[one] for one in pair]
    services.merge(number, [a, b], actor="user:1")
    together = queries.verdicts(number, pair, "marketing", "sms")
    assert together[a] == together[b]
    if any(one.why in {Why.REFUSED, Why.WITHDRAWN} for one in alone):
        assert not together[a].allowed
    write(during, "y")
    leaving = [one for one in subject_ids_of(number, a) if one == max(pair)]
    services.unmerge(number, min(pair), leaving, actor="user:1")
    parted = [queries.verdicts(number, [one], "marketing", "sms")[one][:3] for one in pair]
    Consent.objects.filter(brand_id=number).update(speaks_for="")
    for one in pair:  # each profile's own words alone, as if nobody had been merged
        Consent.objects.filter(subject_id=one).update(speaks_for=f",{one},")
    assert parted == [queries.verdicts(number, [one], "marketing", "sms")[one][:3] for one in pair]
    if not during:
        assert parted == [one[:3] for one in alone]


def customer_pair_is_new(number: int) -> bool:
    from guanxi.customers.models import Subject

    return not Subject.objects.filter(brand_id=number, key="a").exists()


def known_pair(number: int) -> list[int]:
    return [customer_of(number, "tmall:a"), customer_of(number, "tmall:b")]


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_with_one_key_are_one_statement() -> None:
    number = brand()
    a, _b = people(number)
    done: list[tuple[int, int, list[str]]] = []

    def post() -> None:
        try:
            done.append(put(number, said(a, at_ms=NOW)))
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [(0, 1, [])] * 3 + [(1, 0, [])]
    assert Consent.objects.count() == 1


def test_a_file_is_recorded_once_and_says_what_it_cannot_use(tmp_path: Path) -> None:
    number = brand()
    resolved(number, seen("tmall:a phone:1"), seen("tmall:b"))
    a = customer_of(number, "tmall:a")
    head = {
        "手机号": "",
        "天猫账号": "",
        "目的": "marketing",
        "渠道": "短信",
        "状态": "同意",
        "日期": "2026-01-05",
    }
    rows = [
        head | {"手机号": "13800000001"},
        head | {"天猫账号": "b", "状态": "退订", "渠道": ""},
        head | {"天猫账号": "nobody"},
        head | {"天猫账号": "b", "状态": "=cmd()"},
        head | {"天猫账号": "b", "日期": "soon"},
        head | {"天猫账号": "b", "目的": "向第三方提供", "渠道": ""},
    ]
    done = import_consents(number, rows, source="old.csv", actor="cli")
    assert (done.rows, done.recorded, done.repeated) == (6, 2, 0)
    codes = ["customer_unknown", "said_bad", "time_bad", "separate_missing"]
    assert [(one.position, one.code) for one in done.rejected] == list(zip([3, 4, 5, 6], codes, strict=True))
    again = import_consents(number, rows[:2], source="again.csv", actor="cli")
    assert (again.recorded, again.repeated) == (0, 2)
    assert why(number, a) == Why.GIVEN
    assert not any("138" in key for key in Consent.objects.values_list("key", flat=True))
    assert not Touchpoint.objects.filter(kind__startswith="consent.", live=True).exists()
    with pytest.raises(Invalid):
        import_consents(number, [{"目的": "marketing"}], source="x", actor="cli")


def test_a_long_ledger_is_counted_by_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    number = brand()
    a, _b = people(number)
    put(number, said(a))
    short = counting.counts(number).people
    monkeypatch.setattr(counting, "SHORT", 1)
    assert counting.counts(number).at_ms == 0
    assert run_queued() == 1
    assert counting.counts(number) == (short, NOW)
    put(number, said(a, "withdrawn", "k2"))
    assert counting.counts(number) == (short, NOW)
    assert run_queued() == 0  # at most every ten minutes
    with frozen(NOW + counting.FRESH_MS + 1):
        counting.counts(number)
        run_queued()
        assert counting.counts(number).people["marketing", "sms"] == {Why.WITHDRAWN: 1}


def test_the_counts_are_those_of_the_customers() -> None:
    number = brand()
    a, b, c = people(number, "abc")
    put(number, said(a), said(b, "refused", "k2"), said(c, "withdrawn", "k3", channel=""))
    counted = counting.counts(number).people
    assert counted["marketing", "sms"] == {Why.GIVEN: 1, Why.REFUSED: 1, Why.WITHDRAWN: 1}
    assert counted["marketing", "email"] == {Why.WITHDRAWN: 1}
    assert counting.counts(brand("other")).people["marketing", "sms"] == {}
