"""What a sandbox is made of: rooms register how what a brand has defined is copied (`AppConfig.ready`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

One = TypeVar("One")


class Left(NamedTuple):
    """What could not be copied: of which copier, called what, and why."""

    copier: str
    name: str
    reason: str


@dataclass
class Copying:
    """One brand copied into another. `segments` leads from the ids of segments here to those there."""

    source: Brand
    target: Brand
    actor: Actor
    segments: dict[int, int] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    def each(
        self, copier: str, things: Iterable[One], name: Callable[[One], str], do: Callable[[One], object]
    ) -> int:
        """Copy things one by one; how many. What is refused is left out and noted, alone."""
        done = 0
        for thing in things:
            try:
                with writing(self.target.pk):
                    do(thing)
                done += 1
            except GuanxiError as error:
                self.left.append(Left(copier, name(thing), str(error)))
        return done

    def there(self, definition: Any) -> Any:
        """A condition, or JSON with conditions in it, whose segments are those of the target."""
        match definition:
            case {"leaf": _, "segment": int(known)} if known in self.segments:
                rest = {key: self.there(value) for key, value in definition.items() if key != "segment"}
                return {**rest, "segment": self.segments[known]}
            case dict():
                return {key: self.there(value) for key, value in definition.items()}
            case list() | tuple():
                return [self.there(one) for one in definition]
        return definition


class Copier(NamedTuple):
    """`copy` brings one kind of thing over and answers how many; smaller `place` first, since what comes
    later may name what came before."""

    name: str
    label: Wording
    place: int
    copy: Callable[[Copying], int]


COPIERS: Registry[Copier] = Registry("copier of a programme", lambda copier: copier.name)
