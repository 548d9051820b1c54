"""What the warehouse may have of customers: numbers and traits, nothing personal."""

from __future__ import annotations

from typing import Final

from guanxi.customers.rights.storing import NOT_FROZEN
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

# In SQLite `+brand_id` keeps the planner off the index by brand: a whole pass in order of id is faster.
_SUBJECT_MARKER: Final = """
    SELECT count(*) AS n, max(id) AS top, sum((customer_id % 1000003) * (id % 1009)) AS roots,
           sum((first_ms % 1000003) * (id % 1009)) AS firsts,
           sum(CASE scheme WHEN 'erased' THEN id % 1000003 ELSE 0 END) AS erased,
           (SELECT id FROM customers_subjectmove WHERE brand_id = {{brand}} ORDER BY id DESC LIMIT 1) AS move
    FROM customers_subject WHERE {brand} = {{brand}}
"""
_SUBJECT_ROWS: Final = """
    SELECT id AS subject_id, customer_id, scheme, first_ms
    FROM customers_subject WHERE {brand} = {{brand}} ORDER BY id
"""
_CUSTOMER_MARKER: Final = """
    SELECT count(*) AS n, max(id) AS top, sum(id % 1000003) AS ids,
           sum((first_ms % 1000003) * (id % 1009)) AS firsts, sum((last_ms % 1000003) * (id % 1009)) AS lasts,
           sum(coalesce(adcode, 0) * (id % 1009)) AS places,
           sum((CASE gender WHEN 'f' THEN 1 WHEN 'm' THEN 2 ELSE 0 END) * (id % 1009)) AS genders,
           sum(({birthday}) * (id % 1009)) AS birthdays, sum({language} * (id % 1009)) AS languages,
           sum(({birth_year} * 2 + CASE birthday_calendar WHEN 'lunar' THEN 1 ELSE 0 END) * (id % 1009))
             AS years
    FROM customers_customer WHERE {brand} = {{brand}} AND merged_into_id IS NULL AND {not_frozen}
"""
_CUSTOMER_ROWS: Final = """
    SELECT id AS customer_id, first_ms, last_ms, adcode, gender,
           nullif({birthday}, 0) AS birth_month_day, nullif({birth_year}, 0) AS birth_year,
           CASE WHEN birthday = '' THEN '' WHEN birthday_calendar = 'lunar' THEN 'lunar' ELSE 'solar' END
             AS birth_calendar, language
    FROM customers_customer WHERE {brand} = {{brand}} AND merged_into_id IS NULL AND {not_frozen} ORDER BY id
"""
# Rows of these are replaced, never changed, so their ids tell whether anything did.
_IDS: Final = """
    SELECT count(*) AS n, max(id) AS top, sum(id % 1000003) AS ids
    FROM {table} WHERE {{brand}} = {{{{brand}}}}
"""
_TAGGING_ROWS: Final = """
    SELECT subject_id, tag_id FROM customers_tagging WHERE {brand} = {{brand}} ORDER BY subject_id, tag_id
"""
_PREFERENCE_ROWS: Final = """
    SELECT subject_id, field_id, at_ms, text, number
    FROM customers_preference WHERE {brand} = {{brand}} ORDER BY subject_id, field_id
"""
_SQLITE: Final = {
    "not_frozen": NOT_FROZEN,
    "brand": "+brand_id",
    "birthday": "CASE WHEN birthday = '' THEN 0 ELSE"
    " CAST(substr(birthday, -5, 2) AS INTEGER) * 100 + CAST(substr(birthday, -2) AS INTEGER) END",
    "birth_year": "CASE WHEN birthday = '' OR substr(birthday, 1, 1) = '-' THEN 0 ELSE"
    " CAST(substr(birthday, 1, 4) AS INTEGER) END",
    "language": "(unicode(language || ' ') * 31 + unicode(substr(language || '      ', 5)))",
}
_POSTGRESQL: Final = {
    "not_frozen": NOT_FROZEN,
    "brand": "brand_id",
    "birthday": "CASE WHEN birthday = '' THEN 0 ELSE"
    " CAST(left(right(birthday, 5), 2) AS integer) * 100 + CAST(right(birthday, 2) AS integer) END",
    "birth_year": "CASE WHEN birthday = '' OR substr(birthday, 1, 1) = '-' THEN 0 ELSE"
    " CAST(left(birthday, 4) AS integer) END",
    "language": "(ascii(language || ' ') * 31 + ascii(substr(language || '      ', 5)))",
}


def one_customer_of(identities: str) -> str:
    """SQL for the subject that identities lead to, as an expression: NULL where they lead to nobody, or to
    more than one customer. `identities` is a table with scheme and key, joined as it stands (alias included,
    as "community_x i WHERE …"); of the brand {brand}."""
    table, _, condition = identities.partition(" WHERE ")
    alias = table.rsplit(" ", 1)[-1]
    return (
        "(SELECT CASE WHEN min(s.customer_id) = max(s.customer_id) THEN min(s.id) END"
        # CROSS JOIN keeps SQLite from reading all subjects of the brand for each identity.
        f" FROM {table} CROSS JOIN customers_subject s WHERE {condition} AND s.brand_id = {{brand}}"
        f" AND s.scheme = {alias}.scheme AND s.key = {alias}.key)"
    )


def _by_vendor(sql: str) -> dict[str, str]:
    return {"sqlite": sql.format(**_SQLITE), "postgresql": sql.format(**_POSTGRESQL)}


def register() -> None:
    registry.snapshots.register(
        SnapshotSource("subject_map", marker=_by_vendor(_SUBJECT_MARKER), rows=_by_vendor(_SUBJECT_ROWS))
    )
    registry.snapshots.register(
        SnapshotSource("customers", marker=_by_vendor(_CUSTOMER_MARKER), rows=_by_vendor(_CUSTOMER_ROWS))
    )
    for table, stored, rows in (
        ("taggings", "customers_tagging", _TAGGING_ROWS),
        ("preferences", "customers_preference", _PREFERENCE_ROWS),
    ):
        marker = _by_vendor(_IDS.format(table=stored))
        registry.snapshots.register(SnapshotSource(table, marker=marker, rows=_by_vendor(rows)))
