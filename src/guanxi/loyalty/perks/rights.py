"""What this room holds of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.perks.models import ArticleOpening, Featured, LeverAnswer, LeverInvite
from guanxi.loyalty.perks.report import LEVERS

_MODELS = (ArticleOpening, Featured, LeverInvite, LeverAnswer)


def register() -> None:
    SOURCES.register(
        Source(
            "perks",
            _("What the person read, answered in the survey, and agreed to be shown for"),
            tuple(model._meta.db_table for model in _MODELS),
            read,
            _("To thank members, and to learn what to do better."),
            _("The contract with the person (PIPL 13 (2)); to be shown to others, separate consent (23)."),
            _("Until the person is erased."),
        )
    )
    ERASERS.register(Eraser("perks", forget))


def read(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = list(person.subject_ids)
    for opened in ArticleOpening.objects.select_related("article").filter(subject_id__in=ours).order_by("pk"):
        yield _row("opened", opened.article.title_zh, date.fromordinal(opened.day).isoformat())
    for one in Featured.objects.filter(subject_id__in=ours).order_by("pk"):
        yield _row(f"featured: {one.state}", one.words_zh, _at(one.asked_ms))
    for invite in LeverInvite.objects.filter(subject_id__in=ours).order_by("pk"):
        yield _row("invited to the survey", "", _at(invite.at_ms))
    for answer in LeverAnswer.objects.filter(subject_id__in=ours).order_by("pk"):
        marks = ", ".join(f"{lever} {getattr(answer, lever)}" for lever in LEVERS)
        yield _row("answered", marks, _at(answer.at_ms))


def _row(what: str, words: str, at: str) -> Mapping[str, Any]:
    return {"what": what, "words": words, "at": at}


def _at(at_ms: int) -> str:
    return to_datetime(at_ms).isoformat()


def forget(person: Person) -> Mapping[str, int]:
    ours = list(person.subject_ids)
    return {
        model._meta.db_table: model._default_manager.filter(subject_id__in=ours).delete()[0]
        for model in _MODELS
    }
