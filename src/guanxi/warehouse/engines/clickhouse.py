"""ClickHouse: `clickhouse://user:password@host:8123/database` (`clickhouses://` for TLS; a certificate of
one's own is trusted by `?ca_cert=/path/to/ca.pem`). What stands in the password must be quoted: `@` is `%40`.

The lake is copied, each brand into a database of its own, `<database>_<brand>`. Facts go month by month:
a month whose rows and digest differ from the lake's is loaded beside and swapped in as a partition, so
loading may die anywhere and be repeated, and mends whatever else went wrong. Snapshots are swapped as tables.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import clickhouse_connect
import pyarrow as pa
import pyarrow.parquet as pq
from clickhouse_connect.driver.exceptions import Error, OperationalError
from django.utils.translation import gettext as _

from guanxi.kernel.errors import Unavailable
from guanxi.warehouse.lake import DataFile, Lake, Manifest
from guanxi.warehouse.schemas import SCHEMAS

logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)  # what goes wrong is raised as well

STRANGERS: Final = {192, 193, 194, 516}  # unknown user, wrong password, none given
FORBIDDEN: Final = {164, 291, 497}  # may only read, database or action not allowed
FULL: Final = {159, 202, 241, 243}  # too slow, too many at once, out of memory, out of disk

# A left join's missing side and the sum of nothing are NULL, as everywhere else.
SETTINGS: Final = {"join_use_nulls": 1, "aggregate_functions_null_for_empty": 1}
REQUIRED: Final = {
    "id",
    "kind",
    "local_day",
    "local_month",
    "occurred_ms",
    "bucket",
    "subject_id",
    "customer_id",
    "tag_id",
    "field_id",
    "at_ms",
    "segment_id",
    "follower_id",
    "purpose",
    "lot_id",
    "asset",
}
MAY_LACK_SUBJECT: Final = {"touchpoints", "followers"}
TYPES: Final = {pa.int64(): "Int64", pa.int32(): "Int32", pa.int16(): "Int16", pa.string(): "String"}
ORDER: Final = {
    "touchpoints": "PARTITION BY local_month ORDER BY (kind, ifNull(subject_id, -1))",
    "subject_map": "ORDER BY subject_id",
    "customers": "ORDER BY customer_id",
    "taggings": "ORDER BY (tag_id, subject_id)",
    "preferences": "ORDER BY (field_id, subject_id)",
    "consents": "ORDER BY (purpose, subject_id)",
    "memberships": "ORDER BY (segment_id, customer_id)",
    "spend": "ORDER BY local_day",
    "customer_states": "ORDER BY customer_id",
    "followers": "ORDER BY follower_id",
    "ledger_flows": "ORDER BY (asset, local_day)",
    "ledger_lots": "ORDER BY (asset, local_day)",
    "ledger_uses": "ORDER BY lot_id",
    "ledger_balances": "ORDER BY (asset, subject_id)",
    "tier_standings": "ORDER BY customer_id",
    "ledger_rewards": "ORDER BY (asset, local_day)",
}


class ClickHouse:
    name = "clickhouse"
    dialect = "clickhouse"

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._base = unquote(self._url.path.lstrip("/")) or "guanxi"
        self._clients: dict[str, Any] = {}
        self._lock = Lock()

    @contextmanager
    def _asking(self, lake: Lake) -> Iterator[Any]:
        """A client of the brand's database. What the server cannot do becomes Unavailable, and the next
        question begins with a new client, since databases may have gone with the server."""
        try:
            yield self._client(lake)
        except Error as failure:
            with self._lock:
                for name in ("", lake.slug):
                    if client := self._clients.pop(name, None):
                        client.close()
            if named := self._named(failure):
                raise named from failure
            raise

    def _named(self, failure: Error) -> Unavailable | None:
        code = getattr(failure, "code", None)
        names = {"host": self._url.hostname, "user": unquote(self._url.username or "default")}
        if code in STRANGERS:
            return Unavailable(
                _("ClickHouse at {host} refuses the user {user} or its password.").format(**names),
                remedy=_("Correct both in WAREHOUSE_URL; write @ as %40, / as %2F and : as %3A."),
            )
        if code in FORBIDDEN:
            return Unavailable(
                _("ClickHouse at {host} does not let {user} do what is needed.").format(**names),
                remedy=_("Grant CREATE DATABASE, and everything on the databases {base}_*.").format(
                    base=self._base
                ),
            )
        if code in FULL:
            return Unavailable(
                _("ClickHouse at {host} has no room or time for this (code {code}).").format(
                    code=code, **names
                ),
                remedy=_("Look at its memory, disk and limits, then repeat."),
            )
        if code is None and "CERTIFICATE_VERIFY_FAILED" in str(failure):
            return Unavailable(
                _("The certificate of ClickHouse at {host} is not trusted.").format(**names),
                remedy=_("Add ?ca_cert=/path/to/ca.pem to WAREHOUSE_URL, or use the name it was made for."),
            )
        if code is None and isinstance(failure, OperationalError):
            return Unavailable(
                _("ClickHouse at {host} does not answer.").format(**names),
                remedy=_("Check WAREHOUSE_URL and that the server runs, then repeat."),
            )
        return None

    def version(self, lake: Lake) -> str:
        """The lake's version that is wholly loaded; "" while another is being loaded."""
        with self._asking(lake) as client:
            found = client.query("SELECT version FROM lake_state").result_rows
        return str(found[0][0]) if found else ""

    def load(self, lake: Lake) -> None:
        with self._asking(lake) as client:
            self._load(client, lake)

    def _load(self, client: Any, lake: Lake) -> None:
        manifest = lake.manifest()
        state = client.query("SELECT version, lineage FROM lake_state").result_rows
        if state and state[0] == (manifest.version, manifest.lineage):
            return
        client.command("TRUNCATE TABLE lake_state")
        if not state or state[0][1] != manifest.lineage:
            client.command("TRUNCATE TABLE touchpoints")
        self._load_months(client, lake, manifest)
        for table in SCHEMAS:
            if table != "touchpoints":
                self._swap_table(client, lake, table, manifest.files.get(table, []))
        client.insert("lake_state", [[manifest.version, manifest.lineage]], ["version", "lineage"])

    def query(self, lake: Lake, sql: str) -> pa.Table:
        with self._asking(lake) as client:
            return client.query_arrow(sql, settings=SETTINGS)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _load_months(self, client: Any, lake: Lake, manifest: Manifest) -> None:
        wanted: dict[int, list[DataFile]] = {}
        for file in manifest.files.get("touchpoints", []):
            wanted.setdefault(int(file.month or 0), []).append(file)
        held = {
            month: (rows, digest, anonymous)
            for month, rows, digest, anonymous in client.query(
                "SELECT local_month, count(), sum(toUInt64(id) * toUInt64(id) * toUInt64(id)),"
                " countIf(subject_id IS NULL) FROM touchpoints GROUP BY local_month"
            ).result_rows
        }
        for month in held.keys() - wanted.keys():
            client.command(f"ALTER TABLE touchpoints DROP PARTITION {month}")
        for month, files in wanted.items():
            rows, digest = sum(f.rows for f in files), sum(f.digest for f in files) % 2**64
            nobodys = [f.anonymous for f in files if f.anonymous is not None]
            present = held.get(month)
            # Of files of an older version it is not known how many facts are nobody's: then none became so.
            told = sum(nobodys) if len(nobodys) == len(files) or present is None else present[2]
            if present != (rows, digest, told):
                staging = self._staged(client, lake, "touchpoints", files)
                client.command(f"ALTER TABLE touchpoints REPLACE PARTITION {month} FROM {staging}")
                client.command(f"DROP TABLE {staging}")

    def _swap_table(self, client: Any, lake: Lake, table: str, files: list[DataFile]) -> None:
        staging = self._staged(client, lake, table, files)
        client.command(f"EXCHANGE TABLES {staging} AND {table}")
        client.command(f"DROP TABLE {staging}")

    def _staged(self, client: Any, lake: Lake, table: str, files: list[DataFile]) -> str:
        """The name of a new table that holds the files' rows."""
        staging = f"staging_{secrets.token_hex(6)}"
        client.command(_definition(table, staging))
        for file in files:
            if file.rows:
                client.insert_arrow(staging, pq.read_table(lake.path(file), schema=SCHEMAS[table]))
        return staging

    def _client(self, lake: Lake) -> Any:
        """A client of the brand's database, which is made, with its tables, where it is missing."""
        with self._lock:
            if lake.slug not in self._clients:
                database = f"{self._base}_{lake.slug.replace('-', '_')}"
                if "" not in self._clients:
                    self._clients[""] = self._connected(None)
                self._clients[""].command(f"CREATE DATABASE IF NOT EXISTS `{database}`")
                client = self._connected(database)
                for table in SCHEMAS:
                    client.command(_definition(table, table))
                client.command(
                    "CREATE TABLE IF NOT EXISTS lake_state (version String, lineage String)"
                    " ENGINE = MergeTree ORDER BY tuple()"
                )
                self._clients[lake.slug] = client
            return self._clients[lake.slug]

    def _connected(self, database: str | None) -> Any:
        if self._url.scheme == "chdb":  # the engine inside this process, as the tests use it
            return clickhouse_connect.get_client(
                interface="chdb",
                path=self._url.query or None,
                database=database or "default",
                settings=SETTINGS,
            )
        return clickhouse_connect.get_client(
            host=self._url.hostname or "localhost",
            port=self._url.port or 0,
            username=unquote(self._url.username or "default"),
            password=unquote(self._url.password or ""),
            secure=self._url.scheme == "clickhouses",
            database=database or "default",
            settings=SETTINGS,
            autogenerate_session_id=False,  # one session would refuse questions from two threads
            ca_cert=parse_qs(self._url.query).get("ca_cert", [None])[0],
        )


def _definition(table: str, name: str) -> str:
    columns = ", ".join(
        f"{field.name} {TYPES[field.type]}"
        if _is_required(table, field.name)
        else f"{field.name} Nullable({TYPES[field.type]})"
        for field in SCHEMAS[table]
    )
    return f"CREATE TABLE IF NOT EXISTS {name} ({columns}) ENGINE = MergeTree {ORDER[table]}"


def _is_required(table: str, column: str) -> bool:
    return column in REQUIRED and not (column == "subject_id" and table in MAY_LACK_SUBJECT)
