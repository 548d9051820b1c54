"""Reports as such: parameters, what is kept of them and for how long, and the job that computes them anew."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from guanxi.economics import assumptions, refitting, running, stored
from guanxi.economics.catalogue import REPORTS
from guanxi.economics.models import StoredReport
from guanxi.economics.reporting import (
    Column,
    Drawn,
    Flow,
    Graph,
    KeyFigure,
    Line,
    Report,
    Unit,
    as_json,
)
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import jobs
from guanxi.platform.models import Brand, Job
from guanxi.warehouse import services
from tests.warehouse import rows

EVERYTHING = Report(
    columns=[Column("a", say("A"), say("The first of %(n)s.", n=2), Unit.SHARE, detail=True)],
    rows=[{"a": 0.5, "b": None, "c": say("said")}],
    head={"until": "2026-01-01", "params": {"r": 1.5}},
    notes=[say("Only %(n)s.", n=3)],
    answers=[say("So it is.")],
    figures=[KeyFigure(say("F"), 12.0, say("What F is."), Unit.FEN, 10.0, 14.0)],
    graphs=[
        Graph("one", say("One"), Drawn.BANDS, ["x"], [Line(say("l"), [1.0], [0.5], [1.5])], [], Unit.FEN),
        Graph("two", say("Two"), Drawn.SANKEY, [], [], [Flow(say("p"), "q", 3.0)]),
    ],
    sql=["SELECT 1"],
)


def test_what_is_kept_is_the_report_again_and_speaks_every_language() -> None:
    kept = stored.unpack(stored.pack(EVERYTHING))
    assert kept == EVERYTHING
    assert kept.columns[0].unit is Unit.SHARE
    assert kept.figures[0].unit is Unit.FEN
    assert [graph.kind for graph in kept.graphs] == [Drawn.BANDS, Drawn.SANKEY]
    assert kept.notes[0].template == "Only %(n)s."
    assert as_json("r", kept, str) == as_json("r", EVERYTHING, str)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"months": "0"}, "between 1 and 60"),
        ({"months": "1.5"}, "is a number"),
        ({"months": "nan"}, "is a number"),
        ({"until": "yesterday"}, "2026-11-21"),
        ({"model": "magic"}, "bgnbd"),
        ({"colour": "red"}, "model, by, months"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_what_may_be(given: dict[str, str], part: str) -> None:
    with pytest.raises(Invalid) as refused:
        running.values_of("ltv", given)
    assert part in f"{refused.value.message} {refused.value.remedy}"


def test_parameters_are_read_and_have_defaults() -> None:
    assert running.values_of("ltv", {"months": "6", "until": "2026-01-31", "by": ""}) == {
        "model": "auto",
        "by": "cohort",
        "months": 6,
        "until": date(2026, 1, 31),
        "unit": "week",
    }
    with pytest.raises(NotFound) as unknown:
        running.values_of("astrology", {})
    assert "ltv" in str(unknown.value.remedy)


def test_nobody_is_ever_shown_nan(monkeypatch: pytest.MonkeyPatch) -> None:
    nan = np.float64(math.nan)

    def broken(brand: Any, values: Any) -> Report:
        line = Line("l", [1.0, math.nan], [nan], [math.inf])
        return Report(
            [Column("a", say("A"), say("A."))],
            [{"a": nan, "b": np.int64(3)}],
            {"x": {"y": nan}},
            figures=[KeyFigure(say("F"), nan, say("F."), low=math.inf)],
            graphs=[Graph("g", say("G"), Drawn.LINES, ["1", "2"], [line])],
        )

    monkeypatch.setattr(running, "_function", lambda path: broken)
    report = running.compute(None, "ltv", {})  # type: ignore[arg-type]
    assert report.rows == [{"a": None, "b": 3}]
    assert type(report.rows[0]["b"]) is int
    assert report.head == {"x": {"y": None}}
    assert (report.figures[0].value, report.figures[0].low) == (None, None)
    assert [report.graphs[0].lines[0].values, report.graphs[0].lines[0].high] == [[1.0, None], [None]]


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    found = rows.brand()
    subjects = rows.people(found, 30)
    rows.facts(found, rows.random_facts(subjects, 200))
    services.sync(found)
    return found


def test_a_report_is_kept_until_what_it_rests_on_has_changed(brand: Brand) -> None:
    first = stored.answer(brand, "ltv", {"model": "bgnbd"})
    again = stored.answer(brand, "ltv", {"model": "bgnbd"})
    assert (first.version, again.version, again.computed_ms) == (1, 1, first.computed_ms)
    assert stored.answer(brand, "ltv", {"model": "bgnbd", "months": "6"}).version == 1  # another report

    assumptions.choose(brand.pk, margin_mille=500, actor="cli")
    halved = stored.answer(brand, "ltv", {"model": "bgnbd"})
    assert halved.version == 2
    for before, after in zip(first.report.rows, halved.report.rows, strict=True):
        assert after["realised_fen"] == pytest.approx(before["realised_fen"] / 2)

    rows.facts(brand, rows.random_facts([], 3, seed=9), source="later")
    services.sync(brand)
    assert stored.answer(brand, "ltv", {"model": "bgnbd"}).version == 3
    assert stored.answer(brand, "ltv", {"model": "bgnbd"}, version=1).report == first.report
    values = running.values_of("ltv", {"model": "bgnbd"})
    assert [number for number, _ in stored.versions(brand.pk, "ltv", values)] == [3, 2, 1]
    with pytest.raises(NotFound):
        stored.answer(brand, "ltv", {"model": "bgnbd"}, version=9)


def test_only_so_many_versions_are_kept(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "VERSIONS_KEPT", 2)
    for margin in (100, 200, 300, 400):
        assumptions.choose(brand.pk, margin_mille=margin, actor="cli")
        stored.answer(brand, "ltv", {"by": "all"})
    assert list(StoredReport.objects.order_by("version").values_list("version", flat=True)) == [3, 4]


def test_a_sync_has_every_kept_report_computed_anew_by_one_job(brand: Brand, refit: None) -> None:
    services.rebuild(brand)
    assert Job.objects.filter(kind=refitting.REFIT).count() == 1
    jobs.run_queued()
    kept = {kind.name for kind in REPORTS.values() if kind.kept}
    assert set(StoredReport.objects.values_list("name", flat=True)) == kept
    job = Job.objects.get(kind=refitting.REFIT)
    assert set(job.result["seconds"]) == kept
    assert job.result["refused"] == {}
    # The next sync's waits, as the reports are still fresh enough.
    rows.facts(brand, rows.random_facts([], 3, seed=9), source="later")
    services.sync(brand)
    assert Job.objects.exclude(pk=job.pk).get(kind=refitting.REFIT).due_ms > job.finished_ms


def test_reports_of_an_empty_brand_say_so_and_are_not_kept(transactional_db: None) -> None:
    brand = rows.brand()
    for name in REPORTS:
        answer = stored.answer(brand, name, {})
        assert answer.version == 0
        assert answer.report.rows == [] or answer.report.notes


class Told:
    nbytes = 1


def test_reports_share_answers_of_one_version_of_the_lake_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    version = ["one"]
    monkeypatch.setattr(running.warehouse, "version", lambda brand: version[0])
    shared, brand = running.Shared(), Brand(slug="b")
    first = shared.answer(brand, "SELECT 1", Told)
    assert shared.answer(brand, "SELECT 1", Told) is first
    assert shared.answer(brand, "SELECT 2", Told) is not first
    version[0] = "two"
    assert shared.answer(brand, "SELECT 1", Told) is not first
    version[0] = ""  # another version is being loaded
    assert shared.answer(brand, "SELECT 3", Told) is not shared.answer(brand, "SELECT 3", Told)
    assert shared.result(brand, "a", Told) is not shared.result(brand, "a", Told)

    def moving() -> Told:
        version[0] += "x"
        return Told()

    version[0] = "three"
    moved = shared.answer(brand, "SELECT 4", moving)
    version[0] = "three"
    assert shared.answer(brand, "SELECT 4", Told) is not moved


def test_of_shared_answers_the_longest_unused_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.warehouse, "version", lambda brand: "one")
    monkeypatch.setattr(running, "MOST_BYTES", 2)
    shared, brand = running.Shared(), Brand(slug="b")
    a, b = (shared.answer(brand, text, Told) for text in "ab")
    assert shared.answer(brand, "a", Told) is a
    shared.answer(brand, "c", Told)
    assert shared.answer(brand, "a", Told) is a
    assert shared.answer(brand, "b", Told) is not b


def test_every_choice_has_a_name_for_people() -> None:
    for kind in REPORTS.values():
        for param in kind.params:
            assert len(param.choice_labels) == len(param.choices), f"{kind.name} {param.name}"
