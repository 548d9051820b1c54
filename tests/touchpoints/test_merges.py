"""Merges and unmerges stand in the log."""

from __future__ import annotations

import json

import pytest

from guanxi.customers.services import merge, unmerge
from guanxi.touchpoints.models import Touchpoint
from tests.customers.world import brand, customer_of, resolved, seen

pytestmark = pytest.mark.django_db


def test_a_merge_and_its_undoing_are_facts() -> None:
    brand_id = brand()
    resolved(brand_id, seen("tmall:a"), seen("jd:b"))
    a, b = customer_of(brand_id, "tmall:a"), customer_of(brand_id, "jd:b")
    merge(brand_id, [a, b], actor="user:1")
    unmerge(brand_id, a, {b}, actor="user:1")
    merge(brand_id, [a, b], actor="user:1")
    facts = Touchpoint.objects.filter(brand_id=brand_id).order_by("pk")
    assert [(f.kind, f.subject_id) for f in facts] == [
        ("customer.merged", a),
        ("customer.unmerged", a),
        ("customer.merged", a),
    ]
    assert [(json.loads(f.payload)["from"], json.loads(f.payload)["into"]) for f in facts] == [
        (b, a),
        (a, b),
        (b, a),
    ]
