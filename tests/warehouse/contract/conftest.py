"""The three engines, each as a URL; ClickHouse and Spark as small as they come, for the whole run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from guanxi.warehouse.engines import close_all
from tests.conftest import missing_part
from tests.warehouse.clickhouse_server import IN_URL, serving

START_SECONDS = 90


@pytest.fixture(autouse=True)
def _own_home() -> None:
    """Here the data folder is the module's: engines stay open between tests."""


@pytest.fixture(scope="module", autouse=True)
def _home_of_the_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GUANXI_HOME", str(tmp_path_factory.mktemp("home")))
        yield
        close_all()


@pytest.fixture(scope="module")
def spark_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Spark cluster on this machine: a master and two workers, ended with the module."""
    if importlib.util.find_spec("pyspark") is None:
        missing_part("pyspark (make setup-check)")
    if shutil.which("java") is None:
        missing_part("Java 17 for Spark (Debian: openjdk-17-jre-headless)")
    from pyspark.find_spark_home import _find_spark_home

    run = [f"{_find_spark_home()}/bin/spark-class"]
    folder = tmp_path_factory.mktemp("spark")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    where = ["--host", "127.0.0.1", "--webui-port", "0"]
    url = f"spark://127.0.0.1:{port}"
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder)}
    log = folder / "master.log"
    processes: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> None:
        with (folder / name).open("wb") as stream:
            processes.append(
                subprocess.Popen(
                    [*run, *arguments], env=environment, stdout=stream, stderr=stream, start_new_session=True
                )
            )

    deploy = "org.apache.spark.deploy"
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    try:
        start("master.log", f"{deploy}.master.Master", *where, "--port", port)
        for number in (1, 2):
            start(
                f"worker{number}.log",
                f"{deploy}.worker.Worker",
                *where,
                "--cores",
                "1",
                "--memory",
                "1g",
                url,
            )
        _wait_for(log, "Registering worker", times=2)
        yield f"{url}?spark.sql.shuffle.partitions=2&spark.driver.host=127.0.0.1"
    finally:
        close_all()
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            process.wait(30)


@pytest.fixture(scope="module")
def clickhouse_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """ClickHouse's engine behind its HTTP protocol."""
    if importlib.util.find_spec("chdb") is None:
        missing_part("chdb (make setup-check)")
    with serving(tmp_path_factory.mktemp("clickhouse")) as port:
        yield f"clickhouse://{IN_URL}@127.0.0.1:{port}/guanxi"
        close_all()


def _wait_for(log: Path, words: str, times: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while log.read_text(errors="replace").count(words) < times:
        if time.monotonic() > deadline:
            pytest.fail(f"Spark did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("clickhouse", marks=pytest.mark.heavy),
        pytest.param("clickhouse-http", marks=pytest.mark.heavy),
        pytest.param("spark", marks=pytest.mark.heavy),
    ]
)
def engine_url(request: pytest.FixtureRequest) -> str:
    if request.param == "spark":
        return str(request.getfixturevalue("spark_url"))
    if request.param == "clickhouse-http":
        return str(request.getfixturevalue("clickhouse_url"))
    if request.param == "clickhouse":
        if importlib.util.find_spec("chdb") is None:
            missing_part("chdb (make setup-check)")
        return "chdb://memory"
    return "duckdb://"
