"""Settings of a test run: a data folder and keys of its own, made before Django reads them."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # this checkout, not an installed one

_home = tempfile.mkdtemp(prefix="guanxi-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)

os.environ["GUANXI_HOME"] = _home
os.environ["GUANXI_SECRET_KEY"] = "test-secret-key-that-is-long-enough-for-django"
os.environ["GUANXI_MASTER_KEY"] = "dGVzdC1tYXN0ZXIta2V5LW9mLTMyLWJ5dGVzLS0tLSE="
if test_databases := os.environ.get("GUANXI_TEST_DATABASE_URLS", "").split():
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["DATABASE_URL"] = test_databases[worker % len(test_databases)]
else:
    os.environ.pop("DATABASE_URL", None)
os.environ.pop("WAREHOUSE_URL", None)

from guanxi.platform.settings import *  # noqa: E402, F403 - the environment above must come first

if "sqlite3" in DATABASES["default"]["ENGINE"]:  # noqa: F405 - from the star import above
    # A file, as in real life: threads of a test share no in-memory cache with its table locks.
    DATABASES["default"]["TEST"] = {"NAME": f"{_home}/test.sqlite3"}  # noqa: F405
    # Processes are killed here, not machines: what was written need not reach the disk.
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405

STATIC_ROOT.mkdir()  # noqa: F405 - where nothing was collected; WhiteNoise warns of a folder that is missing

# What a password costs is proved by one test of its own; the others would pay a third of a second each time.
PASSWORD_HASHERS = ["tests.hashing.QuickHasher"]

LANGUAGE_CODE = "en"  # tests assert the English ids; what they say of Chinese they say themselves
