"""Cities from what files say."""

from __future__ import annotations

import re

import pytest

from guanxi.customers import places


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("杭州市", 330100),
        ("杭州", 330100),
        ("浙江省杭州市", 330100),
        ("浙江省 杭州市 西湖区 文三路1号", 330100),
        ("浙江杭州西湖区", 330100),
        ("北京市", 110100),
        ("北京", 110100),
        ("北京市朝阳区三里屯", 110100),
        ("北京北京市朝阳区", 110100),
        ("上海 上海市 浦东新区", 310100),
        ("吉林省吉林市", 220200),
        ("吉林市", 220200),
        ("吉林省", 220000),
        ("大理白族自治州", 532900),
        ("云南省大理州", 532900),
        ("内蒙古自治区呼和浩特市", 150100),
        ("新疆乌鲁木齐市", 650100),
        ("香港特别行政区", 810000),
        ("香港", 810000),
        ("广东省", 440000),
        ("湖北省襄樊市", 420600),
        ("安徽巢湖", 340100),
        ("Paris", None),
        ("", None),
        (None, None),
    ],
)
def test_a_place_has_one_code(text: str | None, code: int | None) -> None:
    assert places.adcode(text) == code


def test_a_code_has_a_name() -> None:
    assert places.place_name(330100) == "浙江省杭州市"
    assert places.place_name(330100, chinese=False) == "Hangzhou, Zhejiang"
    assert places.place_name(110100, chinese=False) == places.place_name(110000, chinese=False) == "Beijing"
    assert places.place_name(820000, chinese=False) == "Macau"
    assert places.place_name(None, chinese=False) == ""


def test_every_place_has_an_english_name() -> None:
    for code in places.cities():
        name = places.place_in_sentence(code, chinese=False).partition(" (")[0]
        assert re.fullmatch("[A-ZÜ][a-zêü’]+( [A-Z][a-z]+)?", name), code
    assert places.place_name(110100) == "北京市"
    assert places.place_name(None) == ""
