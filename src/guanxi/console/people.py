"""The people of a brand: who works here, as what; invitations; and what each role may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, Forbidden, Invalid
from guanxi.platform import invitations, staff
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.actors import Actor
from guanxi.platform.contracts import Role
from guanxi.platform.explained import EXPLAINED, ROLES
from guanxi.platform.language import spoken
from guanxi.platform.roles import Permission, allows
from guanxi.platform.staff import Member
from guanxi.ui.parts import Badge

_VERBS: Final[Mapping[str, Callable[..., None]]] = {
    "suspend": staff.suspend,
    "resume": staff.resume,
    "remove": staff.remove,
}


class InviteForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    address = forms.CharField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "Optional, to tell invitations apart; only its masked form is kept. No mail is sent: "
            "you hand the link on yourself."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def __init__(self, actor: Actor, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [(role.value, role.label) for role in reversed(Role) if role in staff.givable(actor)]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


@permission_required(Permission.USERS_MANAGE)
@require_GET
def people(request: BrandRequest) -> HttpResponse:
    return _page(request, InviteForm(request.actor, initial={"language": request.person.language}))


@permission_required(Permission.USERS_MANAGE)
@require_POST
def invite(request: BrandRequest) -> HttpResponse:
    """Make a link; the answer is the one page that shows it."""
    form = InviteForm(request.actor, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made = invitations.invite(request.brand.pk, **form.cleaned_data, actor=request.actor)
    except (Invalid, Conflict, Forbidden) as error:
        form.add_error("address" if isinstance(error, Invalid) else None, str(error))
        return _page(request, form, status=error.http_status)
    link = request.build_absolute_uri(reverse("invitation", args=[made.token]))
    return render(request, "console/invited.html", {"invitation": made.invitation, "link": link})


@permission_required(Permission.USERS_MANAGE)
@require_POST
def revoke(request: BrandRequest, invitation_id: int) -> HttpResponse:
    invitations.revoke(request.brand.pk, invitation_id, actor=request.actor)
    messages.success(request, _("The invitation is taken back: its link opens nothing any more."))
    return redirect("people")


@permission_required(Permission.USERS_MANAGE)
@require_GET
def person(request: BrandRequest, user_id: int) -> HttpResponse:
    return _person(request, staff.member(request.brand.pk, user_id))


@permission_required(Permission.USERS_MANAGE)
@require_POST
def change(request: BrandRequest, user_id: int, verb: str) -> HttpResponse:
    """`verb` is role, suspend, resume or remove. What is refused is said on the page itself."""
    member = staff.member(request.brand.pk, user_id)
    try:
        if verb == "role":
            role = request.POST.get("role", "")
            staff.set_role(request.brand.pk, user_id, role, actor=request.actor)
        elif verb in _VERBS:
            _VERBS[verb](request.brand.pk, user_id, actor=request.actor)
        else:
            raise Http404
    except (Conflict, Forbidden, Invalid) as error:
        return _person(request, member, refused=str(error), status=error.http_status)
    messages.success(request, _said(verb) % {"name": member.label})
    return (
        redirect("people") if verb == "remove" or _is_self(request, user_id) else redirect("person", user_id)
    )


@permission_required(Permission.USERS_MANAGE)
@require_GET
def roles(request: BrandRequest) -> HttpResponse:
    rows = [
        (permission.value, spoken(sentence), [allows(role, permission) for role in Role])
        for permission, sentence in EXPLAINED.items()
    ]
    heads = [(role.label, spoken(ROLES[role])) for role in Role]
    cells = [(value, sentence, list(zip(heads, held, strict=True))) for value, sentence, held in rows]
    return render(request, "console/roles.html", {"roles": heads, "rows": cells})


def _is_self(request: BrandRequest, user_id: int) -> bool:
    return request.person.pk == user_id


def _said(verb: str) -> str:
    return {
        "role": _("%(name)s has another role now."),
        "suspend": _("%(name)s is suspended and signed out everywhere."),
        "resume": _("%(name)s may work here again."),
        "remove": _("%(name)s does not work here any more."),
    }[verb]


def _page(request: BrandRequest, form: InviteForm, *, status: int = 200) -> HttpResponse:
    members = staff.members(request.brand.pk)
    names = {f"user:{member.user_id}": member.label for member in members}
    waiting = invitations.invitations_of(request.brand.pk, open_only=True)
    context = {
        "members": [(member, _badges(member)) for member in members],
        "waiting": [(one, names.get(one.actor, one.actor)) for one in waiting],
        "form": form,
    }
    return render(request, "console/people.html", context, status=status)


def _person(request: BrandRequest, member: Member, *, refused: str = "", status: int = 200) -> HttpResponse:
    context = {
        "member": member,
        "badges": _badges(member),
        "role_sentence": spoken(ROLES[member.role]),
        "roles": [(role.value, role.label, spoken(ROLES[role])) for role in staff.givable(request.actor)],
        "refused": refused,
        "is_self": _is_self(request, member.user_id),
    }
    return render(request, "console/person.html", context, status=status)


def _badges(member: Member) -> list[Badge]:
    found = [Badge(_("Two-step on"), "good") if member.two_step else Badge(_("Two-step off"))]
    return [Badge(_("Suspended"), "bad"), *found] if member.suspended_ms else found
