"""Environment variables with a type: a value that cannot be used is named, never guessed."""

from __future__ import annotations

import os


def number(name: str, default: float, *, least: float = 0) -> float:
    """The number in the variable `name`. Raises ValueError, naming it, for anything else."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} is '{text}', which is no number.") from None
    if not least <= value < float("inf"):
        raise ValueError(f"{name} is {text}; it must be at least {least:g}.")
    return value


def flag(name: str) -> bool:
    """Whether the variable is on: 1, true, yes, on. Raises ValueError where it is neither on nor off."""
    text = os.environ.get(name, "").strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(f"{name} is '{text}'; use 1 or 0.")


def words(name: str, default: str = "") -> list[str]:
    """The comma-separated values of a variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """The variable, one of `choices`, whose first is the default. Raises ValueError, naming it."""
    text = os.environ.get(name, "").strip().lower() or choices[0]
    if text not in choices:
        raise ValueError(f"{name} is '{text}'; use one of: {', '.join(choices)}.")
    return text
