"""Segments to begin with: an empty page teaches by one, the list of all shows what can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Example(NamedTuple):
    name: Promise
    condition: Mapping[str, Any]


EXAMPLES: Final[Mapping[str, Example]] = {
    "slipping": Example(
        _("Regulars who are slipping away"),
        {
            "version": 1,
            "all": [
                {"leaf": "value.frequency", "at_least": 3},
                {"leaf": "value.recency", "at_least_days": 90, "at_most_days": 365},
            ],
        },
    ),
    "second": Example(
        _("Bought once, lately"),
        {
            "version": 1,
            "all": [
                {"leaf": "value.frequency", "at_least": 1, "at_most": 1},
                {"leaf": "behaviour.last", "kinds": ["order.paid"], "within": {"days": 60}},
            ],
        },
    ),
    "best": Example(
        _("Our best customers"),
        {
            "version": 1,
            "all": [
                {"leaf": "value.monetary", "at_least": 200_000, "within": {"days": 365}},
                {"not": {"leaf": "behaviour.did", "kinds": ["order.refunded"], "within": {"days": 90}}},
            ],
        },
    ),
}
