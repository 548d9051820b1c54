"""Joining a brand by an invitation's link."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.console.forms import password_field
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import invitations, sessions
from guanxi.platform.access import PersonRequest, public, signed_in
from guanxi.platform.contracts import Role
from guanxi.platform.explained import ROLES
from guanxi.platform.language import spoken
from guanxi.platform.models import Invitation, User


class JoinForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("Letters, digits and . @ + - _; you sign in with it."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("Name that colleagues see"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = password_field(gettext_lazy("Password"), "new-password")
    again = password_field(gettext_lazy("Password again"), "new-password")

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return cleaned


@public
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: choose a user name and a password, and one is in."""
    invitation = invitations.opened(token)
    form = JoinForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = invitations.accept_new(
                token,
                data["username"],
                data["password"],
                name=data["name"],
                language=translation.get_language() or invitation.language,
            )
        except (Invalid, Conflict) as error:
            reasons = error.data.get("reasons")
            for reason in reasons if isinstance(reasons, list) else [str(error)]:
                form.add_error("password" if reasons else "username", reason)
            status = error.http_status
        else:
            return _enter(request, user, invitation)
    elif request.method == "POST":
        status = 422
    return render(request, "console/join.html", _context(request, invitation, token, form), status=status)


@signed_in
@require_POST
def join_here(request: PersonRequest, token: str) -> HttpResponse:
    """Join with the account that is signed in."""
    invitation = invitations.opened(token)
    invitations.accept_as(token, request.person)
    sessions.choose_brand(request, invitation.brand_id)
    return redirect("home")


def _enter(request: HttpRequest, user: User, invitation: Invitation) -> HttpResponse:
    sessions.begin(request, user)
    sessions.choose_brand(request, invitation.brand_id)
    return redirect("home")


def _context(request: HttpRequest, invitation: Invitation, token: str, form: JoinForm) -> dict[str, object]:
    return {
        "invitation": invitation,
        "token": token,
        "role": Role(invitation.role).label,
        "role_sentence": spoken(ROLES[Role(invitation.role)]),
        "form": form,
        "person": getattr(request, "person", None),
    }
