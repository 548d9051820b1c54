"""The reports of this room, for the catalogue. Knows no Django, so that commands can be told of them."""

from __future__ import annotations

from guanxi.community.followers.declared import FOLLOWERS
from guanxi.economics import catalogue


def register() -> None:
    """The same again changes nothing."""
    catalogue.declare(*FOLLOWERS)
