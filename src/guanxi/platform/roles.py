"""What each role may do. Pure: a table and a question."""

from __future__ import annotations

from enum import StrEnum

from guanxi.platform.contracts import Role


class Permission(StrEnum):
    """One thing a person may be allowed to do in a brand: `chapter.verb`."""

    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_UNMASK = "customers.unmask"
    CUSTOMERS_MERGE = "customers.merge"
    CUSTOMERS_TAG = "customers.tag"  # put tags on customers, note what they prefer
    CUSTOMERS_DEFINE = "customers.define"  # the dictionaries behind it, and the stores
    CONSENT_RECORD = "consent.record"  # note what customers said, make links to their preference centre
    CONSENT_DEFINE = "consent.define"  # publish the words they agree to
    RIGHTS_MANAGE = "rights.manage"  # copies in clear, corrections, freezes and erasures
    IMPORTS_VIEW = "imports.view"
    IMPORTS_RUN = "imports.run"
    REPORTS_VIEW = "reports.view"
    EXPORTS_RUN = "exports.run"
    EXPORTS_PERSONAL = "exports.personal"  # of personal data, hashed too
    SEGMENTS_VIEW = "segments.view"
    SEGMENTS_MANAGE = "segments.manage"
    ECONOMICS_MANAGE = "economics.manage"  # what is assumed of money, the rate card, states, scenarios
    LEDGER_VIEW = "ledger.view"
    LEDGER_ADJUST = "ledger.adjust"  # give and take points and credit by hand
    LEDGER_DEFINE = "ledger.define"  # what is counted, what it is worth, how much goes by hand
    RULES_VIEW = "rules.view"
    RULES_EDIT = "rules.edit"  # and switch on, fund, give what was missed
    PROGRAMME_VIEW = "programme.view"
    PROGRAMME_MANAGE = "programme.manage"  # tiers, rewards, coupons, draws, bookable services
    TILL_USE = "till.use"  # serve a member at the counter: read a card, redeem
    MESSAGES_VIEW = "messages.view"
    MESSAGES_MANAGE = "messages.manage"  # templates, limits, channels; cancel, send again, write to again
    WAREHOUSE_MANAGE = "warehouse.manage"
    AUDIT_VIEW = "audit.view"
    API_MANAGE = "api.manage"
    USERS_MANAGE = "users.manage"
    BRAND_MANAGE = "brand.manage"


_OWNER = frozenset(Permission)
_MANAGER = _OWNER - {Permission.USERS_MANAGE, Permission.BRAND_MANAGE}
_OPERATOR = frozenset(
    {
        Permission.CUSTOMERS_VIEW,
        Permission.CUSTOMERS_MERGE,
        Permission.CUSTOMERS_TAG,
        Permission.CUSTOMERS_DEFINE,
        Permission.CONSENT_RECORD,
        Permission.IMPORTS_VIEW,
        Permission.IMPORTS_RUN,
        Permission.REPORTS_VIEW,
        Permission.SEGMENTS_VIEW,
        Permission.MESSAGES_VIEW,
        Permission.MESSAGES_MANAGE,
        Permission.SEGMENTS_MANAGE,
        Permission.LEDGER_VIEW,
        Permission.LEDGER_ADJUST,
        Permission.RULES_VIEW,
        Permission.RULES_EDIT,
        Permission.PROGRAMME_VIEW,
        Permission.PROGRAMME_MANAGE,
        Permission.TILL_USE,
    }
)
# Analysts work with pseudonyms: they export figures but never see a phone.
_ANALYST = frozenset(
    {
        Permission.CUSTOMERS_VIEW,
        Permission.IMPORTS_VIEW,
        Permission.REPORTS_VIEW,
        Permission.ECONOMICS_MANAGE,
        Permission.EXPORTS_RUN,
        Permission.SEGMENTS_VIEW,
        Permission.MESSAGES_VIEW,
        Permission.SEGMENTS_MANAGE,
        Permission.LEDGER_VIEW,
        Permission.RULES_VIEW,
        Permission.PROGRAMME_VIEW,
    }
)
# Agents call customers back, so they may unmask (each time in the audit log), but they change no identities.
_AGENT = frozenset(
    {
        Permission.CUSTOMERS_VIEW,
        Permission.CUSTOMERS_UNMASK,
        Permission.CUSTOMERS_TAG,
        Permission.CONSENT_RECORD,
        Permission.SEGMENTS_VIEW,
        Permission.MESSAGES_VIEW,
        Permission.LEDGER_VIEW,
        Permission.LEDGER_ADJUST,
        Permission.RULES_VIEW,
        Permission.PROGRAMME_VIEW,
        Permission.TILL_USE,
    }
)
_ASSOCIATE = frozenset(
    {
        Permission.CUSTOMERS_VIEW,
        Permission.CUSTOMERS_TAG,
        Permission.CONSENT_RECORD,
        Permission.PROGRAMME_VIEW,
        Permission.TILL_USE,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _OWNER,
    Role.MANAGER: _MANAGER,
    Role.OPERATOR: _OPERATOR,
    Role.ANALYST: _ANALYST,
    Role.AGENT: _AGENT,
    Role.ASSOCIATE: _ASSOCIATE,
}


def allows(role: Role | str, permission: Permission | str) -> bool:
    """Whether `role` includes `permission`. Raises ValueError for a role or permission that does not exist,
    so that a misspelt check can never pass or fail silently."""
    return Permission(permission) in ROLE_PERMISSIONS[Role(role)]
