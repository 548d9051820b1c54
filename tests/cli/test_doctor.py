from __future__ import annotations

from pathlib import Path

import orjson

from tests.cli.running import guanxi, initialise


def test_doctor_fails_before_init_and_not_after(tmp_path: Path) -> None:
    home = tmp_path / "data"
    ill = guanxi(home, "doctor", "--json")
    assert ill.returncode == 1
    assert not orjson.loads(ill.stdout)["healthy"]
    assert not home.exists()
    initialise(home)
    well = guanxi(home, "doctor", "--json")
    assert well.returncode == 0, well.stdout
    assert well.stdout.count("\n") == 1
    checks = [finding["check"] for finding in orjson.loads(well.stdout)["findings"]]
    assert checks == [
        "folder",
        "settings",
        "secrets",
        "disk",
        "database",
        "vault",
        "worker",
        "clock",
        "warehouse",
    ]


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    unusable = {"GUANXI_UPLOAD_DAYS": "x", "DATABASE_URL": "mysql://x", "GUANXI_HTTPS": "maybe"}
    for variable, value in unusable.items():
        done = guanxi(tmp_path, "doctor", "--json", **{variable: value})
        assert done.returncode == 2
        assert variable in orjson.loads(done.stdout)["error"]["message"]
