"""What a brand calls the words of its conditions: tags, preference fields and their answers, stores."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from guanxi.customers import stores
from guanxi.customers.models import Tag
from guanxi.customers.preferences import Definition, definitions
from guanxi.kernel.conditions import Leaf


class Called:
    """Labels of one brand, each dictionary read once and only if a leaf asks for it. A sentence takes them
    from the leaf's value "called"; where it has none it says the word itself."""

    def __init__(self, brand_id: int) -> None:
        self._brand_id = brand_id

    def __call__(self, leaf: Leaf) -> Any:
        match leaf.name:
            case "tag.has":
                return tuple(self._tags.get(name) or name for name in leaf["tags"])
            case "preference.is":
                return self._preferences.get(leaf["field"])
            case "profile.near_store":
                return self._stores.get(leaf["store"])
        return None

    @cached_property
    def _tags(self) -> Mapping[str, str]:
        return dict(Tag.objects.filter(brand_id=self._brand_id).values_list("name", "label"))

    @cached_property
    def _preferences(self) -> Mapping[str, Definition]:
        return {field.name: field for field in definitions(self._brand_id, archived=True)}

    @cached_property
    def _stores(self) -> Mapping[str, str]:
        return {store.code: store.name for store in stores.stores(self._brand_id)}
