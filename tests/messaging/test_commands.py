"""`guanxi messages`: queued once, sent, shown, cancelled; what is wrong says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from guanxi.cli import main as cli
from guanxi.platform.models import Brand
from tests.messaging import world

Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def command(brand_id: int, capsys: pytest.CaptureFixture[str]) -> Command:
    Brand.objects.filter(pk=brand_id).update(is_default=True)

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.run(["messages", *words, "--json"])
        (said,) = capsys.readouterr().out.splitlines()
        return code, json.loads(said)

    return run


def test_a_message_goes_all_its_way(command: Command, brand_id: int) -> None:
    subject = str(world.customer(brand_id, "li"))
    words = ("send", "inbox", "points", subject, "--key", "k1", "--var", "points=7")
    code, sent = command(*words)
    assert (code, sent["outcome"], sent["state"]) == (0, "queued", "queued")
    assert command(*words)[1]["outcome"] == "exists"
    assert command(*words[:-1], "points=8")[0] == 6  # the key is another message's
    number = str(sent["id"])
    assert command("run")[1] == {"taken": 1}
    shown = command("show", number)[1]
    assert [step["state"] for step in shown["history"]] == ["queued", "sending", "delivered"]
    assert "7" in shown["said"]["text"]
    assert command("cancel", number)[0] == 6
    listed = command("list", "--state", "delivered", "--customer", subject)[1]
    assert [one["id"] for one in listed["messages"]] == [sent["id"]]
    assert listed["states"]["delivered"] == 1
    command("send", "inbox", "points", subject, "--key", "k2", "--var", "points=7", "--campaign", "s")
    assert command("cancel", "--campaign", "s")[1] == {"cancelled": 1}


def test_what_is_wrong_says_what_to_do(command: Command, brand_id: int) -> None:
    subject = str(world.customer(brand_id, "li"))
    assert command("send", "inbox", "none", subject, "--key", "k")[0] == 4
    code, refused = command("send", "inbox", "points", subject, "--key", "k", "--var", "points=many")
    assert (code, refused["error"]["reason"]) == (2, "variable_bad")
    assert command("send", "inbox", "points", subject, "--key", "k", "--var", "points")[0] == 2
    assert command("list", "--state", "gone")[0] == 2
    assert command("show", "999")[0] == 4
    assert command("cancel")[0] == 2


def test_templates_and_channels_are_listed_and_tried(command: Command) -> None:
    names = {(one["channel"], one["name"]) for one in command("templates")[1]["templates"]}
    assert ("email", "offer") in names
    said = command("preview", "inbox", "points", "--var", "points=1")[1]["languages"]
    assert said["en"]["text"] == "customer, you have 1 point."
    assert {one["name"] for one in command("channels")[1]["channels"]} == {"inbox", "email"}


def test_people_read_tables(command: Command, brand_id: int, capsys: pytest.CaptureFixture[str]) -> None:
    world.queued(brand_id, world.points("k", world.customer(brand_id, "li"), "inbox"))
    for words, expected in (
        (["list"], "queued 1"),
        (["templates"], "offer"),
        (["channels"], "inbox"),
        (["preview", "inbox", "points"], "120"),
    ):
        assert cli.run(["messages", *words]) == 0
        assert expected in capsys.readouterr().out
