"""A posting that dies between any two of its statements happened wholly or not at all."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from guanxi.kernel.clock import DAY_MS
from guanxi.loyalty.ledger.contracts import Account, ClawBack, Move, Place, Posting, State, Step
from guanxi.loyalty.ledger.models import Posting as PostingRow
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.proving import prove
from tests.dying import die
from tests.loyalty.ledger.conftest import START_MS, Till

# Kills itself before the n-th statement, commits among them, or when all is done, and then leaves a mark.
LOADED = """
import os, pathlib, signal, sys
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
import psycopg
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from guanxi.loyalty.ledger.posting import post
from tests.loyalty.ledger.test_killed import asked
"""
# With `at`, and what a script imports.
DEADLY = """
connection.ensure_connection()
calls = 0
def deadly(owner, name):
    original = getattr(owner, name)
    def dies(*arguments, **options):
        global calls
        calls += 1
        if calls == int(at):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)
    setattr(owner, name, dies)
for owner in (psycopg.Cursor, SQLiteCursorWrapper):
    deadly(owner, "execute")
    deadly(owner, "executemany")
deadly(psycopg.Cursor, "copy")
deadly(BaseDatabaseWrapper, "_commit")
"""
SCRIPT = f"""
connection.settings_dict["NAME"] = sys.argv[1]
at, mark, brand, ann, ben, origin = sys.argv[2:]
{DEADLY}
post(int(brand), [asked(at, int(ann), int(ben), int(origin))], actor="test")
pathlib.Path(mark).touch()
os.kill(os.getpid(), signal.SIGKILL)
"""
UNTIL_MS = START_MS + 1_000 * 365 * DAY_MS


def asked(key: str, ann: int, ben: int, origin: int) -> Posting:
    """Something of everything: two lots, one of them held, a wallet that is new, a debt, and a stock."""
    places = {place: Account("points", place) for place in (Place.ISSUED, Place.SPENT, Place.GIVEN)}
    wallet = Account("points", Place.WALLET, ann)
    steps: list[Step] = [
        Move(wallet, places[Place.SPENT], 7),
        Move(wallet, places[Place.SPENT], 1, until_ms=UNTIL_MS),
        Move(places[Place.ISSUED], Account("points", Place.WALLET, ben), 3),
        ClawBack(origin, 1),
        Move(Account("points", Place.STOCK, name="prize"), places[Place.GIVEN], 1),
    ]
    return Posting(f"killed:{key}", "test", steps, START_MS)


@pytest.mark.heavy
def test_killed_between_any_two_statements(till: Till, tmp_path: Path) -> None:
    mark = tmp_path / "done"
    ann = till.customer()
    till.ask(Move(till.own(Place.ISSUED), till.own(Place.STOCK, "prize"), 100))
    for place in count(1):
        till.earn(ann, 5)
        till.earn(ann, 5, expires_ms=UNTIL_MS)
        ben, cleo = till.customer(), till.customer()
        origin = till.earn(cleo, 2).moves[0]
        till.spend(cleo, 2)
        die(LOADED, SCRIPT, place, mark, till.brand_id, ann, ben, origin)
        proof = prove(till.brand_id)
        assert proof.ok, proof.problems
        posting = asked(str(place), ann, ben, origin)
        happened = PostingRow.objects.filter(key=posting.key).exists()
        assert till.has(ben).spendable == (3 if happened else 0)
        (told,) = post(till.brand_id, [posting], actor="test")
        assert told.state is (State.EXISTS if happened else State.POSTED), told
        assert len(told.moves) == 5
        assert (till.has(ben).spendable, till.has(cleo).owed) == (3, 1)
        if mark.exists():
            break
    assert place > 5
    assert happened
