"""A receiver on loopback that does whatever a test wants of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from guanxi.platform.webhooks.jobs import Sender

Behaviour = Callable[[socket.socket, int], None]


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = orjson.loads(self.body)["events"]
        return found


@dataclass
class Receiver:
    """`behave` gets the connection and how many requests there have been; what it says is sent as it is."""

    port: int
    behave: Behaviour
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?shop=1"

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.asked]


def says(*answers: str, then: str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> Behaviour:
    """Answers in turn, and `then` ever after."""

    def behave(connection: socket.socket, number: int) -> None:
        connection.sendall((answers[number - 1] if number <= len(answers) else then).encode())

    return behave


def status(code: int, *headers: str, body: str = "") -> str:
    lines = (f"HTTP/1.1 {code} X", *headers, f"Content-Length: {len(body.encode())}")
    return "\r\n".join(lines) + "\r\n\r\n" + body


@contextmanager
def receiving(behave: Behaviour) -> Iterator[Receiver]:
    listening = socket.create_server(("127.0.0.1", 0))
    receiver = Receiver(listening.getsockname()[1], behave)

    def serve(connection: socket.socket) -> None:
        with connection:
            asked = _read(connection)
            if asked is None:
                return
            receiver.asked.append(asked)
            try:
                receiver.behave(connection, len(receiver.asked))
            except OSError:
                return  # the sender has hung up

    def accept() -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield receiver
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _read(connection: socket.socket) -> Asked | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        block = connection.recv(65_536)
        if not block:
            return None
        raw += block
    head, _gap, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536)
    return Asked(headers, body)


def run(sender: Sender, seconds: float = 20.0) -> None:
    """Step until nothing is under way and nothing is to be done now."""
    ends = time.monotonic() + seconds
    quiet = 0
    while time.monotonic() < ends:
        sender._looked_at = 0.0
        quiet = 0 if sender.step() or sender.under_way else quiet + 1
        if quiet >= 2:
            return
        time.sleep(0.005)
    raise AssertionError("the sender did not come to rest")
