"""What every request goes through: headers that protect, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import translation

from guanxi.platform import access, actors, people, sessions
from guanxi.platform.models import Membership, User

Handler = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "accelerometer=(), camera=(self), geolocation=(), gyroscope=(), microphone=(), "
    "payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def security_headers(get_response: Handler) -> Handler:
    """Strict headers on every answer; whatever is not a static file is kept by no cache."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for header, value in _HEADERS.items():
            response.headers.setdefault(header, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def without_nul(get_response: Handler) -> Handler:
    """A NUL belongs in no text, and PostgreSQL refuses it: questions are asked without, and no page's address
    has one. The API says what is wrong with a name."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path and not request.path.startswith(settings.GUANXI_API_PATH):
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "")
        return get_response(request)

    return middleware


class PeopleMiddleware:
    """Sets `request.person`, `request.memberships`, `request.actor` and `request.brand` from the session,
    speaks the person's language, and sends anonymous people to sign in unless a view is `@public`.

    The REST API has keys instead of sessions and is passed by.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(settings.GUANXI_API_PATH):
            if "Accept-Language" not in request.headers:
                translation.activate("en")  # programs log what they get; the console's default is Chinese
            return self.get_response(request)
        person = sessions.current_user(request)
        _attach(request, person)
        if person is not None:
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if request.path.startswith(settings.GUANXI_API_PATH) or access.mark_of(view) == "public":
            return None
        return access.to_sign_in(request) if getattr(request, "person", None) is None else None


def client_address(request: HttpRequest) -> str:
    """The address a request came from. Behind `GUANXI_PROXIES` proxies of our own it is the entry of
    X-Forwarded-For that the outermost of them wrote; whatever stands left of it may be forged."""
    hops = settings.GUANXI_PROXIES
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def _attach(request: HttpRequest, person: User | None) -> None:
    memberships = people.memberships_of(person.pk) if person else []
    current = _current(memberships, sessions.chosen_brand_id(request) if person else None)
    actor = None
    if person is not None:
        actor = actors.person(person.pk, current.role if current else None, str(person))
    brand = current.brand if current else None
    request.__dict__.update(person=person, memberships=memberships, actor=actor, brand=brand)


def _current(memberships: list[Membership], chosen_id: int | None) -> Membership | None:
    """The brand chosen in this session, as long as the person still works there; else the first."""
    for membership in memberships:
        if membership.brand_id == chosen_id:
            return membership
    return memberships[0] if memberships else None
