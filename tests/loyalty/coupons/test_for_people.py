"""Coupons on a member's phone, at the till and in the console; reminders; rules that give them; erasure."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, RequestFactory

from guanxi.customers.rights.hooks import SOURCES, Person
from guanxi.customers.services import set_stores
from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.loyalty.coupons import due, making, rights
from guanxi.loyalty.coupons.codes import code_of
from guanxi.loyalty.coupons.contracts import Became, Has
from guanxi.loyalty.coupons.models import Coupon, CouponBatch, CouponCampaign, CouponRedemption
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.models import Missed
from guanxi.loyalty.till.contracts import PARTS, Served
from guanxi.messaging import services as messaging
from guanxi.messaging.contracts import Draft, Priority, Variable, Wordings
from guanxi.messaging.contracts import Kind as Of
from guanxi.messaging.models import Message
from guanxi.platform import people
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Job
from tests.loyalty.coupons.conftest import NOON_MS, Counter
from tests.loyalty.member.conftest import Phone, member  # noqa: F401 - a fixture

PASSWORD = "a long and odd sentence"


def counter_of(phone: Phone) -> Counter:
    counter = Counter()
    assert counter.brand.pk == phone.brand.pk
    return counter


def test_a_member_sees_coupons_with_code_and_picture(member: Phone) -> None:  # noqa: F811
    assert "No coupons now" in member.get("coupons")
    counter = counter_of(member)
    li = counter.who(member.subject)
    code = counter.issue(counter.campaign(name_en="Spring <b>", minimum_fen=10_000, terms="一次<i>"), li)
    page = member.get("coupons")
    assert "¥10 off from ¥100" in page
    assert "Spring &lt;b&gt;" in page
    coupon = Coupon.objects.get(subject_id=member.subject)
    one = member.get(f"coupons/{coupon.pk}")
    assert code in one
    assert "<svg" in one
    assert "style=" not in one
    assert len(one.encode()) < 30_000
    strange = counter.issue(counter.campaign(), counter.customer())
    other = Coupon.objects.get(state=Has.FREE, subject_id__gt=0, pk__gt=coupon.pk)
    assert strange
    assert member.client.get(f"/m/lanhua/coupons/{other.pk}").status_code == 404
    counter.redeem(code, who=li)
    assert "Used" in member.get("coupons")
    assert member.client.get(f"/m/lanhua/coupons/{coupon.pk}").status_code == 404


@pytest.fixture
def manager(counter: Counter) -> Client:
    user = people.create_user("wang", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, counter.brand.pk, Role.OWNER, actor="cli")
    client = Client()
    client.post("/signin", {"username": "wang", "password": PASSWORD})
    return client


def test_the_till_redeems_once(counter: Counter, manager: Client) -> None:
    li = counter.customer()
    code = counter.issue(counter.campaign(), li)
    request: Any = RequestFactory().get("/till")
    request.brand = counter.brand
    told = PARTS["coupons"].load(Served(request, li.customer_id, li.subjects, "/till"))
    assert told is not None
    (coupon,) = told["coupons"]
    form = {"code": coupon["code"], "order": "T1", "total": "199.00", "customer": str(li.customer_id)}
    form |= {"token": told["token"], "back": "/loyalty/coupons"}
    assert coupon["code"] == code
    for _twice in range(2):
        assert manager.post("/till/coupons/redeem", form).headers["Location"] == "/loyalty/coupons"
    assert CouponRedemption.objects.get().state == Became.REDEEMED
    assert "¥10.00" in manager.get("/loyalty/coupons").content.decode()
    for bad in ({"total": "x"}, {"code": "\0"}, {"back": "https://evil.example"}, {"order": "T2"}):
        assert manager.post("/till/coupons/redeem", form | bad).headers["Location"].startswith("/")
    assert CouponRedemption.objects.count() == 1


def test_a_campaign_is_made_switched_on_and_its_codes_downloaded(counter: Counter, manager: Client) -> None:
    assert "Give a reason to come back" in manager.get("/loyalty/coupons").content.decode()
    form = {
        "code": "may",
        "name": "五月",
        "kind": "percent",
        "percent": "20",
        "cap_fen": "30",
        "version": "1",
    }
    form |= {"stacking": "joint", "until": "2096-05-31", "stock": "5", "minimum_fen": "99.90"}
    tried = manager.post("/loyalty/coupons/create", form | {"try": "1", "sample": "100"}).content.decode()
    assert "20% off, at most ¥30 from ¥99.90" in tried
    assert "¥30.00 off" in tried
    assert not CouponCampaign.objects.exists()
    assert manager.post("/loyalty/coupons/create", form | {"percent": ""}).status_code == 422
    page = manager.post("/loyalty/coupons/create", form, follow=True).content.decode()
    row = CouponCampaign.objects.get()
    assert (row.minimum_fen, row.cap_fen, row.limited, row.percent) == (9_990, 3_000, True, 20)
    assert "Switch on" in page
    here = f"/loyalty/coupons/{row.pk}"
    assert manager.post(f"{here}/state/active", {"version": "1"}).status_code == 302
    assert manager.post(f"{here}/codes", {"count": "6"}, follow=True).content.decode().count("insuff") < 2
    assert not CouponBatch.objects.exists()
    manager.post(f"{here}/codes", {"count": "4"})
    job = Job.objects.get(kind="coupons.codes")
    making.make(counter.brand.pk, job.arguments["batch"])
    batch = CouponBatch.objects.get()
    told = b"".join(manager.get(f"/loyalty/coupons/codes/{batch.pk}.csv").streaming_content)  # type: ignore[attr-defined]
    codes = told.decode().split()[1:]
    assert len(codes) == 4
    assert AuditEntry.objects.filter(action="coupon.codes_taken").count() == 1
    assert "Unused" in manager.get("/loyalty/coupons/find", {"code": codes[0].lower()}).content.decode()
    saved = manager.post(f"{here}/save", form | {"percent": "10", "version": "2"})
    assert saved.status_code == 409
    saved = manager.post(f"{here}/save", form | {"name": "五月好礼", "version": "2"})
    assert saved.status_code == 302
    assert CouponCampaign.objects.get().name == "五月好礼"


def test_a_reminder_is_sent_once(counter: Counter) -> None:
    words = {
        "zh-hans": Wordings("{{coupon}} 将于 {{date}} 到期", "券"),
        "en": Wordings("{{coupon}} ends {{date}}", "Coupon"),
    }
    variables = [Variable("coupon", Of.CODE, "X"), Variable("date", Of.DATE, NOON_MS)]
    draft = Draft("inbox", "ends", "service", Priority.SERVICE, words, variables)
    messaging.save_template(counter.brand.pk, draft, version=0, actor="cli")
    campaign = counter.campaign(
        lasts_days=10, until_ms=None, remind_days=3, remind_channel="inbox", remind_template="ends"
    )
    counter.issue(campaign, counter.customer())
    assert due.run(counter.brand.pk).reminded == 0
    with frozen(now_ms() + 8 * DAY_MS):
        assert due.run(counter.brand.pk).reminded == 1
        assert due.run(counter.brand.pk).reminded == 0
        due.plan()
    assert Message.objects.filter(campaign=f"coupon:{campaign.code}").count() == 1


def test_a_rule_gives_a_coupon_and_misses_what_the_stock_has_not(counter: Counter) -> None:
    campaign = counter.campaign(stock=1)
    definition = {"on": ["order.paid"], "effects": [{"effect": "coupon", "campaign": campaign.code}]}
    rule = rules.create(counter.brand, "a coupon", definition, actor="test")
    rules.set_state(counter.brand, rule, 1, "active", actor="test")
    counter.told("order.paid", "li", 5_000, "A1", "A1:paid")
    counter.told("order.paid", "wang", 5_000, "A2", "A2:paid")
    coupon = Coupon.objects.get()
    assert counter.why(code_of(counter.brand.pk, coupon.pk), who=counter.customer("li")) == []
    assert Missed.objects.get().code == "stock"
    loop = {"on": ["coupon.issued"], "effects": [{"effect": "coupon", "campaign": counter.campaign().code}]}
    rule = rules.create(counter.brand, "for ever", loop, actor="test")
    rules.set_state(counter.brand, rule, 1, "active", actor="test")
    counter.issue(counter.campaign(), counter.customer())
    assert Missed.objects.filter(code="loop").count() == 1


def test_who_is_erased_leaves_coupons_to_nobody(counter: Counter) -> None:
    li = counter.customer()
    campaign = counter.campaign()
    code, other = counter.issue(campaign, li), counter.issue(campaign, li)
    counter.redeem(code, who=li, order="A1")
    person = Person(counter.brand.pk, li.customer_id, li.subjects)
    sources = (SOURCES["coupons"], SOURCES["coupon_uses"])
    assert [len(list(one.read(person))) for one in sources] == [2, 1]
    rights.forgotten(person)
    assert [len(list(one.read(person))) for one in sources] == [0, 0]
    assert CouponRedemption.objects.get().order == ""
    assert counter.why(other) == ["expired"]
    due.run(counter.brand.pk)
    counter.proven()


def test_a_coupon_of_some_stores_counts_where_the_associate_stands(counter: Counter, manager: Client) -> None:
    set_stores(counter.brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="test")
    li = counter.customer()
    code = counter.issue(counter.campaign(stores=["HZ1"]), li)
    form = {"code": code, "order": "T1", "total": "199.00", "customer": str(li.customer_id), "token": "t"}
    form |= {"back": "/till/m/visit", "store": "HZ1"}
    assert manager.post("/till/coupons/redeem", form).headers["Location"] == form["back"]
    assert not CouponRedemption.objects.exists()  # no store was said; a form cannot say one
    manager.post("/till/me/store", {"store": "HZ1"})
    went = manager.post("/till/coupons/redeem", form).headers["Location"]
    assert parse_qs(urlsplit(went).query) == {"amount": ["¥189.00"], "order": ["T1"]}  # for the purchase
    assert CouponRedemption.objects.get().state == Became.REDEEMED
