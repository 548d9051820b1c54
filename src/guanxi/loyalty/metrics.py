"""What the ledger says over time as Ibis expressions that know no engine: tables of the lake in, a table out.

Ages are whole days from the local day on which a lot came to that of its use. A lot is *issued* where its
units come from the brand; what was paid with and came back, or came from another customer, is a lot too, and
no issue. docs/guide/liability.md says what each figure means.
"""

from __future__ import annotations

from typing import Any

import ibis

Table = Any  # Ibis has no types that a checker could hold
Value = Any

WAYS = ("used", "expired", "withdrawn", "moved")


def ledger_months(flows: Table) -> Table:
    """A row for each asset and month with entries, in their order: asset, local_month, issued, returned,
    used, withdrawn (clawed back, or paid a debt), expired, owed (how much more is owed than before) and net
    (what wallets have more than before)."""
    leaves = (flows.source_place == "wallet") & (flows.target_place != "wallet")
    comes = (flows.target_place == "wallet") & (flows.source_place != "wallet")
    withdrawn = flows.kind.isin(["claw", "pay"])
    return (
        flows.group_by("asset", "local_month")
        .aggregate(
            issued=_sum(flows, comes & (flows.kind != "return")),
            returned=_sum(flows, comes & (flows.kind == "return")),
            used=_sum(flows, leaves & ~withdrawn & (flows.kind != "expire")),
            withdrawn=_sum(flows, leaves & withdrawn),
            expired=_sum(flows, leaves & (flows.kind == "expire")),
            owed=_sum(flows, flows.source_place == "debt") - _sum(flows, flows.target_place == "debt"),
            net=_sum(flows, comes) - _sum(flows, leaves),
        )
        .order_by("asset", "local_month")
    )


def lot_cohorts(lots: Table, uses: Table, until_day: int) -> Table:
    """A row for each asset and month of issue, in their order: asset, local_month, issued, used, expired,
    withdrawn, moved, as of the end of a day."""
    issued = lots.filter((lots.came == "issued") & (lots.local_day <= until_day))
    gone = _gone(uses, until_day)
    joined = issued.left_join(gone, issued.id == gone.lot_id)
    rows = joined.select(
        "asset", "local_month", issued=joined.units, **{way: _known(joined, way) for way in WAYS}
    )
    return (
        rows.group_by("asset", "local_month")
        .aggregate(**{name: rows[name].sum() for name in ("issued", *WAYS)})
        .order_by("asset", "local_month")
    )


def lots_alive(lots: Table, uses: Table, until_day: int) -> Table:
    """What was left of lots at the end of a day, held units with it; a row for each asset, way in which they
    came, day on which they came and day on which they expire (NULL: never), in that order: asset, came,
    local_month, local_day, expires_month, expires_day, units."""
    known = lots.filter(lots.local_day <= until_day)
    gone = _gone(uses, until_day)
    joined = known.left_join(gone, known.id == gone.lot_id)
    taken = _known(joined, WAYS[0])
    for way in WAYS[1:]:
        taken += _known(joined, way)
    names = ("asset", "came", "local_month", "local_day", "expires_month", "expires_day")
    rows = joined.select(*names, left=joined.units - taken)
    rows = rows.filter(rows.left > 0)
    found = rows.group_by(*names).aggregate(units=rows.left.sum())
    never = found.expires_day.isnull().cast("int64")
    return found.order_by("asset", "came", "local_day", never, "expires_day")


def lot_exits(lots: Table, uses: Table, until_day: int) -> Table:
    """At which age units left issued lots by the end of a day, in order: asset, age (days), used and other
    (expired, withdrawn or moved)."""
    left = _with_lots(lots, uses).filter(lambda row: (row.came == "issued") & (row.used_day <= until_day))
    return (
        left.group_by("asset", "age")
        .aggregate(used=_sum(left, left.way == "used"), other=_sum(left, left.way != "used"))
        .order_by("asset", "age")
    )


def burned(lots: Table, uses: Table) -> Table:
    """What was used in each month, of all lots, in order: asset, local_month, units, unit_days (the age of
    each unit, added up)."""
    used = _with_lots(lots, uses).filter(lambda row: row.way == "used")
    return (
        used.group_by("asset", "used_month")
        .aggregate(units=used.units.sum(), unit_days=(used.units * used.age).sum())
        .order_by("asset", "used_month")
        .rename(local_month="used_month")
    )


def _with_lots(lots: Table, uses: Table) -> Table:
    """Uses with their lot's asset and way of coming, and their age, which is not below 0: a use may be dated
    before the lot where history was brought in later."""
    whose = lots.select("asset", "came", number=lots.id, came_day=lots.local_day)
    joined = uses.join(whose, uses.lot_id == whose.number)
    age = ibis.greatest(joined.local_day - joined.came_day, ibis.literal(0, "int32")).cast("int64")
    return joined.select(
        "asset",
        "came",
        "way",
        "units",
        age=age,
        used_day=joined.local_day,
        used_month=joined.local_month,
    )


def _gone(uses: Table, until_day: int) -> Table:
    """What left each lot by the end of a day: lot_id and a column for each way."""
    known = uses.filter(uses.local_day <= until_day)
    return known.group_by("lot_id").aggregate(**{way: _sum(known, known.way == way) for way in WAYS})


def _known(joined: Table, name: str) -> Value:
    return ibis.coalesce(joined[name], ibis.literal(0, "int64"))


def _sum(table: Table, condition: Value) -> Value:
    nothing = ibis.literal(0, "int64")
    return ibis.coalesce(ibis.ifelse(condition, table.units, nothing).sum(), nothing)
