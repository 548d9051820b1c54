"""One request to a receiver, which may be slow, down, or lie: bounded in time and size, never redirected."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpcore

from guanxi import __version__
from guanxi.kernel.clock import HOUR_MS, SECOND_MS, now_ms
from guanxi.kernel.errors import Invalid
from guanxi.platform import jobs
from guanxi.platform.webhooks.addresses import NotPublic, Target, resolved, target_of
from guanxi.platform.webhooks.contracts import Failure, Outcome

CONNECT_SECONDS: Final = 5.0
BODY_SECONDS: Final = 2.0  # for the answer's body, which is only shown
KEPT_BYTES: Final = 2_048
MOST_RETRY_AFTER_MS: Final = 12 * HOUR_MS


class TooLong(Exception):
    """The whole of an attempt has a limit, however it is spread over its parts."""


class _Bounded(httpcore.NetworkStream):
    """A connection on which nothing waits beyond `deadline` (of the monotonic clock)."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout)
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Pinned(httpcore.NetworkBackend):
    """Connects to addresses that were judged, whatever the name resolves to by now."""

    def __init__(self, addresses: Iterable[str], deadline: float) -> None:
        self._addresses, self._deadline = list(addresses), deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                left = _left(self._deadline, CONNECT_SECONDS)
                stream = self._backend.connect_tcp(address, port, left, local_address, socket_options)
                return _Bounded(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Outcome:
    """Send `body` once; how it went. A status of 2xx is a success, whatever follows it."""
    began = time.monotonic()
    status, response, retry_after_ms = None, "", 0
    try:
        target = target_of(url)
        addresses = resolved(target)
        deadline = began + seconds
        status, response, retry_after_ms = _asked(target, addresses, body, headers, deadline)
        error = _judged(status)
    except Exception as failure:  # whatever a receiver does, it is an answer
        error = _named(failure)
    duration_ms = round((time.monotonic() - began) * SECOND_MS)
    return Outcome(status, error, response, duration_ms, retry_after_ms)


def _asked(
    target: Target, addresses: list[str], body: bytes, headers: Mapping[str, str], deadline: float
) -> tuple[int, str, int]:
    """Status, beginning of the answer, Retry-After in milliseconds."""
    every = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept-Encoding": "identity",
        "User-Agent": f"Guanxi/{__version__}",
        "Connection": "close",
        **headers,
    }
    url = f"{target.scheme}://{target.authority}{target.path}"
    with (
        httpcore.ConnectionPool(network_backend=_Pinned(addresses, deadline), retries=0) as pool,
        pool.stream("POST", url, headers=list(every.items()), content=body) as answer,
    ):
        told = {name.lower(): value for name, value in answer.headers}
        return answer.status, _beginning(answer, deadline), _retry_after_ms(told.get(b"retry-after", b""))


def _beginning(answer: httpcore.Response, deadline: float) -> str:
    """The first 2 KiB of the answer, as far as they come within two seconds; text that any database takes."""
    kept = bytearray()
    deadline = min(deadline, time.monotonic() + BODY_SECONDS)
    stream = answer.extensions.get("network_stream")
    if isinstance(stream, _Bounded):
        stream._deadline = deadline
    try:
        for block in answer.iter_stream():
            kept += block[: KEPT_BYTES - len(kept)]
            if len(kept) >= KEPT_BYTES or time.monotonic() > deadline:
                break
    except (TooLong, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass  # the status counts; of the body there is what came
    return bytes(kept).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _judged(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if status == 410:
        return Failure.GONE
    return Failure.REDIRECT if 300 <= status < 400 else Failure.STATUS


def _named(failure: Exception) -> str:
    match failure:
        case NotPublic() | Invalid():
            return Failure.REFUSED
        case TooLong() | httpcore.TimeoutException():
            return Failure.TIMEOUT
        case httpcore.ConnectError():
            return Failure.TLS if isinstance(failure.__context__, ssl.SSLError) else Failure.CONNECT
        case OSError() | UnicodeError():
            return Failure.NAME
        case httpcore.NetworkError() | httpcore.ProtocolError():
            return Failure.BROKEN
    jobs.log_crash("webhook", failure)
    return Failure.BROKEN


def _retry_after_ms(value: bytes) -> int:
    """Seconds or a date, as milliseconds from now, half a day at most; 0 for what is neither."""
    text = value.decode("latin-1").strip()
    try:
        if text.isdecimal():
            wait_ms = int(text[:10]) * SECOND_MS
        else:
            wait_ms = round(parsedate_to_datetime(text).timestamp() * SECOND_MS) - now_ms()
    except (ValueError, TypeError, OverflowError):
        return 0
    return max(0, min(wait_ms, MOST_RETRY_AFTER_MS))


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooLong
    return left if timeout is None else min(left, timeout)
