"""The one folder where all state lives (`GUANXI_HOME`), private to its owner."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def home() -> Path:
    """The data folder, absolute; it need not exist yet."""
    return Path(os.environ.get("GUANXI_HOME", "guanxi-data")).expanduser().absolute()


def ensure_folder(*parts: str) -> Path:
    """A private folder below the data folder, made where it is missing."""
    folder = home().joinpath(*parts)
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    return folder


def write_private(path: Path, text: str) -> None:
    """Create `path` readable by its owner only. Raises FileExistsError where it exists: keys are never
    overwritten."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def secret_from(variable: str, filename: str, *, create: bool = False) -> str | None:
    """A secret from the environment, else from a private file of the data folder, else None
    (or newly made, where `create`)."""
    if value := os.environ.get(variable):
        return value
    path = home() / filename
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    if not create:
        return None
    ensure_folder()
    value = secrets.token_urlsafe(48)
    write_private(path, value + "\n")
    return value
