"""What all known customers together left."""

from __future__ import annotations

import ibis

from guanxi.economics.metrics.base import PAID, REFUNDED, Table, facts_of, sum_if, total
from guanxi.economics.metrics.histories import Margins, per_mille


def earned(touchpoints: Table, until_day: int, margins: Margins | None = None) -> Table:
    """One row, of facts with a subject until that local day: revenue_fen of paid orders, margin_mfen
    (thousandths of a minor unit: orders less refunds, each at its margin)."""
    facts = facts_of(touchpoints, [PAID, REFUNDED])
    facts = facts.filter(facts.subject_id.notnull() & (facts.local_day <= until_day))
    is_order = facts.kind == PAID
    signed = ibis.ifelse(is_order, facts.amount_fen, -facts.amount_fen)
    return facts.aggregate(
        revenue_fen=sum_if(is_order, facts.amount_fen),
        margin_mfen=total(signed * per_mille(facts, margins or Margins())),
    )
