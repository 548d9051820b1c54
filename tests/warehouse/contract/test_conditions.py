"""Conditions mean the same on every engine as in the database; tests/segments asks DuckDB more."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from guanxi.kernel.conditions import Condition
from guanxi.segments.evaluating import evaluate
from guanxi.warehouse.engines import engine
from guanxi.warehouse.lake import Lake
from tests.segments.agreement import check_agreement
from tests.segments.worlds import DAY, MIDNIGHT, TEXTS, built, conditions, parsed, worlds

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


@pytest.mark.parametrize(
    "engine_url",
    [
        "duckdb",
        pytest.param("clickhouse", marks=pytest.mark.heavy),
        pytest.param("spark", marks=pytest.mark.heavy),
    ],
    indirect=True,
)
def test_consents_agree(engine_url: str, settings: Any) -> None:
    """Every answer that there is, for one customer each: plainly, merged, as a child, and lapsed."""
    settings.WAREHOUSE_URL = engine_url
    told = [
        ("given",),
        ("refused",),
        ("given", "withdrawn"),
        ("refused", "given"),  # lifted
        ("refused", "given by file"),  # not lifted
        ("given to the old text",),
        ("given",),  # a child alone
        ("given", "withdrawn later"),
        (),
    ]
    made = built(
        {
            "people": [person_of(birthday=CHILD if number == 6 else ("", "")) for number in range(len(told))]
            + [person_of(merged=True)],
            "facts": [],
            "statements": [
                statement_of(number, said, at_ms)
                for number, words in enumerate(told)
                for at_ms, said in enumerate(words, NOW)
            ]
            + [statement_of(len(told), "refused", NOW - 1)],
            "renewals": [NOW],
            "as_of_ms": NOW + DAY,
            "up_to": None,
        }
    )
    engine().load(Lake(made.brand.slug))
    check_agreement(made, CONSENTS)
    found = evaluate(made.brand, dict(enumerate(CONSENTS)), made.customer_ids, made.moment)
    answers = [sorted(found[customer].holds) for customer in made.customer_ids[: len(told)]]
    given, refused, lapsed, never = [0], [1], [2], [3]
    assert answers == [refused, refused, refused, given, refused, lapsed, lapsed, given, never]


NOW = MIDNIGHT
CHILD = ("2020-01-30", "lunar")
CONSENTS = [
    parsed({"leaf": "consent.is", "is": answer, "channels": ["sms"]})
    for answer in ("given", "refused", "lapsed", "never")
]


def person_of(**fields: Any) -> dict[str, Any]:
    plain = {"gender": "", "language": "", "adcode": None, "birthday": ("", ""), "first_ms": 0, "last_ms": 0}
    return {**plain, "merged": False, "schemes": [], **fields}


def statement_of(subject: int, words: str, at_ms: int) -> dict[str, Any]:
    said, _blank, how = words.partition(" ")
    return {
        "subject": subject,
        "purpose": "marketing",
        "channel": "" if said == "withdrawn" else "sms",
        "said": said,
        "proof": "file" if how == "by file" else "page",
        "by": "self",
        "version": 0 if how == "to the old text" else 1,
        "for": [],
        "occurred_ms": at_ms + 2 * DAY if how == "later" else at_ms - (how == "to the old text"),
    }


def payload_of(text: str) -> str:
    return orjson.dumps({"store": text, "items": [{"title": f"x{text}y"}]}).decode()
