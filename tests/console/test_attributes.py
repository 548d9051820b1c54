"""Tags, preferences and stores on the pages of the console."""

from __future__ import annotations

import re

import pytest

from guanxi.customers import services as attributes
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.models import Customer, Preference, PreferenceField, Store, Tag
from guanxi.customers.preferences import answers_of
from guanxi.customers.tags import tags_of_many
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.models import Touchpoint
from tests.console.test_pages import questions, text_of
from tests.console.world import as_, build, order

pytestmark = pytest.mark.django_db


def test_a_customer_is_tagged_and_found_by_the_tag() -> None:
    world = build()
    client = as_("associate")
    address = f"/customers/{world.customer.pk}"
    assert "贵宾" in text_of(client, address)
    assert client.post(f"{address}/tags", {"add": "vip"}).status_code == 302
    assert 'name="remove" value="vip"' in text_of(client, address)
    assert "Tag added" in text_of(client, address)
    shown = text_of(client, "/customers?tag=vip")
    assert f'href="{address}"' in shown
    assert f'href="/customers/{world.second.pk}"' not in shown
    assert "No customer fits this filter" in text_of(client, "/customers?tag=nothing")
    client.post(f"{address}/tags", {"remove": "vip"})
    assert tags_of_many(world.brand.pk, [world.customer.pk]) == {world.customer.pk: []}
    assert client.post(f"{address}/tags", {"add": "unknown"}).status_code == 404


def test_a_common_tag_filters_as_a_rare_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    world = build()
    facts = [order(100 + n, ("tmall", f"b{n}")) for n in range(6)]
    services.record(world.brand.pk, "shop", facts, mode=Mode.BACKFILL)
    attributes.add_tags(world.brand.pk, ["vip"], [world.customer.pk, world.second.pk], actor="cli")
    client = as_("owner")
    address = "/customers?tag=vip&sort=orders"
    rare = re.findall(r'href="(/customers/\d+)"', text_of(client, address))
    monkeypatch.setattr("guanxi.customers.console.listing.RARE", 0)
    assert re.findall(r'href="(/customers/\d+)"', text_of(client, address)) == rare
    assert sorted(rare) == [f"/customers/{world.customer.pk}", f"/customers/{world.second.pk}"]


def test_preferences_are_noted_on_a_form() -> None:
    world = build()
    client = as_("agent")
    address = f"/customers/{world.customer.pk}"
    assert "Skin &lt;b&gt;" in text_of(client, f"{address}/preferences")
    assert client.post(f"{address}/preferences", {"skin": "wet"}).status_code == 200
    assert not Preference.objects.exists()
    client.post(f"{address}/preferences", {"skin": "dry"})
    assert "Dry" in text_of(client, address)
    client.post(f"{address}/preferences", {"skin": "dry"})
    assert Touchpoint.objects.filter(kind="preference.stated").count() == 1
    client.post(f"{address}/preferences", {"skin": ""})
    assert answers_of(world.brand.pk, subject_ids_of(world.brand.pk, world.customer.pk)) == {}


def test_every_type_of_answer_has_a_field_that_keeps_it() -> None:
    world = build()
    listed = [{"name": "a"}, {"name": "b"}]
    for kind in ("choices", "text", "number", "date", "boolean"):
        attributes.define_preference(
            world.brand.pk, f"f_{kind}", type=kind, label_zh=kind, label_en=kind, purpose="x",
            choices=listed if kind == "choices" else None, actor="cli",
        )  # fmt: skip
    client = as_("owner")
    address = f"/customers/{world.customer.pk}/preferences"
    boxes = text_of(client, address)
    assert 'type="checkbox" name="f_choices" value="a"' in boxes, "several are ticked, not held with a key"
    given = {
        "f_choices": ["b", "a"], "f_text": "<i>", "f_number": "1.5", "f_date": "2026-02-28",
        "f_boolean": "false",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(address, given).status_code == 302
    assert sorted(Preference.objects.values_list("text", flat=True)) == sorted(
        ["|a|b|", "<i>", "1.5", "2026-02-28", "false"]
    )
    assert Touchpoint.objects.filter(kind="preference.stated").count() == 5
    assert "&lt;i&gt;" in text_of(client, address)


def test_the_dictionaries_are_kept() -> None:
    world = build()
    client = as_("operator")
    assert client.post("/tags/define", {"name": "new", "origin": "rule", "label": "新"}).status_code == 302
    assert client.post("/tags/define", {"name": "13800138000", "origin": "hand"}).status_code == 422
    assert Tag.objects.get(brand=world.brand, name="new").origin == "rule"
    assert 'value="贵宾"' in text_of(client, "/tags?tag=vip")
    field = {"name": "tea", "type": "choice", "label_zh": "茶", "label_en": "Tea", "purpose": "Gifts"}
    assert (
        client.post(
            "/preferences/define", {**field, "choices": "green,绿茶,Green\nred，红茶，Red"}
        ).status_code
        == 302
    )
    assert [one["zh"] for one in PreferenceField.objects.get(name="tea").choices] == ["绿茶", "红茶"]
    assert client.post("/preferences/define", {**field, "choices": ""}).status_code == 422
    assert client.post("/preferences/define", {**field, "choices": "a", "personal": "on"}).status_code == 422
    assert "green,绿茶,Green" in text_of(client, "/preferences?field=tea")


def test_in_chinese_tags_fields_and_brands_have_no_surname() -> None:
    """姓名 is what people are called, 标签名 what a tag is."""
    build()
    client = as_("owner")
    client.post("/language", {"language": "zh-hans"})
    for address, label in (("/tags", "标签名"), ("/preferences", "字段名"), ("/settings/brand", "品牌名称")):
        shown = text_of(client, address)
        assert label in shown
        assert "<label>姓名" not in shown
        assert "姓名</label>" not in shown


def test_the_log_and_the_timeline_say_which_tag_and_which_answer() -> None:
    world = build()
    client = as_("operator")
    address = f"/customers/{world.customer.pk}"
    client.post(f"{address}/tags", {"add": "vip"})
    client.post(f"{address}/preferences", {"skin": "oily"})
    for page in (address, "/log"):
        shown = text_of(client, page)
        assert ">vip</div>" in shown
        assert ">Skin &lt;b&gt; · Oily</div>" in shown


def test_where_a_customer_lives_is_said_in_the_readers_language() -> None:
    world = build()
    Customer.objects.filter(pk=world.customer.pk).update(adcode=320500, language="zh-HK")
    client = as_("operator")
    shown = text_of(client, f"/customers/{world.customer.pk}")
    assert "Suzhou, Jiangsu" in shown
    assert "Cantonese" in shown
    assert "in Suzhou, Jiangsu" in text_of(client, "/customers")
    client.post("/language", {"language": "zh-hans"})
    shown = text_of(client, f"/customers/{world.customer.pk}")
    assert "江苏省苏州市" in shown
    assert "粤语" in shown


def test_stores_are_pasted_from_a_sheet() -> None:
    world = build()
    client = as_("operator")
    rows = "code\tname\tcity\nSH1\t南京路店\t上海\n"
    assert client.post("/stores/set", {"what": "stores", "rows": rows}).status_code == 302
    assert client.post("/stores/set", {"what": "stores", "rows": "code,name\nA,B,C"}).status_code == 422
    assert client.post("/stores/set", {"what": "cities", "rows": "city,tier\n杭州,1"}).status_code == 302
    shown = text_of(client, "/stores")
    assert "南京路店" in shown
    assert "Hangzhou, Zhejiang" in shown, "an English page names places in English"
    assert "浙江省杭州市" not in shown
    client.post("/stores/remove", {"code": "SH1"})
    assert list(Store.objects.filter(brand=world.brand).values_list("code", flat=True)) == ["HZ1"]


def test_pages_ask_a_fixed_number_of_questions() -> None:
    world = build()
    client = as_("owner")
    pages = ("/tags", "/preferences", "/stores", "/customers?tag=vip", f"/customers/{world.customer.pk}")
    before = [questions(client, page) for page in pages]
    for number in range(20):
        attributes.define_tag(world.brand.pk, f"t{number}", actor="cli")
    attributes.set_stores(world.brand.pk, [{"code": f"S{n}", "name": "x"} for n in range(20)], actor="cli")
    attributes.add_tags(world.brand.pk, ["vip", "t1", "t2"], [world.customer.pk], actor="cli")
    after = [questions(client, page) for page in pages]
    assert after[:3] == before[:3]
    assert max(after[:3]) <= 9
    assert after[3] <= 17
    assert after[4] <= 40
