"""Bad days of the master key: lost, wrong, rotated, unreadable."""

from __future__ import annotations

import io
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from guanxi.kernel.errors import Invalid
from guanxi.platform import keys, people, storage, totp, vault
from guanxi.platform.models import Brand, VaultBox, VaultKey, VaultSecret
from guanxi.platform.vault import Seen, rotation

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


def sealed_everywhere() -> None:
    vault.seal_many(1, {i: {"name": Seen(f"李雷{i}", 1)} for i in range(1, 8)})


def test_a_rotation_rewraps_everything_and_changes_no_index(home: Path) -> None:
    keys.create_key_file()
    brand = Brand.objects.create(slug="lanhua", name="Lanhua")
    sealed_everywhere()
    boxes = dict(VaultBox.objects.values_list("pk", "sealed"))
    index = vault.blind_index(1, "phone", "+8613800138000")
    file_id = storage.store(brand.pk, storage.Purpose.UPLOAD, "a.csv", io.BytesIO(b"content"))
    user = people.create_user("mei", "a-long-enough-secret", actor="test")
    secret = totp.new_sealed_secret(user)
    totp.enable(user, secret, pyotp.TOTP(vault.unseal_text(secret, f"totp:{user.pk}")).now(), actor="test")

    told: list[tuple[int, int]] = []
    done = rotation.rotate(lambda done, total: told.append((done, total)))
    assert done == rotation.Rotated(version=2, rewrapped=7 + 1 + 1 + 1, unused=[1])
    assert told == [(7, 7)]
    assert (home / "master.key").stat().st_mode & 0o777 == 0o600
    assert rotation.drop_unused() == [1]
    assert rotation.drop_unused() == []
    assert (home / "master.key").read_text().count(":") == 1

    vault.forget_keys()
    assert vault.open_many([3])[3]["name"].text == "李雷3"
    assert dict(VaultBox.objects.values_list("pk", "sealed")) == boxes
    assert vault.blind_index(1, "phone", "+8613800138000") == index
    assert vault.search_name(1, "李雷3") == [3]
    assert storage.open_file(file_id, brand.pk).read() == b"content"
    user.refresh_from_db()
    code = pyotp.TOTP(vault.unseal_text(user.totp_secret, f"totp:{user.pk}"))
    assert totp.accept(user, code.at(int(time.time()) + 30))


def test_a_rotation_cut_short_is_readable_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    keys.create_key_file()
    sealed_everywhere()
    monkeypatch.setattr(rotation, "BATCH", 3)

    def die(done: int, total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(die)
    vault.forget_keys()
    assert len(vault.open_many(range(1, 8))) == 7
    vault.seal_many(1, {8: NAME})
    assert rotation.rotate() == rotation.Rotated(version=2, rewrapped=2, unused=[1])
    assert len(vault.open_many(range(1, 9))) == 8


def test_an_erased_subject_stays_erased_in_a_rotation() -> None:
    keys.create_key_file()
    sealed_everywhere()
    vault.erase(1, [3])
    rotation.rotate()
    assert sorted(vault.open_many(range(1, 8))) == [1, 2, 4, 5, 6, 7]


def test_a_key_of_the_environment_is_rotated_by_whoever_sets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_MASTER_KEY", ONE)
    sealed_everywhere()
    with pytest.raises(Invalid, match="openssl rand"):
        rotation.rotate()
    with pytest.raises(Invalid, match="none to take out"):
        rotation.drop_unused()
    monkeypatch.setenv("GUANXI_MASTER_KEY", f"2:{TWO},1:{ONE}")
    assert rotation.rotate() == rotation.Rotated(version=2, rewrapped=8, unused=[1])
    monkeypatch.setenv("GUANXI_MASTER_KEY", f"2:{TWO}")
    vault.forget_keys()
    assert len(vault.open_many(range(1, 8))) == 7


def test_a_dropped_version_is_named_where_it_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_MASTER_KEY", ONE)
    sealed_everywhere()
    monkeypatch.setenv("GUANXI_MASTER_KEY", f"2:{TWO}")
    with pytest.raises(vault.KeyMissing, match="backup"):
        vault.seal_many(1, {9: NAME})
