"""Who is who: the truth beside the files, in the format that docs/guide/simulator.md describes."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from guanxi.simulator import identities, names, places
from guanxi.simulator.catalogue import CHANNELS
from guanxi.simulator.mess import ALIAS, MASKED, NOBODY, PLACEHOLDER, TITLE, holder_name
from guanxi.simulator.orders import PARTLY_RETURNED, RETURNED, Orders
from guanxi.simulator.people import Flags, Ints, People
from guanxi.simulator.ties import SCHEMES, T_PHONE, Edges, Kind, Ties, edges_of, tie

CHUNK = 20_000
_CHANNELS = (*CHANNELS, "members")


class Writer(Protocol):
    def writerow(self, row: Sequence[object], /) -> object: ...


@contextmanager
def gzipped(path: Path) -> Iterator[Writer]:
    """A CSV writer into a gzip file that is the same for the same rows."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=3) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        yield csv.writer(text, lineterminator="\n")


def person_code(person: int) -> str:
    return "" if person == NOBODY else f"P{person:07d}"


def _cluster_code(person: int, cluster: int) -> str:
    return f"P{person:07d}.{cluster}" if cluster and person != NOBODY else ""


@dataclass(frozen=True)
class Truth:
    """All that was drawn, what the files show of it, and what that ties together."""

    folder: Path
    people: People
    orders: Orders
    kinds: Sequence[Kind]
    refs: Sequence[Sequence[str]]  # the number of each record of each kind, as its file writes it
    edges: Edges
    ties: Ties
    seed: int

    @classmethod
    def of(
        cls,
        folder: Path,
        *,
        people: People,
        orders: Orders,
        kinds: Sequence[Kind],
        refs: Sequence[Sequence[str]],
        wechat: Flags,
        seed: int,
    ) -> Truth:
        edges = edges_of(kinds, wechat)
        ties = tie(edges, np.concatenate([kind.sightings.person for kind in kinds]))
        return cls(folder, people, orders, kinds, refs, edges, ties, seed)

    def write(self) -> dict[str, int]:
        """Writes records, identities and people, and counts the records of each case."""
        self.folder.mkdir(parents=True, exist_ok=True)
        cases = _write_records(self)
        _write_identities(self)
        _write_people(self)
        return cases

    def value(self, scheme: int, value: int) -> str:
        """An identity as text, normalised."""
        if scheme == T_PHONE:
            return identities.phone(value)
        writers = (
            lambda: identities.tmall(self.people, value),
            lambda: identities.jd(value),
            lambda: identities.douyin(value),
            lambda: identities.member(value),
            lambda: identities.unionid(self.seed, value),
            lambda: identities.openid(self.seed, value),
        )
        return writers[scheme]()


def phones_in_question(people: People) -> tuple[Ints, Ints]:
    """(recycled, shared by a family) numbers, sorted."""
    recycled = people.phone[people.previous_owner != NOBODY]
    shared = people.phone[people.household != np.arange(len(people))]
    return np.unique(recycled), np.unique(shared)


def _cases(kind: Kind, people: People, orders: Orders) -> list[tuple[str, Flags]]:
    seen = kind.sightings
    number = np.where(seen.phone > 0, seen.phone, seen.hidden_phone)
    recycled, shared = phones_in_question(people)
    named = seen.person != NOBODY
    moved = named & (people.later_phone[seen.person] > 0) & (seen.at >= people.changed_at[seen.person])
    cases = [
        ("masked_phone", seen.hidden_phone > 0),
        ("masked_name", seen.name_style == MASKED),
        ("typo", seen.typo),
        ("recycled", np.isin(number, recycled)),
        ("family", np.isin(number, shared)),
        ("gift", seen.gift),
        ("shop_phone", seen.shop != NOBODY),
        ("placeholder", np.isin(seen.name_style, (PLACEHOLDER, TITLE))),
        ("alias", seen.name_style == ALIAS),
        ("changed_phone", moved),
    ]
    if kind.name == "order":
        cases.append(("returned", np.isin(orders.state, (RETURNED, PARTLY_RETURNED))))
    return cases


def _write_records(truth: Truth) -> dict[str, int]:
    edges, ties = truth.edges, truth.ties
    by_record = np.argsort(edges.record, kind="stable")
    bounds = np.searchsorted(edges.record[by_record], np.arange(len(ties.cluster_of_record) + 1))
    counts: dict[str, int] = {}
    offset = 0
    ambiguous = _ambiguous_records(edges, ties)
    with gzipped(truth.folder / "records.csv.gz") as out:
        out.writerow(["channel", "kind", "ref", "at", "person", "cluster", "identities", "cases"])
        for kind, refs in zip(truth.kinds, truth.refs, strict=True):
            seen, size = kind.sightings, len(kind.sightings.person)
            cases = _cases(kind, truth.people, truth.orders)
            cases.append(("ambiguous", ambiguous[offset : offset + size]))
            for name, flags in cases:
                counts[name] = counts.get(name, 0) + int(flags.sum())
            for start in range(0, size, CHUNK):
                stop = min(start + CHUNK, size)
                low = bounds[offset + start : offset + stop + 1].tolist()
                shown = _identity_texts(truth, by_record[low[0] : low[-1]])
                flagged = [(name, flags[start:stop].tolist()) for name, flags in cases]
                cluster = ties.cluster_of_record[offset + start : offset + stop]
                columns = (part[start:stop].tolist() for part in (kind.channel, seen.at, seen.person))
                for n, (channel, at, person, tied) in enumerate(zip(*columns, cluster.tolist(), strict=True)):
                    out.writerow(
                        [
                            _CHANNELS[channel], kind.name, refs[start + n], identities.stamp(at),
                            person_code(person), _cluster_code(person, tied),
                            "|".join(shown[low[n] - low[0] : low[n + 1] - low[0]]),
                            "|".join(name for name, flags in flagged if flags[n]),
                        ]
                    )  # fmt: skip
            offset += size
    return counts


def _ambiguous_records(edges: Edges, ties: Ties) -> Flags:
    """Records that show nothing but a phone without a name that several people use: nobody can know whose
    they are."""
    shared = np.isin(ties.phone_of_edge, sorted(_users_of_phones(edges, ties)))
    vague = shared & ties.nameless[ties.atom_of_edge]
    records = len(ties.cluster_of_record)
    shown = np.bincount(edges.record, minlength=records)
    return np.asarray((shown > 0) & (np.bincount(edges.record, vague, records) == shown))


def _identity_texts(truth: Truth, which: Ints) -> list[str]:
    columns = (part[which].tolist() for part in (truth.edges.scheme, truth.edges.value, truth.edges.holder))
    return [
        f"{SCHEMES[scheme]}:{truth.value(scheme, value)}" + (f"/{holder_name(holder)}" if holder else "")
        for scheme, value, holder in zip(*columns, strict=True)
    ]


def _atom_cases(truth: Truth) -> list[tuple[str, Flags]]:
    """Which identities are messy, and how."""
    edges, ties, atoms = truth.edges, truth.ties, len(truth.ties.first_edge_of_atom)
    all_seen = [kind.sightings for kind in truth.kinds]
    record = edges.record
    shown = np.concatenate([seen.phone for seen in all_seen])[record]
    receiver = (edges.scheme == T_PHONE) & (edges.value == shown)
    of_edges = {
        "typo": receiver & np.concatenate([seen.typo for seen in all_seen])[record],
        "shop_phone": receiver & (np.concatenate([seen.shop for seen in all_seen]) != NOBODY)[record],
        "gift_receiver": receiver & np.concatenate([seen.gift for seen in all_seen])[record],
    }
    cases = [(name, np.bincount(ties.atom_of_edge, flags, atoms) > 0) for name, flags in of_edges.items()]
    first = ties.first_edge_of_atom
    is_phone = edges.scheme[first] == T_PHONE
    recycled, shared = phones_in_question(truth.people)
    for name, numbers in (("recycled", recycled), ("family", shared)):
        cases.append((name, is_phone & np.isin(edges.value[first], numbers)))
    return cases


def _users_of_phones(edges: Edges, ties: Ties) -> dict[int, list[int]]:
    """The people who are seen under a phone, for phones with more than one."""
    known = (edges.scheme == T_PHONE) & (edges.owner != NOBODY)
    pairs = np.unique(np.stack([ties.phone_of_edge[known], edges.owner[known]], axis=1), axis=0)
    phones, count = np.unique(pairs[:, 0], return_counts=True)
    users: dict[int, list[int]] = {}
    for phone, person in pairs[np.isin(pairs[:, 0], phones[count > 1])].tolist():
        users.setdefault(phone, []).append(person)
    return users


def _write_identities(truth: Truth) -> None:
    edges, ties = truth.edges, truth.ties
    first, atoms = ties.first_edge_of_atom, len(ties.first_edge_of_atom)
    records = np.bincount(ties.atom_of_edge, minlength=atoms)
    cases = _atom_cases(truth)
    order = np.lexsort((edges.owner, ties.atom_of_edge))
    order = order[edges.owner[order] != NOBODY]
    users = _users_of_phones(edges, ties)
    bounds = np.searchsorted(ties.atom_of_edge[order], np.arange(atoms + 1))
    with gzipped(truth.folder / "identities.csv.gz") as out:
        out.writerow(["scheme", "value", "holder", "persons", "cluster", "records", "cases"])
        for start in range(0, atoms, CHUNK):
            stop = min(start + CHUNK, atoms)
            part, low = first[start:stop], bounds[start : stop + 1].tolist()
            mine = order[low[0] : low[-1]]
            owners, clusters = edges.owner[mine].tolist(), ties.cluster_of_edge[mine].tolist()
            flagged = [(name, flags[start:stop].tolist()) for name, flags in cases]
            nameless, phones = ties.nameless[start:stop].tolist(), ties.phone_of_edge[part].tolist()
            columns = (
                column.tolist()
                for column in (edges.scheme[part], edges.value[part], edges.holder[part], records[start:stop])
            )
            for n, (scheme, value, holder, count) in enumerate(zip(*columns, strict=True)):
                inner = slice(low[n] - low[0], low[n + 1] - low[0])
                shared = users.get(phones[n]) if nameless[n] else None
                persons = shared or sorted(set(owners[inner]))
                out.writerow(
                    [
                        SCHEMES[scheme], truth.value(scheme, value), holder_name(holder),
                        "|".join(map(person_code, persons)),
                        _cluster_code(persons[0], max(clusters[inner])) if len(persons) == 1 else "",
                        count, "|".join(name for name, flags in flagged if flags[n]),
                    ]
                )  # fmt: skip


def _write_people(truth: Truth) -> None:
    people = truth.people
    header = ["person", "name", "gender", "birthday", "birthday_calendar", "city", "adcode", "language"]
    with gzipped(truth.folder / "people.csv.gz") as out:
        out.writerow([*header, "household", "phones"])
        for n in range(len(people)):
            phones = [int(people.phone[n]), int(people.later_phone[n])]
            out.writerow(
                [
                    person_code(n), names.write(int(people.name[n])), "f" if people.female[n] else "m",
                    np.datetime64(int(people.born[n]), "D"), "lunar" if people.lunar[n] else "solar",
                    places.CITIES[people.city[n]], places.ADCODES[people.city[n]],
                    ("zh-CN", "zh-HK", "en")[people.language[n]], person_code(int(people.household[n])),
                    "|".join(identities.phone(phone) for phone in phones if phone),
                ]
            )  # fmt: skip
