"""Each published claim beside the brand's own figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from guanxi.economics import assumptions, metrics
from guanxi.economics.claims import own
from guanxi.economics.claims.own import Own
from guanxi.economics.claims.published import CLAIMS, SHARE, TIMES, TOUCHES, Claim
from guanxi.economics.journeys.attribution import FIRST_DAY, LAST_DAY, read
from guanxi.economics.reporting import Column, KeyFigure, Report, Unit
from guanxi.economics.running import ask
from guanxi.kernel.wording import Wording, say
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

YEAR: Final = 365
EPOCH: Final = date(1970, 1, 1)
NO_SPEND: Final = say(
    "What was spent on winning and on keeping customers is not known: import spend, and say what keeping "
    "cost."
)
NO_REFERRALS: Final = say("Who brought whom is not recorded yet.")
TOO_FEW: Final = say("Too few customers or too short a time to tell.")
VERDICTS: Final = {
    "as_claimed": say("as claimed"),
    "less": say("less"),
    "more": say("more"),
    "unknown": say("not enough data"),
}
UNITS: Final = {TIMES: say("times"), SHARE: say("share"), TOUCHES: say("touches")}
SHOWN_AS: Final = {SHARE: Unit.SHARE, TIMES: Unit.RATIO}

COLUMNS: Final = (
    Column("claim", say("Claim"), say("What is claimed."), Unit.TEXT),
    Column("published", say("Claimed"), say("The figure as it was published."), Unit.TEXT),
    Column("source", say("Source"), say("Who published it."), Unit.TEXT, detail=True),
    Column(
        "value",
        say("Here"),
        say("The brand's own figure: 5 of the unit times is five times as much, 0.67 of share is 67% more."),
        Unit.NUMBER,
        units=SHOWN_AS,
    ),
    Column("low", say("90% from"), say("Lower end of the 90% interval."), Unit.NUMBER, units=SHOWN_AS),
    Column("high", say("90% to"), say("Upper end of the 90% interval."), Unit.NUMBER, units=SHOWN_AS),
    Column("unit", say("Unit"), say("times, share or touches."), Unit.TEXT, words=UNITS),
    Column(
        "sample", say("Sample"), say("Customers (orders, products) that the figure rests on."), detail=True
    ),
    Column(
        "verdict",
        say("Verdict"),
        say("as_claimed, less or more where the whole interval lies on that side, unknown without a figure."),
        Unit.TEXT,
        words=VERDICTS,
    ),
    Column("name", say("Key"), say("The claim's name in `how` and `missing`."), Unit.TEXT, detail=True),
)
SHORT: Final = {
    "acquire_retain": say("Winning against keeping"),
    "retention_profit": say("+5 points of retention"),
    "returning_spend": say("Returning against new spend"),
    "loyal_repurchase": say("Loyal: buy again"),
    "loyal_refer": say("Loyal: refer"),
    "loyal_try": say("Loyal: try new products"),
    "touches_before": say("Touches before the first order"),
    "product_life": say("New products gone in 18 months"),
}


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent in the last 365 days on winning customers and on keeping them."""

    acquire_fen: int
    retain_fen: int


@dataclass(frozen=True, slots=True)
class Referrers:
    """Of so many loyal customers and others, those who brought somebody."""

    loyal: int
    loyal_referring: int
    others: int
    others_referring: int


def claims(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The declared report: spend on winning from the lake, that on keeping as told."""
    return compare(brand, values, _spend(brand, values))


def compare(
    brand: BrandRow,
    values: Mapping[str, Any],
    spend: Spend | None = None,
    referrers: Referrers | None = None,
) -> Report:
    """A row for each published claim, with the brand's figure where there is data for it."""
    last = _last_day(brand, values["until"])
    figures: dict[str, Own] = {}
    if last is not None:
        figures = _figures(brand, last, values, spend)
        if referrers:
            told = (referrers.loyal_referring, referrers.loyal)
            figures["loyal_refer"] = own.risk_ratio(*told, referrers.others_referring, referrers.others)
    rows = [_row(claim, figures.get(claim.name, Own())) for claim in CLAIMS]
    missing = {
        "acquire_retain": None if spend else NO_SPEND,
        "loyal_refer": None if referrers else NO_REFERRALS,
    }
    unknown = [claim for claim, row in zip(CLAIMS, rows, strict=True) if row["value"] is None]
    head = {
        "loyal_days": values["loyal_days"],
        "horizon_days": values["horizon_days"],
        "last": _iso(last),
        "how": {claim.name: claim.how for claim in CLAIMS},
        "missing": {claim.name: claim.lacking or missing.get(claim.name) or TOO_FEW for claim in unknown},
    }
    return Report(
        columns=COLUMNS,
        rows=rows,
        head=head,
        answers=_answers(rows),
        notes=[_note(len(unknown), len(rows))] if unknown else [],
        figures=[_figure(claim, figures.get(claim.name, Own())) for claim in CLAIMS if claim.name in SHORT],
    )


def _spend(brand: BrandRow, values: Mapping[str, Any]) -> Spend | None:
    last, keeping = _last_day(brand, values["until"]), values["retain_spend"]
    if last is None or not keeping:
        return None
    spend = warehouse.tables()["spend"]
    year = spend.filter(spend.local_day.between(last - YEAR + 1, last))
    fen = sum(ask(brand, metrics.spend_by_month(year))["amount_fen"].to_pylist())
    return Spend(fen, round(keeping * 100)) if fen else None


def _last_day(brand: BrandRow, until: date | None) -> int | None:
    tables = warehouse.tables()
    days = None if until is None else metrics.Days(-(2**31), (until - EPOCH).days)
    last: int | None = ask(brand, metrics.totals(tables["touchpoints"], days))["last_day"][0].as_py()
    return last


def _figures(brand: BrandRow, last: int, values: Mapping[str, Any], spend: Spend | None) -> dict[str, Own]:
    tables = warehouse.tables()
    facts, links = tables["touchpoints"], tables["subject_map"]

    def buyers(first_day: int, last_day: int) -> Any:
        days = metrics.Days(first_day, last_day)
        return ask(brand, metrics.active_buyers(facts, links, days))["customer_id"].to_numpy()

    assumed = assumptions.of(brand.pk)
    told = ask(brand, metrics.histories(facts, links, last, assumed.margins))
    first_day, days = told["first_day"].to_numpy(), told["days"].to_numpy()
    begin = int(first_day.min()) if len(first_day) else last
    this_year, last_year = buyers(last - YEAR + 1, last), buyers(last - 2 * YEAR + 1, last - YEAR)
    if begin > last - 2 * YEAR + 1:
        last_year = last_year[:0]  # less than two years are known
    new = int((first_day > last - YEAR).sum())
    again = int(np.isin(last_year, this_year).sum())
    split = last - values["horizon_days"]
    before = ask(brand, metrics.purchases(facts, links, metrics.Days(-(2**31), split)))
    is_loyal = before["days"].to_numpy() >= values["loyal_days"]
    people = before["customer_id"].to_numpy()
    after = metrics.Days(split + 1, last)
    tried = ask(brand, metrics.new_product_buyers(facts, links, after))["customer_id"].to_numpy()
    lives = ask(brand, metrics.product_lives(facts, last))
    journeys = read(brand, metrics.Days(FIRST_DAY, last if values["until"] else LAST_DAY), YEAR, True)
    return {
        "acquire_retain": own.acquire_retain(
            new,
            len(this_year) - new,
            spend.acquire_fen if spend else None,
            spend.retain_fen if spend else None,
        ),
        "retention_profit": own.retention_profit(again, len(last_year), assumed.discount_yearly),
        "returning_spend": own.returning_spend(
            told["first_day_fen"].to_numpy(), told["revenue_fen"].to_numpy(), days
        ),
        "loyal_repurchase": _loyal(is_loyal, np.isin(people, buyers(after.first, after.last))),
        "loyal_try": _loyal(is_loyal, np.isin(people, tried)),
        "touches_before": own.mean_of(journeys.length[journeys.conversions > 0]),
        "product_life": own.product_life(
            lives["first_day"].to_numpy(), lives["last_day"].to_numpy(), begin, last
        ),
    }


def _loyal(is_loyal: Any, did: Any) -> Own:
    """Loyal customers against the others, by who of them did it."""
    hits, others = int((is_loyal & did).sum()), int((~is_loyal & did).sum())
    return own.risk_ratio(hits, int(is_loyal.sum()), others, int((~is_loyal).sum()))


def _row(claim: Claim, figure: Own) -> dict[str, Any]:
    return {
        "claim": claim.text,
        "published": claim.published,
        "source": claim.source,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "unit": claim.unit,
        "sample": figure.sample,
        "verdict": _verdict(claim, figure),
        "name": claim.name,
    }


def _verdict(claim: Claim, figure: Own) -> str:
    if figure.low is None or figure.high is None:
        return "unknown"
    return "less" if figure.high < claim.low else "more" if figure.low > claim.high else "as_claimed"


def _note(unknown: int, every: int) -> Wording:
    return say(
        "Not enough data for %(n)s of %(all)s claims; what each would need stands under “What holds of the "
        "whole”.",
        n=unknown,
        all=every,
    )


def _answers(rows: list[dict[str, Any]]) -> list[Wording]:
    known = [row for row in rows if row["verdict"] != "unknown"]
    if not known:
        return []
    counts = {
        verdict: sum(row["verdict"] == verdict for row in known) for verdict in ("as_claimed", "less", "more")
    }
    return [
        say(
            "Of %(all)s claims %(known)s can be held against this brand's own data: %(same)s as claimed, "
            "%(less)s less, %(more)s more.",
            all=len(rows),
            known=len(known),
            same=counts["as_claimed"],
            less=counts["less"],
            more=counts["more"],
        )
    ]


def _figure(claim: Claim, figure: Own) -> KeyFigure:
    meaning = say(
        "%(text)s: claimed %(published)s (%(source)s). %(how)s",
        text=claim.text,
        published=claim.published,
        source=claim.source,
        how=claim.how,
    )
    label = say("%(label)s (claimed %(published)s)", label=SHORT[claim.name], published=claim.published)
    unit = SHOWN_AS.get(claim.unit, Unit.NUMBER)
    return KeyFigure(label, figure.value, meaning, unit, figure.low, figure.high)


def _iso(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(EPOCH.toordinal() + day).isoformat()
