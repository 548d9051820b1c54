"""Exports over the API: wanted once, followed, taken and removed by the key that wanted them."""

from __future__ import annotations

import csv
import io

import pytest
from django.http import FileResponse, HttpResponse

from guanxi.platform import jobs
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import AuditEntry, Brand, Job, StoredFile
from guanxi.rest.export_examples import WANTED
from tests.rest.conftest import Caller, Issue, body, order

pytestmark = pytest.mark.django_db
ALL = {"list": "customers", "format": "csv", "language": "en"}


def content(response: HttpResponse) -> list[list[str]]:
    assert isinstance(response, FileResponse)
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_an_export_is_wanted_followed_taken_and_removed(caller: Caller, issue: Issue) -> None:
    caller.post("touchpoints", [order("E-1", person={"name": "=李兰"})])
    wanted = body(caller.post("exports", ALL))
    assert (wanted["state"], wanted["rows"], wanted["expires_at"]) == ("queued", 0, None)
    assert body(caller.post("exports", ALL))["id"] == wanted["id"], "the same is under way"
    assert body(caller.get(f"exports/{wanted['id']}/file"))["code"] == "conflict"
    jobs.run_queued()
    done = body(caller.get(f"exports/{wanted['id']}"))
    assert (done["state"], done["rows"]) == ("done", 1)
    heading, row = content(caller.get(f"exports/{wanted['id']}/file"))
    assert heading[:3] == ["Customer", "Name", "Phone"]
    assert row[2] == "138****8000"
    assert not row[1].startswith("=")
    for _ in range(2):
        assert body(caller.delete(f"exports/{wanted['id']}")) == {"id": wanted["id"], "removed": True}
    assert caller.get(f"exports/{wanted['id']}/file").status_code == 404
    assert not StoredFile.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="export.").order_by("pk")
    assert [entry.action for entry in actions] == ["export.written", "export.downloaded", "export.removed"]


def test_one_that_is_under_way_is_cancelled(caller: Caller) -> None:
    wanted = body(caller.post("exports", WANTED))["id"]
    assert caller.delete(f"exports/{wanted}").status_code == 200
    assert body(caller.get(f"exports/{wanted}"))["state"] == "cancelled"


def test_the_same_request_is_one_export_for_ever(caller: Caller) -> None:
    first = body(caller.post("exports", ALL, **{"Idempotency-Key": "night-1"}))["id"]
    jobs.run_queued()
    assert body(caller.post("exports", ALL, **{"Idempotency-Key": "night-1"}))["id"] == first
    assert caller.post("exports", WANTED, **{"Idempotency-Key": "night-1"}).status_code == 409
    assert body(caller.post("exports", ALL, **{"Idempotency-Key": "night-2"}))["id"] != first
    assert Job.objects.filter(kind="export").count() == 2


def test_only_the_key_that_wanted_it_sees_it_or_one_that_may_see_the_audit_log(
    issue: Issue, other_brand: Brand
) -> None:
    mine, another = Caller(issue(Scope.EXPORTS_RUN)), Caller(issue(Scope.EXPORTS_RUN))
    wanted = body(mine.post("exports", ALL))["id"]
    for stranger in (another, Caller(issue(brand_id=other_brand.pk))):
        assert body(stranger.get("exports")) == {"exports": []}
        assert stranger.get(f"exports/{wanted}").status_code == 404
        assert stranger.get(f"exports/{wanted}/file").status_code == 404
        assert stranger.delete(f"exports/{wanted}").status_code == 404
    auditor = Caller(issue(Scope.EXPORTS_RUN, Scope.AUDIT_READ))
    assert [one["id"] for one in body(auditor.get("exports"))["exports"]] == [wanted]


def test_what_cannot_be_exported_is_said(caller: Caller) -> None:
    lists = {one["name"]: one for one in body(caller.get("exports/lists"))["lists"]}
    assert {"customers", "log", "segment"} <= lists.keys()
    assert lists["log"]["filters"] == ["kind"]
    assert caller.post("exports", {**ALL, "list": "secrets"}).status_code == 404
    assert body(caller.post("exports", {**ALL, "format": "pdf"}))["field"] == "format"
    assert body(caller.post("exports", {**ALL, "filters": {"show": 1}}))["field"] == "filters"
    assert body(caller.post("exports", {**ALL, "language": "tlh"}))["field"] == "language"
    assert not Job.objects.filter(kind="export").exists()
