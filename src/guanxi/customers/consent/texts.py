"""The wording of consent: versions in Chinese and English, stored, hashed, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import hooks
from guanxi.customers.consent.contracts import Renewal
from guanxi.customers.consent.models import ConsentText
from guanxi.customers.consent.purposes import PURPOSES, Purpose, asked
from guanxi.customers.hooks import What
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.writing import writing

LANGUAGES: Final = ("zh", "en")
LONGEST: Final = 5_000


class Text(NamedTuple):
    """A version: its wording by language, and the hash of each. `at_ms` 0: the one that comes with Guanxi and
    was not yet shown to anybody."""

    purpose: str
    version: int
    bodies: Mapping[str, str]
    sha256: Mapping[str, str]
    changes_purpose: bool
    actor: str
    at_ms: int

    @property
    def mark(self) -> str:
        """Names the exact words on a page, so that an answer to other words is noticed."""
        return hashlib.sha256("".join(self.sha256[one] for one in LANGUAGES).encode()).hexdigest()[:16]


def find_purpose(name: str) -> Purpose:
    """Raises NotFound, naming those that exist."""
    for purpose in PURPOSES:
        if purpose.name == name:
            return purpose
    raise NotFound(
        _("There is no purpose '%(name)s'.") % {"name": name[:40]},
        remedy=_("Purposes here: %(names)s.") % {"names": ", ".join(PURPOSES.names())},
    )


def publish(
    brand_id: int,
    purpose: str,
    bodies: Mapping[str, str],
    *,
    changes_purpose: bool,
    actor: object,
    read: int | None = None,
) -> Text:
    """A new version of what customers agree to. Where it `changes_purpose`, consent to earlier versions no
    longer counts and is asked for again (PIPL 14). Words that are in force already make no new version.
    `read`: the version that is to be replaced, 0 for none; doing the same again is no second version.

    Raises NotFound, Invalid, Conflict where the version that was read is no longer in force.
    """
    found = find_purpose(purpose)
    if not found.needs_consent:
        raise Invalid(_("This purpose needs no consent."), field="purpose")
    clean = {language: _clean(bodies.get(language, ""), language) for language in LANGUAGES}
    with writing(brand_id):
        present = current(brand_id)[purpose]
        newest = present.version if present.at_ms else 0
        again = present.changes_purpose and read == newest - 1
        if newest and dict(present.bodies) == clean and (not changes_purpose or again):
            return present
        if read is not None and read != newest:
            raise Conflict(_("Other words are in force by now."), remedy=_("Read them, then publish again."))
        version = newest + 1
        text = _written(brand_id, purpose, version, clean, changes=changes_purpose, actor=str(actor))
        audit.record(
            brand_id,
            str(actor),
            "consent.text_published",
            "consent_text",
            purpose,
            detail={"version": version, "changes_purpose": changes_purpose},
        )
        if changes_purpose:
            hooks.changed(brand_id, What.CONSENT, None)
    return text


def in_force(brand_id: int) -> dict[str, Text]:
    """As `current`, and those that come with Guanxi are stored as version 1, since they are agreed to now."""
    found = current(brand_id)
    if all(text.at_ms for text in found.values()):
        return found
    with writing(brand_id):
        return {
            name: text
            if text.at_ms
            else _written(
                brand_id, name, text.version, text.bodies, changes=text.changes_purpose, actor="system"
            )
            for name, text in current(brand_id).items()
        }


def current(brand_id: int) -> dict[str, Text]:
    """purpose → its newest version, of all that need consent."""
    newest = {text.purpose: text for text in reversed(versions(brand_id))}
    return {purpose.name: newest.get(purpose.name) or _shipped(purpose) for purpose in asked()}


def versions(brand_id: int, purpose: str = "") -> list[Text]:
    """All stored versions, the newest first."""
    rows = ConsentText.objects.filter(brand_id=brand_id).order_by("-version", "purpose", "language")
    grouped: dict[tuple[str, int], list[ConsentText]] = {}
    for row in rows.filter(purpose=purpose) if purpose else rows:
        grouped.setdefault((row.purpose, row.version), []).append(row)
    return [
        Text(
            name,
            version,
            {row.language: row.body for row in group},
            {row.language: row.sha256 for row in group},
            group[0].changes_purpose,
            group[0].actor,
            group[0].at_ms,
        )
        for (name, version), group in grouped.items()
    ]


def renewal(brand_id: int, purpose: str, at_ms: int) -> Renewal:
    """The newest version until then that changed the purpose."""
    row = (
        ConsentText.objects.filter(brand_id=brand_id, purpose=purpose, changes_purpose=True, at_ms__lte=at_ms)
        .order_by("-version")
        .values_list("version", "at_ms")
        .first()
    )
    return Renewal(*row) if row else Renewal()


def renewals(brand_id: int, at_ms: int) -> dict[str, Renewal]:
    """purpose → the same, of all in one query."""
    rows = ConsentText.objects.filter(brand_id=brand_id, changes_purpose=True, at_ms__lte=at_ms)
    ordered = rows.order_by("version").values_list("purpose", "version", "at_ms")
    return {purpose: Renewal(version, since) for purpose, version, since in ordered}


Renewals = Mapping[str, Sequence[Renewal]]


def all_renewals(brand_id: int) -> Renewals:
    """purpose → every version that changed it, by version."""
    rows = ConsentText.objects.filter(brand_id=brand_id, changes_purpose=True).order_by("version")
    found: dict[str, dict[int, Renewal]] = {}
    for purpose, version, at_ms in rows.values_list("purpose", "version", "at_ms"):
        found.setdefault(purpose, {})[version] = Renewal(version, at_ms)
    return {purpose: list(versions.values()) for purpose, versions in found.items()}


def renewal_at(known: Sequence[Renewal], at_ms: int) -> tuple[Renewal, int | None]:
    """The one that holds at a moment, and when the next does."""
    past = [one for one in known if one.at_ms <= at_ms]
    later = [one.at_ms for one in known if one.at_ms > at_ms]
    return past[-1] if past else Renewal(), min(later, default=None)


def _shipped(purpose: Purpose) -> Text:
    bodies = {"zh": purpose.text_zh, "en": purpose.text_en}
    return Text(purpose.name, 1, bodies, _hashes(bodies), False, "system", 0)


def _written(
    brand_id: int, purpose: str, version: int, bodies: Mapping[str, str], *, changes: bool, actor: str
) -> Text:
    at_ms, hashes = now_ms(), _hashes(bodies)
    ConsentText.objects.bulk_create(
        ConsentText(
            brand_id=brand_id,
            purpose=purpose,
            version=version,
            language=language,
            body=bodies[language],
            sha256=hashes[language],
            changes_purpose=changes,
            actor=actor[:160],
            at_ms=at_ms,
        )
        for language in LANGUAGES
    )
    return Text(purpose, version, dict(bodies), hashes, changes, actor[:160], at_ms)


def _hashes(bodies: Mapping[str, str]) -> dict[str, str]:
    return {language: hashlib.sha256(body.encode()).hexdigest() for language, body in bodies.items()}


def _clean(body: str, language: str) -> str:
    text = body.replace("\r\n", "\n").replace("\0", "").strip()
    if not 1 <= len(text) <= LONGEST:
        raise Invalid(
            _("The wording in '%(language)s' is 1 to %(most)s characters.")
            % {"language": language, "most": LONGEST},
            remedy=_("Write it in Chinese and in English."),
            field=language,
        )
    return text
