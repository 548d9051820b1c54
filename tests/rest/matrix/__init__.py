"""Every endpoint, a module for each chapter: a new one is a row in its chapter's ENDPOINTS.

OF_THIS_BRAND names those whose address or body holds an id of the brand: another brand's key gets 404.
"""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from tests.rest.matrix import (
    booking,
    coupons,
    customers,
    draws,
    exports,
    ledger,
    messages,
    reports,
    rewards,
    rules,
    segments,
    settings,
    tiers,
    till,
)
from tests.rest.matrix.row import Ask

ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    **booking.ENDPOINTS,
    **coupons.ENDPOINTS,
    **customers.ENDPOINTS,
    **draws.ENDPOINTS,
    **exports.ENDPOINTS,
    **ledger.ENDPOINTS,
    **messages.ENDPOINTS,
    **reports.ENDPOINTS,
    **rewards.ENDPOINTS,
    **rules.ENDPOINTS,
    **segments.ENDPOINTS,
    **settings.ENDPOINTS,
    **tiers.ENDPOINTS,
    **till.ENDPOINTS,
}
NOT_THEIRS = {
    "show_customer",
    "show_consents",
    "make_consent_link",
    "exercise_right",
    *("show_right", "refuse_right", "download_copy"),
    *("merge_customers", "unmerge_customer", "show_review", "decide_review"),
    "preview_correction",
    "undo_correction",
    "add_tags",
    "remove_tags",
    "state_preferences",
    *tiers.NOT_THEIRS,
    *("do_bulk_action", "show_bulk_action", "confirm_bulk_action", "undo_bulk_action"),
}
OF_A_SEGMENT = {
    "show_segment",
    "save_segment",
    "delete_segment",
    "list_members",
    "explain_membership",
    "export_segment",
}
OF_SOMEBODY = {"change_person", "remove_person", "revoke_invitation"}
OF_A_FIELD = {"show_field", "set_field", "remove_field"}
OF_A_WEBHOOK = {
    *("show_webhook", "change_webhook", "remove_webhook", "rotate_webhook", "test_webhook", "replay_webhook"),
    *("list_deliveries", "show_delivery", "replay_delivery"),
}
OF_A_RULE = {
    *("show_rule", "save_rule", "set_rule_state", "delete_rule", "trace_rules"),
    *("list_rule_versions", "fund_rule", "list_missed", "give_missed"),
}
OF_THE_LEDGER = {
    *("list_ledger_accounts", "show_account", "show_statement", "show_posting", "show_balances"),
    "post_to_ledger",
}
OF_A_DRAW = {"show_draw", "show_draw_results", "enter_draw"}
OF_THIS_BRAND = (
    *NOT_THEIRS,
    *(OF_A_RULE | OF_THE_LEDGER | OF_A_DRAW),
    *(OF_A_SEGMENT | OF_A_FIELD | OF_SOMEBODY | OF_A_WEBHOOK),
    *booking.NOT_THEIRS,
    *coupons.NOT_THEIRS,
    *messages.NOT_THEIRS,
    *rewards.NOT_THEIRS,
    *tiers.NOT_THEIRS,
    *till.NOT_THEIRS,
)

__all__ = ["ENDPOINTS", "OF_THIS_BRAND"]
