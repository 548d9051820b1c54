"""The algorithm: fair, the same as the outsider's, and as the guide says byte by byte."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import chi2

from guanxi.loyalty.draws import drawing, verify_draw
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.contracts import Terms
from guanxi.loyalty.draws.drawing import Line
from tests.loyalty.draws.conftest import GIFT, POINTS, terms

pytestmark = pytest.mark.database_free
SEED = bytes(32)
UNLIKELY = 1e-4  # seeds are fixed: a test that passes passes for ever


def lines(many: int, people: int = 0) -> list[Line]:
    return [Line(n, f"{n % people if people else n:032x}", 1, f"n{n}") for n in range(1, many + 1)]


def drawn(told: Terms, entries: list[Line], seed: bytes = SEED, entropy: str = "") -> dict[int, str]:
    key = written.hash_of(written.dump(told))
    frozen = drawing.entries_hash(key, entries)
    return drawing.draw(told, key, seed, entries, entropy=entropy, frozen=frozen)


def dealt(told: Terms, entries: list[Line], seed: bytes = SEED) -> dict[int, str]:
    key, counts, winners = written.hash_of(written.dump(told)), [0] * len(told.prizes), {}
    for line in entries:
        place = drawing.deal(told, key, seed, number=line.number, nonce=line.nonce, dealt=counts)
        if place is not None:
            counts[place] += 1
            winners[line.number] = told.prizes[place].code
    return winners


def proof(told: Terms, entries: list[Line], winners: dict[int, str], entropy: str = "") -> dict[str, Any]:
    plain = written.dump(told)
    key = written.hash_of(plain)
    whole = {
        "format": "guanxi-draw-1",
        "versions": [{"version": 1, "terms": plain, "terms_hash": key}],
        "terms_hash": key,
        "seed_hash": drawing.seed_hash(SEED),
        "seed": SEED.hex(),
        "entropy": entropy,
        "entries_hash": drawing.entries_hash(key, entries),
        "entries": [list(line) for line in entries],
        "winners": sorted(winners.items()),
        "result_hash": drawing.result_hash(winners),
        "consoled": len(drawing.consoled(told, entries, winners)),
    }
    return json.loads(json.dumps(whole))  # type: ignore[no-any-return]


def test_the_example_of_the_guide() -> None:
    """Hash by hash, worked out here from the guide's words alone."""
    told = written.parse(terms(prizes=[{**GIFT, "quantity": 2}]))
    text = json.dumps(terms(prizes=[{**GIFT, "quantity": 2}]), sort_keys=True, separators=(",", ":"))
    terms_hash = hashlib.sha256(text.encode("ascii")).hexdigest()
    assert written.hash_of(written.dump(told)) == terms_hash
    chain = hashlib.sha256(b"guanxi-draw-1|" + terms_hash.encode()).digest()
    for line in (b"1|a|1|x|\n", b"2|b|1|y|insider\n", b"3|c|1|z|\n"):
        chain = hashlib.sha256(chain + line).digest()
    entries = [Line(1, "a", 1, "x"), Line(2, "b", 1, "y", "insider"), Line(3, "c", 1, "z")]
    assert drawing.entries_hash(terms_hash, entries) == chain.hex()
    assert drawn(told, entries) == {1: "bag", 3: "bag"}
    assert drawing.result_hash({3: "bag", 1: "bag"}) == hashlib.sha256(b"1|bag\n3|bag\n").hexdigest()


@given(
    mode=some.sampled_from(["drawn", "instant"]),
    many=some.integers(0, 40),
    people=some.integers(1, 12),
    one_prize=some.booleans(),
    quantities=some.lists(some.integers(1, 6), min_size=1, max_size=3),
    value=some.sampled_from([100, 3_000_000, 5_000_000]),
    out=some.sets(some.integers(1, 40), max_size=5),
    entropy=some.sampled_from(["", "上证 3,000.12", "|"]),
    consoling=some.booleans(),
)
def test_the_outsider_finds_the_same(
    *,
    mode: str,
    many: int,
    people: int,
    one_prize: bool,
    quantities: list[int],
    value: int,
    out: set[int],
    entropy: str,
    consoling: bool,
) -> None:
    prizes = [{**GIFT, "code": f"p{n}", "quantity": q, "value_fen": value} for n, q in enumerate(quantities)]
    told = written.parse(
        terms(
            mode=mode,
            prizes=prizes,
            one_prize=one_prize,
            positions=max(many, sum(quantities)) if mode == "instant" else 0,
            consolation={"asset": "points", "units": 1, "value_fen": 1} if consoling else None,
        )
    )
    entries = [line._replace(excluded="insider" * (line.number in out)) for line in lines(many, people)]
    if mode == "instant":
        entropy = ""
        winners = {n: code for n, code in dealt(told, entries).items() if n not in out}
    else:
        winners = drawn(told, entries, entropy=entropy)
    found = verify_draw.check(proof(told, entries, winners, entropy), {"seed": drawing.seed_hash(SEED)})
    assert all(good for _what, good in found), [what for what, good in found if not good]
    worth: dict[str, int] = {}
    for line in entries:
        if line.number in winners and mode == "drawn":
            assert not line.excluded
            assert not (one_prize and line.person in worth)
            worth[line.person] = worth.get(line.person, 0) + value
    assert max(worth.values(), default=0) <= 5_000_000


def chi_squared(counts: list[int], expected: list[float]) -> float:
    """The probability of so large a deviation of fair numbers."""
    total = sum((seen - wanted) ** 2 / wanted for seen, wanted in zip(counts, expected, strict=True))
    return float(chi2.sf(total, len(counts) - 1))


def test_numbers_have_no_modulo_bias() -> None:
    """3 · 2^62 values are rejected by a quarter: a plain remainder would favour the lower third."""
    stream, n = drawing.Stream(b"bias"), 3 << 62
    counts = [0, 0, 0]
    for _ in range(6_000):
        counts[stream.below(n) >> 62] += 1
    assert chi_squared(counts, [2_000.0] * 3) > UNLIKELY


def test_each_entry_wins_as_often() -> None:
    told, entries = written.parse(terms(prizes=[GIFT, POINTS], one_prize=False)), lines(12)
    counts = [0] * 12
    for number in range(1_500):
        for won in drawn(told, entries, seed=number.to_bytes(32, "big")):
            counts[won - 1] += 1
    assert sum(counts) == 4 * 1_500
    assert chi_squared(counts, [500.0] * 12) > UNLIKELY


def test_each_position_of_an_instant_draw_wins_as_often() -> None:
    told, entries = written.parse(terms(mode="instant", positions=10)), lines(10)
    first, any_prize = [0] * 10, [0] * 10
    for number in range(1_500):
        won = dealt(told, entries, seed=number.to_bytes(32, "big"))
        assert sorted(won.values()) == ["bag", "points", "points", "points"]
        for entry, code in won.items():
            any_prize[entry - 1] += 1
            first[entry - 1] += code == "bag"
    assert chi_squared(first, [150.0] * 10) > UNLIKELY
    assert chi_squared(any_prize, [600.0] * 10) > UNLIKELY


def test_whoever_has_two_tickets_wins_twice_as_often() -> None:
    told, entries = written.parse(terms(prizes=[GIFT])), [*lines(3), Line(4, f"{1:032x}", 1, "x")]
    counts = [0, 0, 0]
    for number in range(2_000):
        (won,) = drawn(told, entries, seed=number.to_bytes(32, "big"))
        counts[int(entries[won - 1].person, 16) - 1] += 1
    assert chi_squared(counts, [1_000.0, 500.0, 500.0]) > UNLIKELY


TAMPERED: dict[str, Any] = {
    "a prize more": lambda e: e["versions"][0]["terms"]["prizes"][0].update(quantity=2),
    "a word of the terms": lambda e: e["versions"][0]["terms"].update(organiser="Somebody"),
    "the seed": lambda e: e.update(seed="11" * 32),
    "the seed with its hash": lambda e: e.update(
        seed="11" * 32, seed_hash=hashlib.sha256(b"\x11" * 32).hexdigest()
    ),
    "the public number": lambda e: e.update(entropy="2"),
    "an entry gone": lambda e: e["entries"].pop(),
    "an entry of another": lambda e: e["entries"][3].__setitem__(1, "0" * 32),
    "an own number": lambda e: e["entries"][3].__setitem__(3, "0"),
    "an entry excluded": lambda e: e["entries"][3].__setitem__(4, "insider"),
    "entries swapped": lambda e: e["entries"].reverse(),
    "a winner": lambda e: e["winners"][0].__setitem__(0, e["winners"][0][0] % 20 + 1),
    "a winner's prize": lambda e: e["winners"][0].__setitem__(1, "points!"),
    "a winner gone": lambda e: e["winners"].pop(),
    "consolation": lambda e: e.update(consoled=e["consoled"] + 1),
    "another program's format": lambda e: e.update(format="other"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_any_tamper_is_found(what: str) -> None:
    told = written.parse(terms(consolation={"asset": "points", "units": 1, "value_fen": 1}))
    evidence = proof(told, lines(20), drawn(told, lines(20), entropy="1"), "1")
    assert all(good for _what, good in verify_draw.check(evidence, {}))
    TAMPERED[what](evidence)
    try:
        found = verify_draw.check(evidence, {})
    except KeyError:
        return
    assert not all(good for _what, good in found)


def test_a_file_made_anew_from_end_to_end_is_found_by_the_hash_that_was_noted() -> None:
    told, forged = written.parse(terms()), written.parse(terms(title="Another"))
    noted = {"terms": written.hash_of(written.dump(told))}
    evidence = proof(forged, lines(20), drawn(forged, lines(20)))
    assert all(good for _what, good in verify_draw.check(evidence, {}))
    assert not all(good for _what, good in verify_draw.check(evidence, noted))
