"""What the records show, whose it is, and what a perfect reader of the files could join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from guanxi.simulator import identities
from guanxi.simulator.catalogue import DOUYIN, JD, TMALL
from guanxi.simulator.mess import NOBODY, Sightings
from guanxi.simulator.people import Flags, Ints

T_TMALL, T_JD, T_DOUYIN, T_MEMBER, T_UNIONID, T_OPENID, T_PHONE = range(7)
SCHEMES = ("tmall", "jd", "douyin", "member", "unionid", identities.OPENID_SCHEME, "phone")
_SCHEME_BIT, _PHONE_BIT = 59, 28


@dataclass
class Kind:
    """One sort of records: orders, member rows or customer rows."""

    name: str
    sightings: Sightings
    channel: Ints


@dataclass
class Edges:
    """Which record shows which identity, and whose it is."""

    record: Ints
    owner: Ints
    scheme: Ints
    value: Ints  # the person of an account, or a phone number
    holder: Ints


@dataclass
class Ties:
    """Atoms (identity values), and which records and atoms the files prove to be one."""

    atom_of_edge: Ints
    first_edge_of_atom: Ints
    nameless: Flags  # atoms that are a phone without a name: they are everybody's who uses it
    phone_of_edge: Ints  # numbers the phones; 0 for other identities
    cluster_of_record: Ints  # 0: shows nothing
    cluster_of_edge: Ints


def edges_of(kinds: Sequence[Kind], wechat: Flags) -> Edges:
    """All identities that all records show."""
    parts: list[tuple[Ints, ...]] = []
    schemes: list[int] = []
    offset = 0
    for kind in kinds:
        seen = kind.sightings
        number = np.arange(offset, offset + len(seen.person), dtype=np.int64)
        none = np.zeros_like(number)
        shown = [(seen.account & (kind.channel == c), c) for c in (TMALL, JD, DOUYIN)]
        shown.append((seen.member, T_MEMBER))
        if kind.name == "member":
            shown += [(seen.member & wechat[seen.person], scheme) for scheme in (T_UNIONID, T_OPENID)]
        for flags, scheme in shown:
            parts.append((number[flags], seen.person[flags], seen.person[flags], none[flags]))
            schemes.append(scheme)
        legible = seen.phone > 0
        holder = seen.holder()
        parts.append((number[legible], seen.phone_owner[legible], seen.phone[legible], holder[legible]))
        buyer = (seen.buyer_phone > 0) & (seen.buyer_phone != seen.phone)
        parts.append((number[buyer], seen.person[buyer], seen.buyer_phone[buyer], none[buyer]))
        schemes += [T_PHONE, T_PHONE]
        offset += len(number)
    of_edge = np.repeat(np.array(schemes, dtype=np.int64), [len(part[0]) for part in parts])
    record, owner, value, holder = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Edges(record, owner, of_edge, value, holder)


def _sole_names(phone: Ints, holder: Ints, owner: Ints) -> Ints:
    """Holders where a nameless phone is read as its only name's, if only one person uses the phone: what a
    careful reader would do."""
    pairs = np.unique((phone << _PHONE_BIT) | holder)
    pairs = pairs[(pairs & ((1 << _PHONE_BIT) - 1)) > 0]
    phones, first, count = np.unique(pairs >> _PHONE_BIT, return_index=True, return_counts=True)
    sole = np.zeros(int(phone.max(initial=0)) + 1, dtype=np.int64)
    sole[phones[count == 1]] = pairs[first[count == 1]] & ((1 << _PHONE_BIT) - 1)
    known = owner != NOBODY
    users = np.unique((phone[known] << _PHONE_BIT) | owner[known]) >> _PHONE_BIT
    sole[np.bincount(users, minlength=len(sole)) > 1] = 0
    return np.where(holder == 0, sole[phone], holder)


def _components(left: Ints, right: Ints, lefts: int, rights: int) -> Ints:
    """The connected component of each right node of a bipartite graph, as its smallest right node."""
    right_label = np.arange(rights, dtype=np.int64)
    while True:
        left_label = np.full(lefts, rights, dtype=np.int64)
        np.minimum.at(left_label, left, right_label[right])
        after = right_label.copy()
        np.minimum.at(after, right, left_label[left])
        if np.array_equal(after, right_label):
            return right_label
        right_label = after


def tie(edges: Edges, person_of_record: Ints) -> Ties:
    """Factorises identities into atoms and joins, within each person, what their own records join."""
    is_phone = edges.scheme == T_PHONE
    _, phone = np.unique(np.where(is_phone, edges.value, 0), return_inverse=True)
    _, holder = np.unique(edges.holder, return_inverse=True)  # 0 is the smallest: no name
    scheme = edges.scheme << _SCHEME_BIT

    def keys(of_holder: Ints) -> Ints:
        return np.where(is_phone, scheme | (phone << _PHONE_BIT) | of_holder, scheme | edges.value)

    _, first_edge, atom = np.unique(keys(holder), return_index=True, return_inverse=True)
    joined = np.where(is_phone, _sole_names(phone, holder, edges.owner), holder)
    _, read_as = np.unique(keys(joined), return_inverse=True)
    own = (edges.owner == person_of_record[edges.record]) & (edges.owner != NOBODY)
    people = int(person_of_record.max(initial=0)) + 2
    _, node = np.unique(read_as * people + edges.owner + 1, return_inverse=True)
    node_label = _components(
        edges.record[own], node[own], len(person_of_record), int(node.max(initial=0)) + 1
    )
    ranks = _rank_within(np.where(own, edges.owner, NOBODY), node_label[node], own)
    cluster_of_record = np.zeros(len(person_of_record), dtype=np.int64)
    cluster_of_record[edges.record[own]] = ranks[own]
    nameless = is_phone[first_edge] & (edges.holder[first_edge] == 0)
    return Ties(atom, first_edge, nameless, phone, cluster_of_record, ranks)


def _rank_within(group: Ints, label: Ints, own: Flags) -> Ints:
    """Numbers 1, 2 … for the different labels within each group; 0 where not `own`."""
    rank = np.zeros(len(group), dtype=np.int64)
    order = np.lexsort((label, group))
    order = order[own[order]]
    if not len(order):
        return rank
    new_group = np.r_[True, group[order][1:] != group[order][:-1]]
    new_label = np.r_[True, label[order][1:] != label[order][:-1]] | new_group
    total = np.cumsum(new_label)
    start = np.maximum.accumulate(np.where(new_group, total - 1, 0))
    rank[order] = total - start
    return rank
