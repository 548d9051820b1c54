"""A thread that takes messages out of a pipe before they are asked for, up to a weight."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Self

HEAVIEST = 32 << 20  # bytes kept waiting, but for the last message

Frame = tuple[bool, bytes | None]  # a message and of which sort it is; no bytes at the end of the stream


class ReadAhead:
    """Within the `with` block `next()` gives what `read` finds in the stream, in order. The stream must come
    to its end for the block to end."""

    def __init__(self, stream: IO[bytes], read: Callable[[IO[bytes]], Frame]) -> None:
        self._stream, self._read = stream, read
        self._waiting: deque[Frame] = deque()
        self._weight = 0
        self._is_over = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._fill, name="read ahead", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._change:
            self._is_over = True
            self._change.notify_all()
        self._thread.join()

    def next(self) -> Frame:
        """The next message; waits for it."""
        with self._change:
            while not self._waiting:
                self._change.wait()
            frame = self._waiting.popleft()
            self._weight -= len(frame[1] or b"")
            self._change.notify_all()
            return frame

    def _fill(self) -> None:
        try:
            while self._keep(frame := self._read(self._stream)) and frame[1] is not None:
                pass
        finally:
            self._keep((False, None))  # whoever waits must not wait for ever, whatever went wrong here

    def _keep(self, frame: Frame) -> bool:
        """Put it with those that wait; False where nobody wants any more."""
        with self._change:
            while self._weight >= HEAVIEST and not self._is_over:
                self._change.wait()
            if not self._is_over:
                self._waiting.append(frame)
                self._weight += len(frame[1] or b"")
                self._change.notify_all()
            return not self._is_over
