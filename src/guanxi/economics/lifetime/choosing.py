"""Which model is asked, and what has to be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from guanxi.economics.forecasts import MODELS, Fit, History, Model
from guanxi.economics.lifetime.backtest import ORDER, Backtest, Verdict
from guanxi.kernel.wording import Wording, say

AUTO: Final = "auto"
VERDICTS: Final = {
    Verdict.GOOD: say("good"),
    Verdict.FAIR: say("fair"),
    Verdict.POOR: say("poor"),
    Verdict.UNKNOWN: say("not tried"),
}


@dataclass(frozen=True)
class Choice:
    """The model that is asked. `fitted` is None where none converged; `notes` say why another was taken."""

    model: Model
    fitted: Fit | None
    notes: Sequence[Wording] = ()


def choose(wanted: str, history: History, tried: Backtest | None) -> Choice:
    """The wanted model (`AUTO`: the one that the back-test found least wrong), fitted; where it does not
    converge the next one that does."""
    best = tried.best.model if tried and tried.best else ORDER[0]
    first = best if wanted == AUTO else wanted
    notes: list[Wording] = []
    for name in (first, *(name for name in ORDER if name != first)):
        fitted = MODELS[name].fit(history)
        if fitted.converged:
            return Choice(MODELS[name], fitted, [*notes, *warned(fitted)])
        notes += warned(fitted)
    notes.append(say("No model fits: too few customers came again, or all of them alike."))
    return Choice(MODELS[first], None, notes)


def warned(fitted: Fit) -> list[Wording]:
    """The fit's warnings in words."""
    title = MODELS[fitted.model].title if fitted.model in MODELS else "Gamma–Gamma"
    return [_said(title, code) for code in fitted.warnings]


def _said(title: str, code: str) -> Wording:
    name, _, parameter = code.partition(":")
    if name == "boundary":
        return say(
            "%(model)s does not fit these customers: its parameter %(parameter)s runs away, which asks for a "
            "simpler model.",
            model=title,
            parameter=parameter,
        )
    if name == "weakly_determined":
        return say("These customers hardly determine the parameters of %(model)s.", model=title)
    if name in {"too_few_values", "no_repeat_purchases"}:
        return say("Too few customers came again for %(model)s.", model=title)
    if name == "no_mean":
        return say(
            "%(model)s finds no mean value of an order: a few orders are worth nearly all.", model=title
        )
    return say("%(model)s did not converge.", model=title)


def described(fitted: Fit | None, unit_days: int = 1) -> dict[str, Any]:
    """The fit as a report's head tells it, times in units of so many days."""
    if fitted is None:
        return {
            "params": {},
            "stderr": {},
            "log_likelihood": None,
            "customers": 0,
            "converged": False,
            "warnings": ["no_model"],
        }
    told = fitted.in_unit(unit_days)
    return {
        "params": told.params,
        "stderr": told.stderr,
        "log_likelihood": told.log_likelihood,
        "customers": told.customers,
        "converged": told.converged,
        "warnings": list(told.warnings),
    }
