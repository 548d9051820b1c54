"""How often a key may ask: a token bucket per key, in this process.

A bucket holds a minute's worth of requests and fills steadily. Several web processes have a bucket each, so
the limit of a key is its rate times their number (docs/guide/api.md says so).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

_MOST_BUCKETS: Final = 10_000


class Buckets:
    """`clock` answers seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[int, tuple[float, float]] = {}  # key → tokens left, as of when

    def take(self, key_id: int, rate_per_minute: int) -> float:
        """Take one token. Returns 0.0, or the seconds until the next one."""
        now = self._clock()
        per_second = rate_per_minute / 60
        with self._lock:
            tokens, since = self._levels.get(key_id, (float(rate_per_minute), now))
            tokens = min(float(rate_per_minute), tokens + max(0.0, now - since) * per_second)
            if tokens < 1:
                self._levels[key_id] = (tokens, now)
                return (1 - tokens) / per_second
            self._levels[key_id] = (tokens - 1, now)
            if len(self._levels) > _MOST_BUCKETS:
                self._levels.pop(next(iter(self._levels)))
        return 0.0

    def clear(self) -> None:
        with self._lock:
            self._levels.clear()


BUCKETS: Final = Buckets()
