"""Terms of a draw: read strictly, written canonically, compared, and what the law says of them. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from unicodedata import normalize

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.draws.contracts import (
    CAP_FEN,
    FORMAT,
    MOST_CLAIM_DAYS,
    MOST_ENTRIES,
    MOST_PRIZES,
    MOST_QUANTITY,
    Consolation,
    Entry,
    Mode,
    Prize,
    PrizeKind,
    Terms,
)

_CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,29}")
_LATEST_MS: Final = 4_102_444_800_000  # 2100-01-01
_MOST_UNITS: Final = 10**9
_TEXTS: Final = {"title": 80, "organiser": 120, "redemption": 1_000, "entropy": 300, "insider_tag": 60}
_MAY_GROW: Final = frozenset(("closes_ms", "claim_days", "positions"))
_FIELDS: Final = frozenset(Terms.__dataclass_fields__) | {"format"}


def canonical(data: Mapping[str, Any]) -> str:
    """As docs/guide/draws.md says, byte by byte."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_of(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def dump(terms: Terms) -> dict[str, Any]:
    """Plain JSON, every field there; of prizes, coupons alone have a campaign."""
    prizes = [
        {name: getattr(one, name) for name in Prize.__dataclass_fields__ if name != "campaign"}
        | {"kind": one.kind.value}
        | ({"campaign": one.campaign} if one.campaign else {})
        for one in terms.prizes
    ]
    told = terms.consolation
    lasting = (
        None if told is None else {name: getattr(told, name) for name in ("asset", "units", "value_fen")}
    )
    entry = {name: getattr(terms.entry, name) for name in ("asset", "units", "most", "condition")}
    plain = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    parts = {"mode": terms.mode.value, "entry": entry, "prizes": prizes, "consolation": lasting}
    return {**plain, **parts, "format": FORMAT}


def parse(data: Mapping[str, Any]) -> Terms:
    """Raises Invalid with `field` for what cannot be terms, or what the law refuses."""
    if not isinstance(data, Mapping) or set(data) - _FIELDS:
        unknown = sorted(set(data) - _FIELDS)[0] if isinstance(data, Mapping) else ""
        raise Invalid(say("Terms have no field '%(name)s'.", name=str(unknown)[:40]), field="terms")
    mode = _choice(data, "mode", [one.value for one in Mode])
    texts = {name: _text(data, name, most) for name, most in _TEXTS.items()}
    prizes = data.get("prizes")
    if not isinstance(prizes, list) or not 1 <= len(prizes) <= MOST_PRIZES:
        message = say("A draw has from 1 to %(most)s prizes.", most=MOST_PRIZES)
        raise Invalid(message, remedy=say("Name what may be won."), field="prizes")
    terms = Terms(
        draw=_code(data, "draw"),
        mode=Mode(mode),
        opens_ms=_whole(data, "opens_ms", 0, _LATEST_MS),
        closes_ms=_whole(data, "closes_ms", 0, _LATEST_MS),
        claim_days=_whole(data, "claim_days", 1, MOST_CLAIM_DAYS),
        entry=_entry(data.get("entry") or {}),
        one_prize=_flag(data, "one_prize"),
        positions=_whole(data, "positions", 0, MOST_ENTRIES),
        prizes=tuple(_prize(one, place) for place, one in enumerate(prizes)),
        consolation=_consolation(data.get("consolation")),
        **texts,
    )
    _together(terms)
    return terms


def _together(terms: Terms) -> None:
    if not terms.title or not terms.organiser or not terms.redemption:
        missing = next(name for name in ("title", "organiser", "redemption") if not getattr(terms, name))
        raise Invalid(
            say("Say what it is called, who holds it, and how prizes are claimed: the law asks for it."),
            remedy=say("Fill it in before it is published."),
            field=missing,
        )
    if terms.closes_ms <= terms.opens_ms:
        raise Invalid(say("A draw closes after it opens."), field="closes_ms")
    codes = [one.code for one in terms.prizes]
    if len(set(codes)) != len(codes):
        raise Invalid(say("Two prizes have the same code."), field="prizes")
    if terms.mode is Mode.INSTANT and terms.positions < terms.pieces:
        message = say("There are %(pieces)s prizes: give at least as many entries.", pieces=terms.pieces)
        raise Invalid(message, field="positions")
    if terms.mode is Mode.DRAWN and terms.positions:
        raise Invalid(say("Only an instant draw has a number of entries in all."), field="positions")
    if terms.mode is Mode.INSTANT and terms.entropy:
        message = say("A public number can be mixed in only where all prizes are drawn at the end.")
        raise Invalid(message, field="entropy")
    for place, one in enumerate(terms.prizes):
        demand_below_cap(one.value_fen, f"prizes.{place}.value_fen")
    if terms.consolation is not None:
        demand_below_cap(terms.consolation.value_fen, "consolation.value_fen")


def demand_below_cap(value_fen: int, field: str) -> None:
    """Raises Invalid for more than anybody may win."""
    if value_fen > CAP_FEN:
        raise Invalid(
            say("A prize is worth at most ¥50,000: the law allows no more."),
            remedy=say("Choose a smaller prize."),
            field=field,
            most_fen=CAP_FEN,
        )


def worth_fen(value_fen: int, units: int, unit_price_fen: int | None) -> int:
    """The market value of a piece: as stated, or what its units cost, where that is more."""
    return max(value_fen, units * (unit_price_fen or 0))


def favours(before: Terms, after: Terms) -> Invalid | None:
    """None where `after` is in the customers' favour beside `before`; else why it is not."""
    old, new = dump(before), dump(after)
    same = _FIELDS - _MAY_GROW - {"entry", "prizes", "consolation"}
    worse = [name for name in sorted(same) if old[name] != new[name]]
    worse += [name for name in sorted(_MAY_GROW) if new[name] < old[name]]
    if {**old["entry"], "most": 0} != {**new["entry"], "most": 0} or after.entry.most < before.entry.most:
        worse.append("entry")
    if not _prizes_as_good(before, after):
        worse.append("prizes")
    if not _consoles(before.consolation, after.consolation):
        worse.append("consolation")
    if not worse:
        return None
    return Invalid(
        say(
            "Terms that are published change only in the customers' favour: more prizes, longer, worth more."
        ),
        remedy=say("Leave it as it is, or hold another draw."),
        field=worse[0],
    )


def _prizes_as_good(before: Terms, after: Terms) -> bool:
    """The same prizes, none of them fewer, worth less or less likely."""
    old, new = (
        [(one.code, one.kind, one.asset, one.campaign, one.name) for one in terms.prizes]
        for terms in (before, after)
    )
    return old == new and all(
        _as_good(one, other) and one.quantity * after.positions <= other.quantity * before.positions
        for one, other in zip(before.prizes, after.prizes, strict=True)
    )


def _as_good(one: Prize, other: Prize) -> bool:
    return other.quantity >= one.quantity and other.value_fen >= one.value_fen and other.units >= one.units


def _consoles(one: Consolation | None, other: Consolation | None) -> bool:
    if one is None or other is None:
        return one is None
    return one.asset == other.asset and one.units <= other.units and one.value_fen <= other.value_fen


def expected_cost_fen(terms: Terms, entries: int) -> int:
    """What the draw costs where `entries` enter: prizes given out, and consolation for the others."""
    entries = min(entries, terms.positions) if terms.positions else entries
    total = 0
    for one in terms.prizes:
        if terms.positions:
            total += one.value_fen * one.quantity * entries // terms.positions
        else:
            total += one.value_fen * min(one.quantity, entries)
    if terms.consolation is not None:
        won = terms.pieces * entries // terms.positions if terms.positions else min(terms.pieces, entries)
        total += (entries - won) * terms.consolation.value_fen
    return total


def warnings(terms: Terms) -> list[Wording]:
    """What the law or good sense has to say before it is published."""
    found = []
    if terms.mode is Mode.INSTANT and any(one.value_fen > 50_000 for one in terms.prizes):
        found.append(say("Winners of prizes above ¥500 are published, masked: the law asks for it."))
    if terms.entry.asset:
        found.append(say("Entries cost something: what is paid does not come back to those who win nothing."))
    if terms.claim_days < 7:
        found.append(say("Fewer than seven days to claim: many will miss them."))
    if terms.mode is Mode.DRAWN and not terms.entropy:
        found.append(say("No public number is mixed in: whoever can read the seed could foresee the result."))
    if terms.closes_ms - terms.opens_ms > 183 * 86_400_000:
        found.append(say("The draw lasts longer than half a year."))
    if not terms.insider_tag:
        found.append(say("Only the team is excluded: name a tag for relatives and agencies."))
    return found


def _prize(data: Any, place: int) -> Prize:
    where = f"prizes.{place}"
    names = set(Prize.__dataclass_fields__)
    if not isinstance(data, Mapping) or set(data) - names:
        raise Invalid(say("A prize has: %(names)s.", names=", ".join(sorted(names))), field=where)
    kind = PrizeKind(_choice(data, "kind", [one.value for one in PrizeKind], where))
    paid, coupon = kind in (PrizeKind.POINTS, PrizeKind.CREDIT), kind is PrizeKind.COUPON
    return Prize(
        code=_code(data, "code", where),
        name=_text(data, "name", 80, where, least=1),
        kind=kind,
        quantity=_whole(data, "quantity", 1, MOST_QUANTITY, where),
        value_fen=_whole(data, "value_fen", 0, 10**12, where),
        asset=_text(data, "asset", 60, where, least=1) if paid else "",
        units=_whole(data, "units", 1, _MOST_UNITS, where) if paid else 0,
        campaign=_text(data, "campaign", 40, where, least=1) if coupon else "",
    )


def _entry(data: Any) -> Entry:
    if not isinstance(data, Mapping) or set(data) - set(Entry.__dataclass_fields__):
        raise Invalid(say("An entry has: asset, units, most, condition."), field="entry")
    asset = _text(data, "asset", 60, "entry")
    units = _whole({"units": data.get("units", 0)}, "units", 0, _MOST_UNITS, "entry")
    if bool(asset) != bool(units):
        raise Invalid(say("An entry costs units of an asset, or it is free."), field="entry.units")
    condition = data.get("condition")
    if condition is not None and not isinstance(condition, Mapping):
        raise Invalid(say("A condition is a JSON object."), field="entry.condition")
    return Entry(asset, units, _whole({"most": data.get("most", 1)}, "most", 1, 1_000, "entry"), condition)


def _consolation(data: Any) -> Consolation | None:
    if data is None:
        return None
    if not isinstance(data, Mapping) or set(data) - set(Consolation.__dataclass_fields__):
        raise Invalid(say("A consolation has: asset, units, value_fen."), field="consolation")
    asset = _text(data, "asset", 60, "consolation", least=1)
    units = _whole(data, "units", 1, _MOST_UNITS, "consolation")
    return Consolation(asset, units, _whole(data, "value_fen", 0, 10**12, "consolation"))


def _named(name: str, where: str) -> str:
    return f"{where}.{name}" if where else name


def _text(data: Mapping[str, Any], name: str, most: int, where: str = "", least: int = 0) -> str:
    value = data.get(name, "")
    text = " ".join(normalize("NFC", value).split()) if isinstance(value, str) else None
    if text is None or not least <= len(text) <= most or not text.isprintable():
        message = say("%(name)s is a text of at most %(most)s characters.", name=name, most=most)
        raise Invalid(message, field=_named(name, where))
    return text


def _code(data: Mapping[str, Any], name: str, where: str = "") -> str:
    value = data.get(name)
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise Invalid(
            say("A code has 1 to 30 small letters, digits, dashes and underscores; a letter is first."),
            field=_named(name, where),
        )
    return value


def _whole(data: Mapping[str, Any], name: str, least: int, most: int, where: str = "") -> int:
    value = data.get(name)
    if type(value) is not int or not least <= value <= most:
        message = say(
            "%(name)s is a whole number from %(least)s to %(most)s.", name=name, least=least, most=most
        )
        raise Invalid(message, field=_named(name, where))
    return value


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name)
    if type(value) is not bool:
        raise Invalid(say("%(name)s is true or false.", name=name), field=name)
    return value


def _choice(data: Mapping[str, Any], name: str, known: list[str], where: str = "") -> str:
    value = data.get(name)
    if value not in known:
        message = say("%(name)s is one of: %(known)s.", name=name, known=", ".join(known))
        raise Invalid(message, field=_named(name, where))
    return str(value)
