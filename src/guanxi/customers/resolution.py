"""Sightings to subjects and customers: what is known is counted, what is new or contested is decided.

The result is that of deciding everything from all evidence (`recompute`), however the evidence was split
into batches and in whatever order it came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import connection

from guanxi.customers import denials, held, hooks, prefixes, rules, store, traits
from guanxi.customers.closure import Closure
from guanxi.customers.contracts import Resolution, Sighting
from guanxi.customers.gathering import Batch, Detail, Key, gather
from guanxi.customers.hooks import What
from guanxi.customers.rules import decide
from guanxi.customers.settling import CUSTOMER_COLUMNS, Settled, Settlement, customer_row
from guanxi.customers.store import Row
from guanxi.platform.bulk import insert_rows
from guanxi.platform.vault import Field, Fields, Seen, indexer, seal_many

RECOMPUTED_AT_ONCE = 2_000


def resolve(brand_id: int, sightings: Sequence[Sighting]) -> Resolution:
    """Subjects for a batch of sightings, inside the caller's transaction and turn to write.

    Pass new facts only: evidence is counted. `subject_ids[i]` is None where the i-th sighting carries no
    identity. Raises KeyMissing or KeyWrong where the vault cannot be written; then nothing is.
    """
    return resolve_batch(gather(brand_id, sightings, indexer()))


def resolve_batch(batch: Batch) -> Resolution:
    """The same for sightings gathered before, perhaps by another process."""
    if not batch.keys:
        return Resolution([None] * len(batch.primary), 0, 0)
    work = _Work(batch)
    settled = work.done()
    ids = work.ids
    return Resolution(
        [ids[position] if position >= 0 else None for position in batch.primary],
        settled.created,
        settled.merged,
    )


def recompute(brand_id: int) -> Settled:
    """Decide everything anew from all evidence of a brand, a part at a time. Changes nothing where the
    cached decisions are right; `guanxi doctor` and repairs use it."""
    total = Settled(0, 0)
    after = 0
    seen: set[int] = set()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM customers_subject WHERE brand_id = %s AND id > %s ORDER BY id LIMIT %s",
                [brand_id, after, RECOMPUTED_AT_ONCE],
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return total
        after = ids[-1]
        part, core = settle(brand_id, set(ids) - seen, heed_crowded=False)
        seen |= {number for number in core if number > after}
        total = Settled(total.created + part.created, total.merged + part.merged)


def settle(
    brand_id: int,
    seeds: Collection[int],
    *,
    fresh: Collection[int] = (),
    actor: str = "system",
    heed_crowded: bool = True,
) -> tuple[Settled, set[int]]:
    """Decide the raw components around `seeds` and write down what changed; also which subjects they held."""
    if not seeds:
        return Settled(0, 0), set()
    closure = Closure(brand_id, heed_crowded=heed_crowded)
    closure.grow(seeds)
    settlement = Settlement(brand_id, fresh, actor=actor)
    for evidence in closure.components():
        settlement.add(closure.rows, evidence.core, decide(evidence))
    return settlement.write(), closure.core


class _Work:
    """One batch on its way into the database. Lists are by position, as in the batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.brand_id = batch.brand_id
        self.rows: dict[int, Row] = {}  # known subjects by position
        self.grouped: set[tuple[str, str]] = set()  # contacts known under some holder
        self.crowded: set[tuple[str, str]] = set()  # and those of them that are a shop's
        position_of = dict(zip(batch.keys, range(len(batch.keys)), strict=True))
        wanted = dict.fromkeys([(scheme, key) for scheme, key, _ in batch.keys])
        for row in store.find_subjects(self.brand_id, wanted):
            position = position_of.get((row.scheme, row.key, row.holder))
            if position is not None:
                self.rows[position] = row
            self.grouped.add((row.scheme, row.key))
            if row.crowded:
                self.crowded.add((row.scheme, row.key))
        self._heed_corrections(position_of)
        self.new = [position for position in range(len(batch.keys)) if position not in self.rows]
        self._place_new_phones()
        fresh_ids = store.new_subject_ids(len(self.new)) if self.new else []
        self.ids = [0] * len(batch.keys)
        for position, row in self.rows.items():
            self.ids[position] = row.id
        for position, number in zip(self.new, fresh_ids, strict=True):
            self.ids[position] = number

    def _heed_corrections(self, position_of: dict[Key, int]) -> None:
        """A contact that was corrected, under the name it was corrected for, is its person's of old."""
        unknown = [key for key, position in position_of.items() if position not in self.rows]
        instead = denials.instead_of(self.brand_id, unknown)
        rows = {row.id: row for row in store.load_subjects(self.brand_id, set(instead.values()))}
        for key, subject in instead.items():
            if subject in rows:
                self.rows[position_of[key]] = rows[subject]

    def done(self) -> Settled:
        simple, seeds = self._sorted_out()
        hashes = self._details_to_seal()
        self._insert_new(simple, hashes)
        seeds |= self._update_known(hashes)
        created = self._insert_customers(simple)
        seeds |= self._add_ties()
        self._touch_customers()
        fresh = {self.ids[position] for position in self.new}
        settled, _ = settle(self.brand_id, seeds, fresh=fresh)
        if len(hooks.AFTER_CHANGE):
            self._tell(simple)
        return Settled(settled.created + created, settled.merged)

    def _tell(self, simple: dict[int, int]) -> None:
        """Who is new, and who was seen again: a set of numbers a batch. Of whom the rules move, `settle`
        tells."""
        customers = {self.ids[root] for root in simple.values()}
        customers |= {row.customer_id for row in self.rows.values()}
        hooks.changed(self.brand_id, What.PROFILE, customers)

    # -------------------------------------------------------------- new subjects

    def _place_new_phones(self) -> None:
        """Where a phone was sold never changes, so only new ones are asked for it."""
        batch = self.batch
        for position in self.new:
            if batch.keys[position][0] == "phone" and (city := prefixes.adcode(batch.plain[position])):
                given, sold_in = batch.traits.get(position), traits.sold_in(city)
                batch.traits[position] = traits.merged(given, sold_in) if given else sold_in

    def _sorted_out(self) -> tuple[dict[int, int], set[int]]:
        """New subjects that are obviously one person each (position → position of the person's smallest
        subject), and the ids of those that need the rules."""
        batch = self.batch
        parent = {position: position for position in self.new}

        def find(position: int) -> int:
            while parent[position] != position:
                parent[position] = position = parent[parent[position]]
            return position

        for a, b in batch.ties:
            if a in parent and b in parent:
                x, y = find(a), find(b)
                parent[max(x, y)] = min(x, y)
        groups: dict[int, list[int]] = defaultdict(list)
        for position in self.new:
            groups[find(position)].append(position)
        suspects = self._suspects(groups)
        seeds = {self.ids[position] for root in suspects for position in groups[root]}
        simple = {p: root for root, members in groups.items() if root not in suspects for p in members}
        return simple, seeds

    def _suspects(self, groups: dict[int, list[int]]) -> set[int]:
        """Groups of new subjects to which some rule might object: any that touches what is known, has two
        subjects of a scheme, two names or two birthdays, shares a phone with another group, or is large
        enough for a crowd."""
        suspects: set[int] = set()
        crowd = min(rules.MAX_ACCOUNTS_PER_CONTACT, rules.MAX_TIES_PER_ACCOUNT)
        parts: dict[tuple[str, str], int] = {}
        for root, members in groups.items():
            schemes, names = set(), set()
            birthdays = 0
            for position in members:
                scheme, key, holder = self.batch.keys[position]
                schemes.add(scheme)
                if holder:
                    names.add(holder)
                birthdays += "birthday" in self.batch.traits.get(position, ())
                if (scheme, key) in self.grouped:
                    suspects.add(root)
                elif scheme in {"phone", "email"}:
                    other = parts.setdefault((scheme, key), root)
                    if other != root:
                        suspects |= {root, other}
            if len(schemes) < len(members) or len(names) > 1 or birthdays > 1 or len(members) > crowd:
                suspects.add(root)
        suspects |= self._tied_to_known(groups)
        return suspects

    def _tied_to_known(self, groups: dict[int, list[int]]) -> set[int]:
        root_of = {position: root for root, members in groups.items() for position in members}
        found = set()
        for a, b in self.batch.ties:
            if (a in root_of) != (b in root_of):
                found.add(root_of[a] if a in root_of else root_of[b])
        return found

    def _insert_new(self, simple: dict[int, int], hashes: dict[int, int]) -> None:
        batch = self.batch
        rows = []
        for position in self.new:
            scheme, key, holder = batch.keys[position]
            number = self.ids[position]
            rows.append(
                (
                    number,
                    self.brand_id,
                    scheme,
                    key,
                    holder,
                    self.ids[simple[position]] if position in simple else number,
                    batch.first_ms[position],
                    batch.own_last_ms.get(position, 0),
                    position in batch.own_last_ms,
                    False,
                    (scheme, key) in self.crowded,
                    hashes.get(position, 0),
                    traits.packed(batch.traits.get(position, {})),
                )
            )
        store.insert_subjects(rows)

    def _insert_customers(self, simple: dict[int, int]) -> int:
        batch = self.batch
        members: dict[int, list[int]] = defaultdict(list)
        for position, root in simple.items():
            members[root].append(position)
        rows = []
        for root, positions in members.items():
            last_ms = max((batch.own_last_ms[p] for p in positions if p in batch.own_last_ms), default=None)
            if last_ms is None:
                continue
            profile = traits.profile(batch.traits[p] for p in positions if p in batch.traits)
            first_ms = min(batch.first_ms[p] for p in positions)
            schemes = held.bits(batch.keys[p][0] for p in positions)
            rows.append(customer_row(self.brand_id, self.ids[root], (first_ms, last_ms), profile, schemes))
        insert_rows("customers_customer", CUSTOMER_COLUMNS, rows)
        return len(rows)

    # -------------------------------------------------------------- known subjects

    def _update_known(self, hashes: dict[int, int]) -> set[int]:
        """Write what changed of known subjects; the ids of those that must be decided again."""
        batch, seeds, rows = self.batch, set(), []
        repeated: list[tuple[Row, traits.Observed]] = []
        for position, row in self.rows.items():
            anchored = row.anchored or position in batch.own_last_ms
            first_ms = min(row.first_ms, batch.first_ms[position])
            last_ms = max(row.last_ms, batch.own_last_ms.get(position, 0))
            text, changed = row.traits, False
            if position in batch.traits:
                text, changed, newer = _with_traits(text, batch.traits[position])
                if newer and not changed:
                    repeated.append((row, newer))
            sealed = hashes.get(position, row.sealed_hash)
            if row.contested or changed or anchored != row.anchored:
                seeds.add(row.id)
            present = (row.first_ms, row.last_ms, bool(row.anchored), row.sealed_hash, row.traits)
            if (first_ms, last_ms, anchored, sealed, text) != present:
                rows.append((first_ms, last_ms, anchored, sealed, text, row.id))
        store.update_many(
            "UPDATE customers_subject SET first_ms = v.c1, last_ms = v.c2, anchored = v.c3, "
            "sealed_hash = v.c4, traits = v.c5 WHERE id = v.c6",
            "bigint bigint boolean bigint text bigint",
            rows,
        )
        return seeds | self._outvoted(repeated)

    def _outvoted(self, repeated: list[tuple[Row, traits.Observed]]) -> set[int]:
        """Subjects that say again what they said, of customers whose profile has another subject's word."""
        known = store.load_profiles(self.brand_id, {row.customer_id for row, _ in repeated})
        return {
            row.id
            for row, newer in repeated
            if row.customer_id not in known or not traits.holds(known[row.customer_id], newer)
        }

    def _touch_customers(self) -> None:
        """First and last seen of known customers."""
        batch = self.batch
        seen: dict[int, tuple[int, int]] = {}
        for position, row in self.rows.items():
            first_ms, last_ms = batch.first_ms[position], batch.own_last_ms.get(position, 0)
            if first_ms < row.first_ms or last_ms > row.last_ms:
                present = seen.get(row.customer_id, (first_ms, 0))
                seen[row.customer_id] = (min(present[0], first_ms), max(present[1], last_ms))
        store.update_many(
            "UPDATE customers_customer SET first_ms = min(customers_customer.first_ms, v.c1), "
            "last_ms = max(customers_customer.last_ms, v.c2) WHERE id = v.c3",
            "bigint bigint bigint",
            [(*times, customer) for customer, times in seen.items()],
        )

    def _add_ties(self) -> set[int]:
        ids = self.ids
        ties = [
            (min(ids[a], ids[b]), max(ids[a], ids[b]), n, first_ms, last_ms)
            for (a, b), (n, first_ms, last_ms) in self.batch.ties.items()
        ]
        fresh = store.add_ties(self.brand_id, ties)
        known = {row.id for row in self.rows.values()}
        return {number for pair in fresh if known.intersection(pair) for number in pair}

    # -------------------------------------------------------------- the vault

    def _details_to_seal(self) -> dict[int, int]:
        """Seal what is new of personal details; the blind index of each subject's details by position."""
        batch = self.batch
        hashes: dict[int, int] = {}
        fields: dict[int, Fields] = {}
        for position in {*self.new, *batch.details}:
            detail = batch.details.get(position)
            row = self.rows.get(position)
            if detail is not None:
                if row is not None and row.sealed_hash == detail.mark:
                    continue
                hashes[position] = detail.mark
            if given := self._fields(position, detail, is_new=row is None):
                fields[self.ids[position]] = given
        grams = {
            self.ids[position]: batch.details[position].grams
            for position in self.new
            if position in batch.details
        }
        new = {self.ids[position] for position in self.new}
        seal_many(self.brand_id, fields, new=new, name_grams=grams)
        return hashes

    def _fields(self, position: int, detail: Detail | None, *, is_new: bool) -> Fields:
        given: dict[Field, Seen] = {}
        if is_new and (plain := self.batch.plain[position]):
            field: Field = "phone" if self.batch.keys[position][0] == "phone" else "email"
            given[field] = Seen(plain, self.batch.first_ms[position])
        if detail is not None and detail.name:
            given["name"] = Seen(detail.name, detail.name_at_ms)
        if detail is not None and detail.address:
            given["address"] = Seen(detail.address, detail.address_at_ms)
        return given


def _with_traits(text: str, given: traits.Observed) -> tuple[str, bool, traits.Observed]:
    """Packed traits with newer ones, whether any of them says something else now, and the newer ones."""
    known = traits.unpacked(text)
    total = traits.merged(known, given)
    newer = {trait: seen for trait, seen in total.items() if known.get(trait) != seen}
    if not newer:
        return text, False, newer
    changed = any(trait not in known or known[trait][0] != seen[0] for trait, seen in newer.items())
    return traits.packed(total), changed, newer
