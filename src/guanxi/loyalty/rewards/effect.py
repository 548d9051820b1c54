"""The effect of rules that is a gift of the catalogue, without price: when joining, on birthdays."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Final

from guanxi.kernel.conditions import Param, ParamType, Tongue
from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.rewards import catalogue
from guanxi.loyalty.rewards.redeeming import Asked, redeem
from guanxi.loyalty.rules.contracts import EFFECTS, Due, Effect, EffectType, Failed
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

DEEPEST: Final = 2  # a gift for a gift for a fact; no further
_depth: ContextVar[int] = ContextVar("gifts of rules within each other", default=0)


def register() -> None:
    EFFECTS.register(
        EffectType(
            "reward",
            "赠礼",
            "Gift",
            "A piece of a reward of the catalogue, without price; it waits to be fetched or sent.",
            (Param("reward", ParamType.TEXT, "礼遇", "Reward", "code of the reward", required=True),),
            _say,
            act=_give,
            demand=_demand,
        )
    )


def _say(effect: Effect, tongue: Tongue) -> str:
    return tongue.say("the gift %(reward)s", reward=tongue.quoted(effect["reward"]))


def _demand(brand_id: int, effect: Effect) -> None:
    """Raises NotFound, Invalid for a reward that was put away."""
    if catalogue.find(brand_id, effect["reward"]).state == "archived":
        raise Invalid(say("This reward was put away."), field="reward")


def _give(brand_id: int, dues: Sequence[Due], live: bool) -> list[Failed]:
    """Nothing for history: what was given then was given then."""
    if not live:
        return []
    if _depth.get() >= DEEPEST:
        return [Failed(due, "loop", str(say("Gifts for gifts end somewhere."))) for due in dues]
    token, brand = _depth.set(_depth.get() + 1), Brand.objects.get(pk=brand_id)
    failed: list[Failed] = []
    try:
        for due in dues:
            asked = Asked(due.key, due.effect["reward"], due.fact.subject_id, None)
            try:
                with writing(brand_id):
                    redeem(brand, asked, origin="rule", actor="rules")
            except GuanxiError as error:
                code = str(error.data.get("reason") or error.code)
                failed.append(Failed(due, code[:40], error.message))
    finally:
        _depth.reset(token)
    return failed
