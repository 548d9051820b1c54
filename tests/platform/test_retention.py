"""Periods: chosen within the law, seen before they are saved, run at night, told everywhere."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from guanxi.cli.main import run as command
from guanxi.community.models import Follower, FollowerIdentity
from guanxi.customers.rights import processing
from guanxi.customers.rights.hooks import SOURCES
from guanxi.kernel.clock import DAY_MS, frozen, now_ms, to_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit, jobs, storage
from guanxi.platform.models import AuditEntry, Brand, Job, RetentionPeriod, StoredFile
from guanxi.platform.retention import periods, running
from guanxi.platform.retention.contracts import KEEPABLES
from guanxi.platform.storage import Purpose
from tests.console.world import as_, build

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "retention-periods.md"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))


@pytest.fixture
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="Lanhua", is_default=True)


def test_the_guide_tells_every_kind_with_its_default_and_its_least() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|.*\| ([\w ]+) \| ([\w, ]+) \| [^|]*\|$", GUIDE.read_text(), re.M)
    told = {key: (default, least) for key, default, least in rows}
    meant = {}
    for kind in KEEPABLES:
        least = f"{kind.least.days:,}" if kind.ever_goes else "never goes"
        meant[kind.key] = (periods.written(kind.default()), least)
    assert told == meant


def test_every_source_that_is_named_exists_and_the_record_tells_the_periods(brand: Brand) -> None:
    assert {name for kind in KEEPABLES for name in kind.sources} <= set(SOURCES.names())
    periods.choose(brand.pk, "followers", 400, actor="cli")
    told = {entry.name: entry.periods for entry in processing.entries(brand.pk)}
    assert told["followers"] == [("Followers on platforms", 400)]
    assert ("Orders and refunds", None) in told["touchpoints"]


@pytest.mark.parametrize(
    ("key", "days", "said"),
    [
        ("facts.orders", 1_095, r"1096 days at least.*电商法 31"),
        ("facts.messages", 183, r"184 days at least"),
        ("audit", 365, r"PIPL 56"),
        ("files.upload", None, r"without an end"),
        ("jobs", 0, r"7 days at least"),
        ("followers", -1, r"1 days at least"),
        ("followers", 40_000, r"36500 days at most"),
        ("consents", 365, r"has no period"),
        ("facts.consents", 365, r"has no period"),
    ],
)
def test_below_the_least_is_refused_and_says_what_to_do(
    brand: Brand, key: str, days: int | None, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        periods.choose(brand.pk, key, days, actor="cli")
    assert refused.value.remedy
    assert not RetentionPeriod.objects.exists()


def test_a_period_is_written_read_and_changed_by_one_at_a_time(brand: Brand) -> None:
    for text in ("", "x", "1.5", "-3", "٣", "9" * 9, "1e3"):
        with pytest.raises(Invalid, match="no period"):
            periods.parsed(text)
    with pytest.raises(NotFound, match="no kind"):
        periods.choose(brand.pk, "facts.<script>", 3, actor="cli")
    periods.choose(brand.pk, "jobs", 90, actor="user:1", seen="30")
    with pytest.raises(Conflict, match="meanwhile"):
        periods.choose(brand.pk, "jobs", 60, actor="user:2", seen="30")
    periods.choose(brand.pk, "jobs", 90, actor="user:1")
    (told,) = AuditEntry.objects.filter(action="retention.changed")
    assert (told.actor, told.object_id, told.detail) == ("user:1", "jobs", {"days": "90", "before": "30"})


def test_files_that_are_there_take_the_new_period(brand: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other")
    ours, theirs = (
        storage.store(one.pk, Purpose.EXPORT, "list.csv", io.BytesIO(b"x")) for one in (brand, other)
    )
    periods.choose(brand.pk, "files.export", 1, actor="cli")
    with frozen(now_ms() + 2 * DAY_MS):
        with pytest.raises(NotFound):
            storage.open_file(ours, brand.pk)
        assert storage.open_file(theirs, other.pk).read() == b"x"
        assert running.run(brand.pk) == {"files.export": 1}
    assert [file.pk for file in StoredFile.objects.all()] == [theirs]
    assert len(list((storage.folder()).iterdir())) == 1


def test_rows_of_the_house_go_by_their_moment(brand: Brand) -> None:
    kept_ms, old_ms = now_ms(), now_ms() - 1_200 * DAY_MS
    for at_ms in (old_ms, kept_ms):
        with frozen(at_ms):
            audit.record(brand.pk, "cli", "brand.changed", "brand", brand.pk)
        Job.objects.create(brand=brand, kind="work", state="done", finished_ms=at_ms)
        follower = Follower.objects.create(
            brand=brand, platform="weibo", account_key=f"k{at_ms}", as_of_ms=at_ms, import_id=1, revision=1
        )
        FollowerIdentity.objects.create(brand_id=brand.pk, follower=follower, scheme="phone", key="x")
    Job.objects.create(brand=brand, kind="work", state="running", finished_ms=0)
    periods.choose(brand.pk, "audit", 1_096, actor="cli")
    periods.choose(brand.pk, "followers", 730, actor="cli")
    foreseen = {one.kind.key: found for one, found in running.dry_run(brand.pk) if found.rows}
    assert {found.oldest_ms for found in foreseen.values()} == {old_ms}
    assert running.run(brand.pk) == {key: found.rows for key, found in foreseen.items()}
    assert foreseen.keys() == {"jobs", "audit", "followers"}
    assert not AuditEntry.objects.filter(at_ms=old_ms).exists()
    assert (FollowerIdentity.objects.count(), Job.objects.filter(brand=brand).count()) == (1, 2)


def test_a_run_is_wanted_once_a_night(brand: Brand) -> None:
    from datetime import datetime

    night = to_ms(datetime(2026, 11, 30, 2, 59))
    with frozen(night):
        running.plan()
        assert not Job.objects.filter(kind=running.JOB, created_ms__gt=night - DAY_MS // 2).exists()
    Job.objects.all().delete()
    for minutes in (1, 31, 600):
        with frozen(night + minutes * 60_000):
            running.plan()
            jobs.run_queued()
    with frozen(night + DAY_MS + 60_000):
        running.plan()
    runs = Job.objects.filter(kind=running.JOB).order_by("pk")
    assert list(runs.values_list("state", flat=True)) == ["done", "queued"]


def test_the_page_shows_the_consequence_before_it_saves() -> None:
    world = build()
    client: Client = as_("owner")
    Job.objects.create(brand_id=world.brand.pk, kind="work", state="done", finished_ms=now_ms() - 20 * DAY_MS)
    listed = client.get("/settings/retention").content.decode()
    assert "hx-get" in listed
    assert "Would go today" in client.get("/settings/retention/counted").content.decode()
    looked = client.get("/settings/retention/jobs?days=30&other=14").content.decode()
    assert "1 row goes in the next night" in looked
    assert not RetentionPeriod.objects.exists()
    bad = client.get("/settings/retention/facts.orders?other=%3Cb%3E1")
    assert bad.status_code == 422
    assert "&lt;b&gt;1" in bad.content.decode()
    assert client.get("/settings/retention/facts.orders?days=30").status_code == 422
    assert client.get("/settings/retention/nothing").status_code == 404
    stale = client.post("/settings/retention/jobs/save", {"days": "14", "seen": "7"})
    assert stale.status_code == 409
    saved = client.post("/settings/retention/jobs/save", {"days": "14", "seen": "30"}, follow=True)
    assert "14 days from now on" in saved.content.decode()
    assert periods.days_of(world.brand.pk, "jobs") == 14


def test_the_command_shows_sets_and_runs(
    brand: Brand, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*words: str) -> tuple[int, dict[str, object]]:
        code = command(["retention", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    Job.objects.create(brand=brand, kind="work", state="done", finished_ms=now_ms() - 20 * DAY_MS)
    code, told = asked("set", "jobs", "14")
    assert (code, told["would_go"], told["saved"]) == (0, 1, False)
    assert asked("run", "--dry-run")[1]["gone"] == {}
    assert asked("set", "jobs", "14", "--yes")[1]["saved"] is True
    assert asked("run", "--dry-run")[1]["gone"] == {"jobs": 1}
    assert asked("run")[1]["gone"] == {"jobs": 1}
    assert asked("set", "facts.orders", "30", "--yes")[0] == 2
    assert {row["kind"] for row in asked("show")[1]["retention"]} == set(KEEPABLES.names())  # type: ignore[attr-defined]
