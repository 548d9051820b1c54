"""Conditions mean the same on every engine as in the database; tests/segments asks DuckDB more."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from guanxi.kernel.conditions import Condition
from guanxi.warehouse.engines import engine
from guanxi.warehouse.lake import Lake
from tests.segments.agreement import check_agreement
from tests.segments.worlds import TEXTS, built, conditions, parsed, worlds

pytestmark = pytest.mark.django_db(transaction=True)

# Every text that is hard to quote, in each way that texts are compared.
HOSTILE = [
    parsed(
        {
            "leaf": "behaviour.did",
            "kinds": ["order.paid"],
            "where": [{"field": name, "op": op, "value": text}],
        }
    )
    for text in TEXTS
    for name, op in (("store", "eq"), ("store", "contains"), ("items.title", "contains"))
]


@pytest.mark.heavy
@pytest.mark.parametrize("engine_url", ["clickhouse", "spark"], indirect=True)
def test_conditions_agree(engine_url: str, settings: Any) -> None:
    settings.WAREHOUSE_URL = engine_url

    @hypothesis_settings(
        max_examples=6,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        derandomize=True,
    )
    @given(world=worlds(), asked=st.lists(conditions(), min_size=12, max_size=16))
    def agree(world: dict[str, Any], asked: list[Condition]) -> None:
        made = built(world)
        engine().load(Lake(made.brand.slug))
        check_agreement(made, asked)

    agree()


@pytest.mark.parametrize(
    "engine_url",
    [
        "duckdb",
        pytest.param("clickhouse", marks=pytest.mark.heavy),
        pytest.param("spark", marks=pytest.mark.heavy),
    ],
    indirect=True,
)
def test_hostile_texts_agree(engine_url: str, settings: Any) -> None:
    settings.WAREHOUSE_URL = engine_url
    person = {
        "gender": "f",
        "language": "",
        "adcode": None,
        "birthday": ("", ""),
        "first_ms": 0,
        "last_ms": 0,
        "merged": False,
        "schemes": [],
    }
    made = built(
        {
            "people": [person] * len(TEXTS),
            "facts": [
                {
                    "kind": "order.paid",
                    "channel": "",
                    "subject": number,
                    "occurred_ms": 0,
                    "amount_fen": None,
                    "quantity": None,
                    "source": "shop-a",
                    "payload": payload_of(text),
                }
                for number, text in enumerate(TEXTS)
            ],
            "as_of_ms": 1,
            "up_to": None,
        }
    )
    engine().load(Lake(made.brand.slug))
    check_agreement(made, HOSTILE)


def payload_of(text: str) -> str:
    return orjson.dumps({"store": text, "items": [{"title": f"x{text}y"}]}).decode()
