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
            "preference.defined": say("Preference field defined"),
            "preference.stated": say("Preferences noted"),
            "store.set": say("Stores set"),
            "store.removed": say("Store removed"),
            "city_rules.set": say("Rules of cities set"),
        },
        {
            "customer": Kind(say("Customer"), "customer"),
            "list": Kind(say("List")),
            "preference": Kind(say("Preference field")),
            "review": Kind(say("Merge review"), "review"),
            "store": Kind(say("Store")),
            "tag": Kind(say("Tag")),
        },
        {
            "city": say("city"),
            "city_count": say("cities"),
            "created": say("new"),
            "customer_count": say("customers"),
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
            "verdict": say("verdict"),
        },
    )
