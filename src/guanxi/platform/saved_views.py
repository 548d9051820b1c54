"""Views of lists that people keep: the query of a list's address under a name, private or for the brand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import DefaultView, Membership, SavedView
from guanxi.platform.roles import Permission
from guanxi.platform.writing import writing

NAME_CHARS: Final = 80
QUERY_CHARS: Final = 2_000
MOST_OF_A_LIST: Final = 50  # that one person keeps


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as one person sees it. `query` is what was saved; the list itself says what it means."""

    id: int
    listing: str
    name: str
    query: str
    is_shared: bool
    is_own: bool
    is_default: bool  # opens with the list, for this person


def views_of(brand_id: int, user_id: int, listing: str) -> list[View]:
    """One's own and the shared ones of a list, by name. One query."""
    return [_view(row, user_id) for row in _visible(brand_id, user_id).filter(listing=listing)]


def find_views(brand_id: int, user_id: int, text: str, limit: int = 8) -> list[View]:
    """Those whose name contains `text`, of whatever list."""
    return [_view(row, user_id) for row in _visible(brand_id, user_id).filter(name__icontains=text)[:limit]]


def view(brand_id: int, user_id: int, view_id: int) -> View:
    """Raises NotFound, also for somebody else's private view."""
    row = _visible(brand_id, user_id).filter(pk=view_id).first()
    if row is None:
        raise _unknown()
    return _view(row, user_id)


def save(
    brand_id: int,
    user_id: int,
    listing: str,
    name: str,
    query: str,
    *,
    shared: bool = False,
    default: bool = False,
    actor: Actor,
) -> int:
    """Keep `query` as one's view `name` of a list, in place of an earlier one of that name; its id. Raises
    Invalid for a name or a query that is too long or a name that is empty, Conflict beyond 50 views."""
    name = _name(name)
    if len(query) > QUERY_CHARS:
        raise Invalid(_("These filters are too long to keep."), remedy=_("Take some of them out."))
    own = SavedView.objects.filter(brand_id=brand_id, owner_id=user_id, listing=listing)
    with writing():
        if not own.filter(name=name).exists() and own.count() >= MOST_OF_A_LIST:
            raise Conflict(
                _("You keep %(most)d views of this list already.") % {"most": MOST_OF_A_LIST},
                remedy=_("Remove one first."),
            )
        row, _created = SavedView.objects.update_or_create(
            brand_id=brand_id,
            owner_id=user_id,
            listing=listing,
            name=name,
            defaults={"query": query, "is_shared": shared, "changed_ms": now_ms()},
        )
        if default:
            _make_default(row, user_id)
        detail = {"listing": listing, "shared": shared}
        audit.record(brand_id, actor, "view.saved", "view", row.pk, detail=detail)
    return row.pk


def change(
    brand_id: int, user_id: int, view_id: int, *, name: str, shared: bool, default: bool, actor: Actor
) -> None:
    """Rename or share one's own view, and say whether a list opens with it; of somebody else's shared view
    only the latter. Raises NotFound, Invalid, Conflict where one has another view of that name."""
    with writing():
        row = _visible(brand_id, user_id).filter(pk=view_id).first()
        if row is None:
            raise _unknown()
        if default:
            _make_default(row, user_id)
        else:
            DefaultView.objects.filter(user_id=user_id, view_id=row.pk).delete()
        if row.owner_id != user_id:
            return
        name = _name(name)
        others = SavedView.objects.filter(brand_id=brand_id, owner_id=user_id, listing=row.listing)
        if others.filter(name=name).exclude(pk=row.pk).exists():
            raise Conflict(
                _("You have a view “%(name)s” already.") % {"name": name}, remedy=_("Choose another name.")
            )
        others.filter(pk=row.pk).update(name=name, is_shared=shared, changed_ms=now_ms())
        if not shared:
            DefaultView.objects.filter(view_id=row.pk).exclude(user_id=user_id).delete()
        detail = {"listing": row.listing, "shared": shared}
        audit.record(brand_id, actor, "view.changed", "view", row.pk, detail=detail)


def remove(brand_id: int, user_id: int, view_id: int, *, actor: Actor) -> None:
    """One's own, or a shared one where the actor manages people: its owner may have left. Raises NotFound."""
    with writing():
        row = _visible(brand_id, user_id).filter(pk=view_id).first()
        if row is None or not may_remove(_view(row, user_id), actor):
            raise _unknown()
        SavedView.objects.filter(pk=row.pk).delete()
        audit.record(brand_id, actor, "view.removed", "view", view_id, detail={"listing": row.listing})


def may_remove(found: View, actor: Actor) -> bool:
    return found.is_own or (found.is_shared and actor.may(Permission.USERS_MANAGE))


def columns_of(memberships: Sequence[Membership], brand_id: int, listing: str) -> list[str]:
    """The columns of a list that somebody with these memberships chose last; none: the usual ones."""
    kept = next((one.columns.get(listing) for one in memberships if one.brand_id == brand_id), None)
    return [str(name) for name in kept or []]


def keep_columns(brand_id: int, user_id: int, listing: str, names: Sequence[str]) -> None:
    """Have a list open with these columns for a person; with none, with the usual ones."""
    with writing():
        rows = Membership.objects.select_for_update().filter(brand_id=brand_id, user_id=user_id)
        for membership in rows:
            others = {name: kept for name, kept in membership.columns.items() if name != listing}
            columns = {**others, listing: list(names)} if names else others
            rows.filter(pk=membership.pk).update(columns=columns)


def _make_default(row: SavedView, user_id: int) -> None:
    DefaultView.objects.update_or_create(
        user_id=user_id, brand_id=row.brand_id, listing=row.listing, defaults={"view": row}
    )


def _visible(brand_id: int, user_id: int) -> QuerySet[SavedView]:
    default = DefaultView.objects.filter(view_id=OuterRef("pk"), user_id=user_id)
    rows = SavedView.objects.filter(brand_id=brand_id).filter(Q(owner_id=user_id) | Q(is_shared=True))
    return rows.annotate(is_default=Exists(default)).order_by("name", "pk")


def _view(row: SavedView, user_id: int) -> View:
    is_default = bool(getattr(row, "is_default", False))
    return View(row.pk, row.listing, row.name, row.query, row.is_shared, row.owner_id == user_id, is_default)


def _name(raw: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in raw).split())
    if not 1 <= len(name) <= NAME_CHARS:
        raise Invalid(
            _("A view has a name of 1 to %(most)d characters.") % {"most": NAME_CHARS},
            remedy=_("Give another name."),
        )
    return name


def _unknown() -> NotFound:
    return NotFound(_("There is no such view."), remedy=_("Look at the list again."))
