"""Bytes → rows. Knows encodings, containers and broken files; knows nothing about orders or customers."""

from guanxi.touchpoints.importing.reading.opening import open_table, open_tables

__all__ = ["open_table", "open_tables"]
