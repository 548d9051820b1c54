"""One row of the matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from guanxi.platform.roles import Permission
from tests.console.world import World


class Page(NamedTuple):
    """`of` fills the address with the world's ids; `form` makes it a POST."""

    permission: Permission
    of: Callable[[World], str]
    form: Callable[[World], dict[str, Any]] | None = None
