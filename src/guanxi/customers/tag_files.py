"""Files of tags: which rows name whom, and what they get."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import identifiers
from guanxi.customers.contracts import Identity
from guanxi.customers.lookup import find_many, roots_of_many
from guanxi.customers.tag_dictionary import Origin, clean_name, define_tag, dictionary_names
from guanxi.customers.tags import add_tags
from guanxi.kernel.errors import Invalid

CUSTOMER: Final = ("customer", "customer_id", "客户", "客户号", "客户编号")
TAGS: Final = ("tags", "tag", "标签", "客户标签", "会员标签")
IDENTITIES: Final[Mapping[str, str]] = {
    "phone": "phone",
    "手机": "phone",
    "手机号": "phone",
    "email": "email",
    "邮箱": "email",
    "member": "member",
    "会员号": "member",
    "unionid": "unionid",
    "tmall": "tmall",
    "天猫账号": "tmall",
    "jd": "jd",
    "京东账号": "jd",
    "douyin": "douyin",
    "youzan": "youzan",
    "wecom": "wecom",
}
_SPLIT: Final = re.compile(r"[,，;；、|\n]")


class TagsImported(NamedTuple):
    """`unknown` and `ambiguous` are numbers of rows (from 1) that name nobody, or several customers; `added`
    counts pairs of tag and customer that are new."""

    rows: int
    added: int
    unchanged: int
    unknown: Sequence[int]
    ambiguous: Sequence[int]


def import_tags(brand_id: int, rows: Sequence[Mapping[str, str]], *, actor: object) -> TagsImported:
    """Put the tags of a table on the customers it names, by number or by an identity. New tags join the
    dictionary; nothing that follows from it is sent. Raises Invalid where columns are missing or a tag cannot
    be one, before anything is done."""
    columns = list(rows[0]) if rows else []
    by_name = {column.strip().lower(): column for column in columns}
    tags = next((by_name[name] for name in TAGS if name in by_name), None)
    number = next((by_name[name] for name in CUSTOMER if name in by_name), None)
    schemes = {by_name[name]: scheme for name, scheme in IDENTITIES.items() if name in by_name}
    if tags is None or (number is None and not schemes):
        raise Invalid(
            _("A file of tags has a column tags and a column customer, phone, member or another identity."),
            remedy=_("The columns are: %(columns)s.") % {"columns": ", ".join(columns)[:300]},
        )
    wanted = [[clean_name(name) for name in _SPLIT.split(row[tags]) if name.strip()] for row in rows]
    people = named(brand_id, [owner(row, number, schemes) for row in rows])
    by_tag: dict[str, set[int]] = defaultdict(set)
    for customers, names in zip(people, wanted, strict=True):
        if len(customers) == 1:
            for name in names:
                by_tag[name].update(customers)
    added, unchanged = _put(brand_id, by_tag, actor)
    unknown = [place for place, customers in enumerate(people, 1) if not customers]
    ambiguous = [place for place, customers in enumerate(people, 1) if len(customers) > 1]
    return TagsImported(len(rows), added, unchanged, unknown, ambiguous)


def _put(brand_id: int, by_tag: Mapping[str, set[int]], actor: object) -> tuple[int, int]:
    known = {name for name, _label in dictionary_names(brand_id)}
    added = unchanged = 0
    for name, customers in sorted(by_tag.items()):
        if name not in known:
            define_tag(brand_id, name, origin=Origin.IMPORT, actor=actor)
        done = add_tags(brand_id, [name], customers, actor=actor, source=Origin.IMPORT, live=False)
        added, unchanged = added + done.changed, unchanged + done.unchanged
    return added, unchanged


def named(brand_id: int, owners: Sequence[Identity | int]) -> list[list[int]]:
    """The customers that each row means."""
    found = find_many(brand_id, {one for one in owners if isinstance(one, Identity)})
    numbers = roots_of_many(brand_id, {one for one in owners if isinstance(one, int)})
    return [
        found.get(one, []) if isinstance(one, Identity) else [numbers[one]] if one in numbers else []
        for one in owners
    ]


def owner(row: Mapping[str, str], number: str | None, schemes: Mapping[str, str]) -> Identity | int:
    """Whom a row names: a customer's number, else the first identity that can be read; 0 for nobody."""
    if number is not None and (text := row[number].strip().lstrip("#")):
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
    for column, scheme in schemes.items():
        if row[column].strip() and (value := _normal(scheme, row[column])):
            return Identity(scheme, value)
    return 0


def _normal(scheme: str, text: str) -> str | None:
    try:
        return identifiers.normalise(scheme, text)
    except ValueError:
        return None
