"""Spark: `spark://host:7077`. It reads the lake's files, so the workers must see the data folder at the same
path (a shared disk). `spark://local` runs Spark inside the process. Spark's own settings may follow:
`spark://host:7077?spark.executor.memory=4g`.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
from django.utils.translation import gettext as _
from pyspark.sql import SparkSession

from guanxi.kernel.errors import Unavailable
from guanxi.warehouse.lake import Lake
from guanxi.warehouse.schemas import SCHEMAS

TYPES: Final = {pa.int64(): "BIGINT", pa.int32(): "INT", pa.int16(): "SMALLINT", pa.string(): "STRING"}
CONFIGURATION: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


class Spark:
    name = "spark"
    dialect = "pyspark"

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        master = "local[*]" if address.netloc == "local" else f"spark://{address.netloc}"
        builder = SparkSession.builder.master(master).appName("guanxi")
        for option, value in (CONFIGURATION | dict(parse_qsl(address.query))).items():
            builder = builder.config(option, value)
        try:
            self._session: Any = builder.getOrCreate()
        except Exception as failure:
            raise Unavailable(
                _("Spark at {url} does not answer.").format(url=url),
                remedy=_("Check WAREHOUSE_URL, that the master runs, and that Java 17 is installed."),
            ) from failure
        self._brands: dict[str, tuple[tuple[int, int], str, Any]] = {}  # lake → stamp, version, session
        self._lock = Lock()

    def version(self, lake: Lake) -> str:
        self.load(lake)
        return self._brands[str(lake.folder)][1]

    def load(self, lake: Lake) -> None:
        """Point the brand's views at the files that the manifest names now."""
        with self._lock:
            stamp = lake.stamp()
            key = str(lake.folder)
            if key in self._brands and self._brands[key][0] == stamp:
                return
            session = self._brands[key][2] if key in self._brands else self._session.newSession()
            manifest = lake.manifest()
            for table in SCHEMAS:
                files = [str(lake.path(file)) for file in manifest.files.get(table, []) if file.rows]
                _frame(session, lake, table, files).createOrReplaceTempView(table)
            self._brands[key] = (stamp, manifest.version, session)

    def query(self, lake: Lake, sql: str) -> pa.Table:
        self.load(lake)
        return self._brands[str(lake.folder)][2].sql(sql).toArrow()

    def close(self) -> None:
        self._session.stop()


def _frame(session: Any, lake: Lake, table: str, files: list[str]) -> Any:
    schema = ", ".join(f"{field.name} {TYPES[field.type]}" for field in SCHEMAS[table])
    if not files:
        return session.createDataFrame([], schema)
    reader = session.read.schema(schema)
    if table == "touchpoints":
        reader = reader.option("basePath", str(lake.folder / table))  # so that months in paths prune
    return reader.parquet(*files).select(*SCHEMAS[table].names)
