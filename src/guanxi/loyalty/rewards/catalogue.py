"""The verbs of the catalogue: rewards are put, shown and put away, filled with pieces, given a picture."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty import audience
from guanxi.loyalty.ledger.models import Asset
from guanxi.loyalty.rewards import booking
from guanxi.loyalty.rewards.contracts import (
    FULFILMENTS,
    MOST_FEN,
    MOST_PRICES,
    MOST_REWARDS,
    Delivery,
    Fulfilment,
    Shown,
    Wanted,
)
from guanxi.loyalty.rewards.models import Reward, RewardPicture
from guanxi.messaging import queries as messages
from guanxi.platform import audit, pictures
from guanxi.platform.writing import writing

LONGEST: Final = {"name": 80, "name_en": 80, "text": 2_000, "text_en": 2_000}
MOST_UNITS: Final = 10**9
MOST_PIECES: Final = 10**6  # of one top-up
_CODE: Final = re.compile(r"[a-z][a-z0-9_.-]{0,59}")
_WHOLE: Final = {
    "per_customer": (1, 1_000),
    "per_household": (1, 1_000),
    "pay_minutes": (5, 2 * 24 * 60),
    "keep_days": (1, 365),
    "review_days": (1, 60),
    "cost_fen": (0, MOST_FEN),
    "place": (0, 10_000),
}
_MOMENTS: Final = ("opens_ms", "closes_ms", "early_ms")
_LATEST_MS: Final = 253_402_300_799_999  # the last day of 9999


def put(brand: BrandRow, wanted: Wanted, *, version: int, actor: object) -> Reward:
    """Make a reward (`version` 0) or change the one of that code, read at `version`. What was redeemed
    before keeps its price.

    Raises Invalid with `field`, ConditionInvalid, NotFound for an asset or a template that there is not,
    Conflict where the code is taken, the kind differs or somebody changed it meanwhile, and Limit.
    """
    values = _checked(brand, wanted)
    with writing(brand.pk):
        row = Reward.objects.filter(brand_id=brand.pk, code=wanted.code).first()
        if (row is None) != (version == 0) or (row is not None and row.version != version):
            raise _changed_meanwhile(wanted.code, new=version == 0)
        if row is None:
            if Reward.objects.filter(brand_id=brand.pk).count() >= MOST_REWARDS:
                message = say("A brand has at most %(most)s rewards.", most=MOST_REWARDS)
                raise Limit(message, remedy=say("Change one that is put away."), most=MOST_REWARDS)
            row = Reward(brand_id=brand.pk, code=wanted.code, kind=wanted.kind, version=0)
        elif row.kind != wanted.kind:
            raise Conflict(
                say("The kind of a reward stays."), remedy=say("Make another reward."), field="kind"
            )
        fields = [name for name, value in values.items() if getattr(row, name) != value]
        if not fields and version:
            return row
        for name in fields:
            setattr(row, name, values[name])
        row.version, row.changed_ms = version + 1, now_ms()
        row.save()
        action = "reward.saved" if version else "reward.created"
        audit.record(brand.pk, str(actor), action, "reward", row.code, detail={"fields": fields})
    return row


def set_state(brand_id: int, code: str, version: int, state: Shown | str, *, actor: object) -> Reward:
    """Show it to members, or put it away; redemptions that are open go on. Raises NotFound, Invalid for one
    without a price, and Conflict where somebody changed it meanwhile."""
    if state not in set(Shown):
        known = ", ".join(one.value for one in Shown)
        raise Invalid(say("A reward is one of: %(known)s.", known=known), field="state")
    with writing(brand_id):
        row = find(brand_id, code)
        if row.version != version:
            raise _changed_meanwhile(code, new=False)
        if state == Shown.ACTIVE and not row.prices:
            raise Invalid(
                say("A reward without a price is given by rules alone."),
                remedy=say("Give it a price first; rules can give it as it is."),
                field="prices",
            )
        row.state, row.version, row.changed_ms = Shown(state).value, version + 1, now_ms()
        row.save(update_fields=["state", "version", "changed_ms"])
        audit.record(brand_id, str(actor), f"reward.{row.state}", "reward", code)
    return row


def fill(brand_id: int, code: str, pieces: int, *, key: str, note: str = "", actor: object) -> int:
    """Add pieces to the stock, or below zero take some out, once under `key`; how many can be had then.
    Raises NotFound, Invalid, and Conflict where there are not so many or the key was used for another."""
    if not 0 < abs(pieces) <= MOST_PIECES:
        message = say("From 1 to %(most)s pieces at once, or as many out of the stock.", most=MOST_PIECES)
        raise Invalid(message, field="pieces")
    if not 0 < len(key) <= 60 or not key.isprintable():
        raise Invalid(say("A key has 1 to 60 characters."), field="key")
    with writing(brand_id):
        row = find(brand_id, code)
        if not row.stocked:
            raise Invalid(
                say("Pieces of this reward are not counted."),
                remedy=say("Say first that it has a stock."),
                field="pieces",
            )
        told = booking.fill(
            brand_id, code, pieces, f"reward.stock:{row.pk}:{key}", at_ms=now_ms(), actor=actor
        )
        if told.state == "posted":
            detail = {"units_count": pieces, "posting_id": told.posting_id, "note": note[:200]}
            audit.record(brand_id, str(actor), "reward.stocked", "reward", code, detail=detail)
        return booking.left(brand_id, [code]).get(code, 0)


def set_picture(brand_id: int, code: str, content: bytes, *, actor: object) -> str:
    """The name of the picture, which may be cached for ever; empty content removes it. Raises NotFound,
    Invalid and Limit as `platform.pictures.checked`."""
    picture = pictures.checked(content) if content else None
    name = ""
    with writing(brand_id):
        row = find(brand_id, code)
        if picture is not None:
            digest = hashlib.sha256(b"%d:" % brand_id + picture.content).hexdigest()[:40]
            name = f"{digest}.{picture.suffix}"
            values = {"content": picture.content, "content_type": picture.content_type, "brand_id": brand_id}
            RewardPicture.objects.get_or_create(name=name, defaults=values)
        before, row.picture = row.picture, name
        row.save(update_fields=["picture"])
        if (
            before
            and before != name
            and not Reward.objects.filter(brand_id=brand_id, picture=before).exists()
        ):
            RewardPicture.objects.filter(brand_id=brand_id, name=before).delete()
        audit.record(brand_id, str(actor), "reward.picture", "reward", code)
    return name


def find(brand_id: int, code: str) -> Reward:
    """Raises NotFound."""
    row = Reward.objects.filter(brand_id=brand_id, code=code).first()
    if row is None:
        raise NotFound(say("There is no reward '%(code)s'.", code=code[:60]), reward=code[:60])
    return row


def _changed_meanwhile(code: str, *, new: bool) -> GuanxiError:
    if new:
        return Conflict(
            say("There is a reward '%(code)s' already.", code=code),
            remedy=say("Take another code, or change that one."),
            field="code",
        )
    return Conflict(
        say("Somebody changed this reward meanwhile, or it is not there."),
        remedy=say("Look at it again, then save."),
    )


# ---------------------------------------------------------------- what can be


def _checked(brand: BrandRow, wanted: Wanted) -> dict[str, Any]:
    if not _CODE.fullmatch(wanted.code):
        raise Invalid(
            say("A code has 1 to 60 small letters, digits, dots, dashes and underscores; a letter is first."),
            remedy=say("For example: cup, sample.serum."),
            field="code",
        )
    kind = FULFILMENTS.get(wanted.kind)
    if kind is None:
        raise Invalid(
            say("There is no kind of reward '%(kind)s'.", kind=wanted.kind[:20]),
            remedy=say("Use one of: %(known)s.", known=", ".join(FULFILMENTS.names())),
            field="kind",
        )
    values: dict[str, Any] = {name: _text(wanted, name) for name in LONGEST}
    if not values["name"]:
        raise Invalid(say("A reward needs a name."), field="name")
    values |= {name: _whole(wanted, name) for name in _WHOLE} | _window(wanted)
    values["prices"] = _prices(brand.pk, wanted)
    if not kind.for_money and any(price.fen for price in wanted.prices):
        raise Invalid(
            say("A reward of this kind is not sold: its price is in units alone."),
            remedy=say("Take the money out of the price."),
            field="prices",
        )
    values["condition"] = audience.checked(brand.pk, wanted.condition)
    values["early_condition"] = audience.checked(brand.pk, wanted.early_condition)
    values["deliveries"] = _deliveries(wanted, kind)
    values["stocked"] = bool(wanted.stocked)
    values["settings"] = dict(wanted.settings)
    if kind.check is not None:
        kind.check(brand.pk, values["settings"])
    return values | _review(brand.pk, wanted)


def _text(wanted: Wanted, name: str) -> str:
    text = str(getattr(wanted, name)).replace("\r\n", "\n").strip()
    plain = text.replace("\n", "") if name.startswith("text") else text
    if len(text) > LONGEST[name] or not plain.isprintable():
        message = say("At most %(most)s characters, without control characters.", most=LONGEST[name])
        raise Invalid(message, remedy=say("Shorten it."), field=name)
    return text


def _whole(wanted: Wanted, name: str) -> int | None:
    value, (least, most) = getattr(wanted, name), _WHOLE[name]
    if value is None and name not in ("pay_minutes", "place"):
        return None
    if type(value) is not int or not least <= value <= most:
        raise Invalid(say("A whole number from %(least)s to %(most)s.", least=least, most=most), field=name)
    return value


def _window(wanted: Wanted) -> dict[str, Any]:
    for name in _MOMENTS:
        value = getattr(wanted, name)
        if value is not None and (type(value) is not int or not 0 < value <= _LATEST_MS):
            raise Invalid(say("This is no moment."), field=name)
    if wanted.opens_ms and wanted.closes_ms and wanted.closes_ms <= wanted.opens_ms:
        raise Invalid(say("It closes after it opens."), field="closes_ms")
    if wanted.early_ms is not None and (wanted.opens_ms is None or wanted.early_ms >= wanted.opens_ms):
        raise Invalid(
            say("Early access begins before the reward opens to all."),
            remedy=say("Say when it opens, and an earlier moment for those who come first."),
            field="early_ms",
        )
    if (wanted.early_ms is None) != (wanted.early_condition is None):
        message = say("Early access needs a moment and a condition, both.")
        raise Invalid(message, field="early_ms" if wanted.early_ms is None else "early_condition")
    return {name: getattr(wanted, name) for name in _MOMENTS}


def _prices(brand_id: int, wanted: Wanted) -> list[list[Any]]:
    if len(wanted.prices) > MOST_PRICES:
        raise Invalid(say("At most %(most)s prices.", most=MOST_PRICES), field="prices")
    known = set(Asset.objects.filter(brand_id=brand_id).values_list("code", flat=True))
    found: list[list[Any]] = []
    for asset, units, fen in wanted.prices:
        whole = type(units) is int and type(fen) is int
        if not whole or not 0 <= units <= MOST_UNITS or not 0 <= fen <= MOST_FEN or not units + fen:
            message = say("A price has units, money, or both, and each is a whole number.")
            raise Invalid(message, field="prices")
        if units and asset not in known:
            raise NotFound(
                say("There is no asset '%(code)s'.", code=str(asset)[:60]),
                remedy=say("Take one of the ledger's."),
                field="prices",
            )
        one = [str(asset) if units else "", units, fen]
        if one in found:
            raise Invalid(say("The same price is there twice."), field="prices")
        found.append(one)
    return found


def _deliveries(wanted: Wanted, kind: Fulfilment) -> list[str]:
    asked = list(dict.fromkeys(wanted.deliveries))
    if not asked or not set(asked) <= {one.value for one in kind.deliveries}:
        known = ", ".join(sorted(one.value for one in kind.deliveries))
        message = say("What is of this kind comes by: %(known)s.", known=known)
        raise Invalid(message, field="deliveries")
    if Delivery.NONE.value in asked and len(asked) > 1:
        raise Invalid(say("What comes at once comes in no other way."), field="deliveries")
    return asked


def _review(brand_id: int, wanted: Wanted) -> dict[str, Any]:
    """Raises NotFound for a template that there is not, Invalid for one that wants to be told something."""
    told: Mapping[str, Any] = {
        "review_channel": wanted.review_channel,
        "review_template": wanted.review_template,
    }
    if bool(wanted.review_channel) != bool(wanted.review_template):
        raise Invalid(say("A message needs a channel and a template, both."), field="review_template")
    if not wanted.review_template:
        return dict(told)
    if wanted.review_days is None:
        raise Invalid(say("Say after how many days it is asked."), field="review_days")
    draft = messages.template(brand_id, wanted.review_channel, wanted.review_template).draft
    if draft.variables:
        raise Invalid(
            say("A template that asks for an opinion has no variables."),
            remedy=say("Choose another template, or make one."),
            field="review_template",
        )
    return dict(told)
