"""Touchpoints, customers, their consent and rights, tags, preferences and stores."""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from guanxi.rest import (
    attribute_examples,
    consent_examples,
    examples,
    follower_examples,
    right_examples,
)
from tests.rest.conftest import order
from tests.rest.matrix.known import (
    consents_of,
    known_action,
    known_correction,
    known_other,
    known_request,
    known_review,
)
from tests.rest.matrix.row import Ask

ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "record_touchpoints": (
        Scope.TOUCHPOINTS_WRITE,
        lambda caller, _: caller.post("touchpoints", [order("denied?")]),
    ),
    "record_followers": (
        Scope.TOUCHPOINTS_WRITE,
        lambda caller, _: caller.post("followers", follower_examples.FOLLOWERS),
    ),
    "list_touchpoints": (Scope.TOUCHPOINTS_READ, lambda caller, _: caller.get("touchpoints")),
    "upsert_customer": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, _: caller.post("customers", examples.CUSTOMER),
    ),
    "find_customers": (
        Scope.CUSTOMERS_READ,
        lambda caller, _: caller.get("customers", identity="phone:13800138000"),
    ),
    "show_customer": (Scope.CUSTOMERS_READ, lambda caller, customer: caller.get(f"customers/{customer}")),
    "show_consents": (
        Scope.CONSENTS_READ,
        lambda caller, customer: caller.get(f"customers/{customer}/consents"),
    ),
    "show_consent_texts": (Scope.CONSENTS_READ, lambda caller, _: caller.get("consents/texts")),
    "record_consents": (
        Scope.CONSENTS_WRITE,
        lambda caller, customer: caller.post("consents", consents_of(customer)),
    ),
    "make_consent_link": (
        Scope.CONSENTS_WRITE,
        lambda caller, customer: caller.post(f"customers/{customer}/consents/link", {}),
    ),
    "list_rights": (Scope.RIGHTS_MANAGE, lambda caller, _: caller.get("rights")),
    "exercise_right": (
        Scope.RIGHTS_MANAGE,
        lambda caller, customer: caller.post(f"customers/{customer}/rights", right_examples.ERASURE),
    ),
    "show_right": (Scope.RIGHTS_MANAGE, lambda caller, _: caller.get(f"rights/{known_request()}")),
    "refuse_right": (
        Scope.RIGHTS_MANAGE,
        lambda caller, _: caller.post(f"rights/{known_request()}/refuse", {"reason": "a stranger"}),
    ),
    "download_copy": (
        Scope.RIGHTS_MANAGE,
        lambda caller, _: caller.get(f"rights/{known_request()}/copy"),
    ),
    "preview_correction": (
        Scope.RIGHTS_MANAGE,
        lambda caller, customer: caller.post(
            f"customers/{customer}/rights/preview", right_examples.CORRECTION
        ),
    ),
    "undo_correction": (
        Scope.RIGHTS_MANAGE,
        lambda caller, _: caller.post(f"rights/{known_correction()}/undo", {"reason": "a mistake"}),
    ),
    "list_tags": (Scope.CUSTOMERS_READ, lambda caller, _: caller.get("tags")),
    "merge_customers": (
        Scope.CUSTOMERS_MERGE,
        lambda caller, customer: caller.post(
            f"customers/{customer}/merge", {"other": known_other(), "dry_run": True}
        ),
    ),
    "unmerge_customer": (
        Scope.CUSTOMERS_MERGE,
        lambda caller, customer: caller.post(f"customers/{customer}/unmerge", {"dry_run": True}),
    ),
    "list_reviews": (Scope.CUSTOMERS_MERGE, lambda caller, _: caller.get("reviews")),
    "show_review": (Scope.CUSTOMERS_MERGE, lambda caller, _: caller.get(f"reviews/{known_review()}")),
    "decide_review": (
        Scope.CUSTOMERS_MERGE,
        lambda caller, _: caller.post(f"reviews/{known_review()}", {"verdict": "same"}),
    ),
    "publish_consent_text": (
        Scope.CONSENTS_DEFINE,
        lambda caller, _: caller.post("consents/texts", consent_examples.WORDS),
    ),
    "define_tag": (Scope.CUSTOMERS_WRITE, lambda caller, _: caller.post("tags", attribute_examples.TAG)),
    "define_preference": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, _: caller.post("preferences/fields", attribute_examples.FIELD),
    ),
    "add_tags": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, customer: caller.post("tags/add", {"tags": ["vip"], "customers": [customer]}),
    ),
    "remove_tags": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, customer: caller.post("tags/remove", {"tags": ["vip"], "customers": [customer]}),
    ),
    "list_bulk_actions": (Scope.CUSTOMERS_READ, lambda caller, _: caller.get("bulk")),
    "do_bulk_action": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, customer: caller.post(
            "bulk", {"action": "add_tag", "tag": "vip", "customers": [customer]}
        ),
    ),
    "show_bulk_action": (Scope.CUSTOMERS_READ, lambda caller, _: caller.get(f"bulk/{known_action()}")),
    "confirm_bulk_action": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, _: caller.post(f"bulk/{known_action()}/confirm", {}),
    ),
    "undo_bulk_action": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, _: caller.post(f"bulk/{known_action()}/undo", {}),
    ),
    "list_preferences": (Scope.CUSTOMERS_READ, lambda caller, _: caller.get("preferences")),
    "state_preferences": (
        Scope.CUSTOMERS_WRITE,
        lambda caller, customer: caller.post(
            "preferences", {"statements": [{"customer": customer, "field": "skin", "value": "oily"}]}
        ),
    ),
    "list_stores": (Scope.CUSTOMERS_READ, lambda caller, _: caller.get("stores")),
    "set_stores": (Scope.CUSTOMERS_WRITE, lambda caller, _: caller.post("stores", attribute_examples.STORES)),
}
