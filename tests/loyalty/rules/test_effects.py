"""Effects that move no units, payments with units, and what is kept of effects that were refused."""

from __future__ import annotations

from guanxi.customers.models import Subject
from guanxi.customers.tag_dictionary import Origin, define_tag
from guanxi.customers.tags import tags_of
from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.loyalty.ledger.contracts import Account, Place, Posting, Resolve
from guanxi.loyalty.ledger.contracts import Kind as LedgerKind
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.rules import services
from guanxi.loyalty.rules.models import Missed, RuleUse
from guanxi.loyalty.rules.paying import pay
from guanxi.messaging import services as messaging
from guanxi.messaging.contracts import Draft, Kind, Priority, Variable, Wordings
from guanxi.messaging.models import Message
from guanxi.touchpoints.contracts import Mode
from tests.loyalty.rules.conftest import NOON_MS, POINT_A_YUAN, Shop

WELCOME = {"effect": "give", "asset": "points", "units": 200, "source": "budget"}
TOLD = {"effect": "message", "channel": "inbox", "template": "earned"}


def template(shop: Shop) -> None:
    said = {"zh-hans": Wordings("您的订单 {{order}} 获得 {{points}}。", "积分到账")}
    variables = [Variable("points", Kind.POINTS, 100), Variable("order", Kind.CODE, "A1")]
    draft = Draft("inbox", "earned", "service", Priority.SERVICE, said, variables)
    messaging.save_template(shop.brand.pk, draft, version=0, actor="test")


def test_a_message_tells_what_was_given_once_and_not_of_history(shop: Shop) -> None:
    template(shop)
    rule = shop.rule(POINT_A_YUAN, TOLD)
    with frozen(NOON_MS + 1_000):
        shop.record(shop.order("ann", 120, "a1"))
        shop.record(shop.order("ann", 120, "a1"))
        shop.record(shop.order("ben", 50, "b1"), mode=Mode.BACKFILL)
        shop.record(shop.order("cid", 50, "c1", at_ms=NOON_MS - 3 * DAY_MS))
    (message,) = Message.objects.all()
    assert (message.campaign, message.variables) == (f"rule:{rule}", '{"points":120,"order":"a1"}')
    assert [shop.has(who).spendable for who in ("ann", "ben", "cid")] == [120, 50, 50]


def test_a_tag_is_put_on_and_one_that_cannot_be_is_kept_as_missed(shop: Shop) -> None:
    define_tag(shop.brand.pk, "buyer", origin=Origin.RULE, actor="test")
    shop.rule({"effect": "tag", "tag": "buyer"})
    shop.rule({"effect": "tag", "tag": "nowhere"}, POINT_A_YUAN)
    shop.record(shop.order("ann", 10))
    ann = Subject.objects.get(key="ann").customer_id
    assert [tag.name for tag in tags_of(shop.brand.pk, [ann])] == ["buyer"]
    assert [row.code for row in Missed.objects.all()] == ["not_found"]
    assert shop.has("ann").spendable == 10


def test_a_budget_that_is_short_refuses_one_effect_and_no_fact(shop: Shop) -> None:
    rule = shop.rule(WELCOME, limit={"per": "ever", "times": 1})
    shop.rule()
    services.fund(shop.brand, rule, "points", 500, key="a", actor="test")
    services.fund(shop.brand, rule, "points", 500, key="a", actor="test")  # pressed twice
    shop.record(*(shop.order(who, 10, who) for who in ("ann", "ben", "cid", "dan")))
    assert [shop.has(who).spendable for who in ("ann", "ben", "cid", "dan")] == [210, 210, 10, 10]
    assert [(row.code, row.units) for row in Missed.objects.all()] == [("insufficient", 200)] * 2
    assert RuleUse.objects.count() == 2  # what was refused used no limit
    shop.record(shop.refund("ann", 10, "ann"))  # and the budget gets back what it gave
    shop.record(shop.order("cid", 10))
    assert shop.has("cid").spendable == 220
    shop.proven()


def test_what_was_paid_with_comes_back_by_its_share(shop: Shop) -> None:
    shop.rule()
    shop.record(shop.order("ann", 300, "first"))
    subject = Subject.objects.get(key="ann").pk
    wallet = Account("points", Place.WALLET, subject)
    for _pressed in range(2):
        paid = pay(shop.brand.pk, wallet, 100, ("shop", "second"), key="till:1", actor="test")
    assert paid.moves
    shop.record(shop.order("ann", 50, "second"))
    assert shop.has("ann").spendable == 250
    shop.record(shop.refund("ann", 25, "second"))
    assert shop.has("ann").spendable == 250 - 25 + 50
    shop.record(shop.refund("ann", 25, "second"))
    assert shop.has("ann").spendable == 300
    assert pay(shop.brand.pk, wallet, 301, ("shop", "x"), key="till:2", actor="test").code == "insufficient"
    shop.proven()


def test_a_refund_is_recorded_whatever_became_of_units_set_aside_for_its_order(shop: Shop) -> None:
    shop.rule()
    shop.record(shop.order("ann", 300, "first"))
    wallet = Account("points", Place.WALLET, Subject.objects.get(key="ann").pk)
    until_ms = now_ms() + DAY_MS
    held = [
        pay(shop.brand.pk, wallet, 50, ("shop", order), key=order, actor="test", until_ms=until_ms)
        for order in ("void", "posted", "open")
    ]
    resolved = [Resolve(held[0].moves[0], LedgerKind.VOID), Resolve(held[1].moves[0], LedgerKind.POST, 20)]
    for place, step in enumerate(resolved):
        post(shop.brand.pk, [Posting(f"r{place}", "test", [step], NOON_MS)], actor="test")
    for order in ("void", "posted", "open"):
        shop.record(shop.order("ann", 10, order), shop.refund("ann", 10, order))
    assert shop.has("ann")[:3] == (250, 300, 50)  # 20 came back; what is set aside still is
    shop.proven()
