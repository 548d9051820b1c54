"""`guanxi up` as its users meet it: it answers, ends cleanly, and dies as a whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.cli.running import environment, guanxi, initialise


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serving")
    initialise(folder)
    return folder


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def up(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`guanxi up`, ready: it has said where it is."""
    started = subprocess.Popen(
        [sys.executable, "-u", "-m", "guanxi.cli.main", "up", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
        start_new_session=True,
    )
    assert started.stdout
    try:
        assert f"http://127.0.0.1:{port}" in started.stdout.readline()
        yield started
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)  # the whole group, whatever became of its leader
        started.communicate()


def children(parent: int) -> list[int]:
    """The processes that `parent` has started, web first."""
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    if not listed.exists():
        pytest.skip("this system does not list children")
    return [int(number) for number in listed.read_text().split()]


def test_it_answers_refuses_a_second_and_ends_cleanly(
    up: subprocess.Popen[str], home: Path, port: int
) -> None:
    assert httpx.get(f"http://127.0.0.1:{port}/alive").text == "ok"
    second = guanxi(home, "up", "--port", str(port))
    assert second.returncode == 8
    assert f"--port {port + 1}" in second.stderr
    os.kill(up.pid, signal.SIGINT)
    assert up.wait(timeout=60) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/alive")


def test_where_one_part_is_killed_all_end(up: subprocess.Popen[str], port: int) -> None:
    _web, worker = children(up.pid)
    os.kill(worker, signal.SIGKILL)
    assert up.wait(timeout=60) == 1
    assert up.stderr
    assert "The worker ended" in up.stderr.read()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/alive")
