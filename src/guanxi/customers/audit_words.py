"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "customer.upserted": say("Customer recorded by a program"),
            "customer.unmasked": say("Personal data looked at in full"),
            "customer.merged": say("Customers merged"),
            "customer.unmerged": say("Customers separated"),
            "customers.exported": say("List of customers exported"),
            "review.decided": say("Merge review decided"),
            "tag.defined": say("Tag defined"),
            "tag.added": say("Tag put on customers"),
            "tag.removed": say("Tag taken off customers"),
            "bulk.confirmed": say("Tag put on or taken off many customers at once"),
            "bulk.undone": say("Bulk action taken back"),
            "preference.defined": say("Preference field defined"),
            "preference.stated": say("Preferences noted"),
            "consent.recorded": say("Consent or refusal recorded"),
            "consent.link_made": say("Link to the preference centre made"),
            "consent.links_revoked": say("Links to the preference centre revoked"),
            "consent.text_published": say("Words of consent published"),
            "customer.corrected": say("Customer's data corrected"),
            "customer.uncorrected": say("Correction of a phone or e-mail taken back"),
            "customer.erased": say("Customer erased"),
            "customer.frozen": say("Customer frozen to storage only"),
            "customer.unfrozen": say("Customer no longer frozen"),
            "processing.noted": say("Note in the record of processing"),
            "rights.received": say("Request of a person received"),
            "rights.verified": say("Request of a person checked"),
            "rights.done": say("Request of a person fulfilled"),
            "rights.refused": say("Request of a person refused"),
            "rights.copy_taken": say("Copy of a person's data taken"),
            "tombstone.lifted": say("History of an erased person let in again"),
            "store.set": say("Stores set"),
            "store.removed": say("Store removed"),
            "city_rules.set": say("Rules of cities set"),
        },
        {
            "customer": Kind(say("Customer"), "customer"),
            "bulk action": Kind(say("Bulk action"), "bulk-action"),
            "consent_text": Kind(say("Words of consent")),
            "list": Kind(say("List")),
            "rights request": Kind(say("Request of a person"), "rights-request"),
            "source": Kind(say("Kind of data")),
            "preference": Kind(say("Preference field")),
            "review": Kind(say("Merge review"), "review"),
            "store": Kind(say("Store")),
            "tag": Kind(say("Tag")),
        },
        {
            "city": say("city"),
            "changes_purpose": say("changes the purpose"),
            "city_count": say("cities"),
            "created": say("new"),
            "customer_count": say("customers"),
            "days": say("days"),
            "has": say("with identity"),
            "lacks": say("without identity"),
            "merged": say("merged"),
            "others": say("other customers"),
            "reason": say("why"),
            "show": say("shown"),
            "store_count": say("stores"),
            "subjects": say("identities"),
            "tag": say("tag"),
            "type": say("type"),
            "verb": say("action"),
            "verdict": say("verdict"),
        },
    )
