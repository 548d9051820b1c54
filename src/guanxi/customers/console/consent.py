"""Consent in the console: a panel on the customer's page, links to their preference centre, and the brand's
page of counts and texts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.consent import counting, ledger, links, queries, texts
from guanxi.customers.consent.contracts import Basis, By, Proof, Said, Statement, Why
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.purposes import CHANNELS, PURPOSES, Purpose, asked, places
from guanxi.customers.console import reads
from guanxi.kernel.errors import GuanxiError
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import spoken
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Badge, Tone

SHOWN: Final = 20  # statements in the panel's history
_TONES: Final[Mapping[Why, Tone]] = {
    Why.NOT_NEEDED: "info",
    Why.GIVEN: "good",
    Why.NOT_ASKED: "",
    Why.REFUSED: "bad",
    Why.WITHDRAWN: "bad",
    Why.PURPOSE_CHANGED: "warn",
    Why.GUARDIAN_MISSING: "warn",
}


class Row(NamedTuple):
    """What holds for one purpose and channel, and the statement it rests on."""

    purpose: str
    channel: str
    badge: Badge
    by: Consent | None


class Line(NamedTuple):
    """A line of the brand's page. `counts` are (reason, number), None where no consent is needed."""

    purpose: str
    channel: str
    basis: str
    articles: str
    counts: Sequence[tuple[str, int | None]]


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def whys() -> dict[str, str]:
    return {
        Why.NOT_NEEDED: _("Needs no consent"),
        Why.GIVEN: _("Agreed"),
        Why.NOT_ASKED: _("Not asked"),
        Why.REFUSED: _("Refused"),
        Why.WITHDRAWN: _("Withdrawn"),
        Why.PURPOSE_CHANGED: _("Purpose changed: ask again"),
        Why.GUARDIAN_MISSING: _("Guardian's consent missing"),
    }


def saids() -> dict[str, str]:
    return {Said.GIVEN: _("agreed"), Said.REFUSED: _("refused"), Said.WITHDRAWN: _("withdrew")}


def proofs() -> dict[str, str]:
    return {
        Proof.PAGE: _("on a page"),
        Proof.FORM: _("on a form"),
        Proof.MESSAGE: _("by a message"),
        Proof.FILE: _("in a file"),
        Proof.ASSOCIATE: _("told to an associate"),
    }


def bases() -> dict[str, str]:
    return {
        Basis.CONSENT: _("Consent"),
        Basis.CONTRACT: _("Contract"),
        Basis.DUTY: _("Legal duty"),
        Basis.EMERGENCY: _("Emergency"),
        Basis.NEWS: _("News reporting"),
        Basis.DISCLOSED: _("Disclosed by the person"),
        Basis.LAW: _("Another law"),
    }


def _labels() -> tuple[dict[str, str], dict[str, str]]:
    chinese = _chinese()
    purposes = {one.name: one.label(chinese=chinese) for one in PURPOSES}
    return purposes, {one.name: one.label(chinese=chinese) for one in CHANNELS}


def panel(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, object]:
    """For the customer's page; a fixed number of queries."""
    brand_id = request.brand.pk
    said = queries.history(brand_id, subject_ids)
    by_id = {row.pk: row for row in said}
    purposes, channels = _labels()
    reasons = whys()
    rows = [
        Row(
            purposes[one.purpose.name],
            channels.get(one.channel, ""),
            Badge(reasons[one.verdict.why], _TONES[one.verdict.why]),
            by_id.get(one.verdict.word.id) if one.verdict.word else None,
        )
        for one in queries.standings(brand_id, customer_id)
        if one.purpose.needs_consent
    ]
    return {
        "customer_id": customer_id,
        "rows": rows,
        "said": said[:SHOWN],
        "purposes": purposes,
        "channels": channels,
        "verbs": saids(),
        "proofs": proofs(),
        "asked": [
            (f"{one.name}.{place}", " · ".join(filter(None, (purposes[one.name], channels.get(place)))))
            for one in asked()
            for place in places(one)
        ],
        "may_record": request.actor.may(Permission.CONSENT_RECORD),
    }


@permission_required(Permission.CONSENT_RECORD)
@require_POST
def customer_consent(request: BrandRequest, customer_id: int) -> HttpResponse:
    """Note what a customer told an associate. It does not lift a refusal; only the customer does."""
    found = reads.find(request.brand.pk, customer_id)
    purpose, _dot, channel = request.POST.get("about", "").partition(".")
    given = Statement(
        found.pk,
        purpose,
        request.POST.get("said", ""),
        f"console:{request.POST.get('key') or secrets.token_urlsafe(12)}"[:160],
        Proof.ASSOCIATE,
        channel,
        proof_ref=request.POST.get("note", ""),
        by=By.GUARDIAN if request.POST.get("guardian") else By.SELF,
        separate=bool(request.POST.get("separate")),
    )
    done = ledger.record(request.brand.pk, [given], source="console", actor=request.actor)
    if done.rejected:
        messages.error(request, spoken(done.rejected[0].message))
    elif given.said == Said.GIVEN and found.pk not in queries.allowed(
        request.brand.pk, [found.pk], purpose, channel
    ):
        messages.warning(
            request,
            _("Noted, but it does not count yet: a refusal is lifted by the customer alone. Send the link."),
        )
    else:
        messages.success(request, _("Noted."))
    return redirect("customer", customer_id)


@permission_required(Permission.CONSENT_RECORD)
@require_POST
def customer_consent_link(request: BrandRequest, customer_id: int) -> HttpResponse:
    """A link to the customer's preference centre, to be sent to them; or an end to all that were made."""
    found = reads.find(request.brand.pk, customer_id)
    if request.POST.get("revoke"):
        links.revoke(request.brand.pk, found.pk, actor=request.actor)
        messages.success(request, _("All links to this customer's page have ended."))
        return redirect("customer", customer_id)
    link = links.make(request.brand.pk, found.pk, actor=request.actor)
    context = {"customer_id": found.pk, "address": request.build_absolute_uri(link.path), "link": link}
    return render(request, "customers/consent_link.html", context)


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
def consent(request: BrandRequest) -> HttpResponse:
    return _page(request, {})


def _page(request: BrandRequest, given: Mapping[str, str], error: GuanxiError | None = None) -> HttpResponse:
    brand_id = request.brand.pk
    counted = counting.counts(brand_id)
    reasons = {why: label for why, label in whys().items() if why not in {Why.NOT_NEEDED, Why.NOT_ASKED}}
    purposes, _channels = _labels()
    current = texts.current(brand_id)
    wanted = given.get("purpose") or request.GET.get("purpose", "")
    chosen = current.get(wanted)
    return render(
        request,
        "customers/consent.html",
        {
            "lines": [
                _line(one, place, counted, reasons)
                for one in PURPOSES
                for place in (places(one) if one.needs_consent else [""])
            ],
            "reasons": list(reasons.values()),
            "counted": counted,
            "texts": [(purposes[name], text) for name, text in current.items()],
            "older": [(purposes.get(text.purpose, text.purpose), text) for text in texts.versions(brand_id)],
            "choosing": [(name, purposes[name]) for name in current],
            "given": given
            or ({"purpose": wanted, "zh": chosen.bodies["zh"], "en": chosen.bodies["en"]} if chosen else {}),
            "error": error,
            "may_define": request.actor.may(Permission.CONSENT_DEFINE),
        },
        status=error.http_status if error else 200,
    )


def _line(purpose: Purpose, place: str, counted: counting.Counted, reasons: Mapping[str, str]) -> Line:
    purposes, channels = _labels()
    tally = counted.people.get((purpose.name, place), {})
    basis = bases()[purpose.basis]
    if purpose.separate:
        basis = _("%(basis)s, given separately") % {"basis": basis}
    return Line(
        purposes[purpose.name],
        channels.get(place, ""),
        basis,
        purpose.articles,
        [
            (reason, tally.get(why, 0) if counted.at_ms and purpose.needs_consent else None)
            for why, reason in reasons.items()
        ],
    )


@permission_required(Permission.CONSENT_DEFINE)
@require_POST
def publish(request: BrandRequest) -> HttpResponse:
    """A new version of the words that customers agree to."""
    given = {name: request.POST.get(name, "") for name in ("purpose", "zh", "en", "changes")}
    try:
        text = texts.publish(
            request.brand.pk,
            given["purpose"],
            given,
            changes_purpose=bool(given["changes"]),
            actor=request.actor,
        )
    except GuanxiError as error:
        return _page(request, given, error)
    messages.success(request, _("Version %(version)s is in force.") % {"version": text.version})
    return redirect("consent")
