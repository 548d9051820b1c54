"""Each test run has a data folder of its own."""

from __future__ import annotations

import os
import tempfile

os.environ["GUANXI_HOME"] = tempfile.mkdtemp(prefix="guanxi-test-")
os.environ.setdefault("GUANXI_SECRET_KEY", "test-secret-key-that-is-long-enough-for-django-checks")
os.environ.setdefault("GUANXI_MASTER_KEY", "dGVzdC1tYXN0ZXIta2V5LW9mLTMyLWJ5dGVzLS0tLSE=")
