"""The database and the lake agree on every condition, for every world: DuckDB here, the other engines in
tests/warehouse/contract."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.conditions import Condition, Moment
from guanxi.touchpoints.models import Touchpoint
from tests.segments.agreement import check_agreement, check_each, check_members
from tests.segments.worlds import built, conditions, parsed, people, statements, worlds

# Every answer to every purpose and channel that statements of the worlds are about.
CONSENTS = [
    parsed({"leaf": "consent.is", "is": answer, "purpose": purpose, **channels})
    for answer in ("given", "refused", "lapsed", "never")
    for purpose, channels in (
        ("marketing", {"channels": ["sms"]}),
        ("personalisation", {}),
    )
]
pytestmark = pytest.mark.django_db(transaction=True)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), asked=st.lists(conditions(), min_size=1, max_size=8))
def test_both_ways_agree(world: dict[str, Any], asked: list[Condition]) -> None:
    check_agreement(built(world), asked)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), asked=st.lists(conditions(), min_size=1, max_size=4))
def test_counts_and_samples_agree(world: dict[str, Any], asked: list[Condition]) -> None:
    check_members(built(world), asked)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    world=worlds(),
    asked=st.lists(conditions(), min_size=1, max_size=5),
    steps=st.lists(st.tuples(st.integers(-400, 40), st.none() | st.integers(0, 40)), min_size=2, max_size=4),
)
def test_moments_of_their_own(
    world: dict[str, Any], asked: list[Condition], steps: list[tuple[int, int | None]]
) -> None:
    built_world = built(world)
    first = min(Touchpoint.objects.values_list("pk", flat=True), default=1)
    moments = [
        Moment(
            built_world.moment.as_of_ms + days * DAY_MS,
            built_world.moment.zone,
            None if up_to is None else first + up_to,
        )
        for days, up_to in steps
    ]
    check_each(built_world, [*asked, *CONSENTS[:3]], moments)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    world=worlds(),
    rows=st.lists(people(), min_size=2, max_size=3),
    said=st.lists(statements(), min_size=3, max_size=14),
)
def test_both_ways_agree_on_what_was_agreed_to(
    world: dict[str, Any], rows: list[dict[str, Any]], said: list[dict[str, Any]]
) -> None:
    """Merged customers, children, withdrawals after the moment, refusals that nobody may lift."""
    check_agreement(built({**world, "people": rows, "facts": [], "statements": said}), CONSENTS)
