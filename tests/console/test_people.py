"""The pages of people, invitations, roles and the audit log."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.platform import audit, people
from guanxi.platform.contracts import Role
from guanxi.platform.models import AuditEntry, Invitation, Membership, User
from tests.console.world import PASSWORD, World, as_, build

pytestmark = pytest.mark.django_db
JOINING = {"username": "mei", "name": "<b>李梅</b>", "password": PASSWORD, "again": PASSWORD}


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(b"".join(answer), "utf-8")


def questions(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        text_of(client, address)
    return len(asked)


def invited(role: str = "analyst") -> str:
    """The path of a link made in the console."""
    form = {"role": role, "language": "en", "address": "mei.li@example.com"}
    page = as_("owner").post("/settings/people/invite", form).content.decode()
    found = re.search(r'value="http://testserver(/invitation/[^"]+)"', page)
    assert found
    return found[1]


def test_a_link_is_shown_once_and_lets_one_person_in() -> None:
    world = build()
    link = invited()
    assert link.rpartition("/")[2] not in text_of(as_("owner"), "/settings/people")
    assert "m***@example.com" in text_of(as_("owner"), "/settings/people")
    client = Client()
    assert "Join 兰花" in client.get(link, headers={"Accept-Language": "en"}).content.decode()
    answer = client.post(link, JOINING)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/overview").status_code == 200
    user = User.objects.get(username="mei")
    assert Membership.objects.get(user=user, brand=world.brand).role == Role.ANALYST
    page = text_of(as_("owner"), "/settings/people")
    assert "<b>李梅</b>" not in page
    assert "&lt;b&gt;李梅&lt;/b&gt;" in page
    again = Client().post(link, {**JOINING, "username": "second"})
    assert again.status_code == 410
    assert not User.objects.filter(username="second").exists()


def test_the_page_behind_the_link_speaks_both_languages() -> None:
    build()
    link = invited()
    client = Client()
    client.post("/language", {"language": "zh-hans"})
    assert 'lang="zh-hans"' in client.get(link).content.decode()
    client.post("/language", {"language": "en"})
    assert "You are invited as" in client.get(link).content.decode()
    client.post(link, JOINING)
    assert User.objects.get(username="mei").language == "en"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"password": "short", "again": "short"}, 422),
        ({"again": "another long sentence"}, 422),
        ({"username": "owner"}, 409),
        ({"username": "a b"}, 422),
        ({"username": ""}, 422),
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_works(change: dict[str, str], status: int) -> None:
    build()
    link = invited()
    assert Client().post(link, {**JOINING, **change}).status_code == status
    assert Client().post(link, JOINING).status_code == 302


def test_somebody_with_an_account_joins_with_it() -> None:
    world = build()
    link = invited("agent")
    client = as_("stranger")
    assert "Join with this account" in text_of(client, link)
    assert client.post(f"{link}/here").status_code == 302
    assert Membership.objects.get(user__username="stranger", brand=world.brand).role == Role.AGENT
    assert as_("analyst").post(f"{link}/here").status_code == 410


def test_an_unknown_link_is_not_found_and_one_taken_back_is_gone() -> None:
    build()
    link = invited()
    assert Client().get("/invitation/aaaaaaaaaa-" + "a" * 32).status_code == 404
    number = Invitation.objects.latest("pk").pk
    as_("owner").post(f"/settings/invitations/{number}/revoke")
    assert Client().get(link).status_code == 410


def test_suspending_ends_the_persons_sessions_at_once() -> None:
    world = build()
    victim, owner = as_("agent"), as_("owner")
    assert victim.get("/customers").status_code == 200
    assert owner.post(f"/settings/people/{world.agent}/suspend").status_code == 302
    assert victim.get("/customers").headers["Location"].startswith("/signin")
    assert as_("agent").get("/customers").status_code == 403
    owner.post(f"/settings/people/{world.agent}/resume")
    assert as_("agent").get("/customers").status_code == 200
    owner.post(f"/settings/people/{world.agent}/remove")
    assert as_("agent").get("/customers").status_code == 403


def test_the_page_says_why_the_last_owner_stays() -> None:
    build()
    owner = User.objects.get(username="owner")
    client = as_("owner")
    for verb, form in (("remove", {}), ("role", {"role": "agent"}), ("suspend", {})):
        answer = client.post(f"/settings/people/{owner.pk}/{verb}", form)
        assert answer.status_code == 409
        assert "owner" in answer.content.decode()
    assert client.post(f"/settings/people/{owner.pk}/role", {"role": "boss"}).status_code == 422
    assert client.post(f"/settings/people/{owner.pk}/conquer").status_code == 404
    assert Membership.objects.get(user=owner).role == Role.OWNER


def more_people(world: World) -> None:
    for n in range(20):
        user = people.create_user(f"p{n}", PASSWORD, actor="cli")
        people.add_membership(user.pk, world.brand.pk, Role.AGENT, actor="cli")
        audit.record(world.brand.pk, f"user:{user.pk}", "tag.added", "tag", n, detail={"customer_count": n})


def test_pages_ask_as_many_questions_for_few_as_for_many() -> None:
    world = build()
    client = as_("owner")
    pages = ("/settings/people", "/settings/audit", "/settings/audit?who=user:1&action=tag.added")
    few = [questions(client, page) for page in pages]
    more_people(world)
    many = [questions(client, page) for page in pages]
    assert all(now <= before for now, before in zip(many, few, strict=True)), (few, many)
    assert max(few) <= 10


def test_the_audit_log_is_filtered_paged_and_says_it_in_words() -> None:
    world = build()
    more_people(world)
    client = as_("owner")
    page = text_of(client, "/settings/audit?action=membership.set")
    assert "Role given" in page
    assert "Service agent" in page
    assert "Tag put on customers</th>" not in page
    assert text_of(client, "/settings/audit?kind=tag&id=3").count('<th scope="row">') == 1
    first = text_of(client, "/settings/audit")
    found = re.search(r'rel="next" href="([^"]+)"', first)
    rows = 50
    while found:
        page = text_of(client, found[1].replace("&amp;", "&"))
        rows += page.count('<th scope="row">')
        found = re.search(r'rel="next" href="([^"]+)"', page)
    assert rows == AuditEntry.objects.filter(brand=world.brand).count()
    client.post("/language", {"language": "zh-hans"})
    assert 'lang="zh-hans"' in text_of(client, "/settings/audit")


def test_the_audit_log_as_a_file_is_neutral_and_itself_on_record() -> None:
    world = build()
    audit.record(
        world.brand.pk, "cli", "import.queued", "import", "=1+1", detail={"file": "=cmd|' /C calc'!A0"}
    )
    lines = text_of(as_("owner"), "/settings/audit.csv?action=import.queued").splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    assert AuditEntry.objects.get(action="audit.exported").detail == {"filter": {"action": "import.queued"}}


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=1.x",
        "after=9e9.1",
        "from=2026-99-99",
        "id=%00%27",
        "who=%3Cscript%3E",
        "kind=" + "长" * 500,
    ],
)
def test_a_strange_address_is_no_error(query: str) -> None:
    build()
    assert "<script>" not in text_of(as_("owner"), f"/settings/audit?{query}").split("</head>")[1]
