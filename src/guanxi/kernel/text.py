"""Text as people may see it: personal values masked, as Chinese services show them."""

from __future__ import annotations

import re

MAINLAND_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
# Letters of a division's name. Those of streets, estates and buildings end it: "阳光小区" is no district.
_LETTER = r"[^\s\d路街道巷弄号村镇乡小园苑栋幢楼社景场厦]"
_MUNICIPALITY = r"(?:北京|天津|上海|重庆)市?"
DIVISION = re.compile(
    rf"(?:{_MUNICIPALITY}\s*(?:{_MUNICIPALITY})?\s*(?:{_LETTER}{{1,8}}?(?:区|县))?"
    rf"|(?:{_LETTER}{{2,7}}?(?:省|自治区|特别行政区)\s*)?(?:{_LETTER}{{1,10}}?(?:市|自治州|地区|盟)\s*)"
    rf"(?:{_LETTER}{{1,7}}?(?:区|县|市|旗))?"
    rf"|{_LETTER}{{2,7}}?(?:省|自治区|特别行政区))"
)
STARS = "****"


def masked_phone(phone: str) -> str:
    """Of "+8613800138000" this is "138****8000"; a number from abroad keeps its country code."""
    if mainland := MAINLAND_PHONE.fullmatch(phone):
        digits = mainland[1]
        return f"{digits[:3]}{STARS}{digits[-4:]}"
    shown = 4 if len(phone) >= 11 else 2
    return f"{phone[:shown]}{STARS}{phone[-shown:]}" if len(phone) > 2 * shown else STARS


def masked_name(name: str) -> str:
    """Of "李雷" this is "李*", of "欧阳娜娜" "欧***", of "John Smith" "J*** S****"."""
    return " ".join(word[0] + "*" * min(max(len(word) - 1, 1), 4) for word in name.split())


def masked_email(email: str) -> str:
    """Of "li.lei@example.com" this is "l***@example.com"."""
    user, at, domain = email.rpartition("@")
    return f"{user[:1]}***{at}{domain}" if at else "***"


def masked_address(address: str) -> str:
    """Of "浙江省杭州市西湖区文三路 1 号" "浙江省杭州市西湖区****"; streets and buildings never show."""
    division = DIVISION.match(address)
    return (division[0] if division else address[:2]) + STARS if address else ""
