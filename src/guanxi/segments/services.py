"""The verbs of segments. Whoever changes one says which version they have read; of two who do it at once, the
second is told so (`Conflict`) and nothing of theirs is lost on the way: they look again and repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.customers.tag_dictionary import find_tag
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow, Condition, dump, parse
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.platform import audit, jobs
from guanxi.platform.writing import writing
from guanxi.segments import following, scheduling
from guanxi.segments.contracts import Mode, State
from guanxi.segments.definitions import definitions, dependents, note_problems, resolve
from guanxi.segments.models import Segment, SegmentVersion
from guanxi.segments.referring import used_by

MOST_SEGMENTS: Final = 2_000
NAME_CHARS: Final = 80
DESCRIPTION_CHARS: Final = 500
REMOVE: Final = "segments.remove"


def create(
    brand: BrandRow,
    name: str,
    condition: Mapping[str, Any] | Condition,
    *,
    actor: object,
    description: str = "",
    mode: Mode | str = Mode.LIVE,
    hour: int | None = None,
    weekday: int | None = None,
) -> int:
    """A new segment; its id. It is filled by the worker, at once.

    Raises ConditionInvalid (also for a reference to a missing segment), Invalid, Conflict where the name is
    taken, Limit.
    """
    parsed = _checked(brand.pk, condition, None)
    segment = Segment(
        brand_id=brand.pk,
        name=clean_name(name),
        description=_description(description),
        condition=dump(parsed),
        mode=_mode(mode),
        owner=str(actor)[:160],
        hour=hour,
        weekday=weekday,
    )
    _plan(segment, brand)
    with writing(brand.pk):
        if Segment.objects.filter(brand_id=brand.pk).exclude(state=State.DELETED).count() >= MOST_SEGMENTS:
            raise Limit(_("A brand has at most %(most)s segments.") % {"most": MOST_SEGMENTS})
        if not definitions(brand.pk).live:
            following.begin_anew(brand.pk)
        _insert(segment)
        _note(segment, "created", actor)
        fill(brand.pk, segment.pk)
    return segment.pk


def save(
    brand: BrandRow,
    segment_id: int,
    version: int,
    *,
    actor: object,
    name: str | None = None,
    description: str | None = None,
    condition: Mapping[str, Any] | Condition | None = None,
) -> int:
    """Change a segment that was read at `version`; its new version. None leaves a part as it is.

    Raises NotFound; Conflict where somebody saved meanwhile, the name is taken, or a frozen segment's
    condition would change; ConditionInvalid, also where the segment would refer to itself.
    """
    parsed = None if condition is None else _checked(brand.pk, condition, segment_id)
    change: dict[str, Any] = {}
    if name is not None:
        change["name"] = clean_name(name)
    if description is not None:
        change["description"] = _description(description)
    with writing(brand.pk):
        segment = find(brand.pk, segment_id)
        if parsed is not None and dump(parsed) != segment.condition:
            if segment.mode == Mode.FROZEN:
                raise Conflict(
                    _("A frozen segment keeps its members, so its condition cannot change."),
                    remedy=_("Make it live first, or make a new segment."),
                )
            # Again, inside the turn: two segments may have been made to refer to each other at once.
            resolve(brand.pk, parsed, segment_id)
            change |= {"condition": dump(parsed), "condition_version": version + 1}
        _change(segment, version, change, "saved", actor)
        if "condition" in change:
            _fill_with_dependents(brand.pk, segment_id)
    return version + 1


def rename(brand: BrandRow, segment_id: int, version: int, name: str, *, actor: object) -> int:
    """Raises as `save`. Those who refer to it keep doing so: they know its id."""
    return save(brand, segment_id, version, name=name, actor=actor)


def set_mode(
    brand: BrandRow,
    segment_id: int,
    version: int,
    mode: Mode | str,
    *,
    actor: object,
    hour: int | None = None,
    weekday: int | None = None,
) -> int:
    """Freeze a segment as it is, compute it at set hours (local `hour`, every day or on `weekday`, 0 Monday),
    or let it follow again; the new version. Raises as `save`, and Conflict where one is frozen that is still
    being computed."""
    with writing(brand.pk):
        segment = find(brand.pk, segment_id)
        mode = _mode(mode)
        ready = segment.filled_version >= segment.condition_version
        if mode == Mode.FROZEN and not ready:
            raise Conflict(
                _("This segment is being computed."), remedy=_("Freeze it when that is done, in a moment.")
            )
        was_live = bool(definitions(brand.pk).live)
        segment.mode, segment.hour, segment.weekday = mode, hour, weekday
        _plan(segment, brand)
        change: dict[str, Any] = {"mode": mode, "hour": hour, "weekday": weekday, "due_ms": segment.due_ms}
        if mode == Mode.LIVE:
            change["condition_version"] = version + 1
            if not was_live:
                following.begin_anew(brand.pk)
        elif ready:  # what it has is what it is
            change |= {"condition_version": version + 1, "filled_version": version + 1}
        _change(segment, version, change, mode.value, actor)
        _fill_with_dependents(brand.pk, segment_id)
    return version + 1


def freeze(brand: BrandRow, segment_id: int, version: int, *, actor: object) -> int:
    """Keep the members of this moment. Raises as `set_mode`."""
    return set_mode(brand, segment_id, version, Mode.FROZEN, actor=actor)


def archive(brand: BrandRow, segment_id: int, version: int, *, actor: object) -> int:
    """Put a segment away: it is followed no more, its members are forgotten. Raises Conflict, naming them,
    where others refer to it."""
    with writing(brand.pk):
        segment = find(brand.pk, segment_id)
        _demand_unused(segment)
        change = {"state": State.ARCHIVED, "filled_version": 0, "problem": None}
        _change(segment, version, change, "archived", actor)
        jobs.enqueue(REMOVE, brand_id=brand.pk, arguments={"segment": segment_id})
    return version + 1


def restore(brand: BrandRow, segment_id: int, version: int, *, actor: object) -> int:
    """Take a segment out of the archive; it is filled anew. Raises ConditionInvalid where what it refers to
    has gone."""
    with writing(brand.pk):
        segment = find(brand.pk, segment_id)
        resolve(brand.pk, parse(segment.condition, stored=True), segment_id)
        if not definitions(brand.pk).live:
            following.begin_anew(brand.pk)
        change = {"state": State.ACTIVE, "condition_version": version + 1}
        _change(segment, version, change, "restored", actor)
        fill(brand.pk, segment_id)
    return version + 1


def delete(brand: BrandRow, segment_id: int, version: int, *, actor: object) -> None:
    """Remove a segment for good; its name is free at once. Raises as `archive`."""
    with writing(brand.pk):
        segment = find(brand.pk, segment_id)
        _demand_unused(segment)
        _change(segment, version, {"state": State.DELETED, "problem": None}, "deleted", actor)
        jobs.enqueue(REMOVE, brand_id=brand.pk, arguments={"segment": segment_id})


def keep_tag(brand: BrandRow, segment_id: int, version: int, tag: str, *, actor: object) -> int:
    """Let exactly the members have a tag that a rule keeps ("" for none any more); the new version.

    Raises NotFound for a tag that the dictionary does not have, Conflict where another segment keeps it or
    it is not kept by a rule.
    """
    with writing(brand.pk):
        segment = find(brand.pk, segment_id)
        if tag:
            found = find_tag(brand.pk, tag)
            if found.origin != "rule" or found.archived:
                raise Conflict(
                    _("The tag '%(tag)s' is not one that a rule keeps.") % {"tag": found.name},
                    remedy=_("Make a tag of its own for the segment, kept by a rule."),
                )
            others = Segment.objects.filter(brand_id=brand.pk, tag=found.name).exclude(state=State.DELETED)
            if other := others.exclude(pk=segment_id).first():
                raise Conflict(_("The segment '%(name)s' keeps this tag already.") % {"name": other.name})
            tag = found.name
        _change(segment, version, {"tag": tag}, "tag", actor)
        jobs.want(following.TAG, brand.pk)
    return version + 1


def refresh_soon(brand: BrandRow, segment_id: int | None = None) -> int:
    """Have the worker refresh one segment, or all; the job's id."""
    if segment_id is None:
        return jobs.want(following.REFRESH, brand.pk)
    find(brand.pk, segment_id)
    return fill(brand.pk, segment_id)


def define_anew(brand: BrandRow, segment_id: int) -> None:
    """Fill a segment anew, and those that refer to it: something that its condition names was changed."""
    with writing(brand.pk):
        segment = find(brand.pk, segment_id)
        if segment.mode == Mode.FROZEN:
            return
        change = {"condition_version": segment.version + 1}
        _change(segment, segment.version, change, "reference", "system")
        _fill_with_dependents(brand.pk, segment_id)


def find(brand_id: int, segment_id: int) -> Segment:
    """Raises NotFound, also for a segment of another brand."""
    found = Segment.objects.filter(pk=segment_id, brand_id=brand_id).exclude(state=State.DELETED).first()
    if found is None:
        raise NotFound(
            _("There is no segment %(id)s.") % {"id": segment_id}, remedy=_("Look at the list of segments.")
        )
    return found


def fill(brand_id: int, *segment_ids: int) -> int:
    """Have segments computed from the lake; the job's id. A refresh that waits already takes them too: many
    segments made at once are one pass over the lake. One that runs does not: it has read the definitions as
    they were before."""

    def with_these(arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        waiting = arguments.get("segments")
        return None if waiting is None else {"segments": sorted({*waiting, *segment_ids})}

    return jobs.want(following.REFRESH, brand_id, {"segments": sorted(set(segment_ids))}, widened=with_these)


def _fill_with_dependents(brand_id: int, segment_id: int) -> None:
    """A live segment's condition is part of those that refer to it: they are filled anew, quietly too."""
    others = list(dependents(brand_id, segment_id))
    Segment.objects.filter(pk__in=others, mode=Mode.LIVE).update(
        condition_version=F("version") + 1, version=F("version") + 1
    )
    for number in others:
        if (row := Segment.objects.get(pk=number)).mode == Mode.LIVE:
            _note(row, "reference", "system")
    fill(brand_id, segment_id, *others)
    note_problems(brand_id, definitions(brand_id))


def clean_name(name: str) -> str:
    """Raises Invalid."""
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not 1 <= len(name) <= NAME_CHARS:
        raise Invalid(
            _("A segment has a name of 1 to %(most)s characters.") % {"most": NAME_CHARS}, field="name"
        )
    return name


def _description(text: str) -> str:
    if len(text) > DESCRIPTION_CHARS:
        raise Invalid(
            _("A description has at most %(most)s characters.") % {"most": DESCRIPTION_CHARS},
            field="description",
        )
    return text.replace("\x00", "")


def _mode(mode: Mode | str) -> Mode:
    try:
        return Mode(mode)
    except ValueError:
        raise Invalid(_("A segment is live, scheduled or frozen."), field="mode") from None


def _checked(brand_id: int, condition: Mapping[str, Any] | Condition, own_id: int | None) -> Condition:
    parsed = parse(condition) if isinstance(condition, Mapping) else condition
    resolve(brand_id, parsed, own_id)
    return parsed


def _plan(segment: Segment, brand: BrandRow) -> None:
    """When a scheduled segment is computed next. Raises Invalid where it does not say at which hour."""
    segment.due_ms = 0
    if segment.mode != Mode.SCHEDULED:
        segment.hour = segment.weekday = None
        return
    segment.due_ms = scheduling.next_ms(segment.hour, segment.weekday, now_ms(), brand.timezone)


def _insert(segment: Segment) -> None:
    try:
        with writing():
            segment.save(force_insert=True)
    except IntegrityError:
        raise _name_taken(segment.name) from None


def _change(segment: Segment, version: int, change: Mapping[str, Any], what: str, actor: object) -> None:
    """The guarded update, the version's row and the audit entry. Raises Conflict."""
    guarded = Segment.objects.filter(pk=segment.pk, version=version)
    try:
        with writing():
            won = guarded.update(**change, version=version + 1, changed_ms=now_ms())
    except IntegrityError:
        raise _name_taken(str(change.get("name", segment.name))) from None
    if not won:
        raise Conflict(
            _("Somebody changed the segment '%(name)s' meanwhile.") % {"name": segment.name},
            remedy=_("Look at it again, then repeat your change."),
            version=segment.version,
        )
    segment.refresh_from_db()
    _note(segment, what, actor)


def _name_taken(name: str) -> Conflict:
    return Conflict(
        _("There is a segment named '%(name)s' already.") % {"name": name}, remedy=_("Choose another name.")
    )


def _note(segment: Segment, what: str, actor: object) -> None:
    SegmentVersion.objects.create(
        segment_id=segment.pk,
        version=segment.version,
        name=segment.name,
        condition=segment.condition,
        mode=segment.mode,
        what=what,
        actor=str(actor)[:160],
    )
    detail = {"version": segment.version, "name": segment.name}
    audit.record(segment.brand_id, str(actor), f"segment.{what}", "segment", segment.pk, detail=detail)


def _demand_unused(segment: Segment) -> None:
    if users := used_by(segment.brand_id, segment.pk):
        names = ", ".join(f"{_(user.kind)} “{user.name}”" for user in users[:5])
        raise Conflict(
            _("The segment '%(name)s' is used by: %(users)s.") % {"name": segment.name, "users": names},
            remedy=_("Take it out of them first."),
            used_by=[user._asdict() for user in users],
        )
