"""Who may see a view. Nothing is open by default: a view without a marker needs a signed-in member.

@public                                    anybody, e.g. the sign-in page
@signed_in                                 a person, of whatever brand
@permission_required("customers.view")     a member whose role allows it in the current brand
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast
from urllib.parse import quote, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand, Membership, User
from guanxi.platform.roles import Permission

P = ParamSpec("P")
MARK: Final = "guanxi_access"


class PersonRequest(HttpRequest):
    """What a `signed_in` view gets."""

    person: User
    actor: Actor
    memberships: list[Membership]


class BrandRequest(PersonRequest):
    """What a `permission_required` view gets: every query it makes is for `request.brand`."""

    brand: Brand


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def public(view: View[P]) -> View[P]:
    return _marked(view, "public")


def signed_in(view: Callable[Concatenate[PersonRequest, P], HttpResponseBase]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "person", None) is None:
            return to_sign_in(request)
        return view(cast(PersonRequest, request), *args, **kwargs)

    return _marked(guarded, "signed_in")


def permission_required(
    permission: Permission | str,
) -> Callable[[Callable[Concatenate[BrandRequest, P], HttpResponseBase]], View[P]]:
    """Anonymous people are sent to sign in and come back; members without the permission get a 403 page.
    Raises ValueError, at import, for a permission that does not exist."""
    needed = Permission(permission)

    def decorate(view: Callable[Concatenate[BrandRequest, P], HttpResponseBase]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if getattr(request, "person", None) is None:
                return to_sign_in(request)
            demand(request, needed)
            return view(cast(BrandRequest, request), *args, **kwargs)

        return _marked(guarded, needed.value)

    return decorate


def demand(request: HttpRequest, permission: Permission | str) -> None:
    """Raises PermissionDenied unless the request's actor has a brand and the permission there."""
    actor = cast(Actor | None, getattr(request, "actor", None))
    if actor is None or getattr(request, "brand", None) is None or not actor.may(permission):
        raise PermissionDenied


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The way to the sign-in page and back. htmx gets a header, or it would swap the page into a fragment."""
    if request.headers.get("HX-Request"):
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        target = here.path + (f"?{here.query}" if here.query else "")
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in_url(request, target)})
    return HttpResponseRedirect(
        _sign_in_url(request, request.get_full_path() if request.method == "GET" else "")
    )


def safe_next(request: HttpRequest, target: str | None) -> str:
    """`target` where it is a path of this site, else the first page: no open redirect."""
    local = bool(target) and url_has_allowed_host_and_scheme(
        cast(str, target), allowed_hosts=None, require_https=request.is_secure()
    )
    return cast(str, target) if local and cast(str, target).startswith("/") else "/"


def _sign_in_url(request: HttpRequest, target: str) -> str:
    safe = safe_next(request, target)
    return reverse("signin") + (f"?next={quote(safe)}" if safe != "/" else "")


def _marked(view: View[P], mark: str) -> View[P]:
    setattr(view, MARK, mark)
    return view


def mark_of(view: Any) -> str | None:
    """How a view is marked; None where its author forgot."""
    return getattr(view, MARK, None)
