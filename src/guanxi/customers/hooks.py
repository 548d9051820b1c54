"""What upper rooms learn of customers, inside the transaction that changed them.

Two things: which customers are to be looked at again (`AFTER_CHANGE`), and what is to be written to the log
(`TELLERS`). Where nobody registered, nothing is gathered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from guanxi.kernel.registries import Registry


class What(StrEnum):
    """What is different about some customers; conditions name their topics by the same words."""

    PROFILE = (
        "profile"  # new, or seen again: first and last seen, and where a record says so city and the like
    )
    IDENTITY = "identity"  # decided anew: identities, and so the profile that they add up to, may differ
    TAG = "tag"
    PREFERENCE = "preference"
    CONSENT = "consent"
    PLACE = "place"  # a brand's stores and its own word on cities


class CustomersChanged(NamedTuple):
    """`customer_ids` may hold customers that were merged away, and some of whom nothing changed after all;
    None is everybody."""

    brand_id: int
    what: What
    customer_ids: Collection[int] | None


class AfterChange(NamedTuple):
    """`apply` runs in the transaction of the change; what it raises undoes it. It must be quick: an import
    calls it for every batch."""

    name: str
    apply: Callable[[CustomersChanged], None]


class Happening(NamedTuple):
    """A fact that this room knows first: of a kind of the log, with its payload."""

    kind: str
    subject_id: int
    at_ms: int
    payload: Mapping[str, object]


class Teller(NamedTuple):
    """`write(brand_id, happenings, live)` puts facts into the log; `live` is False for history."""

    name: str
    write: Callable[[int, Sequence[Happening], bool], None]


AFTER_CHANGE: Registry[AfterChange] = Registry("hook after a change of customers", lambda hook: hook.name)
TELLERS: Registry[Teller] = Registry("teller of facts", lambda teller: teller.name)


def changed(brand_id: int, what: What, customer_ids: Collection[int] | None) -> None:
    """Tell the rooms above. Callers hold the brand's turn."""
    if customer_ids is None or customer_ids:
        for hook in AFTER_CHANGE:
            hook.apply(CustomersChanged(brand_id, what, customer_ids))


def tell(brand_id: int, happenings: Sequence[Happening], *, live: bool = True) -> None:
    """Write facts to the log, where there is one."""
    if happenings:
        for teller in TELLERS:
            teller.write(brand_id, happenings, live)
