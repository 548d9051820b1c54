"""Text as people may see it: personal values masked, as Chinese services show them."""

from __future__ import annotations

import re

MAINLAND_PHONE = re.compile(r"\+?(?:86)?(1\d{10})")
DIVISION = re.compile(
    r"^.{2,12}?(?:省|市|自治区|特别行政区|自治州|盟|地区)(?:.{1,12}?(?:市|区|县|旗|州))?(?:.{1,10}?(?:区|县|市|旗))?"
)
STARS = "****"


def masked_phone(phone: str) -> str:
    """ "+8613800138000" → "138****8000"; a number from abroad keeps its country code."""
    if mainland := MAINLAND_PHONE.fullmatch(phone):
        digits = mainland[1]
        return f"{digits[:3]}{STARS}{digits[-4:]}"
    shown = 4 if len(phone) >= 11 else 2
    return f"{phone[:shown]}{STARS}{phone[-shown:]}" if len(phone) > 2 * shown else STARS


def masked_name(name: str) -> str:
    """ "李雷" → "李*", "欧阳娜娜" → "欧***", "John Smith" → "J*** S****"."""
    return " ".join(word[0] + "*" * min(max(len(word) - 1, 1), 4) for word in name.split())


def masked_email(email: str) -> str:
    """ "li.lei@example.com" → "l***@example.com"."""
    user, at, domain = email.rpartition("@")
    return f"{user[:1]}***{at}{domain}" if at else "***"


def masked_address(address: str) -> str:
    """ "浙江省杭州市西湖区文三路 1 号" → "浙江省杭州市西湖区****"; where no division is found, "浙江****"."""
    division = DIVISION.match(address)
    return (division[0] if division else address[:2]) + STARS if address else ""
