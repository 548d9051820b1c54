"""A webhook leads to public addresses by https and nowhere else, whatever it is written as or resolves to."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from guanxi.kernel.errors import Invalid
from guanxi.platform.webhooks import sending
from guanxi.platform.webhooks.addresses import NotPublic, resolved, target_of
from guanxi.platform.webhooks.contracts import Failure
from tests.webhooks.receiver import receiving, says

PRIVATE = [
    *(
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
    ),
    *(
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
    ),
    *("255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]"),
    *(
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::10.0.0.1]",
    ),
    *("[2002:7f00:1::]", "[2001:db8::1]", "[2001:0:4136:e378::1]", "localhost", "LOCALHOST.", "a.localhost"),
    *("db.internal", "printer.local", "127.0.0.1."),
]


def plain(host: str) -> bool:
    """Whether a resolver could answer so."""
    return host.count(".") == 3 and host[-1].isdigit() and host[0] != "0"


@pytest.fixture(autouse=True)
def _as_installed(settings: Any) -> None:
    settings.GUANXI_WEBHOOKS_HTTP = settings.GUANXI_WEBHOOKS_PRIVATE = False


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The resolver answers in turn, the last one ever after; the names it is asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *more: Any, **options: Any) -> list[Any]:
        if host.replace(".", "").isdigit():
            return real(host, port, *more, **options)  # by whoever connects to what was judged
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(2, 1, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_refused_as_they_are_written(host: str) -> None:
    with pytest.raises(Invalid):
        target_of(f"https://{host}/")


@pytest.mark.parametrize("host", [host.strip("[]") for host in PRIVATE if ":" in host or plain(host)])
def test_private_addresses_are_refused_as_names_resolve(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    resolve_to(monkeypatch, ["93.184.216.34", host])
    with pytest.raises(NotPublic):
        resolved(target_of("https://example.com/"))
    assert sending.post("https://example.com/", b"", {}, 1).error == Failure.REFUSED


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///a",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://example.com/#a",
        "https://example.com/a b",
        "https://example.com/\r\nHost: x",
        "https://例子.com/",
        "https://example.com\\@127.0.0.1/",
        "https://[::1",
        "https://example.com/" + "a" * 500,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        target_of(url)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_public_addresses_pass(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolve_to(monkeypatch, [address])
    assert resolved(target_of("https://example.com:8443/a?b=c")) == [address]


def test_the_connection_is_made_to_what_was_judged(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A name that resolves to another address once it was judged is not asked again."""
    settings.GUANXI_WEBHOOKS_HTTP = settings.GUANXI_WEBHOOKS_PRIVATE = True
    with receiving(says()) as good, receiving(says()) as evil:
        asked = resolve_to(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
        outcome = sending.post(f"http://rebinding.example:{good.port}/", b"{}", {"webhook-id": "1"}, 2)
        assert outcome.delivered
        assert asked == ["rebinding.example"]
        assert good.asked[0].headers["host"] == f"rebinding.example:{good.port}"
        assert not evil.asked


def test_the_metadata_service_is_refused_also_where_private_addresses_are_allowed(settings: Any) -> None:
    settings.GUANXI_WEBHOOKS_HTTP = settings.GUANXI_WEBHOOKS_PRIVATE = True
    for host in ("169.254.169.254", "100.100.100.200", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0"):
        with pytest.raises(Invalid):
            target_of(f"http://{host}/")
    assert target_of("http://127.0.0.1:8000/").port == 8000


def test_a_name_that_is_not_found_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert sending.post("https://nowhere.example/", b"", {}, 1).error == Failure.NAME
