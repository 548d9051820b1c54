"""A purchase gives tickets of a draw, and a ticket pays for an entry."""

from __future__ import annotations

import pytest

from guanxi.customers.models import Subject
from guanxi.kernel.clock import frozen, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty.draws import entering, services
from guanxi.loyalty.rules.models import Missed
from tests.loyalty.draws.conftest import terms
from tests.loyalty.rules.conftest import Shop, shop  # noqa: F401

TICKETS = {"effect": "draw_ticket", "draw": "spring", "units": 2}


def test_an_order_gives_tickets_and_each_pays_for_an_entry(shop: Shop) -> None:  # noqa: F811
    with pytest.raises(GuanxiError):
        shop.rule(TICKETS)
    start_ms = now_ms()
    told = terms(
        opens_ms=start_ms,
        closes_ms=start_ms + 86_400_000,
        entry={"asset": "ticket.spring", "units": 1, "most": 9},
    )
    draft = services.create(shop.brand, told, actor="test")
    draw = services.publish(shop.brand, draft.pk, 1, actor="test")
    shop.rule(TICKETS)
    shop.record(shop.order("ann", 10))
    assert shop.has("ann", "ticket.spring").spendable == 2
    ann = Subject.objects.get(key="ann").pk
    for n in range(2):
        entering.enter(shop.brand, draw.pk, ann, key=f"k{n}", actor="test")
    with pytest.raises(Conflict):
        entering.enter(shop.brand, draw.pk, ann, key="k3", actor="test")
    with frozen(start_ms + 86_400_000):
        shop.record(shop.order("ben", 10))
    assert Missed.objects.get().code == "conflict"
    assert shop.has("ben", "ticket.spring").posted == 0
