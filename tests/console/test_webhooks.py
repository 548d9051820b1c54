"""Pages of webhooks and keys: a secret is shown once, hostile words are harmless, the second is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import apikeys
from guanxi.platform.models import ApiKey, AuditEntry
from guanxi.platform.webhooks import services
from guanxi.platform.webhooks.models import Delivery, Webhook
from tests.console.world import World, as_, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


def form(**changes: Any) -> dict[str, Any]:
    given = {"name": "ERP", "url": "https://erp.example.com/x", "events": ["order.*", "customer.merged"]}
    return {**given, "batch_most": 20, **changes}


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(world: World) -> None:
    client = as_("owner")
    made = client.post("/settings/webhooks/create", form())
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.content.decode())
    assert secret is not None
    assert "no-store" in made.headers["Cache-Control"]
    webhook = Webhook.objects.get(name="ERP")
    assert (webhook.patterns, webhook.batch_most, webhook.with_history) == (
        ["customer.merged", "order.*"],
        20,
        False,
    )
    for address in ("", f"/{webhook.pk}", f"/{webhook.pk}/edit"):
        assert secret[0] not in client.get(f"/settings/webhooks{address}").content.decode()
    rotated = client.post(f"/settings/webhooks/{webhook.pk}/rotate/do").content.decode()
    assert "whsec_" in rotated
    assert secret[0] not in rotated


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://erp.example.com/"},
        {"url": "https://127.0.0.1/"},
        {"url": "https://2130706433/"},
        {"url": "https://a:b@example.com/"},
        {"events": []},
        {"events": ["nothing.such"]},
        {"batch_most": 501},
        {"name": " "},
    ],
)
def test_what_cannot_be_is_said_in_the_form(world: World, changes: dict[str, Any]) -> None:
    answer = as_("owner").post("/settings/webhooks/create", form(**changes))
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert Webhook.objects.count() == 1


def test_of_two_who_change_it_at_once_the_second_is_told(world: World) -> None:
    client = as_("owner")
    address = f"/settings/webhooks/{world.webhook}/save"
    assert client.post(address, form(version=1, name="first")).status_code == 302
    assert client.post(address, form(version=1, name="second")).status_code == 409
    assert Webhook.objects.get().name == "first"


def test_a_receivers_words_are_shown_and_do_nothing(world: World) -> None:
    Delivery.objects.update(response="</pre><script>alert(1)</script>\u202eevil\x1b[31m =1+1 \U0001f600")
    shown = as_("owner").get(f"/settings/deliveries/{world.delivery}").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}evil\\u{1b}[31m =1+1 \U0001f600" in shown
    assert "<script>alert" not in shown


def test_pages_ask_the_same_number_of_questions_however_much_there_is(world: World) -> None:
    client = as_("owner")

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as questions:
            client.get(address)
        return len(questions)

    addresses = ("/settings/webhooks", f"/settings/webhooks/{world.webhook}", "/settings/api-keys")
    before = [asked(address) for address in addresses]
    for number in range(5):
        services.create(world.brand.pk, f"n{number}", "https://a.example/", ["*"], actor=f"user:{number}")
        services.test(world.brand.pk, world.webhook, actor="cli")
        apikeys.issue(world.brand.pk, f"k{number}", ["reports:read"], actor=f"user:{number}")
    after = [asked(address) for address in addresses]
    assert all(now <= then + 1 for then, now in zip(before, after, strict=True))  # who made the keys
    assert max(after) < 16


def test_pause_resume_test_and_replay_from_the_page(world: World) -> None:
    client, here = as_("owner"), f"/settings/webhooks/{world.webhook}"
    client.post(f"{here}/pause/do")
    assert Webhook.objects.get().stopped == "paused"
    assert client.post(f"{here}/test").status_code == 409
    client.post(f"{here}/resume/do")
    assert client.post(f"{here}/test").status_code == 302
    assert client.post(f"{here}/replay/do", {"which": "failed"}).status_code == 302
    assert set(Delivery.objects.values_list("state", flat=True)) == {"queued"}
    assert client.post(f"{here}/replay/do", {"which": "x"}).status_code == 422
    assert client.get(f"{here}/nonsense").status_code == 404
    assert client.get(f"{here}?state=nonsense&before=x").status_code == 200
    client.post(f"{here}/remove/do")
    assert not Delivery.objects.exists()
    told = set(AuditEntry.objects.filter(object_kind="webhook").values_list("action", flat=True))
    assert {f"webhook.{verb}" for verb in ("stopped", "resumed", "tested", "replayed", "removed")} <= told


def test_a_key_is_made_shown_once_and_ends_by_itself(world: World) -> None:
    client = as_("owner")
    given = {"name": "till", "scopes": ["touchpoints:write"], "days": "30", "rate": 60}
    shown = client.post("/settings/api-keys/create", given)
    plaintext = re.search(r"gx_[a-z0-9]{8}_[A-Za-z0-9]{40}", shown.content.decode())
    assert plaintext is not None
    assert "no-store" in shown.headers["Cache-Control"]
    assert plaintext[0] not in client.get("/settings/api-keys").content.decode()
    assert apikeys.verified(plaintext[0]) is not None
    key = ApiKey.objects.get(name="till")
    assert key.created_by.startswith("user:")
    with frozen(now_ms() + 30 * DAY_MS + 1_000):
        assert apikeys.verified(plaintext[0]) is None
        with pytest.raises(Conflict):
            apikeys.rotate(world.brand.pk, key.prefix, actor="cli")
    assert client.post("/settings/api-keys/create", {**given, "scopes": []}).status_code == 422
    assert client.post("/settings/api-keys/create", {**given, "days": "9999"}).status_code == 422


def test_a_key_is_rotated_with_both_working_for_a_while_and_revoked_at_once(world: World) -> None:
    old = apikeys.issue(world.brand.pk, "erp", ["reports:read"], rate_per_minute=7, actor="cli")
    client = as_("owner")
    page = client.post(f"/settings/api-keys/{old.key.prefix}/rotate/do", {"hours": "24"}).content.decode()
    new = re.search(r"gx_[a-z0-9]{8}_[A-Za-z0-9]{40}", page)
    assert new is not None
    assert apikeys.verified(old.plaintext)
    held = apikeys.verified(new[0])
    assert held is not None
    assert (held.rate_per_minute, held.scopes) == (7, {"reports:read"})
    with frozen(now_ms() + 24 * HOUR_MS + 1_000):
        assert apikeys.verified(old.plaintext) is None
        assert apikeys.verified(new[0])
    client.post(f"/settings/api-keys/{new[0].split('_')[1]}/revoke/do")
    assert apikeys.verified(new[0]) is None
    with pytest.raises(Invalid):
        apikeys.rotate(world.brand.pk, old.key.prefix, hours=1_000, actor="cli")
