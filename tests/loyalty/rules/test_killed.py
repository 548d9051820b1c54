"""Facts, what rules give for them and what refunds take happen together or not at all, whenever it dies."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from guanxi.loyalty.ledger.models import Posting
from guanxi.loyalty.rules.models import RuleUse
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.models import Touchpoint
from guanxi.touchpoints.services import record
from tests.dying import die
from tests.loyalty.ledger.test_killed import DEADLY
from tests.loyalty.rules.conftest import Shop, order, refund

LOADED = """
import os, pathlib, signal, sys
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
import psycopg
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from guanxi.touchpoints.services import record
from tests.loyalty.rules.test_killed import batch
"""
SCRIPT = f"""
connection.settings_dict["NAME"] = sys.argv[1]
at, mark, brand = sys.argv[2:]
{DEADLY}
record(int(brand), "shop", batch(int(at)))
pathlib.Path(mark).touch()
os.kill(os.getpid(), signal.SIGKILL)
"""


def batch(turn: int) -> list[Fact]:
    """Two orders that earn, one of them by a rule that is limited, and a refund in part."""
    return [
        order("ann", 30, f"a{turn}"),
        order("ben", 8, f"b{turn}"),
        refund("ann", 10, f"a{turn}", f"a{turn}:back"),
    ]


@pytest.mark.heavy
def test_killed_between_any_two_statements(shop: Shop, tmp_path: Path) -> None:
    mark = tmp_path / "done"
    shop.rule()
    limited = shop.rule(
        {"effect": "give", "asset": "points", "units": 1}, limit={"per": "ever", "times": 999}
    )
    for turn in count(1):
        die(LOADED, SCRIPT, turn, mark, shop.brand.pk)
        happened = Touchpoint.objects.filter(source_ref=f"a{turn}:paid").exists()
        done = turn if happened else turn - 1
        _is_whole(shop, limited, done)
        again = record(shop.brand.pk, "shop", batch(turn))
        assert again.recorded == (0 if happened else 3)
        _is_whole(shop, limited, turn)
        if mark.exists():
            break
    assert turn > 10
    assert happened
    assert Posting.objects.count() == turn * 5  # four that give, one that takes


def _is_whole(shop: Shop, limited: int, times: int) -> None:
    shop.proven()
    # 30 points, 1 of the limited rule; a third of both goes back, of the single unit nothing
    assert shop.has("ann").posted == times * (30 - 10 + 1)
    assert shop.has("ben").posted == times * (8 + 1)
    uses = dict(RuleUse.objects.filter(rule_id=limited).values_list("subject_id", "times"))
    assert sum(uses.values()) == times * 2
