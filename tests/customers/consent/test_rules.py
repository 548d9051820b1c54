"""What statements add up to: a table, and what holds for any set of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.customers.consent.contracts import By, Proof, Renewal, Said, Why, Word
from guanxi.customers.consent.rules import decide, grown_ms
from guanxi.kernel.clock import to_datetime

GIVEN, REFUSED, WITHDRAWN = Said.GIVEN, Said.REFUSED, Said.WITHDRAWN


def word(
    said: Said,
    at_ms: int,
    subject: int = 1,
    *,
    proof: Proof = Proof.PAGE,
    by: By = By.SELF,
    version: int = 0,
    speaks_for: tuple[int, ...] = (),
) -> Word:
    return Word(0, subject, said, at_ms, proof, by, version, frozenset((subject, *speaks_for)))


CASES = {
    "nobody said anything": ([], False, Why.NOT_ASKED, True),
    "given": ([word(GIVEN, 5)], True, Why.GIVEN, False),
    "refused": ([word(REFUSED, 5)], False, Why.REFUSED, False),
    "given, then withdrawn": ([word(GIVEN, 5), word(WITHDRAWN, 6)], False, Why.WITHDRAWN, False),
    "refused, then the customer agrees": ([word(REFUSED, 5), word(GIVEN, 6)], True, Why.GIVEN, False),
    "both at once": ([word(GIVEN, 5), word(WITHDRAWN, 5)], False, Why.WITHDRAWN, False),
    "not yet said": ([word(GIVEN, 11)], False, Why.NOT_ASKED, True),
    "a file after a refusal": (
        [word(REFUSED, 5), word(GIVEN, 6, proof=Proof.FILE)],
        False,
        Why.REFUSED,
        False,
    ),
    "an associate after a withdrawal": (
        [word(GIVEN, 4), word(WITHDRAWN, 5), word(GIVEN, 6, proof=Proof.ASSOCIATE)],
        False,
        Why.WITHDRAWN,
        False,
    ),
    "a file alone": ([word(GIVEN, 5, proof=Proof.FILE)], True, Why.GIVEN, False),
    "merged: one agreed later, the other had refused": (
        [word(REFUSED, 5, subject=2), word(GIVEN, 6, subject=1)],
        False,
        Why.REFUSED,
        False,
    ),
    "merged: agreed again as one": (
        [word(REFUSED, 5, subject=2), word(GIVEN, 6, subject=1, speaks_for=(2,))],
        True,
        Why.GIVEN,
        False,
    ),
    "a text of another purpose": ([word(GIVEN, 5, version=1)], False, Why.PURPOSE_CHANGED, True),
    "the new text": ([word(GIVEN, 5, version=2)], True, Why.GIVEN, False),
    "refused, whatever the text": ([word(REFUSED, 5, version=1)], False, Why.REFUSED, False),
    "withdrawn before the new text is still withdrawn": (
        [word(GIVEN, 3, version=2), word(WITHDRAWN, 4), word(GIVEN, 5, version=1)],
        False,
        Why.PURPOSE_CHANGED,
        True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_table_of_the_rule(name: str) -> None:
    words, allowed, why, may_ask = CASES[name]
    renewal = Renewal(2, 3) if "text" in name else Renewal()
    verdict = decide(words, subjects={1, 2}, at_ms=10, renewal=renewal)
    assert (verdict.allowed, verdict.why, verdict.may_ask) == (allowed, why, may_ask)


def test_consent_without_a_version_counts_by_its_time() -> None:
    renewal = Renewal(2, 5)
    assert decide([word(GIVEN, 4)], subjects={1}, at_ms=10, renewal=renewal).why is Why.PURPOSE_CHANGED
    assert decide([word(GIVEN, 5)], subjects={1}, at_ms=10, renewal=renewal).allowed


def test_a_child_needs_a_guardian_and_is_grown_by_its_own_later_word() -> None:
    grown = 8
    alone, after = word(GIVEN, 5), word(GIVEN, 8)
    guardian = word(GIVEN, 5, by=By.GUARDIAN)
    for words, why in (
        ([alone], Why.GUARDIAN_MISSING),
        ([guardian], Why.GIVEN),
        ([after], Why.GIVEN),
        ([word(REFUSED, 3), alone], Why.REFUSED),  # a child's own consent lifts nothing
        ([word(REFUSED, 3), guardian], Why.GIVEN),
        ([guardian, word(WITHDRAWN, 6)], Why.WITHDRAWN),  # a child may say no alone
    ):
        assert decide(words, subjects={1}, at_ms=20, grown_ms=grown).why is why


@pytest.mark.parametrize(
    ("birthday", "calendar", "grown"),
    [
        ("2012-11-30", "solar", "2026-12-01 00:00"),
        ("2012-02-29", "solar", "2026-03-01 00:00"),
        ("2012-01-01", "lunar", "2026-01-24 00:00"),  # born on 23 January 2012
        ("--11-30", "solar", None),
        ("never", "solar", None),
    ],
)
def test_fourteen_is_the_day_after_the_birthday_in_shanghai(
    birthday: str, calendar: str, grown: str | None
) -> None:
    at_ms = grown_ms(birthday, calendar)
    assert (at_ms and to_datetime(at_ms).strftime("%Y-%m-%d %H:%M")) == grown


words = st.lists(
    st.builds(
        word,
        st.sampled_from(list(Said)),
        st.integers(0, 6),
        st.integers(1, 3),
        proof=st.sampled_from([Proof.PAGE, Proof.FILE]),
        by=st.sampled_from(list(By)),
        version=st.integers(0, 2),
        speaks_for=st.sampled_from([(), (1, 2), (1, 2, 3)]),
    ),
    max_size=8,
)
renewals = st.sampled_from([Renewal(), Renewal(1, 2), Renewal(2, 4)])


@given(words, st.randoms(use_true_random=False), renewals, st.sampled_from([None, 3]))
def test_the_order_of_recording_is_no_matter(
    said: list[Word], random: object, renewal: Renewal, grown: int | None
) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    facts = {"subjects": {1, 2, 3}, "at_ms": 10, "renewal": renewal, "grown_ms": grown}
    one, other = decide(said, **facts), decide(shuffled, **facts)  # type: ignore[arg-type]
    assert one[:3] == other[:3]
    assert (one.word and one.word[1:6]) == (other.word and other.word[1:6])


@given(words, renewals)
def test_a_merge_never_allows_what_neither_allowed_alone_after_a_refusal(
    said: list[Word], renewal: Renewal
) -> None:
    """Where a profile stands at a refusal alone, being merged lifts it only by a word that spoke for it."""
    alone = decide(said, subjects={2}, at_ms=10, renewal=renewal)
    together = decide(said, subjects={1, 2, 3}, at_ms=10, renewal=renewal)
    if alone.why in {Why.REFUSED, Why.WITHDRAWN} and together.allowed:
        assert alone.word is not None
        assert any(2 in one.speaks_for and one.at_ms > alone.word.at_ms for one in said)


@given(words, st.integers(0, 10))
def test_a_later_withdrawal_ends_everything_and_nothing_asks_again(said: list[Word], later: int) -> None:
    last = [*said, word(WITHDRAWN, 7)]
    verdict = decide(last, subjects={1, 2, 3}, at_ms=10)
    assert (verdict.allowed, verdict.may_ask) == (False, False)
    again = [*last, word(GIVEN, 8, proof=Proof.FILE), word(GIVEN, 8, proof=Proof.ASSOCIATE)]
    assert decide(again, subjects={1, 2, 3}, at_ms=10).may_ask is False
    own = [*last, word(GIVEN, 9, speaks_for=(2, 3))]
    assert decide(own, subjects={1, 2, 3}, at_ms=10).allowed
