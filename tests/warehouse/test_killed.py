"""kill -9 at every step of a sync: what is there stays readable, and the next sync completes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.warehouse import services
from guanxi.warehouse.lake import Lake
from tests.dying import die
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.platform.models import Brand
from guanxi.warehouse import export, files, lake, services, sync
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
export.STEP_ROWS = 1
module, name, when, count = sys.argv[2:]
target = {"files": files, "lake": lake.Lake, "sync": sync}[module]
original, calls = getattr(target, name), 0
def deadly(*arguments, **options):
    global calls
    calls += 1
    if calls == int(count) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = original(*arguments, **options)
    if calls == int(count) and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(target, name, deadly)
getattr(services, "rebuild" if module == "sync" else "sync")(Brand.objects.get())
"""
MOMENTS = [
    "files write before 1",
    "files write after 2",
    "files write after 6",
    "lake commit before 1",
    "lake commit after 1",
    "lake commit before 2",
    "lake retire before 1",
    "sync compacted before 1",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sync_killed_at_any_step_is_completed_by_the_next(moment: str, tmp_path: Path) -> None:
    brand = rows.brand()
    subjects = rows.people(brand, 10)
    rows.facts(brand, rows.random_facts(subjects, 150))
    services.sync(brand)
    rows.facts(brand, rows.random_facts(subjects, 150, seed=2))
    rows.people(brand, 1)
    die(LOADED, SCRIPT, *moment.split())
    left = Lake(brand.slug)
    assert all(left.path(file).exists() for file in left.manifest().all_files())
    assert not services.verify(brand).differences, "what counts is right, though it may be behind"
    services.sync(brand)
    verified = services.verify(brand)
    assert (verified.is_equal, verified.behind, verified.rows) == (True, [], 300)
