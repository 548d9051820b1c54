"""A condition while somebody writes it: complete or not, in the shape the builder shows. Pure.

A draft differs from a condition in two ways. "Not" is a property of a group or a question, so that nobody has
to think of it as a branch; and the values of a question are JSON as it was typed, right or wrong, so that the
parser says what is wrong with it and the field keeps what was in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from guanxi.kernel.conditions.parsing import MAX_DEPTH, VERSION

Mode = Literal["all", "any", "none", "not_all"]
MODES: Final[tuple[Mode, ...]] = ("all", "any", "none", "not_all")
ROOT: Final = "r"
MAX_PARTS: Final = 500
_ID: Final = re.compile(r"r(\.\d{1,3}){0,24}")
_BRANCH: Final[Mapping[Mode, tuple[str, bool]]] = {
    "all": ("all", False),
    "any": ("any", False),
    "none": ("any", True),
    "not_all": ("all", True),
}


@dataclass(slots=True)
class Ask:
    """A question: the leaf's name and its parameters as JSON."""

    leaf: str
    values: dict[str, Any] = field(default_factory=dict)
    denied: bool = False


@dataclass(slots=True)
class Group:
    mode: Mode = "all"
    parts: list[Node] = field(default_factory=list)


Node = Ask | Group


# ---------------------------------------------------------------- from and to JSON


def from_data(data: Mapping[str, Any]) -> Group:
    """The draft of a condition's JSON, as `dump` writes it. The root is always a group."""
    node = _node({key: value for key, value in data.items() if key != "version"})
    return node if isinstance(node, Group) else Group("all", [node])


def _node(data: Mapping[str, Any], *, denied: bool = False) -> Node:
    if "not" in data:
        if denied:  # not not: a group of one says the same, and keeps every "not" where it was written
            return Group("not_all", [_node(data["not"], denied=True)])
        return _node(data["not"], denied=True)
    if "leaf" in data:
        return Ask(str(data["leaf"]), {k: v for k, v in data.items() if k != "leaf"}, denied)
    branch = "all" if "all" in data else "any"
    parts = [_node(part) for part in data[branch]]
    mode: Mode = next(mode for mode, shape in _BRANCH.items() if shape == (branch, denied))
    return Group(mode, parts)


def to_data(root: Group) -> dict[str, Any]:
    """The JSON that the draft says. A root that holds one question and nothing else is that question."""
    single = root.parts[0] if len(root.parts) == 1 and root.mode == "all" else None
    return {"version": VERSION, **_data(single if isinstance(single, Ask) else root)}


def _data(node: Node) -> dict[str, Any]:
    if isinstance(node, Ask):
        leaf = {"leaf": node.leaf, **node.values}
        return {"not": leaf} if node.denied else leaf
    branch, denied = _BRANCH[node.mode]
    group: dict[str, Any] = {branch: [_data(part) for part in node.parts]}
    return {"not": group} if denied else group


# ---------------------------------------------------------------- places in the tree


def child_id(node_id: str, number: int) -> str:
    return f"{node_id}.{number}"


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def asks(node: Node, node_id: str = ROOT) -> Iterator[tuple[str, Ask]]:
    """Every question with its place, in the order it is written."""
    if isinstance(node, Ask):
        yield node_id, node
        return
    for number, part in enumerate(node.parts):
        yield from asks(part, child_id(node_id, number))


def find(root: Group, node_id: str) -> Node | None:
    node: Node = root
    for number in _numbers(node_id):
        if not isinstance(node, Group) or number >= len(node.parts):
            return None
        node = node.parts[number]
    return node


def _numbers(node_id: str) -> list[int]:
    return [int(part) for part in node_id.split(".")[1:]]


def _parent(root: Group, node_id: str) -> tuple[Group, int, str] | None:
    """The group a node stands in, its place there, and the group's id; None for the root."""
    above, dot, number = node_id.rpartition(".")
    group = find(root, above) if dot else None
    if not isinstance(group, Group) or int(number) >= len(group.parts):
        return None
    return group, int(number), above


# ---------------------------------------------------------------- what the buttons do


@dataclass(frozen=True, slots=True)
class Done:
    """Where the reader's attention goes after an action: `focus` is a node, `picking` a group whose list of
    questions is open."""

    focus: str = ""
    picking: str = ""


Start = Callable[[str], dict[str, Any]]


def act(root: Group, action: str, start: Start) -> Done:
    """Do what a button says, "verb node argument". What makes no sense any more changes nothing. `start`
    answers the values a new question begins with."""
    verb, _space, rest = action.partition(" ")
    node_id, _space, argument = rest.partition(" ")
    if not is_id(node_id):
        return Done()
    if verb == "pick":
        return Done(picking=node_id)
    if verb in {"add", "group"}:
        return _add(root, node_id, argument, start)
    if verb in {"row", "unrow"}:
        return _rows(root, node_id, argument, adding=verb == "row")
    step = _MOVES.get(verb)
    place = _parent(root, node_id)
    return step(*place) if step and place else Done()


def _add(root: Group, node_id: str, leaf: str, start: Start) -> Done:
    group = find(root, node_id)
    if not isinstance(group, Group) or len(group.parts) >= MAX_PARTS:
        return Done()
    new_id = child_id(node_id, len(group.parts))
    if leaf:
        group.parts.append(Ask(leaf, start(leaf)))
        return Done(focus=new_id)
    if node_id.count(".") + 1 >= MAX_DEPTH:
        return Done(focus=node_id)
    group.parts.append(Group("all" if group.mode in {"any", "none"} else "any"))
    return Done(picking=new_id)


def _remove(group: Group, number: int, group_id: str) -> Done:
    del group.parts[number]
    return Done(focus=group_id)


def _up(group: Group, number: int, group_id: str) -> Done:
    return _swap(group, number, max(0, number - 1), group_id)


def _down(group: Group, number: int, group_id: str) -> Done:
    return _swap(group, number, min(len(group.parts) - 1, number + 1), group_id)


def _swap(group: Group, one: int, other: int, group_id: str) -> Done:
    group.parts[one], group.parts[other] = group.parts[other], group.parts[one]
    return Done(focus=child_id(group_id, other))


def _copy(group: Group, number: int, group_id: str) -> Done:
    if len(group.parts) < MAX_PARTS:
        group.parts.insert(number + 1, deepcopy(group.parts[number]))
    return Done(focus=child_id(group_id, number + 1))


def _wrap(group: Group, number: int, group_id: str) -> Done:
    """Put a node into a group of its own, so that another can be set against it."""
    node_id = child_id(group_id, number)
    if node_id.count(".") >= MAX_DEPTH:
        return Done(focus=node_id)
    mode: Mode = "all" if group.mode in {"any", "none"} else "any"
    group.parts[number] = Group(mode, [group.parts[number]])
    return Done(picking=node_id)


def _dissolve(group: Group, number: int, group_id: str) -> Done:
    """Let the parts of a group stand where the group stood."""
    inner = group.parts[number]
    if isinstance(inner, Group):
        group.parts[number : number + 1] = inner.parts
    return Done(focus=group_id)


_MOVES: Final[Mapping[str, Callable[[Group, int, str], Done]]] = {
    "remove": _remove,
    "up": _up,
    "down": _down,
    "copy": _copy,
    "wrap": _wrap,
    "dissolve": _dissolve,
}


def _rows(root: Group, node_id: str, argument: str, *, adding: bool) -> Done:
    """Add or take away a row of a question's list: "where", "where 2", "steps", "steps 1 where 0"."""
    ask = find(root, node_id)
    if not isinstance(ask, Ask) or not argument.split():
        return Done()
    change_rows(ask.values, argument, adding=adding)
    return Done(focus=node_id)


def change_rows(
    values: dict[str, Any], argument: str, *, adding: bool, lists: Collection[str] = ("where", "steps")
) -> None:
    """Add or take away a row of one of the `lists` among the values. What makes no sense changes nothing."""
    words = argument.split()
    holder: Any = values
    last = words if adding else words[:-1]
    for word in last[:-1]:
        holder = _inside(holder, word)
    name = last[-1] if last else ""
    if not isinstance(holder, dict) or name not in lists:
        return
    rows = holder.setdefault(name, [])
    if adding:
        rows.append(_new_row(name))
    elif words[-1].isdecimal() and int(words[-1]) < len(rows):
        del rows[int(words[-1])]
    if not rows:
        del holder[name]


def _new_row(name: str) -> dict[str, Any]:
    if name == "steps":
        return {"kinds": []}
    return {"field": "channel" if name == "where" else "", "op": "eq", "value": None}


def _inside(holder: Any, word: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(word)
    if isinstance(holder, Sequence) and word.isdecimal() and int(word) < len(holder):
        return holder[int(word)]
    return None
