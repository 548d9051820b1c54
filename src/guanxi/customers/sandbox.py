"""What this room copies into a sandbox: stores, tags, preference fields, words of consent."""

from __future__ import annotations

from guanxi.customers import preferences, stores, tag_dictionary
from guanxi.customers.answers import Choice
from guanxi.customers.consent import texts
from guanxi.customers.consent.texts import Text
from guanxi.customers.preferences import Definition
from guanxi.customers.stores import CityRow, StoreRow
from guanxi.customers.tag_dictionary import Entry, Origin
from guanxi.kernel.wording import say
from guanxi.platform.sandbox.contracts import COPIERS, Copier, Copying


def register() -> None:
    COPIERS.register(Copier("stores", say("Stores"), 100, _stores))
    COPIERS.register(Copier("tags", say("Tags"), 110, _tags))
    COPIERS.register(Copier("preferences", say("Preference fields"), 120, _preferences))
    COPIERS.register(Copier("consent_texts", say("Words of consent"), 130, _texts))


def _stores(copying: Copying) -> int:
    cities = [_of_city(row) for row in stores.city_rules(copying.source.pk)]
    if cities:
        stores.set_city_rules(copying.target.pk, cities, actor=copying.actor)
    rows = [_of_store(row) for row in stores.stores(copying.source.pk)]
    return stores.set_stores(copying.target.pk, rows, actor=copying.actor) if rows else 0


def _of_store(row: StoreRow) -> dict[str, object]:
    known = {**row._asdict(), "open": "yes" if row.open else "no"}
    return {name: "" if value is None else value for name, value in known.items()}


def _of_city(row: CityRow) -> dict[str, object]:
    return dict(row._asdict())


def _tags(copying: Copying) -> int:
    def define(entry: Entry) -> None:
        tag_dictionary.define_tag(
            copying.target.pk,
            entry.name,
            label=entry.label,
            description=entry.description,
            owner=entry.owner,
            origin=Origin(entry.origin),
            archived=entry.archived,
            actor=copying.actor,
        )

    entries = tag_dictionary.dictionary(copying.source.pk)
    return copying.each("tags", entries, lambda entry: entry.name, define)


def _preferences(copying: Copying) -> int:
    def define(known: Definition) -> None:
        preferences.define_preference(
            copying.target.pk,
            known.name,
            type=known.type,
            label_zh=known.label_zh,
            label_en=known.label_en,
            purpose=known.purpose,
            choices=[_choice(one) for one in known.choices] or None,
            archived=known.archived,
            actor=copying.actor,
        )

    known = preferences.definitions(copying.source.pk, archived=True)
    return copying.each("preferences", known, lambda one: one.name, define)


def _choice(choice: Choice) -> dict[str, object]:
    return dict(choice._asdict())


def _texts(copying: Copying) -> int:
    def publish(text: Text) -> None:
        texts.publish(
            copying.target.pk, text.purpose, text.bodies, changes_purpose=False, actor=copying.actor
        )

    written = [text for text in texts.current(copying.source.pk).values() if text.at_ms]
    return copying.each("consent_texts", written, lambda text: text.purpose, publish)
