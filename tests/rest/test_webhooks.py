"""Webhooks by REST: paused and resumed, paged, refused with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.platform.models import Brand
from guanxi.platform.webhooks import services
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.rest.webhook_examples import WEBHOOK
from tests.rest.conftest import Caller, body

pytestmark = pytest.mark.django_db


def test_a_webhook_lives_by_rest(caller: Caller, brand: Brand) -> None:
    made = body(caller.post("webhooks", WEBHOOK))
    assert made["secret"].startswith("whsec_")
    here = f"webhooks/{made['id']}"
    assert "secret" not in body(caller.get(here))
    paused = body(caller.put(here, {"version": 1, "active": False}))
    assert (paused["active"], paused["stopped"]) == (False, "paused")
    assert caller.put(here, {"version": 1, "name": "late"}).status_code == 409
    assert caller.post(f"{here}/test", {}).status_code == 409
    assert body(caller.put(here, {"version": paused["version"], "active": True, "skip": True}))["active"]
    numbers = [body(caller.post(f"{here}/test", {}))["delivery"] for _ in range(5)]
    seen, cursor = [], None
    for _page in range(3):
        asked = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = body(caller.get(f"{here}/deliveries", **asked))
        seen += [one["id"] for one in page["deliveries"]]
        cursor = page["next"]
    assert (seen, cursor) == (numbers[::-1], None)
    assert body(caller.get(f"deliveries/{numbers[0]}"))["body"]["events"][0]["kind"] == "webhook.test"
    assert caller.post(f"deliveries/{numbers[0]}/replay", {}).status_code == 409  # it waits already
    Delivery.objects.update(state="dead")
    assert body(caller.post(f"{here}/replay", {"failed": True})) == {"deliveries": 5}
    assert body(caller.delete(here)) == {"id": made["id"], "removed": True}
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
        ({"events": ["nothing.*"]}, "events"),
        ({"events": "*"}, "events"),
        ({"events": []}, "events"),
        ({"batch_most": 0}, "batch_most"),
        ({"batch_most": 1 << 40}, "batch_most"),
        ({"history": "yes"}, "history"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
def test_what_cannot_be_names_its_field(caller: Caller, changes: dict[str, Any], field: str) -> None:
    answer = caller.post("webhooks", {**WEBHOOK, **changes})
    assert (answer.status_code, body(answer)["field"]) == (422, field)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "asked", [{}, {"since": "yesterday"}, {"since": -1}, {"since": 1 << 60}, {"failed": 1}]
)
def test_a_replay_says_what(caller: Caller, brand: Brand, asked: dict[str, Any]) -> None:
    made = services.create(brand.pk, "erp", "https://erp.example.com/", ["*"], actor="cli")
    assert caller.post(f"webhooks/{made.webhook.pk}/replay", asked).status_code == 422
