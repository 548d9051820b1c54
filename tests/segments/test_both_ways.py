"""The database and the lake agree on every condition, for every world: DuckDB here, the other engines in
tests/warehouse/contract."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.kernel.conditions import Condition
from tests.segments.agreement import check_agreement, check_members
from tests.segments.worlds import built, conditions, worlds

pytestmark = pytest.mark.django_db(transaction=True)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), asked=st.lists(conditions(), min_size=1, max_size=8))
def test_both_ways_agree(world: dict[str, Any], asked: list[Condition]) -> None:
    check_agreement(built(world), asked)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), asked=st.lists(conditions(), min_size=1, max_size=4))
def test_counts_and_samples_agree(world: dict[str, Any], asked: list[Condition]) -> None:
    check_members(built(world), asked)
