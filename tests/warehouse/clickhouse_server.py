"""A ClickHouse server as small as it comes: its HTTP protocol, answered by chdb in a process of its own.

`python -m tests.warehouse.clickhouse_server FOLDER PORT [--insert-to-die-at N] [--certificate FILE]` serves
the user `analyst` with the password `p@ss/word`. What is real: ClickHouse's engine, the HTTP requests of
clickhouse-connect, passwords, databases, settings, compression, errors. What is not: ClickHouse's own HTTP
code.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit

USER, PASSWORD = "analyst", "p@ss/word"
IN_URL = "analyst:p%40ss%2Fword"
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_INSERT = re.compile(r"\s*INSERT\s", re.IGNORECASE)
_SETTINGS = {"join_use_nulls", "aggregate_functions_null_for_empty"}
_CODES = {"AUTHENTICATION_FAILED": 403, "UNKNOWN_TABLE": 404, "UNKNOWN_DATABASE": 404}
START_SECONDS = 60


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = Lock()
    connection_to_engine: Any = None
    inserts_left = -1

    def do_GET(self) -> None:
        self._answered(b"")

    def do_POST(self) -> None:
        self._answered(self._body())

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            data = b"".join(parts)
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return unpacked(data, self.headers.get("Content-Encoding", ""))

    def _answered(self, body: bytes) -> None:
        url = urlsplit(self.path)
        if url.path == "/ping":
            self._send(200, b"Ok.\n")
            return
        given = dict(parse_qsl(url.query, keep_blank_values=True))
        if not self._is_known():
            text = f"Code: 516. DB::Exception: {USER}: Authentication failed (AUTHENTICATION_FAILED)"
            self._send(403, text.encode(), {"X-ClickHouse-Exception-Code": "516"})
            return
        query = given.get("query", "")
        if _INSERT.match(query):
            type(self).inserts_left -= 1
            if type(self).inserts_left == 0:
                os._exit(9)  # as the server that runs out of memory: no answer, no last word
        elif body:
            query, body = f"{query}\n{body.decode()}".strip(), b""
        try:
            with self.lock:
                answer, written = self._run(query, body, given)
        except RuntimeError as failure:
            text = str(failure)[str(failure).find("Code:") :]
            code = text.split(".")[0].removeprefix("Code:").strip()
            self._send(500, text.encode(), {"X-ClickHouse-Exception-Code": code})
            return
        about = {"X-ClickHouse-Summary": "{}", "X-ClickHouse-Format": written, "X-ClickHouse-Timezone": "UTC"}
        accepted = self.headers.get("Accept-Encoding", "")
        if given.get("enable_http_compression") == "1" and "gzip" in accepted:
            answer, about["Content-Encoding"] = gzip.compress(answer, 1), "gzip"
        self._send(200, answer, about)

    def _is_known(self) -> bool:
        basic = self.headers.get("Authorization", "").removeprefix("Basic ")
        told = base64.b64decode(basic).decode()
        return told == f"{USER}:{PASSWORD}"

    def _run(self, query: str, body: bytes, given: dict[str, str]) -> tuple[bytes, str]:
        engine = self.connection_to_engine
        engine.query(f"USE `{given.get('database') or 'default'}`")
        for name in _SETTINGS:
            engine.query(f"SET {name} = {int(given.get(name, 0))}")
        found = _FORMAT.search(query)
        wanted = found[1] if found else "TabSeparated"
        if body:
            with tempfile.NamedTemporaryFile() as file:
                file.write(body)
                file.flush()
                before = query[: found.start()] if found else query
                engine.query(f"{before} FROM INFILE '{file.name}' FORMAT {wanted}")
            return b"", wanted
        answer = engine.query(query[: found.start()] if found else query, wanted)
        return bytes(answer.bytes()), wanted

    def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def unpacked(data: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(data)
    if encoding == "lz4":
        import lz4.frame

        return bytes(lz4.frame.decompress(data))
    if encoding == "zstd":
        import zstandard

        return bytes(zstandard.ZstdDecompressor().decompressobj().decompress(data))
    return data


@contextmanager
def serving(
    folder: Path, *, port: int = 0, die_at: int = 0, certificate: Path | None = None
) -> Iterator[int]:
    """The port of a server that keeps its tables in `folder`."""
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    words = [sys.executable, "-m", __name__, str(folder), str(port), "--insert-to-die-at", str(die_at)]
    words += ["--certificate", str(certificate)] if certificate else []
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(words, cwd=root, env={**os.environ, "PYTHONPATH": root})
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_up(port):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def _is_up(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("port", type=int)
    parser.add_argument("--insert-to-die-at", type=int, default=0)
    parser.add_argument("--certificate")
    given = parser.parse_args()
    import chdb

    Handler.connection_to_engine = chdb.connect(given.folder)
    Handler.inserts_left = given.insert_to_die_at
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
