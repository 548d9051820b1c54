"""The verbs of sandboxes: make one as a copy of what a brand has defined, without anybody in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit, brand_logo, people
from guanxi.platform.actors import Actor
from guanxi.platform.brand_settings import NAME_CHARS
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand, BrandLogo, Membership
from guanxi.platform.sandbox.contracts import COPIERS, Copying, Left
from guanxi.platform.writing import writing

SLUG_CHARS: Final = 40
MOST: Final = 20  # names that are proposed, and so sandboxes made by press
_LOOKS: Final = ("colour", "language", "send_from_hour", "send_until_hour", "privacy_contact")


class Made(NamedTuple):
    """A sandbox. `copied` is how many by copier, `left` what could not be."""

    brand: Brand
    copied: Mapping[str, int]
    left: Sequence[Left]


def proposed(source: Brand) -> tuple[str, str]:
    """A short name and a name that are free for a sandbox of the brand. Raises Conflict after many."""
    for number in range(1, MOST + 1):
        end = "-sandbox" if number == 1 else f"-sandbox-{number}"
        slug = source.slug[: SLUG_CHARS - len(end)].rstrip("-") + end
        if not Brand.objects.filter(slug=slug).exists():
            ending = " Sandbox" if number == 1 else f" Sandbox {number}"
            return slug, source.name[: NAME_CHARS - len(ending)] + ending
    raise Conflict(
        say("There are %(most)s sandboxes of this brand already.", most=MOST),
        remedy=say("Use one of them, and empty it first."),
    )


def make(source: Brand, slug: str, name: str, *, actor: Actor) -> Made:
    """A sandbox with the programme of `source`, its owners, and no customer; all of it or nothing. Raises
    Invalid for a sandbox of a sandbox, and what `people.create_brand` does."""
    if source.sandbox:
        raise Invalid(
            say("A sandbox is made of a real brand."), remedy=say("Choose the brand that it is to be like.")
        )
    with writing():
        target = people.create_brand(
            slug, name, currency=source.currency, timezone=source.timezone, sandbox=True, actor=actor
        )
        Brand.objects.filter(pk=target.pk).update(**{field: getattr(source, field) for field in _LOOKS})
        logo = BrandLogo.objects.filter(brand_id=source.pk).first()
        if logo is not None:
            brand_logo.keep(target.pk, bytes(logo.content), actor=actor)
        owners = Membership.objects.filter(brand=source, role=Role.OWNER, suspended_ms=0)
        for user_id in owners.order_by("user_id").values_list("user_id", flat=True):
            people.add_membership(user_id, target.pk, Role.OWNER, actor=actor)
        target.refresh_from_db()
        copying = Copying(source, target, actor)
        copied = {one.name: one.copy(copying) for one in sorted(COPIERS, key=lambda one: one.place)}
        detail = {"slug": target.slug, "left_count": len(copying.left)}
        audit.record(source.pk, actor, "sandbox.made", "brand", target.pk, detail=detail)
    return Made(target, copied, copying.left)


def demand(brand: Brand) -> None:
    """Raises Conflict where the brand is real. Asked of the database, whatever the caller holds."""
    row = Brand.objects.filter(pk=brand.pk).values_list("sandbox", flat=True).first()
    if row is None:
        raise NotFound(say("There is no such brand."))
    if not row:
        raise Conflict(
            say("This is a real brand, no sandbox."),
            remedy=say("Make a sandbox of it, and do this there."),
        )


def confirm(brand: Brand, slug: str) -> None:
    """Raises Conflict where the brand is real, Invalid where this is not its short name."""
    demand(brand)
    if slug.strip().lower() != brand.slug:
        raise Invalid(
            say("This is not the sandbox's short name."),
            remedy=say("Type %(slug)s to empty it.", slug=brand.slug),
            field="slug",
        )
