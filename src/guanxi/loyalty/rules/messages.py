"""The effect that is a message: queued in the transaction of the fact, sent once that has committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from guanxi.kernel.clock import HOUR_MS, now_ms
from guanxi.kernel.conditions import Param, ParamType, Tongue
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.rules.contracts import EFFECTS, Due, Effect, EffectType, Failed
from guanxi.messaging import queries
from guanxi.messaging.contracts import Became, Kind, Message
from guanxi.messaging.services import queue

ACTOR: Final = "rules"
# What a template may ask for, by the name of the variable.
KNOWN: Final[Mapping[str, Kind]] = {
    "points": Kind.POINTS,
    "units": Kind.INTEGER,
    "amount": Kind.MONEY,
    "date": Kind.DATE,
    "order": Kind.CODE,
}


def register() -> None:
    EFFECTS.register(
        EffectType(
            "message",
            "发消息",
            "Message",
            "A message of a template, which may ask for points, units, amount, date, order.",
            (
                Param("channel", ParamType.TEXT, "渠道", "Channel", "inbox, email …", required=True),
                Param("template", ParamType.TEXT, "模板", "Template", "name of the template", required=True),
                Param(
                    "within_hours",
                    ParamType.INTEGER,
                    "时效（小时）",
                    "Hours it matters",
                    "older facts send nothing, and what waits longer is not sent",
                    default=48,
                    least=1,
                    most=2_160,
                ),
            ),
            _say,
            act=_send,
            demand=_demand,
        )
    )


def _say(effect: Effect, tongue: Tongue) -> str:
    return tongue.say("the message %(template)s", template=tongue.quoted(effect["template"]))


def _demand(brand_id: int, effect: Effect) -> None:
    """Raises NotFound for a template that is missing, Invalid for one that asks for more than facts tell."""
    for one in _asked(brand_id, effect):
        if KNOWN.get(one[0]) is not one[1]:
            names = ", ".join(f"{name} ({kind.value})" for name, kind in KNOWN.items())
            raise Invalid(
                say("The template asks for '%(name)s', which a fact does not tell.", name=one[0]),
                remedy=say("A rule can fill in: %(names)s.", names=names),
                field="template",
            )


def _asked(brand_id: int, effect: Effect) -> list[tuple[str, Kind]]:
    draft = queries.template(brand_id, effect["channel"], effect["template"]).draft
    return [(one.name, one.kind) for one in draft.variables]


def _send(brand_id: int, dues: Sequence[Due], live: bool) -> list[Failed]:
    """Nothing for history, nor for facts that are older than the message matters."""
    if not live:
        return []
    at_ms = now_ms()
    fresh = [due for due in dues if _ends_ms(due) > at_ms]
    if not fresh:
        return []
    asked = {
        (due.effect["channel"], due.effect["template"]): [name for name, _ in _asked(brand_id, due.effect)]
        for due in {(one.effect["channel"], one.effect["template"]): one for one in fresh}.values()
    }
    messages = [
        Message(
            due.key,
            due.fact.subject_id,
            due.effect["channel"],
            due.effect["template"],
            _values(due, asked[due.effect["channel"], due.effect["template"]]),
            expires_ms=_ends_ms(due),
            campaign=f"rule:{due.key.split(':')[1]}",
        )
        for due in fresh
    ]
    outcomes = queue(brand_id, messages, actor=ACTOR)
    return [
        Failed(due, outcome.code[:40], outcome.text)
        for due, outcome in zip(fresh, outcomes, strict=True)
        if outcome.state is Became.REFUSED
    ]


def _ends_ms(due: Due) -> int:
    return due.fact.occurred_ms + int(due.effect["within_hours"]) * HOUR_MS


def _values(due: Due, names: Sequence[str]) -> dict[str, object]:
    known: dict[str, object] = {
        "points": due.units,
        "units": due.units,
        "amount": due.fact.amount_fen or 0,
        "date": due.fact.occurred_ms,
        "order": due.fact.order() or "-",
    }
    return {name: known[name] for name in names if name in known}
