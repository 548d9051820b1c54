"""Forms of webhooks and of keys for the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.kernel.errors import GuanxiError
from guanxi.platform.actors import Actor
from guanxi.platform.apikeys import DEFAULT_RATE, HIGHEST_RATE, SCOPE_MEANINGS, Scope, may_grant
from guanxi.platform.language import spoken
from guanxi.platform.webhooks.events import known_kinds
from guanxi.platform.webhooks.services import LARGEST_BATCH, USUAL_BATCH

LASTS: Final = ("30", "90", "365", "")


class WebhookForm(forms.Form):
    """`patterns` are those that the webhook has already, offered also where they are no kind of their own."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Name of the webhook"),
        max_length=80,
        help_text=gettext_lazy("Who listens, such as ERP."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("By https, reachable from the internet, without a user name or password."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told"), widget=forms.CheckboxSelectMultiple
    )
    history = forms.BooleanField(
        label=gettext_lazy("Also imported history"),
        required=False,
        help_text=gettext_lazy(
            "Without it a file of three years makes no request; with it, one for each batch of facts."
        ),
    )
    batch_most = forms.IntegerField(
        label=gettext_lazy("Events in one request, at most"),
        min_value=1,
        max_value=LARGEST_BATCH,
        initial=USUAL_BATCH,
        help_text=gettext_lazy(
            "What happens alone is sent alone, at once; what happens together travels together."
        ),
    )

    def __init__(self, *arguments: Any, patterns: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["events"].choices = _choices(patterns)  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the key"),
        max_length=80,
        help_text=gettext_lazy("Who uses it, such as the till or the shop."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(label=gettext_lazy("How long it works"), required=False, initial="365")
    rate = forms.IntegerField(
        label=gettext_lazy("Requests a minute, at most"),
        min_value=1,
        max_value=HIGHEST_RATE,
        initial=DEFAULT_RATE,
        help_text=gettext_lazy("For each web process. A till or a shop never meets it, a runaway loop does."),
    )

    def __init__(self, actor: Actor, *arguments: Any, **options: Any) -> None:
        """Of the scopes those that the actor may give."""
        super().__init__(*arguments, **options)
        allowed = [scope for scope in Scope if may_grant(actor, scope)]
        scopes = [(scope.value, f"{spoken(SCOPE_MEANINGS[scope])} ({scope.value})") for scope in allowed]
        self.fields["scopes"].choices = scopes  # type: ignore[attr-defined]
        self.fields["days"].choices = [(days, lasting(days)) for days in LASTS]  # type: ignore[attr-defined]


def lasting(days: str) -> str:
    return _("%(days)s days") % {"days": days} if days else _("Until it is revoked")


def blame(form: forms.Form, error: GuanxiError) -> None:
    """Show an error at the field that it names, else above the form."""
    field = str(error.data.get("field", ""))
    text = f"{spoken(error.message)} {spoken(error.remedy)}".strip()
    form.add_error(field if field in form.fields else None, text)


def _choices(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """Everything, each beginning that several kinds share, each kind, and what else is chosen already."""
    known = known_kinds()
    shared = Counter(name.partition(".")[0] for name in known)
    offered = {"*": _("Everything that happens (*)")}
    for name, meaning in known.items():
        first = name.partition(".")[0]
        if shared[first] > 1 and f"{first}.*" not in offered:
            offered[f"{first}.*"] = _("All that begins with “%(beginning)s” (%(pattern)s)") % {
                "beginning": first,
                "pattern": f"{first}.*",
            }
        offered[name] = f"{spoken(meaning)} ({name})"
    return list(offered.items()) + [(one, one) for one in patterns if one not in offered]
