"""The baseline of bench.api: a Django view that parses JSON and inserts the rows, and nothing else.

No keys, no checks, no customers, no audit: what Django, SQLite and the server cost by themselves.
Served as `bench._bare:application` with BARE_DATABASE naming the file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from guanxi.platform.databases import sqlite_settings

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    DATABASES={"default": sqlite_settings(Path(os.environ["BARE_DATABASE"]))},
    DATA_UPLOAD_MAX_MEMORY_SIZE=10 * 1024 * 1024,
)

import django  # noqa: E402 - configured above

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (id INTEGER PRIMARY KEY, source_id INTEGER, source_ref TEXT, kind TEXT,
  channel TEXT, subject_id INTEGER, occurred_ms INTEGER, amount_fen INTEGER, quantity INTEGER, payload TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS fact_once ON fact (source_id, source_ref);
CREATE INDEX IF NOT EXISTS fact_timeline ON fact (subject_id, occurred_ms);
"""
INSERT = """
INSERT INTO fact
  (source_id, source_ref, kind, channel, subject_id, occurred_ms, amount_fen, quantity, payload)
VALUES (1, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def record(request: HttpRequest) -> HttpResponse:
    items: list[dict[str, Any]] = orjson.loads(request.body)
    rows = [
        (
            item["source_ref"],
            item["kind"],
            item["channel"],
            int(item["identities"]["phone"]),
            item["occurred_at"],
            item["amount_fen"],
            item["quantity"],
            orjson.dumps(item["payload"]).decode(),
        )
        for item in items
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
    return HttpResponse(orjson.dumps({"recorded": len(rows)}), content_type="application/json")


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("api/v1/touchpoints", record), path("alive", alive)]
with connection.cursor() as _cursor:
    for _statement in SCHEMA.split(";"):
        if _statement.strip():
            _cursor.execute(_statement)
application = get_wsgi_application()
