"""Members who are featured: proposed by the brand, shown with the member's own consent alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import Q

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import customer_ids_of, living, root_of, subject_ids_of
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.perks.kinds import RECOGNISED
from guanxi.loyalty.perks.models import Featured
from guanxi.platform import audit
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

WORDS_CHARS: Final = 200
SHOWN: Final = 5


class State(StrEnum):
    PROPOSED = "proposed"
    SHOWN = "shown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


NAMES: Final[Mapping[State, tuple[Wording, str]]] = {
    State.PROPOSED: (say("Waits for the member's word"), "info"),
    State.SHOWN: (say("Shown"), "good"),
    State.REFUSED: (say("The member said no"), ""),
    State.WITHDRAWN: (say("Taken back by the member"), ""),
    State.ENDED: (say("Ended"), ""),
}


def propose(
    brand: Brand,
    customer_id: int,
    words_zh: str,
    words_en: str = "",
    *,
    since: date | None = None,
    until: date | None = None,
    actor: object,
) -> int:
    """Ask a member; its id. Raises NotFound, Invalid, Conflict where the member is asked or shown already."""
    told = {"words_zh": " ".join(words_zh.split()), "words_en": " ".join(words_en.split())}
    for field, words in told.items():
        if len(words) > WORDS_CHARS or not words.isprintable():
            raise Invalid(say("At most %(most)s characters, on one line.", most=WORDS_CHARS), field=field)
    if not told["words_zh"]:
        raise Invalid(say("Say in a few words what the member is thanked for."), field="words_zh")
    if since and until and until < since:
        raise Invalid(say("The last day is before the first."), field="until")
    root = root_of(brand.pk, customer_id)
    if root is None or not living(brand.pk, [root]):
        raise NotFound(say("There is no customer %(id)s.", id=customer_id), field="customer")
    open_states = [State.PROPOSED, State.SHOWN]
    try:
        with writing(brand.pk):
            family = subject_ids_of(brand.pk, root)
            if Featured.objects.filter(subject_id__in=family, state__in=open_states).exists():
                raise IntegrityError
            made = Featured.objects.create(
                brand_id=brand.pk, subject_id=root, state=State.PROPOSED, since=since, until=until, **told
            )
            audit.record(brand.pk, str(actor), "featured.proposed", "featured", made.pk)
    except IntegrityError:
        raise Conflict(
            say("This member is asked or shown already."), remedy=say("End that first."), field="customer"
        ) from None
    return made.pk


def say_yes_or_no(brand: Brand, featured_id: int, customer_id: int, *, yes: bool) -> None:
    """The member's word, also afterwards: no takes a yes back. Raises NotFound for somebody else's, Conflict
    where it has ended."""
    with writing(brand.pk):
        family = subject_ids_of(brand.pk, customer_id)
        row = Featured.objects.filter(brand_id=brand.pk, pk=featured_id, subject_id__in=family).first()
        if row is None:
            raise NotFound(say("There is nothing to agree to."))
        before = State(row.state)
        no = State.WITHDRAWN if before is State.SHOWN else State.REFUSED
        after = State.SHOWN if yes else no
        if before is after:
            return
        if before not in ((State.PROPOSED,) if yes else (State.PROPOSED, State.SHOWN)):
            raise Conflict(say("This has ended."), remedy=say("Nothing is shown of you."))
        Featured.objects.filter(pk=row.pk).update(state=after, said_ms=now_ms())
        audit.record(brand.pk, "customer", f"featured.{after}", "featured", row.pk)
        if yes:
            tell(brand.pk, [Happening(RECOGNISED.name, row.subject_id, now_ms(), {})])


def end(brand_id: int, featured_id: int, *, actor: object) -> None:
    """Raises NotFound."""
    with writing(brand_id):
        rows = Featured.objects.filter(brand_id=brand_id, pk=featured_id)
        if not rows.exists():
            raise NotFound(say("There is no such member."))
        if rows.filter(state__in=[State.PROPOSED, State.SHOWN]).update(state=State.ENDED):
            audit.record(brand_id, str(actor), "featured.ended", "featured", featured_id)


def asked(brand_id: int, customer_id: int) -> Featured | None:
    """What this member is asked or has agreed to."""
    family = subject_ids_of(brand_id, customer_id)
    return Featured.objects.filter(subject_id__in=family, state__in=[State.PROPOSED, State.SHOWN]).first()


def shown_to(brand: Brand, customer_id: int) -> list[tuple[Featured, int]]:
    """Featured members, newest first, with who they are today; others than this one, and none who is gone or
    frozen."""
    today = to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()
    rows = Featured.objects.filter(
        Q(since__isnull=True) | Q(since__lte=today),
        Q(until__isnull=True) | Q(until__gte=today),
        brand_id=brand.pk,
        state=State.SHOWN,
    ).order_by("-said_ms")[: SHOWN * 4]
    owners = customer_ids_of(brand.pk, {row.subject_id for row in rows})
    alive = set(living(brand.pk, set(owners.values())))
    found = [(row, owners.get(row.subject_id, 0)) for row in rows]
    return [(row, who) for row, who in found if who in alive and who != customer_id][:SHOWN]


def listed(brand_id: int) -> list[Featured]:
    """Newest first."""
    return list(Featured.objects.filter(brand_id=brand_id).order_by("-pk")[:200])
