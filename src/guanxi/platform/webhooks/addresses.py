"""Where a webhook may lead: to public addresses by https, never into the network that Guanxi stands in.

An address is judged twice: as it is written, when it is saved, and as its name resolves, at every attempt;
the connection is then made to exactly what was judged, so that a name that changes its mind gains nothing.
"""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.kernel.wording import say

LONGEST: Final = 500
_NAT64: Final = IPv6Network("64:ff9b::/96")
_METADATA: Final = frozenset(map(ip_address, ("169.254.169.254", "100.100.100.200", "fd00:ec2::254")))
_WRITTEN: Final = re.compile(r"[!-\[\]-~]+")  # printable ASCII without the backslash
_LOCAL: Final = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa")
Address = IPv4Address | IPv6Address


class NotPublic(GuanxiError):
    """The address leads into a network that is not public."""

    code = "webhook_not_public"


class Target(NamedTuple):
    """A URL in parts; `host` is ASCII without brackets, `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The parts of a URL that may be sent to, as far as its writing tells. Raises Invalid."""
    if len(url) > LONGEST:
        raise _bad(say("An address has at most %(most)s characters.", most=LONGEST))
    if not _WRITTEN.fullmatch(url):
        raise _bad(say("An address is plain ASCII without spaces; other letters are percent-encoded."))
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError:
        raise _bad(say("This is not an address.")) from None
    if parts.scheme not in ({"https", "http"} if settings.GUANXI_WEBHOOKS_HTTP else {"https"}):
        raise _bad(say("An address begins with https://."))
    if not host or port == 0:
        raise _bad(say("This is not an address."))
    if "@" in parts.netloc:
        raise _bad(say("An address carries no user name or password; what is sent is signed."))
    if parts.fragment:
        raise _bad(say("An address has no part after #."))
    _demand_public_writing(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def resolved(target: Target) -> list[str]:
    """The addresses of the target's host, all of which may be sent to. Raises NotPublic where one may not,
    OSError where the name is not found."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found))
    for address in addresses:
        if not may_be_sent_to(ip_address(address)):
            raise NotPublic(say("The address is not a public one"))
    if not addresses:
        raise OSError("no addresses")
    return addresses


def may_be_sent_to(address: Address) -> bool:
    """Whether an address is public; with GUANXI_WEBHOOKS_PRIVATE, whether it is not one that answers with
    secrets or to many."""
    inner = _inner(address)
    if settings.GUANXI_WEBHOOKS_PRIVATE:
        special = inner.is_link_local or inner.is_multicast or inner.is_unspecified
        return not special and inner not in _METADATA
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, else the address."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _demand_public_writing(host: str) -> None:
    literal = _literal(host)
    named = host == "localhost" or host.endswith(_LOCAL)
    if (literal is not None and not may_be_sent_to(literal)) or (
        named and not settings.GUANXI_WEBHOOKS_PRIVATE
    ):
        raise Invalid(
            say("“%(host)s” is not a public address.", host=host[:80]),
            remedy=say(
                "Use an address that can be reached from the internet, or see GUANXI_WEBHOOKS_PRIVATE."
            ),
            field="url",
        )


def _literal(host: str) -> Address | None:
    """The address that a host is written as, also in the ways of inet_aton (2130706433, 0x7f.1)."""
    with suppress(ValueError):
        return ip_address(host.partition("%")[0])
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host))
    return None


def _bad(message: str) -> Invalid:
    return Invalid(message, remedy=say("Give an address such as https://example.com/guanxi."), field="url")
