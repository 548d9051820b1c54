"""What the ledger of consent holds of a person, and what is left of it when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.consent import links
from guanxi.customers.consent.models import Consent, TagRefusal
from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime


def register() -> None:
    SOURCES.register(
        Source(
            "consents",
            _("What the person agreed to, refused and withdrew"),
            ("customers_consent", "customers_consentlink", "customers_tagrefusal"),
            statements,
            _("To prove what may be done, and to ask nothing twice."),
            _("A duty under the law (PIPL 13 (3))."),
            _("Kept as proof; without references to the person once they are erased."),
        )
    )
    ERASERS.register(Eraser("consents", cut))


def statements(person: Person) -> Iterator[Mapping[str, Any]]:
    for row in Consent.objects.filter(subject_id__in=list(person.subject_ids)).order_by("occurred_ms", "pk"):
        yield {
            "purpose": row.purpose,
            "channel": row.channel,
            "said": row.said,
            "basis": row.basis,
            "text_version": row.text_version,
            "proof": row.proof,
            "proof_ref": row.proof_ref,
            "by": row.spoken_by,
            "from": row.source,
            "at": to_datetime(row.occurred_ms).isoformat(),
        }


def cut(person: Person) -> Mapping[str, int]:
    """The statements stay as proof that the law was kept, under nobody's name; what they refer to goes, and
    so do the tags that were refused. Links that are out open nothing any more."""
    ours = list(person.subject_ids)
    named = Consent.objects.filter(subject_id__in=ours).exclude(proof_ref="")
    return {
        "customers_consent": named.update(proof_ref=""),
        "customers_consentlink": links.end(person.brand_id, ours),
        "customers_tagrefusal": TagRefusal.objects.filter(subject_id__in=ours).delete()[0],
    }
