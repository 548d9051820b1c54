"""The survey of the five levers: who is asked, what is answered, at most once in 90 days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import families_of, subject_ids_of
from guanxi.kernel.clock import DAY_MS, now_ms, to_datetime
from guanxi.kernel.conditions import Tongue
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.perks.kinds import ANSWERED
from guanxi.loyalty.perks.models import LeverAnswer, LeverInvite
from guanxi.loyalty.perks.report import LEVERS, Standing, by_quarter
from guanxi.loyalty.rules.contracts import EFFECTS, Due, Effect, EffectType, Failed
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

APART_MS: Final = 90 * DAY_MS
ASKS_MS: Final = 30 * DAY_MS
MOST_ANSWERS: Final = 200_000  # of the report: the newest


def register() -> None:
    EFFECTS.register(
        EffectType(
            "ask_levers",
            "邀请五力问卷",
            "Ask for the five levers",
            "The customer's card invites to the survey of the five levers, at most once in 90 days.",
            (),
            _said,
            act=_ask,
        )
    )


def _said(_effect: Effect, tongue: Tongue) -> str:
    return tongue.say("an invitation to the survey of the five levers")


def _ask(brand_id: int, dues: Sequence[Due], live: bool) -> list[Failed]:
    """Invite those who were not asked for long; nobody for history."""
    if not live:
        return []
    families = families_of(brand_id, {due.fact.subject_id for due in dues})
    spoken = _spoken({one for family in families.values() for one in family})
    for due in dues:
        family = families.get(due.fact.subject_id, ())
        if not family or spoken.intersection(family):
            continue
        key = due.key[:120]
        LeverInvite.objects.get_or_create(
            brand_id=brand_id, key=key, defaults={"subject_id": due.fact.subject_id, "at_ms": now_ms()}
        )
        spoken.update(family)
    return []


def _spoken(subject_ids: Collection[int]) -> set[int]:
    """Those who answered or were invited in the last 90 days."""
    since_ms, ours = now_ms() - APART_MS, list(subject_ids)
    return {
        subject
        for model in (LeverAnswer, LeverInvite)
        for subject in model._default_manager.filter(subject_id__in=ours, at_ms__gt=since_ms).values_list(
            "subject_id", flat=True
        )
    }


def may_answer(brand_id: int, customer_id: int) -> bool:
    """Whether 90 days have gone by since the last answer."""
    family = subject_ids_of(brand_id, customer_id)
    since_ms = now_ms() - APART_MS
    return not LeverAnswer.objects.filter(subject_id__in=family, at_ms__gt=since_ms).exists()


def is_invited(brand_id: int, customer_id: int) -> bool:
    family = subject_ids_of(brand_id, customer_id)
    asked = LeverInvite.objects.filter(subject_id__in=family, at_ms__gt=now_ms() - ASKS_MS)
    return asked.exists() and may_answer(brand_id, customer_id)


def answer(brand: Brand, customer_id: int, subject_id: int, marks: Mapping[str, int | None]) -> None:
    """Keep the answer: a mark from 1 to 5 for each lever, or None. Raises Invalid with `field`, and Conflict
    where the last one is less than 90 days old."""
    for lever in LEVERS:
        mark = marks.get(lever)
        if lever not in marks or (mark is not None and not 1 <= mark <= 5):
            raise Invalid(say("Choose from 1 to 5, or “don't know”, for each."), field=lever)
    at_ms = now_ms()
    with writing(brand.pk):
        if not may_answer(brand.pk, customer_id):
            raise Conflict(
                say("You have answered already: thank you."), remedy=say("We ask again in three months.")
            )
        kept = {lever: marks[lever] for lever in LEVERS}
        LeverAnswer.objects.create(brand_id=brand.pk, subject_id=subject_id, at_ms=at_ms, **kept)
        payload = {lever: mark for lever, mark in kept.items() if mark is not None}
        tell(brand.pk, [Happening(ANSWERED.name, subject_id, at_ms, payload)])


def report(brand: Brand) -> dict[str, dict[str, Standing]]:
    """quarter → lever → standing, of the newest 200,000 answers."""
    zone = ZoneInfo(brand.timezone)
    rows = LeverAnswer.objects.filter(brand_id=brand.pk).order_by("-at_ms")
    found = rows.values_list("at_ms", *LEVERS)[:MOST_ANSWERS]
    return by_quarter((_quarter(row[0], zone), dict(zip(LEVERS, row[1:], strict=True))) for row in found)


def _quarter(at_ms: int, zone: ZoneInfo) -> str:
    day = to_datetime(at_ms, zone)
    return f"{day.year} Q{(day.month + 2) // 3}"
