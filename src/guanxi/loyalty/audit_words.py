"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "rule.created": say("Rule made"),
            "rule.saved": say("Rule changed"),
            "rule.active": say("Rule switched on"),
            "rule.paused": say("Rule paused"),
            "rule.archived": say("Rule archived"),
            "rule.deleted": say("Draft of a rule deleted"),
            "rule.group": say("Group of rules changed"),
            "rule.budget": say("Budget of a rule changed"),
            "rule.missed": say("Missed effects given"),
            "member.link_made": say("Link to the member card made"),
            "asset.created": say("Asset made"),
            "asset.changed": say("Asset changed"),
            "ledger.adjusted": say("Balance changed by hand"),
            "ledger.limited": say("Limits of an account set"),
            "draw.created": say("Draw made"),
            "draw.saved": say("Draft of a draw changed"),
            "draw.deleted": say("Draft of a draw deleted"),
            "draw.published": say("Draw published"),
            "draw.amended": say("Draw changed in the customers' favour"),
            "draw.closed": say("Entrants of a draw frozen"),
            "draw.entropy": say("Public number of a draw typed in"),
            "draw.drawn": say("Winners of a draw worked out"),
            "draw.revealed": say("Seed of a draw revealed"),
            "draw.handed_out": say("Prize handed out"),
        },
        {
            "rule": Kind(say("Rule"), "rule"),
            "rule_group": Kind(say("Group of rules")),
            "asset": Kind(say("Asset"), "ledger-asset"),
            "account": Kind(say("Account")),
            "draw": Kind(say("Draw"), "draw"),
        },
        {
            "asset": say("asset"),
            "units_count": say("units"),
            "floor": say("floor"),
            "ceiling": say("ceiling"),
            "posting_id": say("posting"),
            "given": say("given"),
            "cap_units": say("cap"),
            "outcome": say("outcome"),
            "terms_hash": say("hash of the terms"),
            "seed_hash": say("hash of the seed"),
            "entries_hash": say("hash of the entrants"),
            "result_hash": say("hash of the result"),
            "entries_count": say("entries"),
            "winners_count": say("winners"),
            "excluded": say("excluded"),
            "entropy": say("public number"),
            "number_id": say("entry"),
        },
    )
