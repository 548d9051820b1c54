from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.kernel.clock import frozen
from guanxi.platform import apikeys, people
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.platform.rates import BUCKETS

NOW = 1_795_263_400_000  # 2026-11-21T12:16:40Z


@pytest.fixture(autouse=True)
def _time() -> Iterator[None]:
    BUCKETS.clear()
    with frozen(NOW):
        yield


@pytest.fixture
def brand(db: None) -> Brand:
    return people.create_brand("lanhua", "兰花", actor="cli")


@pytest.fixture
def other_brand(brand: Brand) -> Brand:
    return people.create_brand("meihua", "梅花", actor="cli")


Issue = Callable[..., str]


@pytest.fixture
def issue(brand: Brand) -> Issue:
    return issuing(brand.pk)


def issuing(of: int) -> Issue:
    """What makes a new key with these scopes (all but unmasking where none is named): its plaintext."""

    def make(*scopes: Scope, brand_id: int = of, rate: int = 600) -> str:
        wanted = scopes or [scope for scope in Scope if scope is not Scope.CUSTOMERS_UNMASK]
        return apikeys.issue(brand_id, "test", wanted, rate_per_minute=rate, actor="cli").plaintext

    return make


class Caller:
    """Speaks to the API with one key."""

    def __init__(self, key: str | None) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(
        self, path: str, body: Any, content_type: str = "application/json", **headers: str
    ) -> HttpResponse:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        every = {**self.headers, **headers}
        return self.client.post(f"/api/v1/{path}", raw, content_type=content_type, headers=every)

    def put(self, path: str, body: Any) -> HttpResponse:
        raw = orjson.dumps(body)
        return self.client.put(f"/api/v1/{path}", raw, content_type="application/json", headers=self.headers)

    def delete(self, path: str, **query: Any) -> HttpResponse:
        return self.client.delete(f"/api/v1/{path}", query_params=query, headers=self.headers)


@pytest.fixture
def caller(issue: Issue) -> Caller:
    return Caller(issue())


def body(response: HttpResponse) -> Any:
    return orjson.loads(response.content)


def order(ref: str = "E-1", **changes: Any) -> dict[str, Any]:
    return {
        "kind": "order.paid",
        "source_ref": ref,
        "occurred_at": "2026-11-21T20:15:00+08:00",
        "identities": {"phone": "13800138000"},
        "amount_fen": 19900,
        **changes,
    }
