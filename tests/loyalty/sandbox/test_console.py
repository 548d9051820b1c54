"""An owner makes, fills and empties a sandbox by presses; no press does so to a real brand."""

from __future__ import annotations

from django.test import Client

from guanxi.customers.models import Customer
from guanxi.loyalty.sandbox import emptying
from guanxi.platform.models import Brand, Job


def test_an_owner_presses_three_times(real: Brand) -> None:
    client = Client()
    client.post("/signin", {"username": "mei", "password": "a long enough secret 7"})
    for verb in ("fill", "empty"):
        assert client.post(f"/settings/sandbox/{verb}", {"slug": real.slug}).status_code == 409
    wanted = {"slug": "lanhua-sandbox", "name": "兰花 Sandbox"}
    assert client.post("/settings/sandbox/make", wanted).status_code == 302
    assert client.post("/settings/sandbox/make", wanted).status_code == 302  # pressed twice: opened
    made = Brand.objects.get(sandbox=True)
    assert client.post("/settings/sandbox/fill").status_code == 302
    page = client.get("/settings/sandbox").content.decode()
    assert page.count("+120255501") == 5
    assert "tag-warn" in page
    assert "gx_test_" in page
    assert client.post("/settings/sandbox/empty", {"slug": "lanhua"}).status_code == 422
    assert not Job.objects.filter(kind=emptying.KIND).exists()
    assert client.post("/settings/sandbox/empty", {"slug": made.slug}).status_code == 302
    assert Job.objects.get(kind=emptying.KIND).brand_id == made.pk
    assert Customer.objects.exclude(brand_id=made.pk).count() == 0
