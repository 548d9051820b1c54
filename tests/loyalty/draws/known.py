"""What pages and the API are tried on: a draw that was held and won, one that is open, and a draft."""

from __future__ import annotations

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.loyalty.draws import entering, services, settling
from guanxi.loyalty.draws.models import Draw, DrawWin
from guanxi.platform.models import Brand
from tests.loyalty.draws.conftest import GIFT, terms


def make(brand: Brand, subject: int) -> None:
    """Codes: held, open, winter."""
    times = {"opens_ms": now_ms() - DAY_MS, "closes_ms": now_ms() + DAY_MS, "prizes": [GIFT]}
    for code in ("held", "open", "winter"):
        told = terms(draw=code, title=f"{code} <b>抽奖", mode="instant", positions=1, **times)
        if code == "open":
            told |= {"positions": 50, "entry": {"most": 3}}
        draft = services.create(brand, told, actor="cli")
        if code != "winter":
            services.publish(brand, draft.pk, draft.version, actor="cli")
    held = number("held")
    entering.enter(brand, held, subject, key="known", nonce="42", actor="cli")
    settling.settle(brand, held, actor="cli")


def number(code: str) -> int:
    return Draw.objects.get(code=code).pk


def win() -> int:
    return DrawWin.objects.get(draw__code="held").pk
