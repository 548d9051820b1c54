"""How numbers, money, shares and times are written, per language. Pure but for the current language."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, ngettext

from guanxi.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, now_ms, to_datetime
from guanxi.kernel.money import WITHOUT_MINOR_UNIT, symbol, written

UNKNOWN: Final = "—"
_CHINESE_STEPS: Final = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))
_LATIN_STEPS: Final = ((10**9, "B"), (10**6, "M"), (10**3, "K"))


def in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def number(value: float | None) -> str:
    """1234567 → 1,234,567; unknown is a dash, never zero."""
    return UNKNOWN if value is None else f"{value:,}"


def compact(value: float | None) -> str:
    """12000 → 1.2万 or 12K; below the first step, the number itself."""
    if value is None:
        return UNKNOWN
    steps = _CHINESE_STEPS if in_chinese() else _LATIN_STEPS
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    for size, unit in steps:
        # Rounding may reach the next unit: 99,999,999 is 1亿, not 10000万.
        if abs(value) >= size * 0.99995:
            return _one_decimal(value / size) + unit
    return f"{value:,.0f}"


def _one_decimal(value: float) -> str:
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def money(fen: int | None, currency: str = "CNY") -> str:
    """Minor units to ¥1,234.50; -¥12.00 below zero."""
    if fen is None:
        return UNKNOWN
    return written(fen, currency)


def compact_money(fen: int | None, currency: str = "CNY") -> str:
    """¥1.2万, ¥12K; exact below ten thousand."""
    if fen is None:
        return UNKNOWN
    units = fen if currency in WITHOUT_MINOR_UNIT else fen / 100
    if abs(units) < 10_000:
        return money(fen, currency)
    sign = "-" if fen < 0 else ""
    return f"{sign}{symbol(currency)}{compact(abs(units))}"


def share(value: float | None) -> str:
    """0.1234 → 12.3%; unknown is a dash."""
    return UNKNOWN if value is None else f"{value * 100:.1f}%"


def size(size_bytes: int | None) -> str:
    """1536 → 1.5 KB."""
    if size_bytes is None:
        return UNKNOWN
    value = float(size_bytes)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{_one_decimal(value)} {unit}"
        value /= 1024
    return UNKNOWN


def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day(at_ms: int | None, zone: str = "Asia/Shanghai") -> str:
    """2026-11-21, in the brand's zone."""
    return UNKNOWN if not at_ms else to_datetime(at_ms, zone_of(zone)).strftime("%Y-%m-%d")


def exact(at_ms: int | None, zone: str = "Asia/Shanghai") -> str:
    """2026-11-21 14:05:09, in the brand's zone."""
    return UNKNOWN if not at_ms else to_datetime(at_ms, zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S")


def moment(at_ms: int | None, zone: str = "Asia/Shanghai") -> str:
    """Relative near now ("5 minutes ago", "yesterday 14:05"), else the date and time."""
    if not at_ms:
        return UNKNOWN
    now = now_ms()
    age_ms = now - at_ms
    then, today = to_datetime(at_ms, zone_of(zone)), to_datetime(now, zone_of(zone))
    if 0 <= age_ms < 12 * HOUR_MS:
        return _minutes_or_hours_ago(age_ms)
    return _on_a_day(then, today, age_ms)


def _minutes_or_hours_ago(age_ms: int) -> str:
    if age_ms < MINUTE_MS:
        return gettext("just now")
    if age_ms < HOUR_MS:
        minutes = age_ms // MINUTE_MS
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    hours = age_ms // HOUR_MS
    return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}


def _on_a_day(then: datetime, today: datetime, age_ms: int) -> str:
    days = (today.date() - then.date()).days
    clock = then.strftime("%H:%M")
    if days == 0:
        return gettext("today %(clock)s") % {"clock": clock}
    if days == 1:
        return gettext("yesterday %(clock)s") % {"clock": clock}
    if 0 <= age_ms < 300 * DAY_MS and then.year == today.year:
        return then.strftime("%m-%d %H:%M")
    return then.strftime("%Y-%m-%d %H:%M")


def duration(seconds: float | None) -> str:
    """3725 → 1 h 2 min; below a minute in seconds."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < 60:
        return gettext("%(seconds)d s") % {"seconds": whole}
    if whole < 3600:
        return gettext("%(minutes)d min %(seconds)d s") % {"minutes": whole // 60, "seconds": whole % 60}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}
