"""Who wins: as docs/guide/draws.md says, byte by byte. Pure; `verify_draw` does the same on its own."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import unpack
from typing import NamedTuple

from guanxi.loyalty.draws.contracts import CAP_FEN, FORMAT, Terms


class Line(NamedTuple):
    """An entry as it is frozen."""

    number: int
    person: str
    version: int
    nonce: str
    excluded: str = ""

    def written(self) -> bytes:
        return f"{self.number}|{self.person}|{self.version}|{self.nonce}|{self.excluded}\n".encode()


class Stream:
    """Numbers that follow from a key."""

    def __init__(self, key: bytes) -> None:
        self._words = _words(key)

    def below(self, n: int) -> int:
        """A number from 0 to n - 1, each as likely."""
        limit = (1 << 64) - (1 << 64) % n
        return next(word for word in self._words if word < limit) % n


def _words(key: bytes) -> Iterator[int]:
    block = 0
    while True:
        yield from unpack(">4Q", hmac.digest(key, block.to_bytes(8, "big"), "sha256"))
        block += 1


def seed_hash(seed: bytes) -> str:
    return hashlib.sha256(seed).hexdigest()


def entries_hash(terms_hash: str, lines: Iterable[Line]) -> str:
    """The chain over all lines in their order."""
    chain = hashlib.sha256(f"{FORMAT}|{terms_hash}".encode()).digest()
    for line in lines:
        chain = hashlib.sha256(chain + line.written()).digest()
    return chain.hex()


def result_hash(winners: Mapping[int, str]) -> str:
    """`winners`: entry number → code of the prize."""
    told = "".join(f"{number}|{winners[number]}\n" for number in sorted(winners))
    return hashlib.sha256(told.encode()).hexdigest()


def draw(
    terms: Terms, terms_hash: str, seed: bytes, lines: Sequence[Line], *, entropy: str, frozen: str
) -> dict[int, str]:
    """All prizes at the end: entry number → code of the prize. `frozen` is the hash of the entries."""
    asked = f"{FORMAT}|drawn|{terms_hash}|{frozen}|{entropy}".encode()
    stream = Stream(hmac.digest(seed, asked, "sha256"))
    tickets = [place for place, line in enumerate(lines) if not line.excluded]
    has: dict[str, int] = {}
    winners: dict[int, str] = {}
    for prize in terms.prizes:
        for _piece in range(prize.quantity):
            while tickets:
                place = stream.below(len(tickets))
                ticket, tickets[place] = tickets[place], tickets[-1]
                tickets.pop()
                line = lines[ticket]
                worth = has.get(line.person)
                if worth is not None and (terms.one_prize or worth + prize.value_fen > CAP_FEN):
                    continue
                has[line.person] = (worth or 0) + prize.value_fen
                winners[line.number] = prize.code
                break
    return winners


def deal(
    terms: Terms, terms_hash: str, seed: bytes, *, number: int, nonce: str, dealt: Sequence[int]
) -> int | None:
    """One entry of an instant draw: the place of its prize, None for a blank. `dealt` counts the pieces of
    each prize that earlier entries won."""
    asked = f"{FORMAT}|instant|{terms_hash}|{number}|{nonce}".encode()
    rest = Stream(hmac.digest(seed, asked, "sha256")).below(terms.positions - (number - 1))
    for place, prize in enumerate(terms.prizes):
        left = prize.quantity - dealt[place]
        if rest < left:
            return place
        rest -= left
    return None


def consoled(terms: Terms, lines: Iterable[Line], winners: Mapping[int, str]) -> list[int]:
    """The entries that are consoled, ascending: of an instant draw each that won nothing; else the first of
    each person who won nothing."""
    if terms.consolation is None:
        return []
    present = [line for line in lines if not line.excluded]
    if terms.positions:
        return [line.number for line in present if line.number not in winners]
    done = {line.person for line in present if line.number in winners}
    found = []
    for line in present:
        if line.person not in done:
            done.add(line.person)
            found.append(line.number)
    return found
