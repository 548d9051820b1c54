"""Brands and the people who work there. Every verb is one transaction and one audit entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.brand_basis import currency_of, timezone_of
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand, Membership, User
from guanxi.platform.writing import writing

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_USERNAME: Final = re.compile(r"[\w.@+\-]{1,150}")
PASSWORD_LIMIT: Final = 256


def normalise_username(raw: str) -> str:
    """One spelling per name: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", raw).strip().casefold()


def create_brand(
    slug: str,
    name: str,
    *,
    currency: str = "CNY",
    timezone: str = "Asia/Shanghai",
    sandbox: bool = False,
    actor: Actor | str,
) -> Brand:
    """Add a tenant; the first that is no sandbox becomes the default. Whether it is a sandbox stays
    as it is said here. Raises Invalid for a bad slug, currency or zone, Conflict where the slug is taken."""
    slug, name = slug.strip().lower(), name.strip()
    if not _SLUG.fullmatch(slug) or len(slug) > 40:
        raise Invalid(
            _("“%(slug)s” cannot be a brand's short name.") % {"slug": slug},
            remedy=_("Use up to 40 of a–z, 0–9 and single hyphens, such as “lanhua”."),
        )
    if not name or len(name) > 120:
        raise Invalid(_("A brand's name has 1 to 120 characters."), remedy=_("Give another name."))
    currency, timezone = currency_of(currency), timezone_of(timezone)
    try:
        with writing():
            brand = Brand.objects.create(
                slug=slug,
                name=name,
                currency=currency,
                timezone=timezone,
                sandbox=sandbox,
                is_default=not sandbox and not Brand.objects.filter(is_default=True).exists(),
            )
            detail = {"slug": slug, "sandbox": True} if sandbox else {"slug": slug}
            audit.record(brand.pk, actor, "brand.created", "brand", brand.pk, detail=detail)
    except IntegrityError:
        raise Conflict(
            _("The short name “%(slug)s” is taken.") % {"slug": slug},
            remedy=_("Choose another, or use the brand that exists."),
        ) from None
    return brand


def default_brand() -> Brand:
    """Raises NotFound before `guanxi init`."""
    brand = Brand.objects.filter(is_default=True).first()
    if brand is None:
        raise NotFound(_("There is no brand yet."), remedy=_("Run `guanxi init`, or `guanxi brand add`."))
    return brand


def find_brand(slug: str | None) -> Brand:
    """The brand called `slug`, or the default one for None. Raises NotFound, naming those that exist."""
    if slug is None:
        return default_brand()
    brand = Brand.objects.filter(slug=slug.strip().lower()).first()
    if brand is None:
        known = ", ".join(Brand.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise NotFound(
            _("There is no brand “%(slug)s”.") % {"slug": slug},
            remedy=_("Known brands: %(known)s.") % {"known": known or "–"},
        )
    return brand


def create_user(
    username: str,
    password: str,
    *,
    name: str = "",
    language: str = "zh-hans",
    actor: Actor | str,
) -> User:
    """Add a person who may sign in. Raises Invalid for a bad name, language or weak password, Conflict where
    the user name is taken."""
    return save_user(new_user(username, password, name=name, language=language), actor=actor)


def new_user(username: str, password: str, *, name: str = "", language: str = "zh-hans") -> User:
    """A person who is not saved yet: hashing a password takes a third of a second, which no transaction
    should. Raises Invalid for a bad name, language or weak password."""
    username = normalise_username(username)
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            _("A user name has 1 to 150 letters, digits or . @ + - _."), remedy=_("Choose another user name.")
        )
    if language not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise Invalid(_not_spoken(language), remedy=_("Use one of: %(known)s.") % {"known": known})
    user = User(username=username, name=name.strip()[:150], language=language)
    check_password_strength(password, user)
    user.set_password(password)
    return user


def save_user(user: User, *, actor: Actor | str) -> User:
    """Add the person made by `new_user`. Raises Conflict where the user name is taken."""
    try:
        with writing():
            user.save(force_insert=True)
            audit.record(None, actor, "user.created", "user", user.pk)
    except IntegrityError:
        raise Conflict(
            _("The user name “%(name)s” is taken.") % {"name": user.username},
            remedy=_("Choose another, or change that user's password."),
        ) from None
    return user


def find_user(username: str) -> User:
    """Raises NotFound."""
    user = User.objects.filter(username=normalise_username(username)).first()
    if user is None:
        raise NotFound(
            _("There is no user “%(name)s”.") % {"name": username}, remedy=_("See `guanxi user list`.")
        )
    return user


def check_password_strength(password: str, user: User) -> None:
    """Raises Invalid with every reason at once; the reasons are in `data["reasons"]`, translated."""
    if len(password) > PASSWORD_LIMIT:
        raise Invalid(
            _("A password has at most %(limit)d characters.") % {"limit": PASSWORD_LIMIT},
            remedy=_("Choose a shorter one."),
        )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(
            " ".join(error.messages), remedy=_("Choose another password."), reasons=error.messages
        ) from None


def set_password(user_id: int, password: str, *, actor: Actor | str) -> User:
    """Change a password; every session of that person ends. Raises NotFound, Invalid."""
    user = _user(user_id)
    check_password_strength(password, user)
    user.set_password(password)
    with writing():
        User.objects.filter(pk=user.pk).update(password=user.password, session_epoch=F("session_epoch") + 1)
        audit.record(None, actor, "user.password_changed", "user", user.pk)
    user.refresh_from_db()
    return user


def set_language(user_id: int, language: str, *, actor: Actor | str) -> None:
    """Raises Invalid for a language the console does not speak."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_not_spoken(language), remedy=_("Choose one of the list."))
    with writing():
        User.objects.filter(pk=user_id).update(language=language)
        audit.record(None, actor, "user.language_changed", "user", user_id, detail={"language": language})


def set_active(user_id: int, active: bool, *, actor: Actor | str) -> None:
    """Let a person in, or keep them out; being kept out ends every session. Raises NotFound, and Conflict
    where a brand would lose its last owner."""
    with writing():
        user = _user(user_id)
        if not active:
            for membership in user.memberships.filter(role=Role.OWNER).order_by("brand_id"):
                membership_for_change(user.pk, membership.brand_id)
                demand_other_owner(membership.brand_id, user.pk)
        User.objects.filter(pk=user.pk).update(is_active=active, session_epoch=F("session_epoch") + 1)
        audit.record(None, actor, "user.activated" if active else "user.deactivated", "user", user.pk)


def add_membership(user_id: int, brand_id: int, role: Role | str, *, actor: Actor | str) -> Membership:
    """Give a person a role in a brand, or change the role they have. Raises NotFound for an unknown user or
    brand, Invalid for a role that does not exist, Conflict where the brand would lose its last owner."""
    role = role_named(role)
    with writing():
        user = _user(user_id)
        if not Brand.objects.filter(pk=brand_id).exists():
            raise NotFound(_("There is no such brand."), remedy=_("See `guanxi brand list`."))
        before = membership_for_change(user.pk, brand_id)
        if before is not None and before.role == Role.OWNER and role != Role.OWNER:
            demand_other_owner(brand_id, user.pk)
        membership, _created = Membership.objects.update_or_create(
            user=user, brand_id=brand_id, defaults={"role": role}
        )
        detail = {"role": str(role), "before": before.role if before else ""}
        audit.record(brand_id, actor, "membership.set", "user", user.pk, detail=detail)
    return membership


def remove_membership(user_id: int, brand_id: int, *, actor: Actor | str) -> None:
    """Take a person out of a brand. Raises NotFound, and Conflict for the last owner."""
    with writing():
        membership = membership_for_change(user_id, brand_id)
        if membership is None:
            raise NotFound(_("This person does not work for the brand."), remedy=_("Look at the list again."))
        if membership.role == Role.OWNER:
            demand_other_owner(brand_id, user_id)
        membership.delete()
        audit.record(
            brand_id, actor, "membership.removed", "user", user_id, detail={"before": membership.role}
        )


def memberships_of(user_id: int) -> list[Membership]:
    """Every brand where a person may work with the role there, default brand first."""
    found = Membership.objects.filter(user_id=user_id, suspended_ms=0).select_related("brand")
    return list(found.order_by("-brand__is_default", "brand__name", "brand_id"))


def members_of(brand_id: int) -> list[Membership]:
    """Everybody who works for a brand, by user name."""
    return list(
        Membership.objects.filter(brand_id=brand_id).select_related("user").order_by("user__username")
    )


def _user(user_id: int) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such user."), remedy=_("See `guanxi user list`."))
    return user


def role_named(role: Role | str) -> Role:
    """Raises Invalid for a role that does not exist."""
    try:
        return Role(role)
    except ValueError:
        raise Invalid(
            _("“%(role)s” is not a role.") % {"role": role},
            remedy=_("Use one of: %(known)s.") % {"known": ", ".join(Role.values)},
        ) from None


def membership_for_change(user_id: int, brand_id: int) -> Membership | None:
    """The membership, with the brand's owners locked until the caller's transaction ends."""
    lock_owners(brand_id)
    return Membership.objects.filter(user_id=user_id, brand_id=brand_id).first()


def lock_owners(brand_id: int) -> None:
    """All owners are locked, not one: two who leave at once must not both see the other."""
    list(Membership.objects.select_for_update().filter(brand_id=brand_id, role=Role.OWNER).order_by("pk"))


def demand_other_owner(brand_id: int, user_id: int) -> None:
    """Raises Conflict where nobody else owns the brand and may work there."""
    others = Membership.objects.filter(
        brand_id=brand_id, role=Role.OWNER, user__is_active=True, suspended_ms=0
    )
    if not others.exclude(user_id=user_id).exists():
        raise Conflict(_("A brand keeps at least one owner."), remedy=_("Make somebody else an owner first."))


def _not_spoken(language: str) -> str:
    return _("“%(language)s” is not a language of the console.") % {"language": language}


def actor_names(references: Iterable[str]) -> dict[str, str]:
    """ "user:3" as people know them, all at once; programs and commands by what they are."""
    wanted = set(references)
    ids = {int(one[5:]) for one in wanted if one.startswith("user:") and one[5:].isdecimal()}
    names = {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    return {one: names.get(one) or _plain(one) for one in wanted}


def actor_name(reference: str) -> str:
    return actor_names([reference])[reference]


def _plain(reference: str) -> str:
    if reference.startswith("key:"):
        return _("API key %(id)s") % {"id": reference[4:]}
    return {"cli": _("Command line"), "system": "Guanxi"}.get(reference, reference)
