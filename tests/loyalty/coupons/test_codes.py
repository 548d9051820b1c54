from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.loyalty.coupons.codes import ALPHABET, code_of, codes_of, number_of, plain

pytestmark = pytest.mark.django_db
some = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@some
@given(number=st.integers(1, (1 << 58) - 1), brand=st.integers(1, 9))
def test_a_code_stands_for_its_number_alone(number: int, brand: int) -> None:
    code = code_of(brand, number)
    assert number_of(brand, code) == number
    assert number_of(brand, f" {code.lower().replace('-', ' ')} ") == number
    assert number_of(brand + 1, code) != number


@some
@given(
    number=st.integers(1, 10**6),
    at=st.integers(0, 13),
    other=st.sampled_from(ALPHABET),
    to=st.integers(0, 13),
)
def test_a_slip_of_the_hand_is_noticed(number: int, at: int, other: str, to: int) -> None:
    code = list(plain(code_of(1, number)))
    mistyped = [*code]
    mistyped[at] = other
    assert mistyped == code or number_of(1, "".join(mistyped)) is None
    swapped = [*code]
    swapped[at], swapped[to] = swapped[to], swapped[at]
    if swapped != code and 13 not in (at, to):
        assert number_of(1, "".join(swapped)) is None


def test_codes_tell_nothing_of_their_order_and_look_alike_to_nobody() -> None:
    codes = codes_of(1, range(1, 2_001))
    assert len(set(codes)) == 2_000
    assert not set("".join(codes)) & set("01OIL5SBZ8UE") - {"8"}
    assert len({code[:4] for code in codes}) > 1_900  # of 280,000: neighbours share nothing
    assert number_of(1, "") is None
    assert number_of(1, "SPRING50") is None
    assert number_of(1, "ＣＤＦＧＨ-\0") is None
