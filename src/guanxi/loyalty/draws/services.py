"""The verbs of draws until they are open: make, change, publish, change in the customers' favour, delete."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty import audience
from guanxi.loyalty.draws import coupons, drawing, stock
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.contracts import PRIZE_ASSET, State, Terms
from guanxi.loyalty.draws.models import Draw, DrawPrize, DrawVersion
from guanxi.loyalty.ledger import queries as ledger
from guanxi.loyalty.ledger.models import Asset
from guanxi.platform import audit, vault
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

MOST_DRAWS: Final = 500


def create(brand: Brand, data: Mapping[str, Any], *, actor: object) -> Draw:
    """A draft. Raises Invalid with `field`, NotFound for an asset, Conflict for a code taken, Limit."""
    terms = checked(brand, data)
    with writing(brand.pk):
        ours = Draw.objects.filter(brand_id=brand.pk)
        if ours.count() >= MOST_DRAWS:
            raise Limit(say("A brand has at most %(most)s draws.", most=MOST_DRAWS), most=MOST_DRAWS)
        if ours.filter(code=terms.draw).exists():
            message = say("There is a draw '%(code)s' already.", code=terms.draw)
            raise Conflict(message, remedy=say("Take another code."), field="draw")
        draw = Draw(brand_id=brand.pk, code=terms.draw, owner=str(actor)[:160])
        _write(draw, terms)
        draw.save(force_insert=True)
        _note(draw, "created", actor)
    return draw


def save(brand: Brand, draw_id: int, version: int, data: Mapping[str, Any], *, actor: object) -> Draw:
    """Change a draft that was read at `version`. Raises as `create`, NotFound, and Conflict where somebody
    saved meanwhile or it is published: then `amend`."""
    terms = checked(brand, data)
    with writing(brand.pk):
        draw = _read_at(brand.pk, draw_id, version)
        _demand(draw, State.DRAFT)
        if terms.draw != draw.code:
            raise Invalid(say("The code of a draw stays."), field="draw")
        _write(draw, terms)
        draw.version += 1
        draw.save()
        _note(draw, "saved", actor)
    return draw


def delete(brand: Brand, draw_id: int, version: int, *, actor: object) -> None:
    """Remove a draft. Raises NotFound, and Conflict for one that was ever published: its evidence is kept."""
    with writing(brand.pk):
        draw = _read_at(brand.pk, draw_id, version)
        if draw.state != State.DRAFT.value:
            raise Conflict(
                say("A draw that was published is never deleted: the law asks for its evidence."),
                remedy=say("Let it close."),
            )
        _note(draw, "deleted", actor)
        draw.delete()


def publish(brand: Brand, draw_id: int, version: int, *, actor: object) -> Draw:
    """Freeze the terms, commit to a seed and fill the stock. Raises as `create`, NotFound, Conflict, and
    Invalid where it would close in the past."""
    with writing(brand.pk):
        draw = _read_at(brand.pk, draw_id, version)
        _demand(draw, State.DRAFT)
        terms = checked(brand, draw.terms)
        if terms.closes_ms <= now_ms():
            raise Invalid(say("It would have closed already."), field="closes_ms")
        seed, salt = secrets.token_bytes(32), secrets.token_hex(32)
        draw.sealed = vault.seal_text(f"{seed.hex()}|{salt}", purpose_of(draw.pk))
        draw.seed_hash = drawing.seed_hash(seed)
        draw.state, draw.published_ms = State.OPEN.value, now_ms()
        draw.version = 1
        draw.terms_hash = written.hash_of(draw.terms)
        draw.save()
        DrawPrize.objects.bulk_create(
            DrawPrize(draw=draw, place=place, code=one.code, kind=one.kind.value, quantity=one.quantity)
            for place, one in enumerate(terms.prizes)
        )
        _keep(draw, actor)
        ledger.asset(brand.pk, PRIZE_ASSET, "prize", "奖品")
        stock.fill(draw, terms, actor=actor)
        _note(draw, "published", actor)
    return draw


def amend(brand: Brand, draw_id: int, version: int, data: Mapping[str, Any], *, actor: object) -> Draw:
    """Change published terms in the customers' favour: a new version, the old one kept. Raises Invalid for
    any other change, NotFound, and Conflict where it is not open or somebody changed it meanwhile."""
    terms = checked(brand, data)
    with writing(brand.pk):
        draw = _read_at(brand.pk, draw_id, version)
        _demand(draw, State.OPEN)
        if draw.closes_ms <= now_ms():
            raise Conflict(say("The draw has closed: nothing about it changes any more."))
        before = written.parse(draw.terms)
        if (against := written.favours(before, terms)) is not None:
            raise against
        if before == terms:
            return draw
        _write(draw, terms)
        draw.version += 1
        draw.terms_hash = written.hash_of(draw.terms)
        draw.save()
        for place, one in enumerate(terms.prizes):
            DrawPrize.objects.filter(draw=draw, place=place).update(quantity=one.quantity)
        _keep(draw, actor)
        stock.fill(draw, terms, actor=actor)
        _note(draw, "amended", actor)
    return draw


def find(brand_id: int, draw_id: int) -> Draw:
    """Raises NotFound."""
    draw = Draw.objects.filter(brand_id=brand_id, pk=draw_id).first()
    if draw is None:
        raise NotFound(say("There is no draw %(draw)s.", draw=draw_id), draw=draw_id)
    return draw


def locked(brand_id: int, draw_id: int) -> Draw:
    """The same, for whoever is about to change it, in their transaction."""
    draw = Draw.objects.select_for_update().filter(brand_id=brand_id, pk=draw_id).first()
    return draw or find(brand_id, draw_id)


def secrets_of(draw: Draw) -> tuple[bytes, str]:
    """The seed and the salt of the pseudonyms. Raises Tampered."""
    seed, _bar, salt = vault.unseal_text(draw.sealed, purpose_of(draw.pk)).partition("|")
    return bytes.fromhex(seed), salt


def purpose_of(draw_id: int) -> str:
    return f"draw:{draw_id}"


def ticket_of(code: str) -> str:
    """The asset of a draw's tickets."""
    return f"ticket.{code}"


def checked(brand: Brand, data: Mapping[str, Any]) -> Terms:
    """The terms, with all that they refer to there and the market value of points looked at. Raises Invalid,
    NotFound, ConditionInvalid."""
    terms = written.parse(data)
    audience.checked(brand.pk, terms.entry.condition)
    if terms.entry.asset == ticket_of(terms.draw):
        ledger.asset(brand.pk, terms.entry.asset, "ticket")
    check_values(brand.pk, terms)
    coupons.demand(brand.pk, terms)
    return terms


def check_values(brand_id: int, terms: Terms) -> None:
    """Raises Invalid for points that are worth more than stated or than the law allows, NotFound."""
    paid = [
        (f"prizes.{place}", one.asset, one.units, one.value_fen)
        for place, one in enumerate(terms.prizes)
        if one.asset
    ]
    if (told := terms.consolation) is not None:
        paid.append(("consolation", told.asset, told.units, told.value_fen))
    codes = {asset for _where, asset, _units, _value in paid} | ({terms.entry.asset} - {""})
    known = dict(
        Asset.objects.filter(brand_id=brand_id, code__in=codes).values_list("code", "unit_price_fen")
    )
    if missing := sorted(codes - set(known)):
        message = say("There is no asset '%(code)s'.", code=missing[0])
        raise NotFound(message, remedy=say("Create it first."), field="prizes", asset=missing[0])
    for where, asset, units, value_fen in paid:
        worth = written.worth_fen(0, units, known[asset])
        written.demand_below_cap(worth, f"{where}.units")
        if worth > value_fen:
            raise Invalid(
                say("These units cost the brand %(fen)s fen: they are worth no less.", fen=worth),
                remedy=say("State their market value."),
                field=f"{where}.value_fen",
                least_fen=worth,
            )


def _read_at(brand_id: int, draw_id: int, version: int) -> Draw:
    draw = locked(brand_id, draw_id)
    if draw.version != version:
        raise Conflict(
            say("Somebody saved this draw meanwhile."),
            remedy=say("Look at it again and repeat your change."),
            version=draw.version,
        )
    return draw


def _demand(draw: Draw, state: State) -> None:
    if draw.state != state.value:
        raise Conflict(
            say("The draw is %(now)s, not %(wanted)s.", now=draw.state, wanted=state.value),
            remedy=say("Look at it again."),
            state=draw.state,
        )


def _write(draw: Draw, terms: Terms) -> None:
    draw.terms, draw.mode = written.dump(terms), terms.mode.value
    draw.opens_ms, draw.closes_ms, draw.changed_ms = terms.opens_ms, terms.closes_ms, now_ms()


def _keep(draw: Draw, actor: object) -> None:
    DrawVersion.objects.create(
        draw=draw,
        version=draw.version,
        terms=draw.terms,
        terms_hash=draw.terms_hash,
        actor=str(actor)[:160],
    )


def _note(draw: Draw, what: str, actor: object) -> None:
    detail = {"code": draw.code, "version": draw.version, "terms_hash": draw.terms_hash}
    audit.record(draw.brand_id, str(actor), f"draw.{what}", "draw", draw.pk, detail=detail)
