from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import OperationalError

from guanxi.kernel import clock
from guanxi.platform import audit, doctor, jobs, keys, vault
from guanxi.platform.doctor import Health
from guanxi.platform.models import Job, WorkerBeat

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder as `init` leaves it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("GUANXI_HOME", str(folder))
    monkeypatch.delenv("GUANXI_MASTER_KEY")
    monkeypatch.delenv("GUANXI_SECRET_KEY")
    vault.forget_keys()
    keys.create_key_file()
    (folder / "secret.key").write_text("secret")
    (folder / "secret.key").chmod(0o600)
    yield folder
    vault.forget_keys()


def health(check: str) -> Health:
    """The worst finding of one check."""
    found = [finding.health for finding in doctor.examine() if finding.check == check]
    return max(found, key=list(Health).index)


def remedy(check: str) -> str:
    return next(one.remedy for one in doctor.examine() if one.check == check and one.health != Health.WELL)


def test_a_sound_installation_is_well() -> None:
    WorkerBeat.objects.create(name="here:1")
    findings = doctor.examine()
    assert [f.check for f in findings] == [check.name for check in doctor.checks if check.name != "warehouse"]
    assert {f.health for f in findings} == {Health.WELL}, findings


def test_whatever_is_not_well_says_how_to_mend_it(home: Path) -> None:
    (home / "master.key").unlink()
    home.chmod(0o755)
    for finding in doctor.examine():
        assert bool(finding.remedy) == (finding.health != Health.WELL)


def test_open_folders_and_secrets_fail(home: Path) -> None:
    home.chmod(0o750)
    (home / "master.key").chmod(0o640)
    assert health("folder") == health("secrets") == Health.FAILURE
    assert "chmod 600" in remedy("secrets")


def test_a_lost_or_wrong_key_fails(home: Path) -> None:
    vault.check_keys()
    (home / "master.key").unlink()
    assert health("secrets") == health("vault") == Health.FAILURE
    keys.create_key_file()
    assert health("secrets") == Health.WELL
    assert health("vault") == Health.FAILURE
    assert "backup" in remedy("vault")


def test_the_disk_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, expected in ((1, Health.FAILURE), (1024**3, Health.WARNING), (1024**4, Health.WELL)):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: Usage(0, 0, free))
        assert health("disk") == expected


def test_the_worker_is_missed_most_where_work_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health("worker") == Health.WARNING
    monkeypatch.setitem(jobs.kinds._entries, "work", jobs.JobKind("work", lambda context: None))
    jobs.enqueue("work")
    assert health("worker") == Health.FAILURE
    WorkerBeat.objects.create(name="here:1")
    assert health("worker") == Health.WELL
    with clock.frozen(clock.now_ms() + 31_000):
        assert health("worker") == Health.FAILURE


def test_failed_jobs_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Job.objects.create(kind="import", state="failed", finished_ms=clock.now_ms())
    assert health("jobs") == Health.WARNING


def test_a_clock_that_is_wrong_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health("clock") == Health.WELL
    with monkeypatch.context() as ahead:
        ahead.setattr(doctor, "database_time_ms", lambda: clock.now_ms() + 5_000)
        assert health("clock") == Health.FAILURE
    audit.record(None, "test", "thing.done")
    with clock.frozen(clock.now_ms() - clock.DAY_MS):
        monkeypatch.setattr(doctor, "database_time_ms", clock.now_ms)
        assert health("clock") == Health.WARNING
    with clock.frozen(1_000):
        assert health("clock") == Health.FAILURE


def test_a_clock_that_jumps_just_now_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    wall, steady = doctor._STARTED
    monkeypatch.setattr(doctor, "_STARTED", (wall - 100, steady))
    assert health("clock") == Health.WARNING


def test_settings_unfit_for_service_are_told(settings: LazySettings) -> None:
    settings.DEBUG = True
    assert health("settings") == Health.WARNING
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["crm.example.com"]
    assert health("settings") == Health.WARNING
    settings.HTTPS = True
    assert health("settings") == Health.WELL


def test_where_the_database_fails_nothing_else_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> list[str]:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(doctor, "pending_migrations", unreachable)
    findings = doctor.examine()
    assert findings[-1].check == "database"
    assert findings[-1].message.endswith(": connection refused")
    monkeypatch.setattr(doctor, "pending_migrations", lambda: ["platform.0099_x"])
    assert health("database") == Health.FAILURE
    monkeypatch.setattr(doctor, "pending_migrations", lambda: None)
    assert "guanxi init" in remedy("database")
