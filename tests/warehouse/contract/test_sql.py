"""The SQL of every metric in every engine's dialect, as it was when somebody last looked at it.

A new Ibis or sqlglot may write another SQL for the same figure: here it is seen before an engine is slow or
wrong. `GUANXI_UPDATE_SNAPSHOTS=1 python -m pytest tests/warehouse/contract/test_sql.py` writes the files
anew; then read the difference.
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import ibis
import pytest

from guanxi.community.followers import metrics as followers
from guanxi.economics import metrics
from guanxi.loops import metrics as loops
from guanxi.loyalty import metrics as loyalty
from guanxi.loyalty.standing import metrics as standing
from guanxi.warehouse.engines import clickhouse, duckdb, spark
from tests.warehouse.contract.asked import every_metric

FOLDER = Path(__file__).parent / "sql"
DIALECTS = (duckdb.DuckDB.dialect, clickhouse.ClickHouse.dialect, spark.Spark.dialect)
EACH = [DIALECTS[0], *(pytest.param(dialect, marks=pytest.mark.heavy) for dialect in DIALECTS[1:])]
UPDATE = os.environ.get("GUANXI_UPDATE_SNAPSHOTS") == "1"


def path_of(dialect: str, metric: str) -> Path:
    return FOLDER / dialect / f"{metric.replace(' ', '_')}.sql"


@pytest.mark.parametrize("dialect", EACH)
@pytest.mark.parametrize("metric", list(every_metric()))
def test_the_sql_is_as_it_was_looked_at(metric: str, dialect: str) -> None:
    path = path_of(dialect, metric)
    sql = f"{ibis.to_sql(every_metric()[metric], dialect=dialect)}\n"
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql, encoding="utf-8")
    assert path.exists(), "new: write it with GUANXI_UPDATE_SNAPSHOTS=1"
    assert path.read_text(encoding="utf-8") == sql, "if this is meant: GUANXI_UPDATE_SNAPSHOTS=1"


def test_every_metric_has_its_sql_and_no_other_is_kept() -> None:
    public = {
        name
        for module in (metrics, followers, loyalty, loops, standing)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__.startswith(module.__name__) and not name.startswith("_")
    }
    assert public == {
        metric.partition(" of ")[0].partition(" until")[0].replace(" ", "_") for metric in every_metric()
    }
    assert set(FOLDER.rglob("*.sql")) == {path_of(d, metric) for d in DIALECTS for metric in every_metric()}
