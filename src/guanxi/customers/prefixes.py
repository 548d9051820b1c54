"""The city where a mainland mobile number was sold, by its first seven digits. Pure.

    python -m guanxi.customers.prefixes     write the table anew, after an update of `phonenumbers`

The geocoder of `phonenumbers` knows the cities, but with those of every other country: 99 MB and 0.9 s in
each process that asks it. The table is 2.8 MB, read in 20 ms at the first question; a test holds both equal.
"""

from __future__ import annotations

import gzip
import sys
from array import array
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from guanxi.customers import places

MAINLAND: Final = "+86"
FIRST, BEYOND = 1_300_000, 2_000_000  # seven digits: mobile numbers begin with 13 to 19
_DIGITS: Final = 7
_TABLE: Final = "data/mobile_prefixes.gz"  # a division code for each prefix, 32 bits, lowest byte first


def adcode(phone: str) -> int | None:
    """The division code of the city for a mainland mobile number in E.164; None for any other number, and
    for a prefix that no carrier has opened in one city."""
    if len(phone) != 14 or not phone.startswith(MAINLAND):
        return None
    place = int(phone[3 : 3 + _DIGITS]) - FIRST
    return _table()[place] or None if 0 <= place < BEYOND - FIRST else None


@lru_cache(maxsize=1)
def _table() -> array[int]:
    codes = array("I")
    codes.frombytes(gzip.decompress(files("guanxi.customers").joinpath(_TABLE).read_bytes()))
    return _lowest_first(codes)


def _lowest_first(codes: array[int]) -> array[int]:
    if sys.byteorder == "big":
        codes.byteswap()
    return codes


def described() -> array[int]:
    """The table as the geocoder of `phonenumbers` has it, the longest prefix first."""
    from phonenumbers.geodata import (  # noqa: PLC0415 - a second and 99 MB that only writing the table needs
        GEOCODE_DATA,
        GEOCODE_LONGEST_PREFIX,
    )

    country = MAINLAND[1:]
    codes = array("I", bytes(4 * (BEYOND - FIRST)))
    for place in range(BEYOND - FIRST):
        digits = country + str(FIRST + place)
        for length in range(GEOCODE_LONGEST_PREFIX, len(country) + 2, -1):
            if names := GEOCODE_DATA.get(digits[:length]):
                codes[place] = places.adcode(names.get("zh")) or 0
                break
    return codes


def main() -> None:
    target = Path(__file__).parent / _TABLE
    target.write_bytes(gzip.compress(_lowest_first(described()).tobytes(), mtime=0))
    sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
