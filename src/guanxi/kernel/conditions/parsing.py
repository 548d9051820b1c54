"""JSON to conditions and back. Every error says where, what was expected and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from guanxi.kernel.conditions.invalid import ConditionInvalid, refuse
from guanxi.kernel.conditions.leaves import LEAVES, LeafType, Vocabulary
from guanxi.kernel.conditions.parameters import parse_value, written
from guanxi.kernel.conditions.tree import All, AnyOf, Condition, Leaf, Not
from guanxi.kernel.wording import say

VERSION = 1
MAX_DEPTH = 10
MAX_LEAVES = 500
MAX_BYTES = 64 * 1024
_LEAF_DEPTH = 6  # lists and objects inside a leaf
_BRANCHES = ("all", "any", "not", "leaf")


def parse(data: Any, vocabulary: Vocabulary = LEAVES, *, stored: bool = False) -> Condition:
    """The condition that decoded JSON says. With `stored`, one that was accepted before: kinds, fields and
    choices that have gone since are let be. Raises ConditionInvalid."""
    _measure(data)
    if not isinstance(data, dict):
        raise refuse("", say('a condition, such as {"version": 1, "all": []}'), data)
    version = data.get("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        raise refuse("version", say("the number %(version)s", version=VERSION), version)
    tree = {name: value for name, value in data.items() if name != "version"}
    return _Parser(vocabulary, stored).condition(tree, "")


def loads(text: str | bytes, vocabulary: Vocabulary = LEAVES) -> Condition:
    """`parse` of JSON text."""
    if len(text) > MAX_BYTES:
        raise _too_large()
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as broken:
        raise ConditionInvalid(
            say("This is not JSON: %(reason)s.", reason=str(broken)), path="", found=""
        ) from None
    return parse(data, vocabulary)


def dump(condition: Condition, vocabulary: Vocabulary = LEAVES) -> dict[str, Any]:
    """The condition as JSON, in one form: `parse(dump(c)) == c`."""
    return {"version": VERSION, **_dump(condition, vocabulary)}


def _dump(condition: Condition, vocabulary: Vocabulary) -> dict[str, Any]:
    match condition:
        case All(parts):
            return {"all": [_dump(part, vocabulary) for part in parts]}
        case AnyOf(parts):
            return {"any": [_dump(part, vocabulary) for part in parts]}
        case Not(part):
            return {"not": _dump(part, vocabulary)}
        case Leaf(name, values):
            params = vocabulary[name].by_name
            given = {
                key: value for key, value in values if value is not None and value != params[key].default
            }
            return {"leaf": name, **{key: written(params[key], value) for key, value in given.items()}}


def _too_large() -> ConditionInvalid:
    return ConditionInvalid(
        say("The condition is larger than %(most)s bytes.", most=MAX_BYTES),
        remedy=say("Take it apart into segments that refer to each other."),
        path="",
    )


def _measure(data: Any) -> None:
    """Refuse what is too deep or too large before anything is done with it, level by level."""
    level, depth, leaves, size = [data], 0, 0, 0
    while level:
        # A level of the tree is an object and, under all and any, a list.
        if depth > 2 * MAX_DEPTH + _LEAF_DEPTH:
            raise _too_deep("")
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                leaves += "leaf" in value
                size += sum(map(len, filter(_is_text, value)))
                below.extend(value.values())
            elif isinstance(value, list | tuple):
                below.extend(value)
            else:
                size += len(value.encode("utf-8", "replace")) if isinstance(value, str) else 4
            size += 2
        if leaves > MAX_LEAVES:
            raise ConditionInvalid(
                say("The condition has more than %(most)s leaves.", most=MAX_LEAVES),
                remedy=say("Take it apart into segments that refer to each other."),
                path="",
            )
        if size > MAX_BYTES:
            raise _too_large()
        level, depth = below, depth + 1


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _too_deep(path: str) -> ConditionInvalid:
    return ConditionInvalid(
        say("The condition is nested deeper than %(most)s levels.", most=MAX_DEPTH),
        remedy=say("Take it apart into segments that refer to each other."),
        path=path,
    )


class _Parser:
    def __init__(self, vocabulary: Vocabulary, stored: bool) -> None:
        self._vocabulary = vocabulary
        self._stored = stored

    def condition(self, data: Any, path: str, depth: int = 1) -> Condition:
        if depth > MAX_DEPTH + 1:
            raise _too_deep(path)
        if not isinstance(data, dict):
            raise refuse(path, say("an object with one of %(names)s", names=", ".join(_BRANCHES)), data)
        found = [name for name in _BRANCHES if name in data]
        if len(found) != 1:
            raise refuse(path, say("exactly one of %(names)s", names=", ".join(_BRANCHES)), list(data))
        branch = found[0]
        if branch == "leaf":
            return self._leaf(data, path)
        if len(data) > 1:
            extra = next(name for name in data if name != branch)
            raise refuse(join(path, str(extra)), say("nothing beside '%(name)s'", name=branch), data[extra])
        if branch == "not":
            return Not(self.condition(data["not"], join(path, "not"), depth + 1))
        kind: Callable[[tuple[Condition, ...]], Condition] = All if branch == "all" else AnyOf
        return kind(self._parts(data[branch], join(path, branch), depth))

    def _parts(self, data: Any, path: str, depth: int) -> tuple[Condition, ...]:
        if not isinstance(data, list):
            raise refuse(path, say("a list of conditions"), data)
        return tuple(self.condition(part, f"{path}[{number}]", depth + 1) for number, part in enumerate(data))

    def _leaf(self, data: Mapping[str, Any], path: str) -> Leaf:
        name = data["leaf"]
        kind = self._vocabulary.get(name) if isinstance(name, str) else None
        if kind is None:
            known = ", ".join(self._vocabulary.names())
            raise refuse(join(path, "leaf"), say("one of %(names)s", names=known), name)
        for given, value in data.items():
            if given != "leaf" and given not in kind.by_name:
                names = ", ".join(kind.by_name)
                expected = (
                    say("a parameter of %(leaf)s: %(names)s", leaf=kind.name, names=names)
                    if names
                    else say("no parameter: %(leaf)s has none", leaf=kind.name)
                )
                raise refuse(join(path, str(given)), expected, value)
        leaf = Leaf(
            kind.name, tuple((one.name, self._value(kind, one.name, data, path)) for one in kind.params)
        )
        if kind.check is not None and not self._stored and (fault := kind.check(leaf)):
            raise refuse(join(path, fault.path), fault.expected, fault.found)
        return leaf

    def _value(self, kind: LeafType, name: str, data: Mapping[str, Any], path: str) -> Any:
        param = kind.by_name[name]
        if data.get(name) is None:
            if param.required:
                raise refuse(join(path, name), say("a value, which %(leaf)s needs", leaf=kind.name), None)
            return param.default
        return parse_value(param, data[name], join(path, name), stored=self._stored)


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
