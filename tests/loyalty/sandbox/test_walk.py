"""The walk-through of docs/guide/sandbox.md, sent as it stands there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guanxi.loyalty.coupons.models import Coupon
from guanxi.loyalty.sandbox import filling
from guanxi.platform import apikeys
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand

PAGE = Path(__file__).resolve().parents[3] / "docs/guide/sandbox.md"
LINE = re.compile(r"(?:(?P<name>[A-Z]+)=\$\()?curl (?P<words>.+?)(?: \| jq -r (?P<path>\S+)\))?")


def sent(words: str, known: dict[str, str]) -> Any:
    for name, value in known.items():
        words = words.replace(f"${name}", value)
    address, *rest = shlex.split(words)
    options = list(zip(rest[::2], rest[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
    data = dict(options).get("--json")
    client = Client()
    if data is None:
        response = client.get(address, headers=headers)
    else:
        response = client.post(address, data, content_type="application/json", headers=headers)
    assert response.status_code == 200, (words, response.content)
    return response.json()


def found(answer: Any, path: str) -> str:
    for step in re.findall(r"[a-z_]+|\d+", path):
        answer = answer[int(step)] if step.isdigit() else answer[step]
    return str(answer)


def test_the_walk_through_of_the_guide_is_so(sandbox: Brand) -> None:
    member = filling.fill(sandbox, actor=COMMAND_LINE)[0]
    scopes = [Scope.TILL_USE, Scope.PROGRAMME_READ]
    key = apikeys.issue(sandbox.pk, "till", scopes, actor=COMMAND_LINE).plaintext
    assert key.startswith("gx_test_")
    known = {"API": "/api/v1", "KEY": key, "NUMBER": member.number, "COUPON": member.coupon}
    answers = []
    for text in PAGE.read_text(encoding="utf-8").splitlines():
        if line := LINE.fullmatch(text):
            answers.append(sent(line["words"], known))
            if line["name"]:
                known[line["name"]] = found(answers[-1], line["path"])
    me, card, valid, _lock, redeemed, bought, back = answers
    assert me["sandbox"] is True
    assert me["brand"]["slug"] == "lanhua-sandbox"
    assert card["members"][0]["name"]
    assert valid["discount_fen"] == redeemed["discount_fen"] == 2_000
    assert redeemed["state"] == "redeemed"
    assert bought["state"] == "recorded"
    assert back["state"] == "rolled_back", json.dumps(back)
    assert Coupon.objects.get(key=f"sandbox:{member.customer_id}").state == "free"


@pytest.mark.parametrize("other", ["real", "another sandbox"])
def test_a_key_of_a_sandbox_opens_nothing_else(real: Brand, sandbox: Brand, other: str) -> None:
    key = apikeys.issue(sandbox.pk, "till", [Scope.TILL_USE], actor=COMMAND_LINE)
    row = key.key
    row.brand = real
    if other == "another sandbox":
        row.brand = Brand.objects.create(slug="second", name="Second", sandbox=True)
    row.save()
    bearer = {"Authorization": f"Bearer {key.plaintext}"}
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_real_key_does_not_work_as_one_of_a_sandbox(real: Brand) -> None:
    key = apikeys.issue(real.pk, "till", [Scope.TILL_USE], actor=COMMAND_LINE).plaintext
    assert not key.startswith("gx_test_")
    assert apikeys.verified(key) is not None
    assert apikeys.verified(key.replace("gx_", "gx_test_")) is None
