"""Making and changing services and their plans. Whoever changes one says which version they have read."""

from __future__ import annotations

from typing import Any, Final

from guanxi.customers.stores import stores
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty import audience
from guanxi.loyalty.booking import plans
from guanxi.loyalty.booking.contracts import Kind, Wanted
from guanxi.loyalty.booking.models import BookingPlan as Plan
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.loyalty.booking.reminding import demand
from guanxi.loyalty.ledger import assets
from guanxi.platform import audit
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

MOST_SERVICES: Final = 500
MOST_PLANS: Final = 500
TEXT_CHARS: Final = 2_000
_WHOLE: Final = {
    "minutes": (1, 24 * 60),
    "units": (0, 10**9),
    "limit_times": (0, 1_000),
    "limit_days": (1, 3_660),
    "cancel_hours": (0, 24 * 90),
    "ahead_days": (1, 366),
}


def find(brand_id: int, service_id: int) -> Service:
    """Raises NotFound."""
    found = Service.objects.filter(brand_id=brand_id, pk=service_id).first()
    if found is None:
        raise NotFound(say("There is no service %(id)s.", id=service_id))
    return found


def create(brand: Brand, wanted: Wanted, plan: dict[str, str], *, actor: object) -> int:
    """A new service with its plans (store → lines); its id. Raises Invalid with `field`, ConditionInvalid,
    Limit."""
    columns = _checked(brand, wanted)
    read = _plans(brand, plan, wanted.minutes)
    with writing(brand.pk):
        if Service.objects.filter(brand_id=brand.pk).count() >= MOST_SERVICES:
            raise Limit(say("A brand has at most %(most)s services.", most=MOST_SERVICES), most=MOST_SERVICES)
        made = Service.objects.create(brand_id=brand.pk, **columns)
        _keep_plans(made, read)
        _note(brand.pk, made.pk, "created", actor)
    return made.pk


def save(
    brand: Brand, service_id: int, version: int, wanted: Wanted, plan: dict[str, str], *, actor: object
) -> int:
    """The service as wanted, its plans these; its new version. Bookings stay as they were made. Raises as
    `create`, NotFound, and Conflict where somebody saved meanwhile."""
    columns = _checked(brand, wanted)
    read = _plans(brand, plan, wanted.minutes)
    with writing(brand.pk):
        row = find(brand.pk, service_id)
        ours = Service.objects.filter(pk=row.pk, version=version)
        if not ours.update(**columns, version=version + 1, changed_ms=now_ms()):
            raise Conflict(
                say("Somebody changed this service meanwhile."), remedy=say("Look at it again, then save.")
            )
        _keep_plans(row, read)
        _note(brand.pk, row.pk, "saved", actor)
    return version + 1


def _checked(brand: Brand, wanted: Wanted) -> dict[str, Any]:
    columns = wanted._asdict()
    for field in ("name_zh", "name_en"):
        columns[field] = " ".join(columns[field].split())
        if len(columns[field]) > 80 or not columns[field].isprintable():
            raise Invalid(say("A name has at most %(most)s characters, on one line.", most=80), field=field)
    columns["name_zh"] = columns["name_zh"] or columns["name_en"]
    if not columns["name_zh"]:
        raise Invalid(say("A service needs a name."), field="name_zh")
    for field in ("text_zh", "text_en"):
        columns[field] = columns[field].strip()
        if len(columns[field]) > TEXT_CHARS or "\x00" in columns[field]:
            raise Invalid(say("At most %(most)s characters.", most=TEXT_CHARS), field=field)
    if wanted.kind not in list(Kind):
        raise Invalid(say("Use one of: %(known)s.", known=", ".join(Kind)), field="kind")
    for field, (least, most) in _WHOLE.items():
        value = columns[field]
        if type(value) is not int or not least <= value <= most:
            raise Invalid(
                say("A whole number from %(least)s to %(most)s.", least=least, most=most), field=field
            )
    if bool(wanted.asset) != bool(wanted.units):
        raise Invalid(say("A price has an asset and units; what is free has neither."), field="units")
    if wanted.asset:
        _asset(brand.pk, wanted.asset)
    columns["audience"] = audience.checked(brand.pk, wanted.audience)
    demand(brand.pk, wanted.remind_channel, wanted.remind_template)
    return columns


def _asset(brand_id: int, code: str) -> None:
    try:
        assets.find(brand_id, code)
    except NotFound as error:
        raise Invalid(error.message, field="asset") from None


def _plans(brand: Brand, plan: dict[str, str], minutes: int) -> dict[str, str]:
    if len(plan) > MOST_PLANS:
        raise Limit(say("At most %(most)s plans of a service.", most=MOST_PLANS), most=MOST_PLANS)
    known = {"", *(store.code for store in stores(brand.pk))}
    found = {}
    for store, text in plan.items():
        if store not in known:
            raise Invalid(say("There is no store '%(code)s'.", code=store[:60]), field="plan")
        try:
            plans.parse(text, minutes)
        except GuanxiError as error:
            raise Invalid(error.message, remedy=error.remedy, field="plan", store=store) from None
        if text.strip():
            found[store] = "\n".join(row.strip() for row in text.splitlines() if row.strip())
    return found


def _keep_plans(service: Service, plan: dict[str, str]) -> None:
    Plan.objects.filter(service=service).exclude(store__in=list(plan)).delete()
    for store, lines in plan.items():
        Plan.objects.update_or_create(service=service, store=store, defaults={"lines": lines})


def _note(brand_id: int, service_id: int, what: str, actor: object) -> None:
    audit.record(brand_id, str(actor), f"service.{what}", "service", service_id)
