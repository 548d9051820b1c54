"""`guanxi user invite`, `role`, `suspend`, `resume`, `remove`."""

from __future__ import annotations

import pytest

from guanxi.platform import invitations, people
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand
from tests.cli.test_apikeys import run

pytestmark = pytest.mark.django_db
PASSWORD = "a long and odd sentence"


@pytest.fixture
def brand() -> Brand:
    found = people.create_brand("lanhua", "兰花", actor="cli")
    for name, role in (("wang", Role.OWNER), ("mei", Role.AGENT)):
        user = people.create_user(name, PASSWORD, actor="cli")
        people.add_membership(user.pk, found.pk, role, actor="cli")
    return found


def test_somebody_is_invited_and_the_invitation_taken_back(
    capsys: pytest.CaptureFixture[str], brand: Brand
) -> None:
    site = "https://crm.example.cn/"
    made = run(capsys, "user", "invite", "--role", "analyst", "--address", "a.b@example.com", "--site", site)
    assert made["link"].startswith("https://crm.example.cn/invitation/")
    assert invitations.opened(made["link"].rpartition("/")[2]).role == Role.ANALYST
    (listed,) = run(capsys, "user", "invitations")["invitations"]
    assert listed == {"id": made["id"], "role": "analyst", "who": "a***@example.com", "actor": "cli"}
    assert run(capsys, "user", "uninvite", str(made["id"]))["revoked"] is True
    assert run(capsys, "user", "invitations")["invitations"] == []
    assert run(capsys, "user", "uninvite", "99", code=4)["error"]["code"] == "not_found"


def test_a_person_changes_role_rests_and_leaves(capsys: pytest.CaptureFixture[str], brand: Brand) -> None:
    run(capsys, "user", "role", "mei", "analyst")
    run(capsys, "user", "suspend", "mei")
    rows = {row["user"]: row for row in run(capsys, "user", "list")["users"]}
    assert (rows["mei"]["role"], rows["mei"]["active"]) == ("analyst", False)
    run(capsys, "user", "resume", "mei")
    run(capsys, "user", "remove", "mei")
    assert [row["user"] for row in run(capsys, "user", "list")["users"]] == ["wang"]
    assert run(capsys, "user", "remove", "wang", code=6)["error"]["code"] == "conflict"
