"""The engines that can answer, behind one door: `WAREHOUSE_URL` says which."""

from __future__ import annotations

import atexit
from threading import Lock
from typing import Protocol
from urllib.parse import urlsplit

import pyarrow as pa
from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.kernel.errors import Invalid
from guanxi.warehouse.lake import Lake


class Engine(Protocol):
    """Answers SQL of its own dialect over one brand's lake.

    `dialect` is Ibis's name for its SQL. `load` brings the engine to the lake's present state; `version`
    names the state that it answers from ("" while that changes); `query` answers with the tables named
    `touchpoints`, `subject_map` and `customers`. All may be called from any thread.
    """

    name: str
    dialect: str

    def version(self, lake: Lake) -> str: ...
    def load(self, lake: Lake) -> None: ...
    def query(self, lake: Lake, sql: str) -> pa.Table: ...
    def close(self) -> None: ...


_engines: dict[str, Engine] = {}
_lock = Lock()


def engine(url: str | None = None) -> Engine:
    """The engine of `WAREHOUSE_URL` (or of `url`), one per process. Raises Invalid for a scheme that is
    none of duckdb, clickhouse, spark."""
    url = url or settings.WAREHOUSE_URL
    with _lock:
        if url not in _engines:
            _engines[url] = _opened(url)
        return _engines[url]


def _opened(url: str) -> Engine:
    scheme = urlsplit(url).scheme
    if scheme == "duckdb":
        from guanxi.warehouse.engines.duckdb import DuckDB  # noqa: PLC0415 - only the engine in use

        return DuckDB(url)
    if scheme in {"clickhouse", "clickhouses", "chdb"}:
        from guanxi.warehouse.engines.clickhouse import ClickHouse  # noqa: PLC0415

        return ClickHouse(url)
    if scheme == "spark":
        from guanxi.warehouse.engines.spark import Spark  # noqa: PLC0415 - needs pyspark

        return Spark(url)
    raise Invalid(
        _("WAREHOUSE_URL begins with '{scheme}://', which is no engine.").format(scheme=scheme),
        remedy=_("Use duckdb://, clickhouse://user:password@host:8123/database or spark://host:7077."),
    )


def close_all() -> None:
    """End every engine of this process; the next question opens it anew."""
    with _lock:
        while _engines:
            _engines.popitem()[1].close()


atexit.register(close_all)
