"""Rules for people: what pages say and do, that nothing is done twice, and that two do not overwrite each
other."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.customers.models import Subject
from guanxi.kernel.clock import frozen
from guanxi.loyalty.rules import giving, queries, services, trying
from guanxi.loyalty.rules.models import Missed, RuleUse
from guanxi.platform import jobs, people
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry
from tests.console.matrix.rules import FORM
from tests.loyalty.rules.conftest import NOON_MS, POINT_A_YUAN, Shop

PASSWORD = "a long and odd sentence"
OF_BUDGET = {"effect": "give", "asset": "points", "units": 100, "source": "budget"}


@pytest.fixture
def client(shop: Shop) -> Client:
    user = people.create_user("operator", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, shop.brand.pk, Role.OPERATOR, actor="cli")
    made = Client()
    assert made.post("/signin", {"username": "operator", "password": PASSWORD}).status_code == 302
    return made


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_rule_is_made_tried_switched_on_and_gives(shop: Shop, client: Client) -> None:
    with frozen(NOON_MS + 60_000):
        shop.record(shop.order("ann", 100, "a"), shop.order("ben", 50, "b"))
        tried = client.post("/loyalty/rules/preview", FORM).content.decode()
        assert "of 2 facts" in tried
        assert "for 2 customers" in tried
        saved = client.post("/loyalty/rules/create", FORM)
        address = saved.headers["Location"]
        assert "5 units of “points”" in page(client, address)
        asked = page(client, f"{address}/active")
        assert "2 of 2 facts, 2 customers" in asked
        assert "10 points" in asked
        assert client.post(f"{address}/active/do", {"version": 1}).status_code == 302
        assert client.post(f"{address}/active/do", {"version": 1}).status_code == 409  # pressed twice
        shop.record(shop.order("ann", 30, "c"))
        assert shop.has("ann").spendable == 5
        assert "5 points" in page(client, address)
        assert "It gave" not in page(client, f"{address}/paused")
        assert "In the last 30 days it gave 5 points to 1 customer" in page(client, f"{address}/paused")


def test_of_two_who_save_the_second_sees_both_and_chooses(shop: Shop, client: Client) -> None:
    rule = shop.rule(name="first")
    read = queries.rule(shop.brand.pk, rule).version
    services.save(shop.brand, rule, read, name="theirs", actor="user:1")
    mine = FORM | {"version": str(read), "name": "mine <b>"}
    refused = client.post(f"/loyalty/rules/{rule}/save", mine)
    told = refused.content.decode()
    assert refused.status_code == 409
    assert "theirs" in told
    assert "mine &lt;b&gt;" in told
    assert queries.rule(shop.brand.pk, rule).name == "theirs"
    assert client.post(f"/loyalty/rules/{rule}/save", mine | {"version": str(read + 1)}).status_code == 302
    assert queries.rule(shop.brand.pk, rule).name == "mine <b>"
    changed = queries.versions(shop.brand.pk, rule)[0].changes
    assert changed["name"] == ("theirs", "mine <b>")
    assert "effects" in changed


def test_what_is_wrong_is_kept_and_said_in_its_place(shop: Shop, client: Client) -> None:
    refused = client.post("/loyalty/rules/create", FORM | {"e.0:units": "<many>", "from_hour": "9"})
    told = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="&lt;many&gt;"' in told
    assert "2 parts are not complete" in told
    assert not queries.counts(shop.brand.pk)


def test_priorities_are_saved_all_or_none(shop: Shop, client: Client) -> None:
    one, other = shop.rule(), shop.rule()
    form = {f"p:{one}": "7", f"v:{one}": 2, f"p:{other}": "8", f"v:{other}": 1}
    client.post("/loyalty/rules/order", form)
    assert {row.priority for row in queries.rules(shop.brand.pk)} == {100}
    client.post("/loyalty/rules/order", form | {f"v:{other}": 2})
    assert [row.id for row in queries.rules(shop.brand.pk)] == [other, one]
    client.post("/loyalty/rules/order", {f"p:{one}": "<b>", f"v:{one}": 3})
    assert queries.rule(shop.brand.pk, one).priority == 7


def test_a_budget_is_funded_once_for_each_form(shop: Shop, client: Client) -> None:
    rule = shop.rule(OF_BUDGET)
    form = {"asset": "points", "units": "500", "token": "t"}
    here = f"/loyalty/rules/{rule}/fund"
    asked = page(client, f"{here}?asset=points&units=500")
    assert "is 0 now and would be <strong>500</strong>" in asked
    assert re.search(r'name="token" value="[\w-]{10,}"', asked)
    assert [client.post(f"{here}/do", form).status_code for _time in range(2)] == [302, 302]
    assert queries.budgets(shop.brand.pk, [rule]) == {rule: {"points": 500}}
    assert AuditEntry.objects.filter(action="rule.budget").count() == 1
    for wrong, status in (("-501", 422), ("many", 422), ("0", 422)):
        assert client.post(f"{here}/do", form | {"units": wrong, "token": wrong}).status_code == status
    assert client.post(f"{here}/do", form | {"units": "-500", "token": "u"}).status_code == 302
    assert queries.budgets(shop.brand.pk, [rule]) == {rule: {"points": 0}}


def test_what_was_missed_is_given_once_and_less_what_was_refunded(shop: Shop, client: Client) -> None:
    rule = shop.rule(OF_BUDGET, limit={"per": "ever", "times": 1})
    services.fund(shop.brand, rule, "points", 100, key="a", actor="test")
    shop.record(*(shop.order(who, 100, who) for who in ("ann", "ben", "cat", "dan")))
    assert [shop.has(who).spendable for who in ("ann", "ben", "cat", "dan")] == [100, 0, 0, 0]
    shop.record(shop.refund("cat", 40, "cat"))
    assert "The budget or the stock was used up" in page(client, f"/loyalty/rules/{rule}")
    services.fund(shop.brand, rule, "points", 200, key="b", actor="test")
    assert "3 effects with 300 units" in page(client, f"/loyalty/rules/{rule}/missed")
    for _time in range(2):
        assert client.post(f"/loyalty/rules/{rule}/missed/do", {}).status_code == 302
    assert [shop.has(who).spendable for who in ("ann", "ben", "cat", "dan")] == [100, 100, 60, 0]
    assert queries.missed_counts(shop.brand.pk) == {rule: 1}
    assert RuleUse.objects.filter(rule_id=rule, times=1).count() == 3
    assert AuditEntry.objects.filter(action="rule.missed").count() == 1
    services.fund(shop.brand, rule, "points", 100, key="c", actor="test")
    shop.record(shop.order("dan", 100, "dan2"))  # takes the only use that dan's limit has
    assert giving.give(shop.brand, rule, actor="test") == giving.Counts(0, 0, 1)
    shop.proven()


def test_giving_goes_on_where_it_was_interrupted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = shop.rule(OF_BUDGET)
    shop.record(*(shop.order(f"c{n}", 10) for n in range(5)))
    services.fund(shop.brand, rule, "points", 10_000, key="a", actor="test")
    monkeypatch.setattr(giving, "AT_ONCE", 2)

    def stop(done: int, _total: int) -> None:
        if done >= 2:
            raise jobs.JobStopped

    with pytest.raises(jobs.JobStopped):
        giving.give(shop.brand, rule, actor="test", tell=stop)
    assert Missed.objects.filter(given_ms__gt=0).count() == 2
    job = giving.want(shop.brand, rule, actor="test")
    assert isinstance(job, int)
    assert giving.want(shop.brand, rule, actor="test") == job
    jobs.run_queued()
    assert queries.missed_counts(shop.brand.pk) == {}
    assert [shop.has(f"c{n}").spendable for n in range(5)] == [100] * 5
    shop.proven()


def test_a_long_history_is_looked_at_by_a_job_and_the_result_is_kept(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "AT_ONCE", 2)
    with frozen(NOON_MS + 60_000):
        shop.record(*(shop.order(f"c{n}", 10) for n in range(5)))
        assert "Look at all of them" in client.post("/loyalty/rules/preview", FORM).content.decode()
        client.post("/loyalty/rules/draw", FORM | {"do": "try"})
        waiting = client.post("/loyalty/rules/preview", FORM).content.decode()
        assert "data-again" in waiting
        jobs.run_queued()
        done = client.post("/loyalty/rules/preview", FORM).content.decode()
        assert "of 5 facts" in done
        assert "data-again" not in done


def test_a_trace_says_why(shop: Shop, client: Client) -> None:
    did = {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 5}
    shop.rule(name="yuan <b>")
    shop.rule(name="jd only", where=[{"field": "channel", "value": "jd"}])
    shop.rule({"effect": "give", "asset": "points", "units": 9}, name="fifth", **{"if": did})
    shop.rule(name="scans", on="code.scanned")
    shop.record(shop.order("ann", 100, "a"))
    customer = Subject.objects.get(brand_id=shop.brand.pk, key="ann").customer_id
    here = f"/loyalty/rules/trace?customer={customer}"
    told = page(client, f"{here}&supposed=1&amount=&title1=mask&pieces1=2&price1=60&channel=tmall")
    assert "1 rule gives for it: 120 points." in told
    assert "yuan &lt;b&gt;" in told
    assert "It would take: channel is JD" in told
    assert "The condition does not hold" in told
    assert "1 rule asks for something else" in told
    chosen = re.search(rf"customer={customer}&amp;fact=(\d+)", told)
    assert chosen
    assert "100 points" in page(client, f"{here}&fact={chosen.group(1)}")
    for wrong in ("&fact=999", "&supposed=1&amount=much", "&supposed=1&kind=nothing"):
        assert "note-bad" in page(client, here + wrong)


def test_groups_are_made_and_changed_where_nobody_else_did(shop: Shop, client: Client) -> None:
    here, form = "/loyalty/rules/groups/save", {"name": "campaign", "mode": "best", "cap": ""}
    assert client.post(here, form).status_code == 302
    assert client.post(here, form).status_code == 409  # pressed twice
    assert client.post(here, form | {"mode": "cap", "version": "1"}).status_code == 422
    assert client.post(here, form | {"mode": "cap", "cap": "500", "version": "1"}).status_code == 302
    (row,) = queries.groups(shop.brand.pk)
    assert (row.mode, row.cap, row.version) == ("cap", 500, 2)


def test_figures_count_what_was_booked_lately(shop: Shop) -> None:
    rule, other = shop.rule(), shop.rule({**POINT_A_YUAN, "units": 2})
    assert queries.given(shop.brand.pk) == {}
    with frozen(NOON_MS):
        shop.record(shop.order("ann", 100))
    day_ms = 86_400_000
    with frozen(NOON_MS + 40 * day_ms):
        assert queries.given(shop.brand.pk) == {}
        shop.record(shop.order("ann", 10), shop.order("ben", 20), shop.order("ben", 5))
        given = queries.given(shop.brand.pk)
    assert given[rule] == queries.Given({"points": 35}, 2)
    assert given[other] == queries.Given({"points": 70}, 2)


def test_a_long_list_asks_no_more_than_a_short_one(shop: Shop, client: Client) -> None:
    did = {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 5}

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_of:
            page(client, "/loyalty/rules")
        return len(queries_of)

    shop.rule(**{"if": did})
    shop.record(shop.order("ann", 100))
    page(client, "/loyalty/rules")
    short = asked()
    for _n in range(10):
        shop.rule(OF_BUDGET, **{"if": did})
    assert asked() == short
    assert short <= 20


def test_what_a_rule_gave_opens_to_its_postings(shop: Shop, client: Client) -> None:
    rule, other = shop.rule(), shop.rule({"effect": "give", "asset": "points", "units": 3, "wait_days": 9})
    with frozen(NOON_MS + 60_000):
        shop.record(*(shop.order("ann", 100 + number, f"a{number}") for number in range(60)))
        with CaptureQueriesContext(connection) as asked:
            first = page(client, f"/loyalty/rules/{rule}/given")
        assert len(asked) < 25
        assert (first.count("ledger/postings/"), ">159<" in first) == (50, True)
        rest = page(client, re.findall(r'href="([^"]+before=\d+)"', first)[0])
        assert rest.count("ledger/postings/") == 10
        assert "announced" in page(client, f"/loyalty/rules/{other}/given")
        assert f"/loyalty/rules/{rule}/given" in page(client, f"/loyalty/rules/{rule}")
    with frozen(NOON_MS + 40 * 86_400_000):
        assert "It gave nothing in this time." in page(client, f"/loyalty/rules/{rule}/given")
