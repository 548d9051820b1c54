"""Everything that the overview asks of an engine."""

from __future__ import annotations

from functools import cache
from typing import Any

from guanxi.community.followers import metrics as followers
from guanxi.community.followers.rules import Thresholds
from guanxi.economics import metrics
from guanxi.loops import metrics as loops
from guanxi.loops.contracts import Turn
from guanxi.loyalty import metrics as loyalty
from guanxi.loyalty.loops import LOYALTY
from guanxi.loyalty.standing import metrics as standing
from guanxi.warehouse import queries
from tests.loops.made import REFERRAL

ACQUIRED = ["first_day", "channel", "campaign", "distributor", "told"]
SPENT = ["local_day", "platform", "channel", "campaign", "kol", "type"]


@cache
def every_metric() -> dict[str, Any]:
    tables = queries.tables()
    facts, links = tables["touchpoints"], tables["subject_map"]
    people = tables["customers"]
    lots, uses = tables["ledger_lots"], tables["ledger_uses"]
    first_channel = metrics.firsts(facts, links, people, metrics.CHANNEL, 19_900)
    days = metrics.Days(19_700, 19_723)
    verdicts = followers.audited(tables["followers"], Thresholds(batch=2, twins=2, least_known=2))
    margins = metrics.histories(facts, links, 19_723, metrics.Margins(600))
    return {
        "totals": metrics.totals(facts),
        "totals of a period": metrics.totals(facts, days),
        "buyers": metrics.buyers(facts, links),
        "buyers of a period": metrics.buyers(facts, links, days),
        "customers": metrics.customers(tables["customers"]),
        "customers until": metrics.customers(tables["customers"], 1),
        "months": metrics.months(facts),
        "cohorts": metrics.cohorts(facts, links),
        "channels": metrics.channels(facts),
        "histories": metrics.histories(facts, links, 19_723).order_by("customer_id"),
        "histories of margins": metrics.histories(
            facts, links, 19_723, metrics.Margins(600, {"护肤": 700, 'a "b"\\': 450})
        ).order_by("customer_id"),
        "first channels": metrics.first_channels(facts, links, 19_723).order_by("customer_id"),
        "customer days": metrics.customer_days(facts, links, 19_723).order_by(["customer_id", "local_day"]),
        "last order day": metrics.last_order_day(facts, 19_723),
        "purchases of a period": metrics.purchases(facts, links, days),
        "spend by month": metrics.spend_by_month(tables["spend"]),
        "purchase days": metrics.purchase_days(facts, links, days).order_by(["customer_id", "local_day"]),
        "states at": metrics.states_at(facts, tables["customer_states"], 1_700_000_000_000).order_by(
            "customer_id"
        ),
        "first touches": metrics.first_touches(facts, links).order_by("customer_id"),
        "acquired": metrics.acquired(facts, links).order_by(ACQUIRED),
        "acquired of a period": metrics.acquired(facts, links, days).order_by(ACQUIRED),
        "channel margins": metrics.channel_margins(facts, links, 19_723).order_by("channel"),
        "spend lines": metrics.spend_lines(tables["spend"]).order_by(SPENT),
        "spend lines of a period": metrics.spend_lines(tables["spend"], days).order_by(SPENT),
        "audited": verdicts.order_by("follower_id"),
        "quality": followers.quality(verdicts),
        "tied": followers.tied(verdicts, facts, links, margins, ["code.scanned"]),
        "ledger months": loyalty.ledger_months(tables["ledger_flows"]),
        "lot cohorts": loyalty.lot_cohorts(lots, uses, 19_740),
        "lots alive": loyalty.lots_alive(lots, uses, 19_740),
        "lot exits": loyalty.lot_exits(lots, uses, 19_740),
        "burned": loyalty.burned(lots, uses),
        **_loops(tables),
        "balances": standing.balances(tables, 19_740, 90),
        "standings": standing.standings(tables, 19_740, ["code.scanned"]),
        "spend days": metrics.spend_days(tables["spend"]),
        "order days": metrics.order_days(facts, 19_723),
        **{
            f"cohort cells of a {per}": metrics.cohort_cells(facts, links, per, 19_900)
            for per in ("week", "month", "quarter")
        },
        "cohort cells of margins and groups": metrics.cohort_cells(
            facts,
            links,
            "month",
            19_900,
            margins=metrics.Margins(600, {"护肤": 700}),
            groups=metrics.in_groups(first_channel, ["tmall", "jd"]),
        ),
        **{
            f"firsts of {by}": metrics.firsts(facts, links, people, by, 19_900).order_by("customer_id")
            for by in (metrics.CHANNEL, metrics.CITY, metrics.FIRST_PRODUCT)
        },
        "greatest groups": metrics.greatest_groups(first_channel),
        "in groups": metrics.in_groups(first_channel, ["tmall", "丙"]).order_by("customer_id"),
        "waits": metrics.waits(facts, links, 19_900, (30, 60, 365)),
        "waits of groups": metrics.waits(
            facts, links, 19_900, (30, 60), metrics.in_groups(first_channel, ["tmall"])
        ),
        "purchase gaps": metrics.purchase_gaps(facts, links, 19_900),
        "rfm": metrics.rfm(facts, links, 19_900).order_by("customer_id"),
        "channel buyers": metrics.channel_buyers(facts, links),
        "active buyers": metrics.active_buyers(facts, links, days).order_by("customer_id"),
        "product lives": metrics.product_lives(facts, 19_723).order_by("product"),
        "new product buyers": metrics.new_product_buyers(facts, links, days).order_by("customer_id"),
        "earned": metrics.earned(facts, 19_723, metrics.Margins(600, {"护肤": 700})),
        "touch channels": metrics.touch_channels(facts, 19_723),
        "events": metrics.events(facts, links, 19_723, {"tmall": 0, "a": 1}, 2),
        "events of everybody": metrics.events(facts, links, 19_723, {"tmall": 0}, 1, all_orders=True),
        "events of no channels": metrics.events(facts, links, 19_723, {}, 0),
        "conversions": metrics.conversions(facts, links, days),
        "conversions of all": metrics.conversions(facts, links, days, first_alone=False),
    }


def _loops(tables: dict[str, Any]) -> dict[str, Any]:
    """A loop by the ledger, and one of facts that name who caused them."""
    referral = loops.cycles(REFERRAL, tables, 19_740).order_by(["customer_id", "entry_day"])
    acted = loops.cycle_people(LOYALTY, tables, 19_740, Turn.ACTED, 24_287, by_entry=True, limit=20)
    return {
        "last day": loops.last_day(tables["touchpoints"], 19_740),
        "cycles": loops.cycles(LOYALTY, tables, 19_740).order_by(["customer_id", "entry_day"]),
        "cycles of referral": referral,
        "cycle months": loops.cycle_months(LOYALTY, tables, 19_740),
        "cycle times": loops.cycle_times(LOYALTY, tables, 19_740),
        "cycle turns": loops.cycle_turns(LOYALTY, tables, 19_740),
        "cycle people": acted,
    }
