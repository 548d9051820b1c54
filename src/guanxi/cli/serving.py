"""`guanxi up`: the web and the worker as children of one process; where one ends, all end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from guanxi.cli.shared import command, command_app, line, note
from guanxi.kernel.errors import Unavailable
from guanxi.kernel.wording import say

app = command_app()

STOP_SECONDS = 20.0
READY_SECONDS = 60.0
LOOK_SECONDS = 0.2

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for all of this machine's.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")]
Processes = Annotated[int, typer.Option(min=1, max=64, help="Web processes.")]
Threads = Annotated[
    int, typer.Option("--threads", "--workers-threads", min=1, max=256, help="Threads of each web process.")
]


@app.command("up")
@command
def up(host: Host = "127.0.0.1", port: Port = 8000, processes: Processes = 1, threads: Threads = 8) -> int:
    """Serve the console and the API, and run the worker, until Ctrl-C."""
    return serve(host, port, processes=processes, threads=threads)


@app.command("web", hidden=True)
@command
def web(host: Host = "127.0.0.1", port: Port = 8000, processes: Processes = 1, threads: Threads = 8) -> None:
    """Serve the console and the API without a worker (for several machines on PostgreSQL)."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    end_with_parent()
    Granian(
        "guanxi.cli.web_process:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
    ).serve()


@app.command("worker", hidden=True)
@command
def work() -> None:
    """Run jobs without serving the web (for several machines on PostgreSQL)."""
    from guanxi.platform import vault
    from guanxi.platform.worker import Worker

    vault.check_keys()
    worker = Worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    end_with_parent()
    worker.run()


def serve(
    host: str, port: int, *, processes: int = 1, threads: int = 8, ready: Callable[[], None] | None = None
) -> int:
    """Run web and worker until a signal or until one of them ends; the exit code. `ready` is called once
    the web answers. Raises Unavailable where the port is taken, KeyMissing or KeyWrong."""
    from django.core.management import call_command

    from guanxi.platform import vault

    os.umask(0o077)
    vault.check_keys()
    demand_free(host, port)
    call_command("collectstatic", interactive=False, verbosity=0)
    where = ["--host", host, "--port", str(port), "--processes", str(processes), "--threads", str(threads)]
    children = {"web": _child("web", *where), "worker": _child("worker")}
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        if _wait_until_ready(host, port, children, stopped):
            address = f"http://{_shown(host)}:{port}"
            line(say("Guanxi is at [bold]%(address)s[/bold]  (Ctrl-C ends it)", address=address))
            if ready:
                ready()
        while not stopped.wait(LOOK_SECONDS) and all(child.poll() is None for child in children.values()):
            pass
        ended = [name for name, child in children.items() if child.poll() is not None]
    finally:
        _end(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    if stopped.is_set() or not ended:
        return 0
    code = children[ended[0]].returncode
    note(
        say(
            "The %(process)s ended with code %(code)s, so everything was stopped.",
            process=ended[0],
            code=code,
        )
    )
    return 1


def demand_free(host: str, port: int) -> None:
    """Raises Unavailable where nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                say(
                    "Nothing can listen on %(host)s:%(port)s: %(reason)s.",
                    host=host,
                    port=port,
                    reason=error.strerror,
                ),
                remedy=say(
                    "Is Guanxi running already? Otherwise take another port: `--port %(port)s`.",
                    port=port + 1,
                ),
                port=port,
            ) from None


def end_with_parent() -> None:
    """End this process when its parent has, also if that was killed. Does nothing outside of `up`."""
    if parent := int(os.environ.get("GUANXI_PARENT", "0")):
        threading.Thread(target=_follow, args=(parent,), name="parent", daemon=True).start()


def _follow(parent: int) -> None:
    own = os.getppid()
    orphaned = own == 1 and parent != 1  # the parent was gone before this process could look
    while not orphaned and os.getppid() == own and _alive(parent):
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _child(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this very program, with its own words
        [sys.executable, "-m", "guanxi.cli.main", *words],
        env={**os.environ, "GUANXI_PARENT": str(os.getpid())},
        stdin=subprocess.DEVNULL,
    )


def _wait_until_ready(
    host: str, port: int, children: dict[str, subprocess.Popen[bytes]], stopped: threading.Event
) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not stopped.is_set():
        if any(child.poll() is not None for child in children.values()):
            return False
        try:
            socket.create_connection((_shown(host).strip("[]"), port), timeout=1).close()
        except OSError:
            stopped.wait(LOOK_SECONDS)
        else:
            return True
    return False


def _shown(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
