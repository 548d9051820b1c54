from __future__ import annotations

import pytest

from guanxi.kernel.text import masked_address, masked_email, masked_name, masked_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("13800138000", "138****8000"),
        ("+85291234567", "+852****4567"),
        ("+12025550123", "+120****0123"),
        ("02112345678", "0211****5678"),
        ("1234567", "12****67"),
        ("123", "****"),
        ("", "****"),
    ],
)
def test_phones(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("李雷", "李*"),
        ("李", "李*"),
        ("欧阳娜娜", "欧***"),
        ("买买提·艾合买提", "买****"),
        ("John Smith", "J*** S****"),
        ("", ""),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("li.lei@example.com", "l***@example.com"),
        ("a@b.cn", "a***@b.cn"),
        ("nonsense", "***"),
        ("@x.cn", "***@x.cn"),
    ],
)
def test_email_addresses(email: str, shown: str) -> None:
    assert masked_email(email) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("浙江省杭州市西湖区文三路 1 号", "浙江省杭州市西湖区****"),
        ("浙江省 杭州市 西湖区 文三路1号", "浙江省 杭州市 西湖区****"),
        ("北京市朝阳区建国路88号阳光小区3栋", "北京市朝阳区****"),
        ("北京 北京市 朝阳区 三环到四环之间 建国路88号", "北京 北京市 朝阳区****"),
        ("上海市浦东新区世纪大道100号", "上海市浦东新区****"),
        ("广西壮族自治区南宁市青秀区民族大道", "广西壮族自治区南宁市青秀区****"),
        ("云南省大理白族自治州大理市古城", "云南省大理白族自治州大理市****"),
        ("浙江省杭州市文三路阳光小区", "浙江省杭州市****"),
        ("杭州市余杭区五常街道", "杭州市余杭区****"),
        ("文三路 1 号 2 幢 301 室", "文三****"),
        ("12 Main Street", "12****"),
        ("", ""),
    ],
)
def test_addresses_show_their_divisions_alone(address: str, shown: str) -> None:
    assert masked_address(address) == shown
