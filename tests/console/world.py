"""A brand with a few people and orders, a second brand, and somebody of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.test import Client

from guanxi.customers import services as attributes
from guanxi.customers.bulk.models import BulkAction
from guanxi.customers.contracts import Identity, Person
from guanxi.customers.models import Customer, Review, Subject
from guanxi.customers.rights import requests as rights
from guanxi.customers.rights.contracts import Kind
from guanxi.economics.scenarios import keeping as scenarios
from guanxi.kernel.clock import now_ms
from guanxi.loyalty.booking import defining as booking
from guanxi.loyalty.booking.contracts import Wanted as BookingWanted
from guanxi.loyalty.booking.services import book
from guanxi.loyalty.booking.slots import between
from guanxi.loyalty.coupons import campaigns, making
from guanxi.loyalty.coupons.models import CouponGiving
from guanxi.loyalty.ledger import adjusting, assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.models import Account as LedgerAccount
from guanxi.loyalty.perks import articles, recognition
from guanxi.loyalty.rules import services as rules
from guanxi.messaging import contracts
from guanxi.messaging import services as messaging
from guanxi.messaging.contracts import Draft, Message, Priority, Variable, Wordings
from guanxi.platform import apikeys, exports, invitations, people
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand, User
from guanxi.platform.webhooks import services as webhooks
from guanxi.platform.webhooks.models import Delivery
from guanxi.segments import computed
from guanxi.segments import services as segments
from guanxi.segments.models import Segment
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact, Mode
from guanxi.touchpoints.models import Import
from tests.loyalty.draws import known as draws
from tests.loyalty.rewards.made import redeemed

NOW = 1_790_000_000_000
PASSWORD = "a long and odd sentence"
DAY_MS = 86_400_000
GIVEN = {"effect": "give", "asset": "points", "units": 1, "per": "amount", "each_fen": 100}
BUYERS = {"version": 1, "leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 2}


def order(number: int, *identities: tuple[str, str], name: str = "", fen: int = 10_000, day: int = 0) -> Fact:
    return Fact(
        "order.paid",
        f"o{number}",
        NOW - (400 - day) * DAY_MS,
        tuple(Identity(*identity) for identity in identities),
        Person(name=name or None),
        "tmall",
        fen,
        1,
        {"order": f"o{number}", "status": "<b>交易成功</b>", "items": [{"title": "=面膜", "quantity": 2}]},
    )


@dataclass(frozen=True)
class World:
    brand: Brand
    other: Brand
    customer: Customer  # has two identities
    second: Customer
    review: Review
    imported: Import
    segment: Segment  # of buyers; the next one is of everybody
    scenario: int
    export: int  # of the command line, queued
    agent: int  # the person who is one
    invitation: int  # to be an associate
    bulk: int  # an action of the command line, done
    right: int  # a request for erasure, checked
    webhook: int
    delivery: int
    key: str
    account: int  # the wallet of the customer, in points
    posting: int
    rule: int  # a draft
    message: int  # in the inbox, queued
    booking: int  # of the customer
    coupons: tuple[int, int, int]  # an active campaign, a batch of its codes, a giving that rests

    @property
    def subjects(self) -> list[int]:
        rows = Subject.objects.filter(customer_id=self.customer.pk).order_by("pk")
        return list(rows.values_list("pk", flat=True))


def build() -> World:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    other = people.create_brand("mudan", "牡丹", actor="cli")
    for role in Role:
        user = people.create_user(role.value, PASSWORD, language="en", actor="cli")
        people.add_membership(user.pk, brand.pk, role, actor="cli")
    stranger = people.create_user("stranger", PASSWORD, language="en", actor="cli")
    people.add_membership(stranger.pk, other.pk, Role.OWNER, actor="cli")
    services.record(
        brand.pk,
        "shop",
        [
            order(1, ("tmall", "lilei"), ("phone", "+8613800138000"), name="李雷"),
            order(2, ("tmall", "lilei"), ("phone", "+8613800138000"), name="李雷", day=40),
            order(3, ("jd", "hanmeimei"), ("phone", "+8613900139000"), name="韩梅梅", day=50),
        ],
        mode=Mode.BACKFILL,
    )
    first = Subject.objects.get(brand_id=brand.pk, scheme="tmall", key="lilei")
    second = Subject.objects.get(brand_id=brand.pk, scheme="jd", key="hanmeimei")
    review = Review.objects.create(
        brand_id=brand.pk,
        a_id=min(first.pk, second.pk),
        b_id=max(first.pk, second.pk),
        code="two_phones",
    )
    imported = Import.objects.create(
        brand=brand, filename="orders.csv", sha256="0" * 64, size_bytes=10, state="running", actor="cli"
    )
    vip = attributes.define_tag(brand.pk, "vip", label="贵宾", actor="cli")
    bulk = BulkAction.objects.create(
        brand_id=brand.pk, actor="cli", verb="add_tag", tag_id=vip.pk, state="done", begun_ms=now_ms()
    )
    attributes.define_preference(
        brand.pk,
        "skin",
        type="choice",
        label_zh="肤质",
        label_en="Skin <b>",
        purpose="Advice",
        choices=[{"name": "oily", "zh": "油性", "en": "Oily"}, {"name": "dry", "zh": "干性", "en": "Dry"}],
        actor="cli",
    )
    attributes.set_stores(brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="cli")
    orders = {"aggregate": "count", "kinds": ["order.paid"]}
    computed.define(brand, "orders_ever", orders, label_zh="累计订单", label_en="Orders ever", actor="cli")
    buyers = segments.create(brand, "Buyers", BUYERS, actor="user:1")
    segments.create(brand, "Everybody of lanhua", {"version": 1, "all": []}, actor="cli")
    scenario = scenarios.save(brand.pk, "春天", {"k_factor": 0.2, "cac_now": 80}, actor="user:1")
    invitation = invitations.invite(brand.pk, Role.ASSOCIATE, actor=COMMAND_LINE)
    right = rights.open_request(brand.pk, second.customer_id, Kind.ERASURE, actor="user:1").pk
    rights.verify(brand.pk, right, actor="user:1")
    told = webhooks.create(brand.pk, "收银台", "https://till.example.com/", ["order.*"], actor="cli").webhook
    delivery = webhooks.test(brand.pk, told.pk, actor="cli")
    Delivery.objects.update(state="dead", response="<b>\u202eoops</b>", status=500, error="status")
    redeemed(brand, first.pk)
    draws.make(brand, first.pk)
    key = apikeys.issue(brand.pk, "商城", ["reports:read"], actor="cli").key
    return World(
        brand,
        other,
        Customer.objects.get(pk=first.customer_id),
        Customer.objects.get(pk=second.customer_id),
        review,
        imported,
        Segment.objects.get(pk=buyers),
        scenario.id,
        exports.want(brand, "log", "csv", {}, COMMAND_LINE),
        User.objects.get(username="agent").pk,
        invitation.invitation.id,
        bulk.pk,
        right,
        told.pk,
        delivery,
        key.prefix,
        *ledger(brand, first.customer_id),
        rule(brand),
        message(brand, first.pk),
        service(brand, first.pk),
        coupons(brand),
    )


def service(brand: Brand, subject: int) -> int:
    """A service at all hours, an article, a member to be featured, and a booking; the booking's id."""
    wanted = BookingWanted("肤质测试 <b>", "Skin <b>test", minutes=60)
    made = booking.create(brand, wanted, {"HZ1": "1-7 00:00-24:00 1"}, actor="cli")
    row = booking.find(brand.pk, made)
    slot = between(brand, row, "HZ1", date.today(), 3)[0]
    articles.create(brand, articles.Wanted("会员 <b>故事", published=True), actor="cli")
    recognition.propose(brand, subject, "十年 <b>陪伴", actor="cli")
    return book(brand, made, subject, "HZ1", slot.starts_ms, actor="cli").pk


def ledger(brand: Brand, customer: int) -> tuple[int, int]:
    """Points with an adjustment: the customer's wallet and the posting."""
    assets.create(brand.pk, AssetRow(0, "points", "points", "兰花积分", "Orchid <b>", 1), actor=COMMAND_LINE)
    given = adjusting.Wanted("points", customer, 1_234, "<i>道歉</i>", 30)
    done = adjusting.adjust(brand, given, "world", actor=COMMAND_LINE)
    return LedgerAccount.objects.get(place="wallet").pk, done.posting_id


def coupons(brand: Brand) -> tuple[int, int, int]:
    told = {"code": "spring", "name": "春<b>", "kind": "amount", "off_fen": 2_000, "limited": True}
    row = campaigns.create(brand.pk, {**told, "until_ms": 4_000_000_000_000}, actor="cli")
    campaigns.set_state(brand.pk, row.pk, 1, "active", actor="cli")
    campaigns.add_stock(brand.pk, row.pk, 50, key="first", actor="cli")
    batch = making.want(brand.pk, row.pk, 3, actor="cli")
    making.make(brand.pk, batch.pk)
    more = {"segment_id": 1, "segment_name": "<b>买家", "actor": "cli", "at_ms": 1, "stopped": "stock"}
    rests = CouponGiving.objects.create(brand_id=brand.pk, campaign=row, key="w", wanted=3, **more)
    return row.pk, batch.pk, rests.pk


def rule(brand: Brand) -> int:
    """A draft in a group: points for orders on Tmall."""
    rules.set_group(brand, "活动 <b>", "best", actor="cli")
    where = [{"field": "channel", "value": "tmall"}]
    definition = {"on": ["order.paid"], "where": where, "effects": [GIVEN]}
    return rules.create(brand, "天猫 <b>积分", definition, group="活动 <b>", actor="cli")


def message(brand: Brand, subject: int) -> int:
    """A template whose words would do harm if they were markup, and a message of it that waits."""
    said = {
        "zh-hans": Wordings("<script>1</script>您有{{points}}。", "积分<b>"),
        "en": Wordings("<script>1</script>You have {{points}}.", "Points<b>"),
    }
    points = [Variable("points", contracts.Kind.POINTS, 120)]
    draft = Draft("inbox", "points", "service", Priority.SERVICE, said, points, label="会员积分提醒")
    messaging.save_template(brand.pk, draft, version=0, actor="cli")
    wanted = Message("m1", subject, "inbox", "points", {"points": 5}, campaign="春季焕新")
    return messaging.queue(brand.pk, [wanted])[0].message_id


def as_(username: str) -> Client:
    client = Client()
    answer = client.post("/signin", {"username": username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client
