"""Writing down what was decided: who belongs to whom, which customers exist, what people should look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.db import connection

from guanxi.customers import held, hooks, store, traits
from guanxi.customers.contracts import ReviewState
from guanxi.customers.evidence import Doubt, Outcome, Reason
from guanxi.customers.hooks import What
from guanxi.customers.store import Row
from guanxi.kernel.clock import now_ms
from guanxi.platform.bulk import among, insert_rows

CUSTOMER_COLUMNS = {
    "id": "bigint",
    "brand_id": "bigint",
    "merged_into_id": "bigint",
    "created_ms": "bigint",
    "first_ms": "bigint",
    "last_ms": "bigint",
    "adcode": "integer",
    "gender": "text",
    "birthday": "text",
    "birthday_calendar": "text",
    "language": "text",
    "schemes": "integer",
    "orders": "integer",
    "revenue_fen": "bigint",
}
REPLACE_CUSTOMER = (
    "ON CONFLICT (id) DO UPDATE SET merged_into_id = excluded.merged_into_id, first_ms = excluded.first_ms, "
    "last_ms = excluded.last_ms, adcode = excluded.adcode, gender = excluded.gender, "
    "birthday = excluded.birthday, birthday_calendar = excluded.birthday_calendar, "
    "language = excluded.language, schemes = excluded.schemes"
)


class Settled(NamedTuple):
    created: int
    merged: int


class Settlement:
    """Outcomes of one call, gathered and then written at once. `fresh` subjects were inserted in this very
    transaction, so they had no customer before."""

    def __init__(self, brand_id: int, fresh: Collection[int], *, actor: str = "system") -> None:
        self.brand_id, self.fresh, self.actor = brand_id, fresh, actor
        self._rows: dict[int, Row] = {}
        self._root_of: dict[int, int] = {}
        self._moves: list[tuple[object, ...]] = []
        self._flags: list[tuple[bool, bool, int]] = []
        self._doubts: list[Doubt] = []
        self._reasons: dict[int, Reason] = {}

    def add(self, rows: Mapping[int, Row], core: Collection[int], outcome: Outcome) -> None:
        for reason in outcome.reasons:
            for number in (reason.a, reason.b):
                self._reasons.setdefault(number, reason)
        for number in core:
            row, root = rows[number], outcome.root_of[number]
            self._rows[number], self._root_of[number] = row, root
            if row.customer_id != root and number not in self.fresh:
                self._moves.append(self._move(number, row.customer_id, root))
            contested = number in outcome.contested
            crowded = row.crowded or number in outcome.crowded
            if (contested, crowded) != (row.contested, row.crowded):
                self._flags.append((contested, crowded, number))
        self._doubts += outcome.doubts

    def write(self) -> Settled:
        if not self._rows:
            return Settled(0, 0)
        changed = [(root, n) for n, root in self._root_of.items() if self._rows[n].customer_id != root]
        store.update_many(
            "UPDATE customers_subject SET customer_id = v.c1 WHERE id = v.c2",
            "bigint bigint",
            sorted(changed),
        )
        store.update_many(
            "UPDATE customers_subject SET contested = v.c1, crowded = v.c2 WHERE id = v.c3",
            "boolean boolean bigint",
            self._flags,
        )
        insert_rows(
            "customers_subjectmove",
            {
                "brand_id": "bigint",
                "subject_id": "bigint",
                "from_customer_id": "bigint",
                "customer_id": "bigint",
                "reason": "text",
                "actor": "text",
                "at_ms": "bigint",
            },
            self._moves,
        )
        self._write_reviews()
        settled = self._write_customers()
        if len(hooks.AFTER_CHANGE):
            before = {row.customer_id for row in self._rows.values() if row.id not in self.fresh}
            hooks.changed(self.brand_id, What.IDENTITY, before.union(self._root_of.values()))
        return settled

    def _move(self, number: int, before: int, root: int) -> tuple[object, ...]:
        reason = self._reasons.get(number)
        why = f"{reason.code}:{reason.a}:{reason.b}" if reason else "split"
        return (self.brand_id, number, before, root, why, self.actor, now_ms())

    # -------------------------------------------------------------- customers

    def _write_customers(self) -> Settled:
        members: dict[int, list[Row]] = defaultdict(list)
        for number, root in self._root_of.items():
            members[root].append(self._rows[number])
        anchored = {root for root, rows in members.items() if any(row.anchored for row in rows)}
        before = {row.customer_id for row in self._rows.values() if row.id not in self.fresh}
        living = self._living(before)
        rows = [self._customer(root, members[root]) for root in sorted(anchored)]
        insert_rows("customers_customer", CUSTOMER_COLUMNS, rows, on_conflict=REPLACE_CUSTOMER)
        heir_of = {customer: self._heir(customer, members, anchored) for customer in living}
        store.update_many(
            "UPDATE customers_customer SET merged_into_id = v.c1 WHERE id = v.c2",
            "bigint bigint",
            sorted((heir, customer) for customer, heir in heir_of.items() if customer not in anchored),
        )
        heirs = set(heir_of.values())
        return Settled(created=len(anchored - heirs), merged=len(living) - len(heirs))

    def _living(self, customers: Collection[int]) -> list[int]:
        """Which of the customers exist and are not merged into another one."""
        if not customers:
            return []
        condition, parameter = among("id", customers)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM customers_customer WHERE {condition} AND brand_id = %s "
                "AND merged_into_id IS NULL",
                [parameter, self.brand_id],
            )
            return [row[0] for row in cursor.fetchall()]

    def _customer(self, root: int, rows: Collection[Row]) -> tuple[object, ...]:
        return customer_row(
            self.brand_id,
            root,
            (min(row.first_ms for row in rows), max(row.last_ms for row in rows)),
            traits.profile(traits.unpacked(row.traits) for row in rows),
            held.bits(row.scheme for row in rows),
        )

    def _heir(self, customer: int, members: Mapping[int, list[Row]], anchored: set[int]) -> int:
        """Where a customer's old address leads: the person its own subject is now, or else the first of
        those its facts went to."""
        own = self._root_of.get(customer, customer)
        if own in anchored:
            return own
        heirs = (root for root in anchored if any(row.customer_id == customer for row in members[root]))
        return min(heirs, default=own)

    # -------------------------------------------------------------- reviews

    def _write_reviews(self) -> None:
        """Open what is doubted now; close as outdated what no longer is. People's decisions stay."""
        condition, parameter = among("a_id", list(self._rows))
        doubted = {(doubt.a, doubt.b, doubt.code) for doubt in self._doubts}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, a_id, b_id, code FROM customers_review WHERE {condition} AND brand_id = %s "
                "AND state = %s",
                [parameter, self.brand_id, ReviewState.OPEN],
            )
            stored = cursor.fetchall()
            settled = [
                row[0]
                for row in stored
                if (row[1], row[2], row[3]) not in doubted and not row[3].startswith("shop_")
            ]
            if settled:
                condition, parameter = among("id", settled)
                cursor.execute(
                    f"UPDATE customers_review SET state = %s WHERE {condition}",
                    [ReviewState.OUTDATED, parameter],
                )
        known = {(row[1], row[2], row[3]) for row in stored}
        insert_rows(
            "customers_review",
            {
                "brand_id": "bigint",
                "a_id": "bigint",
                "b_id": "bigint",
                "code": "text",
                "detail": "jsonb",
                "state": "text",
                "created_ms": "bigint",
                "decided_by": "text",
                "decided_ms": "bigint",
            },
            [
                (self.brand_id, *doubt, "{}", ReviewState.OPEN.value, now_ms(), "", 0)
                for doubt in sorted(doubted - known)
            ],
            on_conflict="ON CONFLICT (a_id, b_id, code) DO UPDATE SET state = excluded.state "
            f"WHERE customers_review.state = '{ReviewState.OUTDATED.value}'",
        )


def customer_row(
    brand_id: int, root: int, seen_ms: tuple[int, int], profile: traits.Profile, schemes: int
) -> tuple[object, ...]:
    """A row of `CUSTOMER_COLUMNS`; `seen_ms` is when first and last."""
    return (
        root,
        brand_id,
        None,
        now_ms(),
        *seen_ms,
        profile.adcode,
        profile.gender,
        profile.birthday,
        profile.birthday_calendar,
        profile.language,
        schemes,
        0,
        0,
    )
