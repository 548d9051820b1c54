"""Bad days of the master key: lost, wrong, rotated, unreadable."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from guanxi.kernel.errors import Invalid
from guanxi.platform import keys, vault
from guanxi.platform.models import VaultKey, VaultSecret
from guanxi.platform.vault import Seen

pytestmark = pytest.mark.django_db
ONE, TWO = (b64encode(bytes([i]) * 32).decode() for i in (1, 2))
NAME: vault.Fields = {"name": Seen("李雷", 1)}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    monkeypatch.delenv("GUANXI_MASTER_KEY", raising=False)
    vault.forget_keys()
    yield tmp_path
    vault.forget_keys()


def test_a_made_key_is_private_and_never_overwritten(home: Path) -> None:
    path = keys.create_key_file()
    assert path == home / "master.key"
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_text()
    with pytest.raises(FileExistsError):
        keys.create_key_file()
    assert path.read_text() == before
    vault.seal_many(1, {1: NAME})
    assert vault.open_many([1]) == {1: NAME}


def test_without_a_key_the_vault_says_what_to_do_and_writes_nothing() -> None:
    with pytest.raises(vault.KeyMissing, match="guanxi init"):
        vault.seal_many(1, {1: NAME})
    assert not VaultKey.objects.exists()
    assert not VaultSecret.objects.exists()


def test_a_lost_key_is_named(home: Path) -> None:
    keys.create_key_file()
    vault.seal_many(1, {1: NAME})
    (home / "master.key").unlink()
    vault.forget_keys()
    with pytest.raises(vault.KeyMissing, match="backup"):
        vault.open_many([1])


def test_a_wrong_key_is_found_out_before_anything_is_written(home: Path) -> None:
    keys.create_key_file()
    vault.seal_many(1, {1: NAME})
    (home / "master.key").unlink()
    keys.create_key_file()
    vault.forget_keys()
    for attempt in (
        lambda: vault.seal_many(1, {2: NAME}),
        lambda: vault.open_many([1]),
        lambda: vault.blind_index(1, "phone", "x"),
        lambda: vault.search_name(1, "李雷"),
        vault.check_keys,
    ):
        with pytest.raises(vault.KeyWrong, match="does not fit this database"):
            attempt()
    assert VaultKey.objects.count() == 1


def test_a_wrong_key_is_found_out_also_while_the_process_runs(home: Path) -> None:
    keys.create_key_file()
    vault.seal_many(1, {1: NAME})
    (home / "master.key").unlink()
    keys.create_key_file()
    with pytest.raises(vault.KeyWrong):
        vault.seal_many(1, {2: NAME})
    assert VaultKey.objects.count() == 1


def test_a_missing_key_check_is_not_made_anew_over_old_data() -> None:
    keys.create_key_file()
    vault.seal_many(1, {1: NAME})
    VaultSecret.objects.all().delete()
    vault.forget_keys()
    with pytest.raises(vault.Tampered, match="platform_vaultsecret"):
        vault.seal_many(1, {2: NAME})


def test_versions_are_read_from_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_MASTER_KEY", ONE)
    vault.seal_many(1, {1: NAME})
    index = vault.blind_index(1, "phone", "+8613800138000")
    monkeypatch.setenv("GUANXI_MASTER_KEY", f"2:{TWO}, 1:{ONE}")
    vault.forget_keys()
    vault.seal_many(1, {2: NAME})
    assert vault.open_many([1, 2]) == {1: NAME, 2: NAME}
    assert vault.search_name(1, "李雷") == [2, 1]
    assert vault.blind_index(1, "phone", "+8613800138000") == index
    assert list(VaultKey.objects.order_by("pk").values_list("master_version", flat=True)) == [1, 2]


@pytest.mark.parametrize("text", ["no base64!", b64encode(b"short").decode(), f"x:{ONE}", f"0:{ONE}"])
def test_a_key_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_MASTER_KEY", text)
    with pytest.raises(Invalid, match="base64"):
        vault.seal_many(1, {1: NAME})
