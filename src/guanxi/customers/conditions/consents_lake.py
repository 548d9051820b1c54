"""What statements of consent add up to (`consent.rules.decide`) in Ibis, for everybody.

Only the newest statement of each kind counts for the rule: who refused last as which profile, who could lift
that last, and when something that binds was last given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guanxi.customers.conditions.guarded import grown_ms
from guanxi.customers.consent.contracts import Renewal, Said, Why
from guanxi.kernel.conditions.features import Moment
from guanxi.kernel.conditions.windows import local_date
from guanxi.warehouse import comparisons
from guanxi.warehouse.queries import per_customer

Table = Any  # Ibis has no types that a checker could hold


@dataclass(frozen=True, slots=True)
class Asked:
    """A purpose on a channel ("" where it has none), the text that holds then, and when the next one does."""

    purpose: str
    channel: str
    renewal: Renewal
    renewed_ms: int | None


def verdicts(asked: Asked, tables: Mapping[str, Table], moment: Moment) -> Table:
    """A row for each customer who ever said something to it: customer_id, why (a word of `Why`), changes_ms
    (the next moment at which it may be another; NULL: never)."""
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    said = _statements(asked, tables, moment)
    standing = _standing(said)
    summed = _summed(said, moment)
    row = summed.left_join(standing, [("customer_id", "refuser")])

    def live(name: str) -> Any:
        return ibis.coalesce(row[name] > ibis.coalesce(row.no_ms, ibis.literal(-1, "int64")), False)

    refused = row.refusal.notnull()
    why = ibis.cases(
        (refused & (row.refusal % 2 == 1), Why.WITHDRAWN.value),
        (refused, Why.REFUSED.value),
        (~live("yes_ms"), Why.NOT_ASKED.value),
        (~live("bound_ms"), Why.GUARDIAN_MISSING.value),
        (~live("current_ms"), Why.PURPOSE_CHANGED.value),
        else_=Why.GIVEN.value,
    )
    changes = [row.next_ms]
    if asked.renewed_ms is not None:
        changes.append(ibis.literal(asked.renewed_ms, "int64"))
    return row.select("customer_id", why=why, changes_ms=comparisons.earliest(changes))


def _statements(asked: Asked, tables: Mapping[str, Table], moment: Moment) -> Table:
    """The statements to the purpose on the channel and on all channels, by customer: stated_with, said,
    at_ms, speaks_for, is_no, is_yes, binds, lifts, is_current."""
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    rows, people = tables["consents"], tables["customers"]
    here = rows.channel.isnull() | (rows.channel == asked.channel)
    rows = rows.filter((rows.purpose == asked.purpose) & here).mutate(stated_with=rows.subject_id)
    mine = per_customer(rows, tables["subject_map"])
    mine = mine.filter(mine.customer_id.notnull())  # else Ibis makes one join of this and the next
    children = people.filter(people.birth_year.notnull())
    children = children.select(child=children.customer_id, grown_ms=_grown_ms(children, moment))
    row = mine.left_join(children, [("customer_id", "child")])
    at_ms = row.occurred_ms
    past, given = at_ms <= moment.as_of_ms, row.said == Said.GIVEN.value
    binds = (row.guardian == 1) | (at_ms >= ibis.coalesce(row.grown_ms, ibis.literal(0, "int64")))
    current = ibis.ifelse(
        row.text_version > 0, row.text_version >= asked.renewal.version, at_ms >= asked.renewal.at_ms
    )
    return row.select(
        "customer_id",
        "stated_with",
        "said",
        "speaks_for",
        at_ms=at_ms,
        is_no=past & ~given,
        is_yes=past & given,
        binds=past & given & binds,
        lifts=past & given & binds & (row.first_hand == 1),
        is_current=past & given & binds & current,
    )


def _grown_ms(children: Table, moment: Moment) -> Any:
    return grown_ms(children, local_date(moment).year)


def _summed(said: Table, moment: Moment) -> Table:
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    def last(flag: Any) -> Any:
        return ibis.ifelse(flag, said.at_ms, ibis.null("int64")).max()

    return said.group_by("customer_id").aggregate(
        no_ms=last(said.is_no),
        yes_ms=last(said.is_yes),
        bound_ms=last(said.binds),
        current_ms=last(said.is_current),
        next_ms=ibis.ifelse(said.at_ms > moment.as_of_ms, said.at_ms, ibis.null("int64")).min(),
    )


def _standing(said: Table) -> Table:
    """Who has a refusal that nothing lifts: refuser, refusal (twice its moment, and one more for a
    withdrawal: of two at once the withdrawal counts)."""
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    noes = said.filter(said.is_no)
    noes = noes.group_by(["customer_id", "stated_with", "said"]).aggregate(no_ms=noes.at_ms.max())
    lifts = said.filter(said.lifts)
    lifts = lifts.group_by(["customer_id", "speaks_for"]).aggregate(lift_ms=lifts.at_ms.max())
    lifts = lifts.select(lifter=lifts.customer_id, spoken_for=lifts.speaks_for, lift_ms=lifts.lift_ms)
    pairs = noes.left_join(lifts, [("customer_id", "lifter")])
    mine = ibis.literal(",") + pairs.stated_with.cast("string") + ","
    lifted = ibis.coalesce((pairs.lift_ms > pairs.no_ms) & pairs.spoken_for.contains(mine), False)
    each = pairs.group_by(["customer_id", "stated_with", "said", "no_ms"]).aggregate(
        lifted=ibis.ifelse(lifted, 1, 0).max()
    )
    left = each.filter(each.lifted == 0)
    order = left.no_ms * 2 + ibis.ifelse(left.said == Said.WITHDRAWN.value, 1, 0)
    found = left.group_by("customer_id").aggregate(refusal=order.max())
    return found.select(refuser=found.customer_id, refusal=found.refusal)
