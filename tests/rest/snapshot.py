"""Write the agreed OpenAPI document anew: `python -m tests.rest.snapshot`."""

from __future__ import annotations

import json
import os
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.test import Client  # noqa: E402 - after set-up

served = json.loads(Client().get("/api/v1/openapi.json").content)
text = json.dumps(served, ensure_ascii=False, indent=1, sort_keys=True)
Path(__file__).with_name("openapi.json").write_text(text + "\n", encoding="utf-8")
