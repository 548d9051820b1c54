"""Replay a lucky draw from its evidence: python verify_draw.py evidence.zip [--terms HASH] [--seed HASH] …

Needs Python 3.9 or later and nothing else; shares no code with the program that held the draw. The algorithm
is described in docs/guide/draws.md. Give the hashes that were published, or the file is compared with itself.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
import zipfile
from typing import Any

FORMAT = "guanxi-draw-1"
CAP_FEN = 5_000_000
LARGEST_BYTES = 512 * 1024 * 1024
Evidence = dict[str, Any]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical_hash(terms: Any) -> str:
    return sha256(json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode())


class Numbers:
    """The stream of numbers of a key."""

    def __init__(self, key: bytes) -> None:
        self.key, self.block = key, 0
        self.words: list[int] = []

    def below(self, n: int) -> int:
        limit = 2**64 - 2**64 % n
        while True:
            if not self.words:
                made = hmac.new(self.key, self.block.to_bytes(8, "big"), "sha256").digest()
                self.words = [int.from_bytes(made[at : at + 8], "big") for at in (24, 16, 8, 0)]
                self.block += 1
            word = self.words.pop()
            if word < limit:
                return word % n


def frozen_hash(terms_hash: str, entries: list[list[Any]]) -> str:
    chain = hashlib.sha256(f"{FORMAT}|{terms_hash}".encode()).digest()
    for number, person, version, nonce, excluded in entries:
        line = f"{number}|{person}|{version}|{nonce}|{excluded}\n"
        chain = hashlib.sha256(chain + line.encode()).digest()
    return chain.hex()


def replay_drawn(evidence: Evidence, terms: Any, terms_hash: str, seed: bytes, frozen: str) -> dict[int, str]:
    message = f"{FORMAT}|drawn|{terms_hash}|{frozen}|{evidence['entropy']}"
    numbers = Numbers(hmac.new(seed, message.encode(), "sha256").digest())
    tickets = [(entry[0], entry[1]) for entry in evidence["entries"] if not entry[4]]
    worth: dict[str, int] = {}
    winners: dict[int, str] = {}
    for prize in terms["prizes"]:
        pieces = prize["quantity"]
        while pieces and tickets:
            at = numbers.below(len(tickets))
            ticket = tickets[at]
            tickets[at] = tickets[-1]
            del tickets[-1]
            number, person = ticket
            if person in worth and (terms["one_prize"] or worth[person] + prize["value_fen"] > CAP_FEN):
                continue
            worth[person] = worth.get(person, 0) + prize["value_fen"]
            winners[number] = prize["code"]
            pieces -= 1
    return winners


def replay_instant(evidence: Evidence, versions: dict[int, Any], seed: bytes) -> dict[int, str]:
    hashes = {version: canonical_hash(terms) for version, terms in versions.items()}
    dealt: dict[str, int] = {}
    winners: dict[int, str] = {}
    for number, _person, version, nonce, excluded in evidence["entries"]:
        terms = versions[version]
        message = f"{FORMAT}|instant|{hashes[version]}|{number}|{nonce}"
        numbers = Numbers(hmac.new(seed, message.encode(), "sha256").digest())
        rest = numbers.below(terms["positions"] - (number - 1))
        for prize in terms["prizes"]:
            left = prize["quantity"] - dealt.get(prize["code"], 0)
            if rest < left:
                dealt[prize["code"]] = dealt.get(prize["code"], 0) + 1
                if not excluded:
                    winners[number] = prize["code"]
                break
            rest -= left
    return winners


def count_consoled(terms: Any, entries: list[list[Any]], winners: dict[int, str]) -> int:
    if terms["consolation"] is None:
        return 0
    present = [entry for entry in entries if not entry[4]]
    if terms["mode"] == "instant":
        return sum(entry[0] not in winners for entry in present)
    return len({entry[1] for entry in present} - {entry[1] for entry in present if entry[0] in winners})


def check(evidence: Evidence, noted: dict[str, str]) -> list[tuple[str, bool]]:
    """What was compared, and whether it was as it should be."""
    found: list[tuple[str, bool]] = []

    def compare(what: str, one: Any, other: Any) -> None:
        found.append((what, one == other))

    compare("format", evidence["format"], FORMAT)
    versions = {row["version"]: row["terms"] for row in evidence["versions"]}
    for row in evidence["versions"]:
        compare(
            f"hash of the terms, version {row['version']}", canonical_hash(row["terms"]), row["terms_hash"]
        )
    terms = versions[max(versions)]
    terms_hash = canonical_hash(terms)
    seed, entries = bytes.fromhex(evidence["seed"]), evidence["entries"]
    compare("hash of the terms in force", terms_hash, evidence["terms_hash"])
    compare("hash of the seed", sha256(seed), evidence["seed_hash"])
    compare(
        "entries are numbered without a gap", [row[0] for row in entries], list(range(1, len(entries) + 1))
    )
    frozen = frozen_hash(terms_hash, entries)
    compare("hash of the entries", frozen, evidence["entries_hash"])
    if terms["mode"] == "instant":
        winners = replay_instant(evidence, versions, seed)
    else:
        winners = replay_drawn(evidence, terms, terms_hash, seed, frozen)
    compare(
        "winners", sorted(winners.items()), sorted((number, code) for number, code in evidence["winners"])
    )
    told = "".join(f"{number}|{winners[number]}\n" for number in sorted(winners))
    compare("hash of the result", sha256(told.encode()), evidence["result_hash"])
    compare("how many are consoled", count_consoled(terms, entries, winners), evidence["consoled"])
    dearest = max(prize["value_fen"] for prize in terms["prizes"])
    compare("no prize above the cap of the law", dearest <= CAP_FEN, True)
    for name, theirs in noted.items():
        known = [row["terms_hash"] for row in evidence["versions"]] if name == "terms" else None
        compare(f"the {name} hash you noted", theirs.lower() in (known or [evidence[name + "_hash"]]), True)
    return found


def read(path: str) -> Evidence:
    if not zipfile.is_zipfile(path):
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - plain for whoever reads this
            return json.load(file)  # type: ignore[no-any-return]
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo("evidence.json").file_size > LARGEST_BYTES:
            raise ValueError("the evidence is too large")
        return json.loads(archive.read("evidence.json"))  # type: ignore[no-any-return]


def verify(path: str, noted: dict[str, str]) -> list[tuple[str, bool]]:
    """Raises ValueError for a file that is no evidence of a draw."""
    try:
        return check(read(path), noted)
    except (
        OSError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        ValueError,
        zipfile.error,
    ) as error:
        raise ValueError(f"this is no evidence of a draw that is revealed: {error!r}") from error


def main() -> int:
    parser = argparse.ArgumentParser(description="Replay a lucky draw.")
    parser.add_argument("file", help="evidence.zip or evidence.json")
    for name in ("terms", "seed", "entries"):
        parser.add_argument("--" + name, help=f"the {name} hash that was published")
    told = parser.parse_args()
    noted = {name: getattr(told, name) for name in ("terms", "seed", "entries") if getattr(told, name)}
    try:
        found = verify(told.file, noted)
    except ValueError as error:
        sys.stdout.write(f"{error}\n")
        return 2
    for what, good in found:
        sys.stdout.write(f"{'ok  ' if good else 'BAD '} {what}\n")
    good = all(one for _what, one in found)
    sys.stdout.write(
        "The draw is as it was published.\n" if good else "The draw is NOT as it was published.\n"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
