"""Sign-in, the second step, sign-out, and the choice of brand and language."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import check_for_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.console.forms import CodeForm, SignInForm
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.platform import people, sessions, signin
from guanxi.platform.access import PersonRequest, public, safe_next, signed_in
from guanxi.platform.lockout import SignInLocked
from guanxi.platform.middleware import client_address
from guanxi.platform.models import User

_PENDING: Final = "second_step"
_PENDING_MS: Final = 5 * MINUTE_MS


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if getattr(request, "person", None) is not None and request.method != "POST":
        return HttpResponseRedirect(target)
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            user = signin.check_password_step(
                form.cleaned_data["username"], form.cleaned_data["password"], client_address(request)
            )
        except GuanxiError as error:
            status = _explain(form, error)
        else:
            return (
                _ask_second_step(request, user, target) if user.totp_secret else _enter(request, user, target)
            )
    return render(request, "console/sign_in.html", {"form": form, "next": target}, status=status)


@public
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator, for whoever gave the right password within the last five minutes."""
    target = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    user = _pending_user(request)
    if user is None:
        return redirect("signin")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            signin.check_second_step(user, form.cleaned_data["code"], client_address(request))
        except GuanxiError as error:
            status = _explain(form, error)
        else:
            return _enter(request, user, target)
    return render(request, "console/second_step.html", {"form": form, "next": target}, status=status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request)
    return redirect("signin")


@signed_in
@require_POST
def choose_brand(request: PersonRequest) -> HttpResponse:
    """Another brand's id answers 404, as if it did not exist."""
    chosen = request.POST.get("brand", "")
    for membership in request.memberships:
        if chosen in {str(membership.brand_id), membership.brand.slug}:
            sessions.choose_brand(request, membership.brand_id)
            return HttpResponseRedirect(safe_next(request, request.POST.get("next")))
    raise Http404


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Kept with the person, or in a cookie for whoever has not signed in."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        raise Http404
    response = HttpResponseRedirect(safe_next(request, request.POST.get("next")))
    person: User | None = getattr(request, "person", None)
    if person is not None:
        people.set_language(person.pk, language, actor=f"user:{person.pk}")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
        httponly=True,
    )
    return response


def _explain(form: SignInForm | CodeForm, error: GuanxiError) -> int:
    form.add_error(None, error.message)
    return 429 if isinstance(error, SignInLocked) else 403


def _enter(request: HttpRequest, user: User, target: str) -> HttpResponse:
    sessions.begin(request, user)
    return HttpResponseRedirect(target)


def _ask_second_step(request: HttpRequest, user: User, target: str) -> HttpResponse:
    request.session.cycle_key()
    request.session[_PENDING] = {"user": user.pk, "epoch": user.session_epoch, "at_ms": now_ms()}
    return redirect(reverse("second-step", query={"next": target}))


def _pending_user(request: HttpRequest) -> User | None:
    pending = request.session.get(_PENDING)
    if not pending or not 0 <= now_ms() - pending["at_ms"] <= _PENDING_MS:
        request.session.pop(_PENDING, None)
        return None
    return (
        User.objects.filter(pk=pending["user"], session_epoch=pending["epoch"], is_active=True)
        .exclude(totp_secret="")
        .first()
    )
