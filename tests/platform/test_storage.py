from __future__ import annotations

import io
import os
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings

from guanxi.kernel import clock
from guanxi.kernel.errors import Limit, NotFound
from guanxi.platform import storage, vault
from guanxi.platform.models import Brand, StoredFile
from guanxi.platform.retention import running
from guanxi.platform.sealed_files import CHUNK_BYTES, SEALED_BYTES, SealedReader, Sealer
from guanxi.platform.storage import Purpose

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield tmp_path / "files"


@pytest.fixture
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="Lanhua")


def stored(brand: Brand, content: bytes, name: str = "orders.csv") -> int:
    return storage.store(brand.pk, Purpose.UPLOAD, name, io.BytesIO(content))


def sealed(content: bytes, key: bytes = b"k" * 32) -> io.BytesIO:
    target = io.BytesIO()
    sealer = Sealer(target, key)
    sealer.write(content)
    sealer.finish()
    return target


SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_stored_comes_back_and_lies_sealed(brand: Brand, files: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    file_id = stored(brand, content)
    with storage.open_file(file_id, brand.pk) as stream:
        assert stream.read() == content
    record = storage.find(file_id, brand.pk)
    assert record.size_bytes == size
    path = files / record.location
    assert path.stat().st_mode & 0o777 == 0o600
    assert size < 16 or content[:16] not in path.read_bytes()


def test_any_place_can_be_read(brand: Brand) -> None:
    content = random.Random(1).randbytes(5 * CHUNK_BYTES + 11)
    chance = random.Random(2)
    with storage.open_file(stored(brand, content), brand.pk) as stream:
        for _ in range(200):
            at, size = (
                chance.randrange(len(content) + 10),
                chance.choice([1, 100, CHUNK_BYTES, 2 * CHUNK_BYTES]),
            )
            assert stream.seek(at) == at
            assert stream.read(size) == content[at : at + size]
        assert stream.seek(-5, io.SEEK_END) == len(content) - 5
        assert stream.read() == content[-5:]
        with pytest.raises(OSError, match="before the beginning"):
            stream.seek(-len(content) - 1, io.SEEK_END)


def test_zip_and_parquet_open_from_the_sealed_stream(brand: Brand) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.csv", "订单编号\n" * 100_000)
    with (
        storage.open_file(stored(brand, archive.getvalue()), brand.pk) as stream,
        zipfile.ZipFile(stream) as read,
    ):
        assert read.read("a.csv").decode().count("\n") == 100_000
    table = io.BytesIO()
    pq.write_table(pa.table({"n": list(range(50_000))}), table, row_group_size=1_000)
    with storage.open_file(stored(brand, table.getvalue()), brand.pk) as stream:
        assert pq.ParquetFile(stream).read_row_group(37)["n"][0].as_py() == 37_000


def flip(content: bytearray) -> None:
    content[SEALED_BYTES + 100] ^= 1


def swap(content: bytearray) -> None:
    first = slice(4, 4 + SEALED_BYTES)
    second = slice(4 + SEALED_BYTES, 4 + 2 * SEALED_BYTES)
    content[first], content[second] = content[second], content[first]


def drop_the_end(content: bytearray) -> None:
    del content[4 + 2 * SEALED_BYTES :]


def cut(content: bytearray) -> None:
    del content[-5:]


def empty(content: bytearray) -> None:
    content.clear()


def repeat(content: bytearray) -> None:
    content += content[4:]


@pytest.mark.parametrize("harm", [flip, swap, drop_the_end, cut, empty, repeat])
def test_a_changed_file_is_refused(brand: Brand, files: Path, harm: Callable[[bytearray], None]) -> None:
    file_id = stored(brand, random.Random(1).randbytes(3 * CHUNK_BYTES + 5))
    path = files / storage.find(file_id, brand.pk).location
    content = bytearray(path.read_bytes())
    harm(content)
    path.write_bytes(content)
    with pytest.raises(vault.Tampered), storage.open_file(file_id, brand.pk) as stream:
        stream.read()


def test_a_chunk_of_one_file_is_none_of_another() -> None:
    one, other = sealed(b"x" * (2 * CHUNK_BYTES), b"1" * 32), sealed(b"x" * (2 * CHUNK_BYTES), b"2" * 32)
    mixed = io.BytesIO(one.getvalue()[: 4 + SEALED_BYTES] + other.getvalue()[4 + SEALED_BYTES :])
    with pytest.raises(vault.Tampered):
        SealedReader(mixed, b"1" * 32, "mixed").read()


def test_another_brand_sees_no_file(brand: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other")
    with pytest.raises(NotFound):
        storage.open_file(stored(brand, b"x"), other.pk)


def test_what_fails_leaves_nothing(brand: Brand, files: Path) -> None:
    with pytest.raises(RuntimeError), storage.create(brand.pk, Purpose.UPLOAD, "x.csv") as writer:
        writer.write(b"x" * CHUNK_BYTES * 2)
        raise RuntimeError
    assert list(files.iterdir()) == []
    assert not StoredFile.objects.exists()


def test_a_file_beyond_the_limit_is_refused(brand: Brand, files: Path, settings: LazySettings) -> None:
    settings.MAX_FILE_BYTES = 10
    with pytest.raises(Limit, match="GUANXI_MAX_FILE_BYTES"):
        stored(brand, b"x" * 11)
    assert list(files.iterdir()) == []
    assert stored(brand, b"x" * 10)


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    """In a process of its own that may write no file beyond 300,000 bytes."""
    script = f"""
import io, resource
import tests.settings, django
import os
os.environ |= {{"GUANXI_HOME": {str(tmp_path)!r}, "DJANGO_SETTINGS_MODULE": "tests.settings"}}
django.setup()
from guanxi.platform import storage
storage.prove_keys = lambda: None
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    storage.store(1, storage.Purpose.UPLOAD, "big.csv", io.BytesIO(b"x" * 1_000_000))
except storage.DiskFull as error:
    print(error.code, list(storage.folder().iterdir()))
"""
    root = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(root / "src"), str(root)])
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stdout == "disk_full []\n", done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 300_000


@pytest.mark.django_db(transaction=True)
def test_files_expire(brand: Brand, files: Path) -> None:
    upload = stored(brand, b"x")
    rejects = storage.store(brand.pk, Purpose.REJECTS, "rejected.csv", io.BytesIO(b"y"))
    assert running.run(brand.pk) == {}
    with clock.frozen(clock.now_ms() + 8 * clock.DAY_MS):
        with pytest.raises(NotFound, match="for some days only"):
            storage.open_file(upload, brand.pk)  # before the night in which it goes
        assert running.run(brand.pk) == {"files.upload": 1}
        with pytest.raises(NotFound, match="for some days only"):
            storage.open_file(upload, brand.pk)
        assert storage.open_file(rejects, brand.pk).read() == b"y"
    assert len(list(files.iterdir())) == 1
    with clock.frozen(clock.now_ms() + 31 * clock.DAY_MS):
        assert running.run(brand.pk) == {"files.rejects": 1}
    assert list(files.iterdir()) == []


def test_left_overs_are_swept_after_a_day(brand: Brand, files: Path) -> None:
    stored(brand, b"x")
    (files / "abc.part").write_bytes(b"x")
    (files / "def").write_bytes(b"x")
    storage.sweep()
    assert len(list(files.iterdir())) == 3
    for path in files.iterdir():
        os.utime(path, (0, 0))
    storage.sweep()
    assert len(list(files.iterdir())) == 1


def test_names_are_kept_without_their_folders(brand: Brand) -> None:
    for name, kept in [
        ("../../etc/订单.csv", "订单.csv"),
        ("", "file"),
        ("a" * 300 + ".csv", "a" * 196 + ".csv"),
    ]:
        assert storage.find(stored(brand, b"", name), brand.pk).name == kept
