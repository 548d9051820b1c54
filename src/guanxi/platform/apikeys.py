"""Keys of the REST API: issued once, kept as a keyed digest, scoped, limited in rate, revocable.

A key reads `gx_<prefix>_<secret>`, that of a sandbox `gx_test_<prefix>_<secret>`: the prefix finds its row,
the secret (238 random bits) proves it. Kept is a keyed blind index of the whole, so that whoever can write to
the table but has no master key cannot plant a key.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import orjson
from django.db import connection
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from guanxi.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, now_ms
from guanxi.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.contracts import Role
from guanxi.platform.models import ApiKey, Brand
from guanxi.platform.roles import ROLE_PERMISSIONS, Permission
from guanxi.platform.vault import blind_index
from guanxi.platform.writing import writing

_ALPHABET: Final = string.ascii_letters + string.digits
_PREFIX_CHARS: Final = 8
_SECRET_CHARS: Final = 40
_BEGINS: Final = "gx_"
_BEGINS_IN_SANDBOX: Final = "gx_test_"
_FORM: Final = re.compile(rf"gx_(?:test_)?([a-z0-9]{{{_PREFIX_CHARS}}})_[A-Za-z0-9]{{{_SECRET_CHARS}}}")
_VERIFY: Final = """
SELECT id, brand_id, digest, scopes, rate_per_minute, last_used_ms FROM platform_apikey
WHERE prefix = %s AND revoked_ms = 0 AND (expires_ms = 0 OR expires_ms > %s)
"""
HIGHEST_RATE: Final = 1_000_000
MOST_DAYS: Final = 3_650
MOST_HOURS: Final = 168  # for which the old key of a rotation still works
DEFAULT_RATE: Final = 12_000  # two hundred a second: a till or a shop never meets it, a runaway loop does


class Scope(StrEnum):
    TOUCHPOINTS_WRITE = "touchpoints:write"
    TOUCHPOINTS_READ = "touchpoints:read"
    CUSTOMERS_WRITE = "customers:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_MERGE = "customers:merge"  # who is one person, and who is not
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    CONSENTS_DEFINE = "consents:define"  # the words that customers agree to
    SEGMENTS_READ = "segments:read"
    SEGMENTS_WRITE = "segments:write"
    SEGMENTS_EXPORT = "segments:export"  # members with hashed phones; every export is in the audit log
    EXPORTS_RUN = "exports:run"  # lists as files, personal data masked
    REPORTS_READ = "reports:read"
    ECONOMICS_WRITE = "economics:write"  # what is assumed of money, and the rules of states
    LEDGER_READ = "ledger:read"
    LEDGER_WRITE = "ledger:write"  # post to the ledger, make assets
    RULES_READ = "rules:read"
    RULES_WRITE = "rules:write"  # make, change, switch on, fund, give what was missed
    PROGRAMME_READ = "programme:read"
    PROGRAMME_WRITE = "programme:write"  # make and change tiers, rewards, coupons, draws, services
    TILL_USE = "till:use"  # for shops and tills: read a card, validate, lock, redeem, roll back
    PEOPLE_MANAGE = "people:manage"  # colleagues, their roles, invitations; never owners and managers
    AUDIT_READ = "audit:read"
    RIGHTS_MANAGE = "rights:manage"  # corrections, freezes, erasures
    WEBHOOKS_MANAGE = "webhooks:manage"  # who is told what happens, and with what secret
    MESSAGES_READ = "messages:read"
    MESSAGES_SEND = "messages:send"  # queue and cancel messages, make links to inboxes
    MESSAGES_DEFINE = "messages:define"  # templates and limits
    MESSAGES_RECEIPTS = "messages:receipts"  # for providers: what became of messages, and nothing else
    CUSTOMERS_UNMASK = "customers:unmask"  # phones and names in full; every such answer is in the audit log


# The roles that a key may give: an owner's or a manager's rights are given by people alone.
APPOINTED: Final = (Role.OPERATOR, Role.ANALYST, Role.AGENT, Role.ASSOCIATE)
# What a key may do where the rooms below ask for a permission as they do of people.
SCOPE_PERMISSIONS: Final[Mapping[str, frozenset[Permission]]] = {
    Scope.TOUCHPOINTS_WRITE: frozenset(),
    Scope.TOUCHPOINTS_READ: frozenset(),
    Scope.CUSTOMERS_WRITE: frozenset({Permission.CUSTOMERS_TAG, Permission.CUSTOMERS_DEFINE}),
    Scope.CUSTOMERS_READ: frozenset({Permission.CUSTOMERS_VIEW}),
    Scope.CUSTOMERS_MERGE: frozenset({Permission.CUSTOMERS_MERGE}),
    Scope.CONSENTS_READ: frozenset({Permission.CUSTOMERS_VIEW}),
    Scope.CONSENTS_WRITE: frozenset({Permission.CONSENT_RECORD}),
    Scope.CONSENTS_DEFINE: frozenset({Permission.CONSENT_DEFINE}),
    Scope.SEGMENTS_READ: frozenset({Permission.SEGMENTS_VIEW}),
    Scope.SEGMENTS_WRITE: frozenset({Permission.SEGMENTS_MANAGE}),
    Scope.SEGMENTS_EXPORT: frozenset({Permission.EXPORTS_RUN, Permission.EXPORTS_PERSONAL}),
    Scope.EXPORTS_RUN: frozenset({Permission.EXPORTS_RUN}),
    Scope.REPORTS_READ: frozenset({Permission.REPORTS_VIEW}),
    Scope.ECONOMICS_WRITE: frozenset({Permission.ECONOMICS_MANAGE}),
    Scope.LEDGER_READ: frozenset({Permission.LEDGER_VIEW}),
    Scope.LEDGER_WRITE: frozenset({Permission.LEDGER_ADJUST, Permission.LEDGER_DEFINE}),
    Scope.RULES_READ: frozenset({Permission.RULES_VIEW}),
    Scope.RULES_WRITE: frozenset({Permission.RULES_EDIT}),
    Scope.PROGRAMME_READ: frozenset({Permission.PROGRAMME_VIEW}),
    Scope.PROGRAMME_WRITE: frozenset({Permission.PROGRAMME_MANAGE}),
    Scope.TILL_USE: frozenset({Permission.TILL_USE}),
    # Whoever appoints a person could act as one, so it stands for what it may hand on (ADR 0160).
    Scope.PEOPLE_MANAGE: frozenset({Permission.USERS_MANAGE}).union(
        *(ROLE_PERMISSIONS[role] for role in APPOINTED)
    ),
    Scope.AUDIT_READ: frozenset({Permission.AUDIT_VIEW}),
    Scope.RIGHTS_MANAGE: frozenset({Permission.RIGHTS_MANAGE}),
    Scope.WEBHOOKS_MANAGE: frozenset({Permission.API_MANAGE}),
    Scope.MESSAGES_READ: frozenset({Permission.MESSAGES_VIEW}),
    Scope.MESSAGES_SEND: frozenset({Permission.MESSAGES_MANAGE}),
    Scope.MESSAGES_DEFINE: frozenset({Permission.MESSAGES_MANAGE}),
    Scope.MESSAGES_RECEIPTS: frozenset(),
    Scope.CUSTOMERS_UNMASK: frozenset({Permission.CUSTOMERS_UNMASK}),
}
SCOPE_MEANINGS: Final[Mapping[str, str]] = {
    Scope.TOUCHPOINTS_WRITE: say("Record what customers do."),
    Scope.TOUCHPOINTS_READ: say("Read everything that customers did, without personal details."),
    Scope.CUSTOMERS_WRITE: say("Create and change customers, their tags and preferences, and stores."),
    Scope.CUSTOMERS_READ: say("Find customers; phones and names stay masked."),
    Scope.SEGMENTS_READ: say("Read segments, their sizes and their members."),
    Scope.SEGMENTS_WRITE: say("Create, change and delete segments and computed fields."),
    Scope.SEGMENTS_EXPORT: say("Take out whole segments with hashed phones."),
    Scope.EXPORTS_RUN: say("Take out whole lists as files; phones and names stay masked."),
    Scope.REPORTS_READ: say("Read every report."),
    Scope.ECONOMICS_WRITE: say("Change what is assumed of money, and the rules of states."),
    Scope.LEDGER_READ: say("Read the ledger: assets, accounts, statements and postings."),
    Scope.LEDGER_WRITE: say("Post to the ledger: give, take, hold, refund; make assets."),
    Scope.RULES_READ: say("Read the rules, try them, and trace what they do for a customer."),
    Scope.RULES_WRITE: say("Make and change rules, switch them on, fund them, give what was missed."),
    Scope.PROGRAMME_READ: say("Read the programme: tiers, rewards, coupons, draws, services."),
    Scope.PROGRAMME_WRITE: say("Make and change tiers, rewards, coupons, draws and services."),
    Scope.TILL_USE: say("Serve members at a till: read a card, validate, redeem and roll back."),
    Scope.WEBHOOKS_MANAGE: say("Decide which addresses are told what happens."),
    Scope.MESSAGES_READ: say("Read messages, templates, channels and limits; no address and no name."),
    Scope.MESSAGES_SEND: say("Queue and cancel messages, and make links to customers' inboxes."),
    Scope.MESSAGES_DEFINE: say("Write templates and set limits."),
    Scope.MESSAGES_RECEIPTS: say("Say what became of messages, and nothing else."),
    Scope.CUSTOMERS_UNMASK: say("See phones and names in full; every answer is in the audit log."),
    Scope.CUSTOMERS_MERGE: say("Make two customers one, or separate them again."),
    Scope.CONSENTS_READ: say("Read what customers agreed to, refused and withdrew."),
    Scope.CONSENTS_WRITE: say("Record what customers agree to, and make links to their preference centre."),
    Scope.CONSENTS_DEFINE: say("Publish the words that customers agree to."),
    Scope.PEOPLE_MANAGE: say("Invite colleagues and change their roles; never owners and managers."),
    Scope.AUDIT_READ: say("Read who did what."),
    Scope.RIGHTS_MANAGE: say(
        "Correct, freeze and erase customers, and say how long data is kept; what is gone cannot be undone."
    ),
}


class Issued(NamedTuple):
    """`plaintext` is shown to a person now and never again."""

    key: ApiKey
    plaintext: str


def issue(
    brand_id: int,
    name: str,
    scopes: Iterable[Scope | str],
    *,
    rate_per_minute: int = DEFAULT_RATE,
    days: int | None = None,
    actor: Actor | str,
) -> Issued:
    """A new key of a brand, which works for `days`, else until it is revoked. Raises Invalid for an empty
    name, unknown or no scopes, a rate or a number of days out of range; Forbidden for a scope that stands for
    more than the actor may do."""
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise Invalid(_("A key has a name of 1 to 80 characters."), remedy=_("Name who uses it."))
    granted = _scopes(scopes)
    if isinstance(actor, Actor) and (beyond := [scope for scope in granted if not may_grant(actor, scope)]):
        raise Forbidden(
            _("You may not give what you may not do yourself: %(scopes)s.") % {"scopes": ", ".join(beyond)},
            remedy=_("Ask an owner of the brand."),
        )
    if not 1 <= rate_per_minute <= HIGHEST_RATE:
        raise Invalid(
            _("A rate is between 1 and %(most)d requests a minute.") % {"most": HIGHEST_RATE},
            remedy=_("Give another rate."),
        )
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid(
            _("A key works for 1 to %(most)d days.") % {"most": MOST_DAYS},
            remedy=_("Give another number of days, or none."),
        )
    prefix = "".join(
        secrets.choice(string.ascii_lowercase + string.digits) for _number in range(_PREFIX_CHARS)
    )
    secret = "".join(secrets.choice(_ALPHABET) for _number in range(_SECRET_CHARS))
    plaintext = f"{beginning(brand_id)}{prefix}_{secret}"
    with writing():
        key = ApiKey.objects.create(
            brand_id=brand_id,
            name=name,
            prefix=prefix,
            digest=_digest(brand_id, plaintext),
            scopes=granted,
            rate_per_minute=rate_per_minute,
            expires_ms=now_ms() + days * DAY_MS if days else 0,
            created_by=str(actor)[:160],
        )
        audit.record(brand_id, actor, "apikey.issued", "apikey", key.pk, detail={"scopes": granted})
    return Issued(key, plaintext)


def beginning(brand_id: int) -> str:
    """How the keys of a brand begin: those of a sandbox say so."""
    sandbox = Brand.objects.filter(pk=brand_id, sandbox=True).exists()
    return _BEGINS_IN_SANDBOX if sandbox else _BEGINS


def may_grant(actor: Actor, scope: Scope | str) -> bool:
    """Whether the actor may do all that a key with this scope may."""
    return SCOPE_PERMISSIONS[Scope(scope)] <= actor.permissions


def revoke(brand_id: int, prefix: str, *, actor: Actor | str) -> ApiKey:
    """The key stops working with the next request. `prefix` is its eight characters, or the start of the
    key as it was shown. Raises NotFound; revoking twice changes nothing."""
    prefix = prefix.strip().removeprefix(_BEGINS).removeprefix("test_").split("_")[0]
    with writing():
        key = ApiKey.objects.filter(brand_id=brand_id, prefix=prefix).first()
        if key is None:
            raise NotFound(_("There is no such key."), remedy=_("See `guanxi apikey list`."))
        if ApiKey.objects.filter(pk=key.pk, revoked_ms=0).update(revoked_ms=now_ms()):
            audit.record(brand_id, actor, "apikey.revoked", "apikey", key.pk)
    key.refresh_from_db()
    return key


def rotate(brand_id: int, prefix: str, *, hours: int = 24, actor: Actor | str) -> Issued:
    """A new key like an old one, which works for `hours` more and then no longer. Raises NotFound, Conflict
    where the old one does not work, Invalid."""
    if not 0 <= hours <= MOST_HOURS:
        raise Invalid(
            _("The old key may work for 0 to %(most)d hours more.") % {"most": MOST_HOURS},
            remedy=_("Give another number of hours."),
        )
    at_ms = now_ms()
    with writing():
        old = ApiKey.objects.filter(brand_id=brand_id, prefix=prefix).first()
        if old is None:
            raise NotFound(_("There is no such key."), remedy=_("See `guanxi apikey list`."))
        if not works(old, at_ms):
            raise Conflict(_("This key does not work any more."), remedy=_("Issue a new one."))
        until_ms = at_ms + hours * HOUR_MS
        ends_ms = min(old.expires_ms, until_ms) if old.expires_ms else until_ms
        lasts_days = -(-(old.expires_ms - old.created_ms) // DAY_MS) if old.expires_ms else None
        issued = issue(
            brand_id, old.name, old.scopes, rate_per_minute=old.rate_per_minute, days=lasts_days, actor=actor
        )
        ApiKey.objects.filter(pk=old.pk).update(expires_ms=ends_ms)
        audit.record(brand_id, actor, "apikey.rotated", "apikey", old.pk, detail={"hours": hours})
    return issued


def works(key: ApiKey, at_ms: int) -> bool:
    """Whether it is neither revoked nor expired."""
    return not key.revoked_ms and (not key.expires_ms or key.expires_ms > at_ms)


def keys_of(brand_id: int) -> list[ApiKey]:
    """Newest first, the revoked ones too."""
    return list(ApiKey.objects.filter(brand_id=brand_id).order_by("-pk"))


class Caller(NamedTuple):
    """A key that was verified: whose it is and what it may do."""

    key_id: int
    brand_id: int
    scopes: frozenset[str]
    rate_per_minute: int
    last_used_ms: int
    sandbox: bool = False

    @property
    def actor(self) -> Actor:
        """The key as whoever acts: "key:12" in the audit log, with the permissions of its scopes."""
        granted = (SCOPE_PERMISSIONS.get(scope, frozenset()) for scope in self.scopes)
        return Actor(f"key:{self.key_id}", frozenset[Permission]().union(*granted))


def verified(plaintext: str) -> Caller | None:
    """Who calls with a key that works, or None: malformed, unknown, revoked and wrong all look alike."""
    form = _FORM.fullmatch(plaintext)
    if form is None:
        return None
    with connection.cursor() as cursor:  # asked by every request, so past the ORM
        cursor.execute(_VERIFY, [form[1], now_ms()])
        found = cursor.fetchone()
    if found is None:
        return None
    key_id, brand_id, digest, scopes, rate_per_minute, last_used_ms = found
    if not constant_time_compare(digest, _digest(brand_id, plaintext)):
        return None
    granted = orjson.loads(scopes) if isinstance(scopes, str) else scopes
    sandbox = plaintext.startswith(_BEGINS_IN_SANDBOX)  # proven by the digest
    return Caller(key_id, brand_id, frozenset(granted), rate_per_minute, last_used_ms, sandbox)


def note_use(key: Caller) -> None:
    """Remember that the key is in use, at most once a minute."""
    now = now_ms()
    if now - key.last_used_ms < MINUTE_MS:
        return
    stale = Q(last_used_ms__lt=now - MINUTE_MS + 1) | Q(last_used_ms__gt=now)  # or set by a wrong clock
    with writing():
        ApiKey.objects.filter(stale, pk=key.key_id).update(last_used_ms=now)


def _scopes(scopes: Iterable[Scope | str]) -> list[str]:
    wanted = {str(scope).strip() for scope in scopes}
    if not wanted or not wanted <= set(Scope):
        unknown = ", ".join(sorted(wanted - set(Scope))) or "–"
        raise Invalid(
            _("These scopes do not exist: %(unknown)s.") % {"unknown": unknown},
            remedy=_("Use one or more of: %(known)s.") % {"known": ", ".join(Scope)},
        )
    return [scope.value for scope in Scope if scope in wanted]


def _digest(brand_id: int, plaintext: str) -> str:
    return blind_index(brand_id, "apikey", plaintext)
