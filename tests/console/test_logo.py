"""The brand's logo: uploaded, shown to colleagues and customers, served as a picture and nothing else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.customers.consent import links
from guanxi.platform.models import AuditEntry, Brand, BrandLogo
from tests.console.test_pages import text_of
from tests.console.world import World, as_, build
from tests.platform.test_pictures import SECRET, chunk, jpeg, png

pytestmark = pytest.mark.django_db


def upload(client: Client, content: bytes, name: str = "logo.png", kind: str = "image/png") -> int:
    file = SimpleUploadedFile(name, content, content_type=kind)
    return client.post("/settings/brand/logo", {"logo": file}).status_code


def address(world: World) -> str:
    return f"/logo/{Brand.objects.get(pk=world.brand.pk).logo}"


def test_a_logo_is_shown_to_colleagues_and_customers_and_served_as_a_picture() -> None:
    world = build()
    client = as_("owner")
    assert upload(client, png(more=chunk(b"tEXt", SECRET))) == 302
    first = address(world)
    assert first.endswith(".png")
    assert f'src="{first}"' in text_of(client, "/settings/brand")
    assert f'src="{first}"' in text_of(as_("associate"), "/customers")
    token = links.make(world.brand.pk, world.customer.pk, actor="cli").token
    page = text_of(Client(), f"/p/{token}")
    assert f'src="{first}"' in page
    assert len(page.encode()) < 100_000
    served = Client().get(first)
    assert served.content == png()
    assert {name: served.headers[name] for name in ("Content-Type", "X-Content-Type-Options")} == {
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
    }
    assert "immutable" in served.headers["Cache-Control"]
    assert served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not served.cookies

    assert upload(client, jpeg(), "logo.svg", "image/svg+xml") == 302  # its bytes say what it is
    assert address(world).endswith(".jpg")
    assert Client().get(first).status_code == 404
    assert BrandLogo.objects.count() == 1
    client.post("/settings/brand/logo/remove")
    assert Brand.objects.get(pk=world.brand.pk).logo == ""
    assert 'class="brand-mark"' in text_of(client, "/customers")
    actions = AuditEntry.objects.filter(action__startswith="brand.logo").order_by("pk")
    assert [one.action for one in actions] == ["brand.logo_set", "brand.logo_set", "brand.logo_removed"]


def test_what_is_no_logo_is_refused_on_the_page_and_the_old_one_stays() -> None:
    world = build()
    client = as_("owner")
    upload(client, png())
    kept = address(world)
    assert upload(client, b"<svg onload='alert(1)'>") == 422
    assert upload(client, b"") == 422
    assert client.post("/settings/brand/logo", {}).status_code == 422
    big = client.post("/settings/brand/logo", {"logo": SimpleUploadedFile("x.png", png() + b"0" * 300_000)})
    assert big.status_code >= 400
    assert "256 pixels" in big.content.decode()
    assert address(world) == kept
    for name in ("nothing.png", "..%2f..%2fetc%2fpasswd", "%00", "a" * 300):
        assert Client().get(f"/logo/{name}").status_code == 404


def test_two_brands_with_the_same_picture_each_have_their_own() -> None:
    world = build()
    assert upload(as_("owner"), png()) == upload(as_("stranger"), png()) == 302
    as_("stranger").post("/settings/brand/logo/remove")
    assert Client().get(address(world)).status_code == 200
