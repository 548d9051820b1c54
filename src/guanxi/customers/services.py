"""The verbs of customers: resolve sightings into subjects and customers; merge, unmerge, answer reviews; tag
them, note what they prefer, and say where the stores are."""

from __future__ import annotations

from guanxi.customers.decisions import Changed, decide_review, drawn_in, merge, on_change, unmerge
from guanxi.customers.gathering import primary_identity
from guanxi.customers.preferences import define_preference, state_preferences
from guanxi.customers.resolution import recompute, resolve, resolve_batch
from guanxi.customers.rights.tombstones import heeded
from guanxi.customers.rights.tombstones import hit as erased_ms
from guanxi.customers.rights.tombstones import stand as anybody_erased
from guanxi.customers.stores import remove_store, set_city_rules, set_stores
from guanxi.customers.tag_dictionary import define_tag
from guanxi.customers.tags import add_tags, forgo_tags, remove_tags, set_rule_tags, take_recorded_tags

__all__ = [
    "Changed",
    "add_tags",
    "anybody_erased",
    "decide_review",
    "define_preference",
    "define_tag",
    "drawn_in",
    "erased_ms",
    "forgo_tags",
    "heeded",
    "merge",
    "on_change",
    "primary_identity",
    "recompute",
    "remove_store",
    "remove_tags",
    "resolve",
    "resolve_batch",
    "set_city_rules",
    "set_rule_tags",
    "set_stores",
    "state_preferences",
    "take_recorded_tags",
    "unmerge",
]
