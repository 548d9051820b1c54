"""One's own security: password, two-step sign-in, recovery codes, sign out everywhere."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

import segno
from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.console.forms import CodeForm, NewPasswordForm, PasswordForm
from guanxi.kernel.errors import GuanxiError
from guanxi.platform import lockout, people, sessions, totp
from guanxi.platform.access import PersonRequest, signed_in
from guanxi.platform.middleware import client_address

_WAITING: Final = "new_totp"


@signed_in
@require_GET
def security(request: PersonRequest) -> HttpResponse:
    return _page(request)


@signed_in
@sensitive_post_parameters()
@require_POST
def change_password(request: PersonRequest) -> HttpResponse:
    form = NewPasswordForm(request.POST)
    if form.is_valid() and _shows_password(request, form, "current"):
        try:
            user = people.set_password(request.person.pk, form.cleaned_data["new"], actor=request.actor)
        except GuanxiError as error:
            for reason in error.data.get("reasons") or [error.message]:  # type: ignore[attr-defined]
                form.add_error("new", reason)
        else:
            sessions.renew(request, user)
            messages.success(request, _("The password is changed. Every other device is signed out."))
            return redirect("security")
    return _page(request, status=422, password_form=form)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def two_step(request: PersonRequest) -> HttpResponse:
    """Turn two-step sign-in on: scan, type the first code, keep the recovery codes."""
    if request.person.totp_secret:
        return redirect("security")
    sealed = request.session.get(_WAITING)
    if sealed is None:
        sealed = request.session[_WAITING] = totp.new_sealed_secret(request.person)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            codes = totp.enable(request.person, sealed, form.cleaned_data["code"], actor=request.actor)
        except GuanxiError as error:
            form.add_error(None, str(error))
            status = error.http_status
        else:
            request.session.pop(_WAITING, None)
            sessions.renew(request, request.person)
            return render(request, "console/recovery_codes.html", {"codes": codes})
    context = {"form": form, "secret": totp.secret_text(request.person, sealed)}
    return render(request, "console/two_step.html", context, status=status)


@signed_in
@require_GET
def two_step_picture(request: PersonRequest) -> HttpResponse:
    """The QR code of the key that is being set up: an image of its own, since the policy allows no inline
    style, and never for a key already in use."""
    sealed = request.session.get(_WAITING)
    if sealed is None:
        raise Http404
    picture = BytesIO()
    segno.make(totp.provisioning_uri(request.person, sealed), error="m").save(
        picture, kind="svg", scale=6, border=4, light="#ffffff", svgclass=None, lineclass=None
    )
    return HttpResponse(
        picture.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"}
    )


@signed_in
@sensitive_post_parameters()
@require_POST
def two_step_off(request: PersonRequest) -> HttpResponse:
    form = PasswordForm(request.POST, auto_id="off_%s")
    if not (form.is_valid() and _shows_password(request, form, "password")):
        return _page(request, status=422, off_form=form)
    totp.disable(request.person, actor=request.actor)
    sessions.renew(request, request.person)
    messages.success(request, _("Two-step sign-in is off."))
    return redirect("security")


@signed_in
@sensitive_post_parameters()
@require_POST
def new_recovery_codes(request: PersonRequest) -> HttpResponse:
    form = PasswordForm(request.POST, auto_id="codes_%s")
    if not request.person.totp_secret:
        raise Http404
    if not (form.is_valid() and _shows_password(request, form, "password")):
        return _page(request, status=422, codes_form=form)
    codes = totp.renew_recovery_codes(request.person, actor=request.actor)
    return render(request, "console/recovery_codes.html", {"codes": codes})


@signed_in
@require_POST
def sign_out_everywhere(request: PersonRequest) -> HttpResponse:
    sessions.end_everywhere(request.person.pk, actor=request.actor)
    sessions.end(request)
    return redirect("signin")


def _shows_password(request: PersonRequest, form: NewPasswordForm | PasswordForm, field: str) -> bool:
    """Whether the form's password is the person's; guesses on a stolen session are braked like sign-ins."""
    username, address = request.person.username, client_address(request)
    try:
        lockout.begin(username, address)
    except lockout.SignInLocked as locked:
        form.add_error(field, locked.message)
        return False
    if not check_password(form.cleaned_data[field], request.person.password):
        form.add_error(field, _("This is not your password."))
        return False
    lockout.succeeded(username, address)
    return True


def _page(request: PersonRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "password_form": NewPasswordForm(),
        "off_form": PasswordForm(auto_id="off_%s"),
        "codes_form": PasswordForm(auto_id="codes_%s"),
        "two_step": bool(request.person.totp_secret),
        "codes_left": totp.recovery_codes_left(request.person),
        **forms,
    }
    return render(request, "console/security.html", context, status=status)
