"""The source of identities held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from guanxi.customers.conditions.keys import IDENTITY
from guanxi.kernel.conditions.features import BrandRow, Feature, Moment, Source, Values, column
from guanxi.platform.bulk import among

# The brand is compared in a form that no index answers, else SQLite reads all of the brand's subjects.
_HELD = "SELECT DISTINCT customer_id, scheme FROM customers_subject WHERE {customers} AND brand_id + 0 = %s"


class Identities(Source):
    name = IDENTITY
    is_timeless = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        condition, parameter = among("customer_id", customer_ids)
        held: dict[int, set[str]] = defaultdict(set)
        with connection.cursor() as cursor:
            cursor.execute(_HELD.format(customers=condition), [parameter, brand.pk])
            for customer_id, scheme in cursor.fetchall():
                held[customer_id] |= {scheme, scheme.partition(":")[0]}
        return {
            customer_id: Values({feature: feature.key in schemes for feature in features})
            for customer_id, schemes in held.items()
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        import ibis  # noqa: PLC0415 - half a second that only the lake needs

        links = tables["subject_map"]
        counts = {}
        for place, feature in enumerate(features):
            name = str(feature.key)
            is_one = (links.scheme == name) | links.scheme.startswith(f"{name}:")
            counts[column(place)] = links.count(where=is_one)
        people = links.group_by("customer_id").aggregate(**counts)
        return people.select(
            "customer_id",
            **{name: people[name] > 0 for name in counts},
            changes_ms=ibis.null("int64"),
        )
