"""What each role is for and what each permission lets one do, in a plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guanxi.kernel.wording import Wording, say
from guanxi.platform.contracts import Role
from guanxi.platform.roles import Permission

ROLES: Final[Mapping[Role, Wording]] = {
    Role.OWNER: say("Decides everything, also who works here."),
    Role.MANAGER: say("Runs the whole, but for people and the brand itself."),
    Role.OPERATOR: say("Brings data in, keeps customers and segments; sees no phone in full."),
    Role.ANALYST: say("Works with figures and pseudonyms; sees no phone in full."),
    Role.AGENT: say("Helps customers; sees a phone in full where needed, each time on record."),
    Role.ASSOCIATE: say("Knows customers in the store and notes what they like."),
}
# In the order of the registry; a test holds the two equal.
EXPLAINED: Final[Mapping[Permission, Wording]] = {
    Permission.CUSTOMERS_VIEW: say("See customers, their orders and their history; personal data is masked."),
    Permission.CUSTOMERS_UNMASK: say("See a phone, a name or an address in full; each look is on record."),
    Permission.CUSTOMERS_MERGE: say("Make two customers one, or separate them again."),
    Permission.CUSTOMERS_TAG: say("Put tags on customers and note what they prefer."),
    Permission.CUSTOMERS_DEFINE: say("Say what tags and preferences there are, and keep the stores."),
    Permission.CONSENT_RECORD: say(
        "Note what customers agreed to, and make links to their preference centre."
    ),
    Permission.CONSENT_DEFINE: say("Publish the words that customers agree to."),
    Permission.RIGHTS_MANAGE: say(
        "Give people a copy of their data, correct, freeze and erase it, and say how long data is kept."
    ),
    Permission.IMPORTS_VIEW: say("See which files were brought in, and how far they are."),
    Permission.IMPORTS_RUN: say("Bring files in, cancel and resume them, and get back rejected rows."),
    Permission.REPORTS_VIEW: say("See the overview, reports, states and scenarios."),
    Permission.EXPORTS_RUN: say("Take lists out as files; personal data stays masked or hashed."),
    Permission.EXPORTS_PERSONAL: say("Take out personal data, also as hashes for advertising platforms."),
    Permission.SEGMENTS_VIEW: say("See segments, their members and why somebody is in one."),
    Permission.SEGMENTS_MANAGE: say("Make, change, freeze and archive segments and computed fields."),
    Permission.ECONOMICS_MANAGE: say("Set margins, prices and rules of states, and keep scenarios."),
    Permission.LEDGER_VIEW: say("See the ledger: assets, accounts, statements and postings."),
    Permission.LEDGER_ADJUST: say("Give and take points and credit by hand, within each asset's limit."),
    Permission.LEDGER_DEFINE: say("Say what is counted and what it is worth, and have the ledger proved."),
    Permission.RULES_VIEW: say("See the rules, what they gave, and why a customer got something or did not."),
    Permission.RULES_EDIT: say(
        "Make and change rules, switch them on and off, fund them, give what was missed."
    ),
    Permission.PROGRAMME_VIEW: say("See the programme: tiers, rewards, coupons, draws, bookable services."),
    Permission.PROGRAMME_MANAGE: say("Make and change tiers, rewards, coupons, draws and bookable services."),
    Permission.TILL_USE: say("Serve members at the counter: read a card, redeem what they have."),
    Permission.MESSAGES_VIEW: say("See messages, what became of them, templates, channels and limits."),
    Permission.MESSAGES_MANAGE: say("Write templates, set limits, cancel messages and send them again."),
    Permission.WAREHOUSE_MANAGE: say("Sync, check and rebuild the warehouse."),
    Permission.AUDIT_VIEW: say("See who did what and when, and take it out as a file."),
    Permission.API_MANAGE: say("Issue and revoke keys for other programs."),
    Permission.USERS_MANAGE: say("Invite people, change their roles, suspend and remove them."),
    Permission.BRAND_MANAGE: say("Change the brand's name, look and settings."),
}
