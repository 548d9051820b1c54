"""Who was erased stays so: facts of before are refused when the same identifiers are imported again.

A tombstone is a keyed digest of one identifier and the moment of the erasure. What is dated after it is a new
dealing with the person and is accepted; statements (a member list that repeats what was once typed in) never
are, whatever they are dated, until the person has dealt with the brand again or consented afresh.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import store
from guanxi.customers.contracts import Identity, Sighting
from guanxi.customers.gathering import CONTACTS, primary_identity
from guanxi.customers.identifiers import is_personal, name_key_text
from guanxi.customers.rights.models import Tombstone
from guanxi.kernel.errors import Invalid
from guanxi.platform import audit, vault
from guanxi.platform.bulk import insert_rows
from guanxi.platform.writing import writing

AT_ONCE = 10_000
_COLUMNS = {"brand_id": "bigint", "digest": "text", "erased_ms": "bigint"}
_REPLACE = "ON CONFLICT (brand_id, digest) DO UPDATE SET erased_ms = excluded.erased_ms"
Contact = tuple[str, str]  # scheme, key as in `Subject`


class Living(NamedTuple):
    """A subject that exists under an identifier with a tombstone."""

    holder: int
    first_ms: int


def digest(brand_id: int, contact: Contact) -> str:
    """What stands for an identifier once nothing else may."""
    scheme, key = contact
    return vault.blind_index(brand_id, f"erased {scheme}", key)


def put(brand_id: int, contacts: Iterable[Contact], erased_ms: int) -> int:
    """Tombstones for identifiers; how many. The caller holds the brand's turn."""
    rows = sorted({(brand_id, digest(brand_id, contact), erased_ms) for contact in contacts})
    return insert_rows("customers_tombstone", _COLUMNS, rows, on_conflict=_REPLACE)


def stand(brand_id: int) -> bool:
    """Whether anybody of the brand was erased."""
    return Tombstone.objects.filter(brand_id=brand_id).exists()


def hit(brand_id: int, contacts: Collection[Contact]) -> dict[Contact, int]:
    """Those of some identifiers that have a tombstone, and when they were erased."""
    by_digest = {digest(brand_id, contact): contact for contact in contacts}
    found: dict[Contact, int] = {}
    wanted = list(by_digest)
    for start in range(0, len(wanted), AT_ONCE):
        rows = Tombstone.objects.filter(brand_id=brand_id, digest__in=wanted[start : start + AT_ONCE])
        found |= {by_digest[text]: at_ms for text, at_ms in rows.values_list("digest", "erased_ms")}
    return found


def contact_of(brand_id: int, identity: Identity) -> Contact:
    scheme, value = identity
    return scheme, vault.blind_index(brand_id, scheme, value) if is_personal(scheme) else value


def heeded(brand_id: int, sightings: Sequence[Sighting]) -> list[Sighting | None]:
    """The sightings as they may be taken: None for those of somebody who was erased; of somebody else's that
    only mention the erased one (a gift's receiver) without what names them. The caller holds the turn."""
    if not stand(brand_id):
        return list(sightings)
    contacts = {one: contact_of(brand_id, one) for each in sightings for one in each.identities}
    erased = hit(brand_id, set(contacts.values()))
    if not erased:
        return list(sightings)
    involved = {
        contacts[one]
        for each in sightings
        if any(contacts[other] in erased for other in each.identities)
        for one in each.identities
    }
    living: dict[Contact, list[Living]] = {}
    for row in store.find_subjects(brand_id, involved):
        living.setdefault((row.scheme, row.key), []).append(Living(row.holder, row.first_ms))
    judge = _Judge(brand_id, contacts, erased, living)
    return [judge.heeded(each) for each in sightings]


class _Judge:
    def __init__(
        self,
        brand_id: int,
        contacts: dict[Identity, Contact],
        erased: dict[Contact, int],
        living: dict[Contact, list[Living]],
    ) -> None:
        self.brand_id, self.contacts, self.erased, self.living = brand_id, contacts, erased, living

    def heeded(self, sighting: Sighting) -> Sighting | None:
        refused = [one for one in sighting.identities if self._refused(one, sighting)]
        if not refused:
            return sighting
        primary = primary_identity(sighting.identities)
        if primary is None or primary in refused or not self._known_before(primary, refused):
            return None
        kept = tuple(one for one in sighting.identities if one not in refused)
        person = sighting.person
        if person is not None and any(one.scheme in CONTACTS for one in refused):
            person = person._replace(name=None, address=None)
        return sighting._replace(identities=kept, person=person)

    def _refused(self, identity: Identity, sighting: Sighting) -> bool:
        contact = self.contacts[identity]
        erased_ms = self.erased.get(contact)
        if erased_ms is None:
            return False
        holder = self._holder(sighting) if identity.scheme in CONTACTS else 0
        present = [one for one in self.living.get(contact, ()) if one.holder == holder]
        if any(one.first_ms <= erased_ms for one in present):
            return False  # somebody else's, who shares it
        return sighting.at_ms <= erased_ms or not (sighting.use or present)

    def _known_before(self, primary: Identity, refused: Sequence[Identity]) -> bool:
        """Whether the record is somebody else's, known before the erasure: not a new name of the erased."""
        erased_ms = min(self.erased[self.contacts[one]] for one in refused)
        return any(one.first_ms <= erased_ms for one in self.living.get(self.contacts[primary], ()))

    def _holder(self, sighting: Sighting) -> int:
        name = sighting.person.name if sighting.person is not None else None
        text = name_key_text(name) if name else None
        return vault.name_key(self.brand_id, text) if text else 0


def lift(brand_id: int, identities: Sequence[Identity], *, actor: object, reason: str) -> int:
    """Fresh consent: the history of these identifiers may be imported again. How many tombstones went.

    Raises Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid(_("Say which consent lifts it."), field="reason")
    digests = [digest(brand_id, contact_of(brand_id, one)) for one in identities]
    with writing(brand_id):
        gone, _rows = Tombstone.objects.filter(brand_id=brand_id, digest__in=digests).delete()
        detail = {"tombstone_count": gone, "reason": reason[:200]}
        audit.record(brand_id, str(actor), "tombstone.lifted", "brand", brand_id, detail=detail)
    return gone
