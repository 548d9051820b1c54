"""Identifiers: what is one person's key, and what is not."""

from __future__ import annotations

import pytest

from guanxi.customers import identifiers


@pytest.mark.parametrize(
    "raw",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "+86 138-0013-8000",
        "（+86）13800138000",
        "008613800138000",
        "8613800138000",
        "013800138000",
        '="13800138000"',
        "\t13800138000",
        "'13800138000",
        "１３８００１３８０００",
        "13800138000.0",
        "13800138000/13900139000",
    ],
)
def test_a_mainland_mobile_is_one_number_however_it_is_written(raw: str) -> None:
    assert identifiers.phone(raw) == "+8613800138000"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0755-26712345", "+8675526712345"),
        ("(010) 6552 9988", "+861065529988"),
        ("+852 9123 4567", "+85291234567"),
        ("852-91234567", "+85291234567"),
        ("85366123456", "+85366123456"),
        ("00886912345678", "+886912345678"),
        ("+1 650-253-0000", "+16502530000"),
    ],
)
def test_other_numbers_are_read_as_in_china(raw: str, number: str) -> None:
    assert identifiers.phone(raw) == number


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "-",
        "null",
        "186****05",
        "186******05",
        "1******6198",
        "138••••8000",
        "##abc==##",
        "$$xyz",
        "1.38E+10",
        "400-820-8820",
        "95588",
        "110",
        "12345678901",
        "1380013800",
        "91234567",
        "abc",
        "15712345678-4321",
        "138001380001",
    ],
)
def test_what_does_not_identify_is_no_phone(raw: str | None) -> None:
    assert identifiers.phone(raw) is None


@pytest.mark.parametrize("raw", ["186****05", "1******6198", "李**", "*雷", "##Xk3==##", "$$abc", "李＊"])
def test_masked_and_encrypted_values_are_seen(raw: str) -> None:
    assert identifiers.is_masked(raw)


@pytest.mark.parametrize("raw", [None, "", "李雷", "13800138000", "oXXX1_unionid", "阿依古丽·买买提"])
def test_whole_values_are_not_masked(raw: str | None) -> None:
    assert not identifiers.is_masked(raw)


@pytest.mark.parametrize(
    ("scheme", "raw", "value"),
    [
        ("tmall", "tb\u200b123 ", "tb123"),
        ("tmall", "t**b", None),
        ("unionid", "oAbC-_9", "oAbC-_9"),
        ("openid:wx1a2b", " oXyz ", "oXyz"),
        ("member", "00123", "00123"),
        ("shop:westlake", "13085.0", "13085"),
        ("shop:westlake", "0", None),
        ("douyin", "\t6917", "6917"),
        ("email", " Lei.Li@Example.COM ", "lei.li@example.com"),
        ("email", "not an address", None),
        ("member", "x" * 121, None),
        ("member", "NULL", None),
        ("tmall", "a\0b", None),
        ("tmall", "a\ud800b", None),
    ],
)
def test_values_are_normalised_by_scheme(scheme: str, raw: str, value: str | None) -> None:
    assert identifiers.normalise(scheme, raw) == value


@pytest.mark.parametrize(
    "scheme", ["openid", "shop", "shop:", "phone:1", "weibo", "shop:a b", "shop:" + "x" * 51]
)
def test_unknown_schemes_are_refused(scheme: str) -> None:
    with pytest.raises(ValueError, match="unknown identity scheme"):
        identifiers.normalise(scheme, "1")


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("李雷", "李雷"),
        (" 李 雷 ", "李雷"),
        ("李雷先生", "李雷"),
        ("李雷（收）", "李雷"),
        ("李雷[1234]", "李雷"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("Mr. John  SMITH", "john smith"),
    ],
)
def test_names_compare_without_titles_and_spaces(raw: str, key: str) -> None:
    assert identifiers.name_key_text(raw) == key
    assert not identifiers.is_placeholder_name(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "-",
        "李**",
        "*雷",
        "李女士",
        "王先生",
        "刘总",
        "顾客",
        "顾客12",
        "test",
        "Test01",
        "微信用户",
        "小婷",
        "婷婷",
        "李",
        "13800138000",
        "匿名",
    ],
)
def test_names_of_nobody_in_particular(raw: str | None) -> None:
    assert identifiers.is_placeholder_name(raw)


def test_labels_name_the_qualifier() -> None:
    assert identifiers.scheme_label("shop:westlake") == "店铺客户号 · westlake"
    assert identifiers.scheme_label("phone", "en") == "Phone"
