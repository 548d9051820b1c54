"""Files that commands write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that its owner alone may read. Raises Invalid where it cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Invalid(
            say("%(path)s cannot be written: %(reason)s.", path=path, reason=error.strerror or error),
            remedy=say("Name another file with --out."),
        ) from None
    with os.fdopen(descriptor, "wb") as sink:
        yield sink
