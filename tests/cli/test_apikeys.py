from __future__ import annotations

from typing import Any

import orjson
import pytest

from guanxi.cli import main as cli
from guanxi.platform import apikeys, lockout, people, totp
from guanxi.platform.models import AuditEntry, Brand, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return people.create_brand("lanhua", "兰花", actor="cli")


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert cli.run([*words, "--json"]) == code
    return orjson.loads(capsys.readouterr().out)


def test_a_key_is_issued_used_listed_and_revoked(capsys: pytest.CaptureFixture[str], brand: Brand) -> None:
    added = run(capsys, "apikey", "add", "erp", "--scope", "touchpoints:write", "--scope", "customers:read")
    assert apikeys.verified(added["key"])
    (listed,) = run(capsys, "apikey", "list")["keys"]
    assert listed == {
        "prefix": added["prefix"],
        "name": "erp",
        "scopes": ["touchpoints:write", "customers:read"],
        "rate_per_minute": 12_000,
        "last_used": None,
        "expires": None,
        "revoked": False,
    }
    assert run(capsys, "apikey", "revoke", added["prefix"])["revoked"] is True
    assert apikeys.verified(added["key"]) is None


def test_a_key_is_shown_to_people_too(capsys: pytest.CaptureFixture[str], brand: Brand) -> None:
    assert cli.run(["apikey", "add", "erp", "--scope", "touchpoints:read"]) == 0
    shown = capsys.readouterr()
    assert apikeys.verified(shown.out.strip())
    assert cli.run(["apikey", "list"]) == 0
    assert "erp" in capsys.readouterr().out


def test_what_is_wrong_is_said(capsys: pytest.CaptureFixture[str], brand: Brand) -> None:
    wrong = run(capsys, "apikey", "add", "erp", "--scope", "everything", code=2)
    assert "touchpoints:write" in wrong["error"]["remedy"]
    assert run(capsys, "apikey", "revoke", "aaaaaaaa", code=4)["error"]["code"] == "not_found"


def test_somebody_locked_out_is_let_in_again(capsys: pytest.CaptureFixture[str], brand: Brand) -> None:
    user = people.create_user("mei", "a long and odd sentence", actor="cli")
    for _ in range(5):
        lockout.begin("mei", "1.2.3.4")
    run(capsys, "user", "unlock", "MEI")
    assert lockout.begin("mei", "1.2.3.4") == 1
    User.objects.filter(pk=user.pk).update(totp_secret=totp.new_sealed_secret(user))
    run(capsys, "user", "two-step-off", "mei")
    assert User.objects.get().totp_secret == ""
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-2:] == ["user.unlocked", "user.two_step_disabled"]
