"""What this room copies into a sandbox: computed fields, and segments, each after those it refers to."""

from __future__ import annotations

from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.wording import say
from guanxi.platform.sandbox.contracts import COPIERS, Copier, Copying, Left
from guanxi.platform.writing import writing
from guanxi.segments import computed, services
from guanxi.segments.contracts import Mode, State
from guanxi.segments.models import Segment


def register() -> None:
    COPIERS.register(Copier("computed_fields", say("Computed fields"), 300, _fields))
    COPIERS.register(Copier("segments", say("Segments"), 310, _segments))


def _fields(copying: Copying) -> int:
    def define(known: computed.Field) -> None:
        computed.define(
            copying.target,
            known.name,
            known.spec,
            label_zh=known.label_zh,
            label_en=known.label_en,
            description=known.description,
            actor=copying.actor,
        )

    known = [one for one in computed.fields(copying.source.pk) if not one.archived]
    return copying.each("computed_fields", known, lambda one: one.name, define)


def _segments(copying: Copying) -> int:
    """A frozen segment is its members, who are not copied. One that refers to another waits for that one."""
    rows = Segment.objects.filter(brand=copying.source, state=State.ACTIVE)
    waiting = list(rows.exclude(mode=Mode.FROZEN).order_by("pk"))
    refused: list[Left] = []
    while waiting:
        refused, again = [], []
        for row in waiting:
            try:
                with writing(copying.target.pk):
                    copying.segments[row.pk] = _made(copying, row)
            except GuanxiError as error:
                refused.append(Left("segments", row.name, str(error)))
                again.append(row)
        if len(again) == len(waiting):
            break
        waiting = again
    copying.left += refused
    reason = say("A frozen segment is its members.")
    copying.left += [Left("segments", row.name, reason) for row in rows.filter(mode=Mode.FROZEN)]
    return len(copying.segments)


def _made(copying: Copying, row: Segment) -> int:
    return services.create(
        copying.target,
        row.name,
        copying.there(row.condition),
        actor=copying.actor,
        description=row.description,
        mode=row.mode,
        hour=row.hour,
        weekday=row.weekday,
    )
