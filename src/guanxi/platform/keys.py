"""Master keys: where they come from, their versions, and the ciphers derived from them.

A ring holds one or more versions. The newest wraps, all unwrap. It comes from `GUANXI_MASTER_KEY`, else
from the private file `master.key` of the data folder; both hold "version:base64" items (a bare base64
value is version 1), separated by commas or white space. Each use (wrapping subjects' keys, wrapping files'
keys, sealing short texts …) has a key of its own, derived by HKDF-SHA256 (RFC 5869).
"""

from __future__ import annotations

import binascii
import os
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from guanxi.kernel.errors import Invalid, Unavailable
from guanxi.platform.home import ensure_folder, home, write_private

VARIABLE = "GUANXI_MASTER_KEY"
FILENAME = "master.key"
KEY_BYTES = 32
NONCE_BYTES = 12


class KeyMissing(Unavailable):
    """There is no master key at all, or not the version that something was sealed with."""

    code: ClassVar[str] = "key_missing"


class KeyWrong(Unavailable):
    """The master key at hand is not the one that this data was sealed with."""

    code: ClassVar[str] = "key_wrong"


class Tampered(Unavailable):
    """Sealed data does not pass authentication: changed, swapped or cut."""

    code: ClassVar[str] = "tampered"


class KeyRing:
    """Master keys by version. Raises Invalid where one is not 32 bytes."""

    def __init__(self, masters: Mapping[int, bytes]) -> None:
        if not masters or any(len(key) != KEY_BYTES or version < 1 for version, key in masters.items()):
            raise Invalid(
                _("A master key must be 32 bytes, written in base64."),
                remedy=_("Check %(variable)s or the file %(file)s in the data folder.")
                % {"variable": VARIABLE, "file": FILENAME},
            )
        self._masters = dict(masters)
        self._ciphers: dict[tuple[str, int], AESGCM] = {}
        self.newest = max(self._masters)
        self.versions = sorted(self._masters)

    def derive(self, use: str, version: int | None = None) -> bytes:
        """The 32-byte key of one use. Raises KeyMissing for a version that the ring does not hold."""
        number = version or self.newest
        master = self._masters.get(number)
        if master is None:
            raise KeyMissing(
                _("Version %(version)s of the master key is missing; this data was sealed with it.")
                % {"version": number},
                remedy=_("Put its line back into %(variable)s or %(file)s (versions here: %(known)s).")
                % {"variable": VARIABLE, "file": FILENAME, "known": self.versions},
                version=number,
            )
        return expand(master, f"guanxi/{use}")

    def cipher(self, use: str, version: int | None = None) -> AESGCM:
        number = version or self.newest
        cipher = self._ciphers.get((use, number))
        if cipher is None:
            cipher = self._ciphers[use, number] = AESGCM(self.derive(use, number))
        return cipher

    def seal(self, use: str, content: bytes, bound_to: bytes) -> tuple[int, bytes]:
        """`content` sealed by the newest version and tied to `bound_to`, with that version's number."""
        nonce = os.urandom(NONCE_BYTES)
        return self.newest, nonce + self.cipher(use).encrypt(nonce, content, bound_to)

    def open(self, use: str, version: int, sealed: bytes, bound_to: bytes) -> bytes:
        """Undo `seal`. Raises KeyMissing, or KeyWrong where the content does not pass."""
        try:
            return self.cipher(use, version).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise KeyWrong(
                _("The master key (version %(version)s) does not open what was sealed with it.")
                % {"version": version},
                remedy=_("Restore the right %(variable)s or %(file)s from your backup.")
                % {"variable": VARIABLE, "file": FILENAME},
                use=use,
            ) from None


def expand(secret: bytes, info: str) -> bytes:
    """A 32-byte key for one use of a uniformly random secret."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info.encode()).derive(secret)


def key_path() -> Path:
    return home() / FILENAME


def from_environment() -> bool:
    return bool(os.environ.get(VARIABLE))


def keyring() -> KeyRing:
    """The present ring; a changed file is read anew, so a rotation reaches running processes.

    Raises KeyMissing where there is none.
    """
    if text := os.environ.get(VARIABLE):
        return _parsed(text)
    path = key_path()
    try:
        changed = path.stat()
    except FileNotFoundError:
        raise KeyMissing(
            _("There is no master key, so personal data can be neither written nor read."),
            remedy=_(
                "New installation: run `guanxi init`. Otherwise restore %(path)s or %(variable)s from "
                "your backup; without it sealed personal data is lost, everything else keeps working."
            )
            % {"path": path, "variable": VARIABLE},
        ) from None
    return _read(path, changed.st_mtime_ns, changed.st_size, changed.st_ino)


@lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int, _size: int, _inode: int) -> KeyRing:
    return _parsed(path.read_text(encoding="ascii"))


@lru_cache(maxsize=8)
def _parsed(text: str) -> KeyRing:
    return KeyRing(parse(text))


def parse(text: str) -> dict[int, bytes]:
    """Versions to keys, from "2:base64 1:base64" or a bare base64 value. Raises Invalid."""
    masters: dict[int, bytes] = {}
    for item in re.split(r"[\s,]+", text.strip()):
        version, _colon, encoded = item.rpartition(":")
        try:
            masters[int(version or 1)] = b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise Invalid(
                _("The master key cannot be read: it must be base64 of 32 bytes."),
                remedy=_("Check %(variable)s or the file %(file)s in the data folder.")
                % {"variable": VARIABLE, "file": FILENAME},
            ) from None
    return masters


def new_line(version: int) -> str:
    """A fresh master key as it is written in the file and the variable."""
    return f"{version}:{b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def create_key_file() -> Path:
    """Make `master.key` with version 1. Raises FileExistsError: a key is never overwritten."""
    ensure_folder()
    path = key_path()
    write_private(path, new_line(1) + "\n")
    return path


def replace_key_file(lines: list[str]) -> None:
    """Put a new key file in place of the old one in one step, so that a crash leaves either."""
    path = key_path()
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    write_private(fresh, "\n".join(lines) + "\n")
    fresh.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
