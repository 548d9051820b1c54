"""Nothing leaves a sandbox but to its developer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.test import Client

from guanxi.economics import queries as economics
from guanxi.kernel.clock import frozen
from guanxi.loyalty.member import codes, rates, senders
from guanxi.loyalty.sandbox import filling
from guanxi.messaging import claiming, services
from guanxi.messaging.channels import ChannelDown
from guanxi.messaging.console import words
from guanxi.messaging.models import InboxItem
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import Brand
from guanxi.platform.webhooks import dispatch, queries
from guanxi.platform.webhooks import services as webhooks
from guanxi.touchpoints import queries as log
from guanxi.warehouse import services as lake
from tests.messaging.conftest import Use, mail  # noqa: F401 - a fixture
from tests.messaging.world import NOON_MS, customer, points, queued, state, templates


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    rates.forget()
    with frozen(NOON_MS):
        yield


@pytest.fixture
def mailing(transactional_db: None, real: Brand, sandbox: Brand) -> Brand:
    """The sandbox, with templates as the real brand has."""
    templates(real.pk)
    templates(sandbox.pk)
    return sandbox


def test_a_message_of_a_sandbox_is_checked_and_goes_no_further(
    real: Brand,
    mailing: Brand,
    mail: Use,  # noqa: F811
) -> None:
    recorder = mail()
    (held,) = queued(mailing.pk, points("order:1", customer(mailing.pk, "lei")))
    (gone,) = queued(real.pk, points("order:1", customer(real.pk, "lei")))
    services.send_all()
    assert state(held) == ("sent", "sandbox")
    assert state(gone) == ("sent", "")
    assert [parcel.brand_id for parcel in recorder.got] == [real.pk]
    assert "sandbox" in words.reason("sandbox")


def test_it_needs_no_channel_and_wakes_none(real: Brand, mailing: Brand) -> None:
    """E-mail is not set up here, and rests besides."""
    claiming.pause("email", ChannelDown("no_connection"))
    (held,) = queued(mailing.pk, points("order:1", customer(mailing.pk, "lei")))
    (waits,) = queued(real.pk, points("order:1", customer(real.pk, "lei")))
    services.send_all()
    assert state(held) == ("sent", "sandbox")
    assert state(waits)[0] == "queued"
    assert claiming.is_paused("email")


def test_the_inbox_is_in_the_house(mailing: Brand) -> None:
    queued(mailing.pk, points("order:1", customer(mailing.pk, "lei"), channel="inbox"))
    services.send_all()
    assert InboxItem.objects.filter(brand_id=mailing.pk).count() == 1


class Never:
    name = "never"

    def send(self, parcel: senders.Parcel) -> None:
        raise AssertionError("a code left the sandbox")


def test_the_code_is_told_on_the_page_and_no_sender_is_asked(
    sandbox: Brand, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GUANXI_CODE_SENDER = "never"
    monkeypatch.setattr(senders.SENDERS, "get", lambda name: Never())
    filling.fill(sandbox, actor=COMMAND_LINE)
    client, address = Client(), f"/m/{sandbox.slug}/enter?lang=en"
    phone = filling.MADE[0].phone
    page = client.post(address, {"do": "send", "phone": phone}).content.decode()
    code = page.split("The code is ")[1][: codes.DIGITS]
    press = page.split('name="press" value="')[1].split('"')[0]
    assert "Sandbox" in page
    done = client.post(address, {"do": "code", "phone": phone, "code": code, "press": press})
    assert done.status_code == 302
    assert client.get(f"/m/{sandbox.slug}/").status_code == 200


def test_a_webhook_goes_out_and_says_that_it_is_of_a_sandbox(
    real: Brand, sandbox: Brand, settings: Any
) -> None:
    settings.GUANXI_WEBHOOKS_HTTP = settings.GUANXI_WEBHOOKS_PRIVATE = True
    bodies = {}
    for brand in (real, sandbox):
        made = webhooks.create(brand.pk, "erp", "http://127.0.0.1:9/", ["*"], actor=COMMAND_LINE)
        webhooks.test(brand.pk, made.webhook.pk, actor=COMMAND_LINE)
        this = dispatch.claim(made.webhook.pk)
        assert this is not None
        bodies[brand.slug] = orjson.loads(this.parcels[0].body)
        (delivery,) = queries.deliveries(brand.pk, made.webhook.pk).rows
        assert queries.sent_body(delivery) == bodies[brand.slug]
    assert bodies["lanhua-sandbox"]["sandbox"] is True
    assert bodies["lanhua-sandbox"]["brand"] == "lanhua-sandbox"
    assert "sandbox" not in bodies["lanhua"]


def test_nothing_of_a_sandbox_counts_in_the_real_brand(
    transactional_db: None, real: Brand, sandbox: Brand
) -> None:
    order = filling.fill(sandbox, actor=COMMAND_LINE)[0].order
    assert log.by_reference(sandbox.pk, "till", order) is not None
    assert log.by_reference(real.pk, "till", order) is None
    for brand in (real, sandbox):
        lake.sync(brand)
    assert economics.overview(real).revenue_fen == 0
    assert economics.overview(sandbox).revenue_fen == sum(one.paid_fen for one in filling.MADE)
    assert not filling.known(real)
