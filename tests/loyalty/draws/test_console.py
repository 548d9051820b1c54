"""The editor says what a draw comes to before it is saved, and what is wrong in words."""

from __future__ import annotations

import pytest

from guanxi.loyalty.draws.models import Draw
from tests.console.matrix.draws import FORM
from tests.console.world import as_, build
from tests.loyalty.draws.known import number

pytestmark = pytest.mark.django_db


def test_a_draw_from_the_editor_to_its_evidence() -> None:
    build()
    client = as_("owner")
    assert client.get("/loyalty/draws").status_code == 200
    assert client.get("/loyalty/draws?show=open").status_code == 200
    assert client.get("/loyalty/draws/new").status_code == 200
    looked = client.post("/loyalty/draws/create", {**FORM, "look": "1", "expected": "1,000"})
    assert "¥1,200.00" in looked.content.decode()
    assert "1 in 1,000" in looked.content.decode()
    assert not Draw.objects.filter(code="summer").exists()
    refused = client.post("/loyalty/draws/create", {**FORM, "p.0.value": "50000.01"})
    assert refused.status_code == 422
    assert "¥50,000" in refused.content.decode()
    assert 'value="50000.01"' in refused.content.decode()
    assert client.post("/loyalty/draws/create", FORM).status_code == 302
    made = Draw.objects.get(code="summer")
    assert client.get(f"/loyalty/draws/{made.pk}/edit").status_code == 200
    assert "¥1,200.00" in client.get(f"/loyalty/draws/{made.pk}/publish").content.decode()
    assert client.post(f"/loyalty/draws/{made.pk}/publish/do", {"version": 9}).status_code == 409
    assert client.post(f"/loyalty/draws/{made.pk}/publish/do", {"version": 1}).status_code == 302
    page = client.get(f"/loyalty/draws/{made.pk}").content.decode()
    made.refresh_from_db()
    assert made.terms_hash in page
    assert made.sealed not in page
    assert client.get(f"/loyalty/draws/{made.pk}/evidence").status_code == 409
    worse = client.post(f"/loyalty/draws/{made.pk}/save", {**FORM, "version": 1, "p.0.value": "10"})
    assert worse.status_code == 422
    more = {**FORM, "version": 1, "p.0.quantity": "2"}
    assert client.post(f"/loyalty/draws/{made.pk}/save", more).status_code == 302
    held = client.get(f"/loyalty/draws/{number('held')}?replay=1").content.decode()
    assert "does not agree" not in held
    assert "138****8000" in held
    assert "&lt;b&gt;" in held
    file = client.get(f"/loyalty/draws/{number('held')}/evidence")
    assert file.headers["Content-Type"] == "application/zip"
