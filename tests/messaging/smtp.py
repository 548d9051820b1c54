"""A real SMTP server on the loopback, small and obedient: what it answers to whom is written down before."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Taken(NamedTuple):
    sender: str
    recipient: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


class Server(socketserver.ThreadingTCPServer):
    """`answers` by verb, or by the recipient's address; "CLOSE" hangs up without a word. With `tls` it speaks
    encrypted: from the first byte with `at_once`, else when it is asked."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.tls, self.at_once = tls, at_once
        self.encrypted: list[str] = []  # the verbs that nobody on the way could read
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
        try:
            if self.server.at_once:
                self._encrypt()
            self._talk()
        except (ssl.SSLError, ConnectionError):
            return  # the other side does not trust the certificate

    def _encrypt(self) -> None:
        assert self.server.tls is not None
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _talk(self) -> None:
        if not self._say(self.server.answers.get("CONNECT", "220 here")):
            return
        sender = recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ", 1)[0].upper()
            if isinstance(self.connection, ssl.SSLSocket):
                self.server.encrypted.append(verb)
            if verb == "STARTTLS" and self.server.tls is not None:
                self._say("220 go on")
                self._encrypt()
                continue
            if verb == "MAIL":
                sender = _address(line)
            if verb == "RCPT":
                recipient = _address(line)
            if verb == "AUTH":
                self.server.signed_in.append(line)
            answer = self.server.answers.get(recipient if verb == "RCPT" else verb) or _USUAL.get(
                verb, "250 ok"
            )
            if verb == "EHLO" and self.server.tls is not None:
                answer = answer.replace("250 ", "250-STARTTLS\r\n250 ")
            if not self._say(answer):
                return
            if verb == "DATA" and answer.startswith("354") and not self._take(sender, recipient):
                return
            if verb == "QUIT":
                return

    def _take(self, sender: str, recipient: str) -> bool:
        content, dot = self._content(), self.server.answers.get("DOT", "")
        if dot == "CLOSE":
            return False
        if not dot:
            self.server.taken.append(Taken(sender, recipient, content))
        self._say(dot or "250 taken")
        return True

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


def certified(folder: Path, host: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """What a server needs to be believed to be `host`, and the certificate that says so."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private, public = folder / "key.pem", folder / "certificate.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


@contextmanager
def serving(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Server]:
    with Server(tls, at_once=at_once) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
