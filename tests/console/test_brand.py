"""The brand's settings: two tabs, wrong input, strange text."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.platform.brand_settings import contrast_with_white
from guanxi.platform.models import AuditEntry, Brand
from tests.console.world import as_, build

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "name": "兰花",
    "colour": "#0E766C",
    "language": "en",
    "send_from_hour": 9,
    "send_until_hour": 20,
    "privacy_contact": "privacy@lanhua.example",
    "version": 1,
}


def test_settings_are_saved_once_and_a_stale_tab_sees_what_changed() -> None:
    world = build()
    client, other = as_("owner"), as_("owner")
    assert client.post("/settings/brand/save", FORM).status_code == 302
    stale = other.post("/settings/brand/save", {**FORM, "name": "Orchid", "send_from_hour": 7})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert "Somebody saved these settings meanwhile" in page
    assert 'value="Orchid"' in page
    assert "<dd>兰花</dd>" in page
    assert "<dd>9</dd>" in page
    assert Brand.objects.get(pk=world.brand.pk).name == "兰花"
    assert 'name="version" value="2"' in page
    assert other.post("/settings/brand/save", {**FORM, "name": "Orchid", "version": 2}).status_code == 302
    kept = Brand.objects.get(pk=world.brand.pk)
    assert (kept.name, kept.colour, kept.version) == ("Orchid", "#0e766c", 3)
    details = (
        AuditEntry.objects.filter(action="brand.changed").order_by("pk").values_list("detail", flat=True)
    )
    assert "privacy@" not in str(list(details))
    assert details[1] == {"fields": ["name"]}


def test_saving_what_is_kept_already_changes_nothing() -> None:
    world = build()
    for _ in range(2):
        version = Brand.objects.get(pk=world.brand.pk).version
        assert as_("owner").post("/settings/brand/save", {**FORM, "version": version}).status_code == 302
    assert AuditEntry.objects.filter(action="brand.changed").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "\u0000"},
        {"name": "x" * 121},
        {"colour": "red"},
        {"colour": "#ffffff"},
        {"colour": "#12345"},
        {"language": "tlh"},
        {"send_from_hour": 21, "send_until_hour": 8},
        {"send_until_hour": 25},
        {"send_from_hour": "8.5"},
        {"version": "x"},
        {"privacy_contact": "x" * 201},
    ],
)
def test_wrong_settings_are_refused(change: dict[str, Any]) -> None:
    world = build()
    assert as_("owner").post("/settings/brand/save", {**FORM, **change}).status_code == 422
    assert Brand.objects.get(pk=world.brand.pk).version == 1


def test_strange_text_is_only_text() -> None:
    build()
    client = as_("owner")
    client.post("/settings/brand/save", {**FORM, "name": "<script>alert(1)</script>\u202e"})
    assert "<script>alert" not in client.get("/settings/brand").content.decode()


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
