"""kill -9 at every step of a sync: what is there stays readable, and the next sync completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from guanxi.warehouse import services
from guanxi.warehouse.lake import Lake
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = """
import os, signal, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from guanxi.platform.models import Brand
from guanxi.warehouse import export, files, lake, services, sync
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
    database = str(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "guanxi.platform.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "GUANXI_SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-c", SCRIPT, database, *moment.split()]
    died = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    left = Lake(brand.slug)
    assert all(left.path(file).exists() for file in left.manifest().all_files())
    assert not services.verify(brand).differences, "what counts is right, though it may be behind"
    services.sync(brand)
    verified = services.verify(brand)
    assert (verified.is_equal, verified.behind, verified.rows) == (True, [], 300)
