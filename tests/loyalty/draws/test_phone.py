"""Draws on a member's phone: enter with one press, the answer at once, the gift claimed; small, in both
languages, and no page of somebody else's prize."""

from __future__ import annotations

import re

from guanxi.customers import services as customers
from guanxi.loyalty.draws.models import DrawEntry, DrawWin
from guanxi.loyalty.ledger.models import Posting
from guanxi.platform.middleware import CONTENT_SECURITY_POLICY
from tests.loyalty.draws import known
from tests.loyalty.member.conftest import Phone, _fresh, member  # noqa: F401
from tests.messaging import world


def test_a_draw_on_the_phone(member: Phone) -> None:  # noqa: F811
    known.make(member.brand, world.customer(member.brand.pk, "han"))
    customers.set_stores(member.brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="cli")
    assert "Lucky draws" in member.get()
    draw, page = known.number("open"), f"draws/{known.number('open')}"
    text = member.get(page)
    assert "1 in 50" in text
    assert "&lt;b&gt;" in text
    assert len(text) < 20_000
    response = member.client.get(f"/m/{member.brand.slug}/{page}")
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    press = re.search(r'name="press" value="([^"]+)"', text)
    assert press is not None
    told = {"press": press[1], "nonce": "88 88"}
    before = Posting.objects.count()
    assert member.post(f"{page}/enter", **told, key="") == 403
    assert member.post(f"{page}/enter", press=press[1], nonce="<b>") == 422
    assert Posting.objects.count() == before
    for _ in range(2):
        assert member.post(f"{page}/enter", **told) == 302
    entry = DrawEntry.objects.get(draw_id=draw)
    assert entry.nonce == "8888"
    answered = member.get(f"{page}?got=1")
    assert ("You won" in answered) == (entry.place is not None)
    assert "8888" in answered
    assert member.client.get(f"/m/{member.brand.slug}/{page}?lang=zh").status_code == 200
    assert "Winners" in member.get(f"draws/{known.number('held')}/winners?lang=en")
    assert member.get("draws")


def test_a_gift_is_claimed_by_its_winner_alone(member: Phone) -> None:  # noqa: F811
    known.make(member.brand, member.subject)
    customers.set_stores(member.brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="cli")
    page = f"prizes/{known.win()}"
    assert "西湖店" in member.get(page)
    assert member.post(f"{page}/claim", store="nowhere") == 422
    assert member.post(f"{page}/claim") == 422
    other = Phone(member.brand, world.customer(member.brand.pk, "han"))
    other.open_link()
    assert other.client.get(f"/m/{member.brand.slug}/{page}").status_code == 404
    assert other.post(f"{page}/claim", store="HZ1") == 404
    assert member.post(f"{page}/claim", store="HZ1") == 302
    assert DrawWin.objects.get().state == "claimed"
    assert member.client.get(f"/m/{member.brand.slug}/draws/{known.number('winter')}").status_code == 404
