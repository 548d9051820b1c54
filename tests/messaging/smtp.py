"""A real SMTP server on the loopback, small and obedient: what it answers to whom is written down before."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple


class Taken(NamedTuple):
    sender: str
    recipient: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


class Server(socketserver.ThreadingTCPServer):
    """`answers` by verb, or by the recipient's address; "CLOSE" hangs up without a word."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers: dict[str, str] = {}
        self.taken: list[Taken] = []
        self.connections = 0
        self.signed_in: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.server.connections += 1
        if not self._say(self.server.answers.get("CONNECT", "220 here")):
            return
        sender = recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ", 1)[0].upper()
            if verb == "MAIL":
                sender = _address(line)
            if verb == "RCPT":
                recipient = _address(line)
            if verb == "AUTH":
                self.server.signed_in.append(line)
            answer = self.server.answers.get(recipient if verb == "RCPT" else verb) or _USUAL.get(
                verb, "250 ok"
            )
            if not self._say(answer):
                return
            if verb == "DATA" and answer.startswith("354"):
                content = self._content()
                if self.server.answers.get("DOT") != "CLOSE":
                    refused = self.server.answers.get("DOT", "")
                    if not refused:
                        self.server.taken.append(Taken(sender, recipient, content))
                    self._say(refused or "250 taken")
                else:
                    return
            if verb == "QUIT":
                return

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, answer: str) -> bool:
        if answer == "CLOSE":
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return not answer.startswith("421")


_USUAL = {"EHLO": "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN", "DATA": "354 go on", "QUIT": "221 bye"}


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
