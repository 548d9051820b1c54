"""The report `states`: what the customers in each state are worth, and who went from which state to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import ibis

from guanxi.economics import assumptions, metrics
from guanxi.economics.assumptions import Assumptions
from guanxi.economics.lifetime.people import last_day
from guanxi.economics.metrics import Table
from guanxi.economics.queries import EPOCH
from guanxi.economics.reporting import Column, Drawn, Flow, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.running import ask
from guanxi.economics.states import queries, rules
from guanxi.economics.states.contracts import LABELS, State
from guanxi.economics.states.worth import Worth, flows_of, joined, worths
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.conditions import Moment
from guanxi.kernel.conditions.windows import midnight_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say
from guanxi.platform.models import Brand
from guanxi.segments.compiling import first_of
from guanxi.segments.definitions import resolve
from guanxi.warehouse import queries as warehouse

FLOW_DAYS: Final = 90
NO_REFERRALS: Final = say(
    "Not enough data for advocates, nor for what those are worth whom a customer brought: no referrals are "
    "recorded yet."
)
COLUMNS: Final = (
    Column("state", say("State"), say("The first rule that holds of the customer, by name."), Unit.TEXT),
    Column(
        "customers", say("Customers"), say("Living customers who were in the state at the end of the day.")
    ),
    Column("share", say("Share"), say("Of all customers with a state, none included."), Unit.SHARE),
    Column(
        "revenue_fen",
        say("Revenue"),
        say("All that those customers ever paid until that day, less refunds."),
        Unit.FEN,
    ),
    Column("margin_fen", say("Margin"), say("What is left of that at the assumed margins."), Unit.FEN),
    Column(
        "median_days",
        say("Days since last order"),
        say("The median of those who have bought."),
        Unit.DAYS,
    ),
    Column(
        "expected_margin_fen",
        say("Expected margin a head"),
        say(
            "What one customer of the state who has bought is expected to leave in the next 12 months, not "
            "discounted: orders by MBG/NBD, their value by Gamma–Gamma, at the brand's margin."
        ),
        Unit.FEN,
    ),
    Column(
        "referral_margin_fen",
        say("Worth of those they brought"),
        say("The margin of customers whom those in the state brought, each counted once."),
        Unit.FEN,
    ),
)


@dataclass(frozen=True)
class _Ends:
    """The two days, the moments at which they end, and whether states are read as they were kept."""

    since: date
    until: date
    since_ms: int
    until_ms: int
    kept: bool


def states(brand: Brand, values: Mapping[str, Any]) -> Report:
    """Rows per state at the end of `until`, and the flows from the end of `since` to it.

    Where states were kept since then, they are read as they were, else today's rules are asked as of both
    days. Raises Invalid for days in the wrong order, ConditionInvalid for rules that cannot be read.
    """
    ends = _ends(brand, values)
    assumed = assumptions.of(brand.pk)
    before, after = (_states_at(brand, ends, at_ms) for at_ms in (ends.since_ms, ends.until_ms))
    tables, until_day = warehouse.tables(), (ends.until - EPOCH).days
    people = metrics.histories(tables["touchpoints"], tables["subject_map"], until_day, assumed.margins)
    table = joined(ask(brand, after), ask(brand, before), ask(brand, people))
    found, flows = worths(table, until_day), flows_of(table)
    rows = [_row(one, found.customers) for one in found.by_state]
    return Report(
        COLUMNS,
        rows,
        head=_head(brand, ends, found.model),
        notes=_notes(ends, assumed, found.notes),
        answers=_answers(flows, ends, found.by_state),
        figures=_figures(found.by_state, found.customers),
        graphs=_graphs(rows, flows, ends) if rows else [],
    )


def _ends(brand: Brand, values: Mapping[str, Any]) -> _Ends:
    zone = ZoneInfo(brand.timezone)
    until = values["until"] or last_day(brand) or to_datetime(now_ms(), zone).date()
    since = values["since"] or until - timedelta(days=FLOW_DAYS)
    if since >= until:
        raise Invalid(
            say("The first day, %(since)s, is not before the last, %(until)s.", since=since, until=until),
            remedy=say("Choose a day before it, or leave it out."),
            field="since",
        )
    since_ms, until_ms = (midnight_ms(day + timedelta(days=1), zone) - 1 for day in (since, until))
    begun_ms = queries.begun_ms(brand.pk)
    return _Ends(since, until, since_ms, until_ms, kept=0 < begun_ms <= since_ms)


def _states_at(brand: Brand, ends: _Ends, at_ms: int) -> Table:
    """customer_id and state at a moment."""
    tables = warehouse.tables()
    if ends.kept:
        return metrics.states_at(tables["touchpoints"], tables["customer_states"], at_ms)
    chosen = rules.of(brand.pk).rules
    conditions = [resolve(brand.pk, rule.condition) for rule in chosen]
    asked = first_of(brand, conditions, Moment(min(at_ms, now_ms()), ZoneInfo(brand.timezone)))
    branches = [(asked.place == place, ibis.literal(rule.state.value)) for place, rule in enumerate(chosen)]
    named = asked.select("customer_id", state=ibis.cases(*branches, else_=ibis.literal(State.NONE.value)))
    customers = tables["customers"]
    there = customers.filter(customers.first_ms <= at_ms).select(seen_id=customers.customer_id)
    return named.inner_join(there, [("customer_id", "seen_id")]).select("customer_id", "state")


def _row(one: Worth, customers: int) -> dict[str, Any]:
    return {
        "state": LABELS[one.state],
        "customers": one.customers,
        "share": one.customers / customers if customers else None,
        "revenue_fen": one.revenue_fen,
        "margin_fen": one.margin_fen,
        "median_days": one.median_days,
        "expected_margin_fen": one.expected_margin_fen,
        "referral_margin_fen": None,
    }


def _head(brand: Brand, ends: _Ends, model: str | None) -> dict[str, Any]:
    return {
        "since": ends.since.isoformat(),
        "until": ends.until.isoformat(),
        "basis": "kept" if ends.kept else "rules",
        "rules_version": rules.version_of(brand.pk),
        "model": model,
    }


def _notes(ends: _Ends, assumed: Assumptions, found: Sequence[Wording]) -> list[Wording]:
    notes = list(assumed.notes)
    if not ends.kept:
        notes.append(
            say(
                "States were not kept yet on %(since)s, so today's rules are asked as of both days.",
                since=ends.since,
            )
        )
    return [*notes, NO_REFERRALS, *found]


def _answers(flows: Sequence[Mapping[str, Any]], ends: _Ends, found: Sequence[Worth]) -> list[Wording]:
    if not found:
        return []
    told = {one.state: one.customers for one in found}
    said = [
        say(
            "%(loyal)s customers are loyal, %(risk)s are at risk and %(churned)s have churned.",
            loyal=f"{told.get(State.LOYAL, 0):,}",
            risk=f"{told.get(State.AT_RISK, 0):,}",
            churned=f"{told.get(State.CHURNED, 0):,}",
        )
    ]
    went = {(flow["state_before"], flow["state"]): flow["customers"] for flow in flows}
    at_risk = sum(count for (before, _after), count in went.items() if before == State.AT_RISK)
    if at_risk:
        lost = went.get((State.AT_RISK.value, State.CHURNED.value), 0)
        stayed = went.get((State.AT_RISK.value, State.AT_RISK.value), 0)
        said.append(
            say(
                "Of %(n)s who were at risk on %(since)s, %(lost)s have churned and %(moved)s are in another "
                "state by %(until)s.",
                n=f"{at_risk:,}",
                since=ends.since,
                lost=f"{lost:,}",
                moved=f"{at_risk - lost - stayed:,}",
                until=ends.until,
            )
        )
    return said


def _figures(found: Sequence[Worth], customers: int) -> list[KeyFigure]:
    if not customers:
        return []
    of_state = {one.state: one for one in found}
    figures = []
    for state in (State.LOYAL, State.AT_RISK, State.CHURNED):
        count = of_state[state].customers if state in of_state else 0
        meant = say("Their share of all customers with a state, none included.")
        figures.append(KeyFigure(LABELS[state], count / customers, meant, Unit.SHARE))
    return figures


def _graphs(
    rows: Sequence[Mapping[str, Any]], flows: Sequence[Mapping[str, Any]], ends: _Ends
) -> list[Graph]:
    counted = Graph(
        "customers",
        say("How many are in each state?"),
        Drawn.RANKED,
        [row["state"] for row in rows],
        [Line(say("Customers"), [row["customers"] for row in rows])],
    )
    if not flows:
        return [counted]
    sankey = Graph(
        "flows",
        say("Who went from which state to which?"),
        Drawn.SANKEY,
        flows=[
            Flow(
                _node(flow["state_before"], ends.since),
                _node(flow["state"], ends.until),
                flow["customers"],
            )
            for flow in flows
        ],
        definition=say(
            "On the left the states at the end of %(since)s, on the right those at the end of %(until)s.",
            since=ends.since,
            until=ends.until,
        ),
    )
    return [counted, sankey]


def _node(state: str, day: date) -> Wording:
    label = LABELS[State(state)] if state else say("Not known yet")
    return say("%(state)s (%(day)s)", state=label, day=day)
