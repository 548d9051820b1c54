"""A wrong phone corrected in the inbox: shown before, done, taken back; and the command line the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from guanxi.cli import main as cli
from guanxi.customers.models import Subject
from guanxi.customers.rights import requests
from guanxi.customers.rights.contracts import Kind
from guanxi.customers.rights.models import RightsRequest
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Mode
from tests.console.world import World, as_, build, order

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "13700137000", "13600136000"


def two_by_a_number() -> tuple[World, int]:
    """A customer that a number alone brought together of two, with three orders and with one."""
    world = build()
    number = ("phone", f"+86{WRONG}")
    facts = [order(n, ("tmall", "wanger"), ("youzan", "wanger-yz")) for n in (21, 22)]
    facts += [order(23, ("tmall", "wanger"), number), order(24, ("douyin", "mazi"), number)]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    return world, owner("tmall", "wanger")


def owner(scheme: str, key: str) -> int:
    return Subject.objects.get(scheme=scheme, key=key).customer_id


def act(client: Client, request_id: int, **form: str) -> str:
    answer = client.post(f"/rights/{request_id}/act", form, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_the_inbox_shows_what_comes_apart_before_it_does_and_takes_it_back() -> None:
    world, customer = two_by_a_number()
    client = as_("manager")
    made = requests.open_request(world.brand.pk, customer, Kind.CORRECTION, actor="user:1")
    page = act(client, made.pk, what="verify")
    assert "137****7000" in page
    assert WRONG not in page
    wrong = Subject.objects.get(scheme="phone", customer_id=customer).pk
    given = {"wrong_phone": f"#{wrong}", "phone": RIGHT, "reason": "typed wrongly"}
    shown = act(client, made.pk, what="do", **given)
    assert "It brought several customers together" in shown
    assert shown.count("<dt>Orders</dt><dd>3</dd>") == shown.count("<dt>Orders</dt><dd>1</dd>") == 1
    assert owner("tmall", "wanger") == owner("douyin", "mazi") == customer
    seen = {**given, "seen": "1", "what": "do"}
    assert client.post(f"/rights/{made.pk}/act", {**seen, "identities": "2"}).status_code == 409
    done = act(client, made.pk, **seen, identities="4")
    assert "Take it back" in done
    assert owner("tmall", "wanger") == owner("youzan", "wanger-yz") != owner("douyin", "mazi")
    back = act(client, made.pk, what="undo", reason="it was right")
    assert "This correction was taken back" in back
    assert owner("tmall", "wanger") == owner("douyin", "mazi") == customer


def test_the_command_line_says_it_first_and_does_it_with_yes(capsys: pytest.CaptureFixture[str]) -> None:
    _world, customer = two_by_a_number()

    def run(*words: str) -> dict[str, Any]:
        code = cli.run(["rights", *words, "--json"])
        told = capsys.readouterr()
        assert code == 0, told.err
        found: dict[str, Any] = json.loads(told.out)
        return found

    made = run("receive", str(customer), "correction")
    assert (made["state"], bool(made["due"])) == ("received", True)
    run("verify", str(made["id"]))
    words = ("correct", str(customer), "--set", f"phone={RIGHT}", "--reason", "said so")
    (outcome,) = run(*words)["outcomes"]
    assert [one["orders"] for one in outcome["customers"]] == [3, 1]
    assert RightsRequest.objects.get(pk=made["id"]).state == "verified"
    assert run(*words, "--yes")["request_id"] == made["id"]
    assert owner("tmall", "wanger") != owner("douyin", "mazi")
    run("undo", str(made["id"]), "--reason", "a mistake")
    assert owner("tmall", "wanger") == owner("douyin", "mazi")
    assert run("copy", str(customer))["id"]
    assert run("freeze", str(customer), "--reason", "disputed")["frozen"]
