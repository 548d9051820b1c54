"""The preference centre: what a customer sees of themselves there, and what becomes of what they press."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import hooks, preferences, traits
from guanxi.customers.answers import FieldType
from guanxi.customers.consent import queries, texts
from guanxi.customers.consent.contracts import Proof, Said, Statement, Why
from guanxi.customers.consent.ledger import record
from guanxi.customers.consent.links import Opened
from guanxi.customers.consent.purposes import CHANNELS, Purpose, asked
from guanxi.customers.consent.queries import Standing
from guanxi.customers.consent.rules import grown_ms
from guanxi.customers.hooks import What
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.models import Customer, Subject
from guanxi.customers.rights import requests
from guanxi.customers.rights.contracts import Kind
from guanxi.customers.tags import forgo_tags, tags_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict
from guanxi.platform.writing import writing

SOURCE: Final = "preference centre"
LANGUAGES: Final = {"zh-CN": "中文", "en": "English"}
_REFUSALS: Final = {Why.REFUSED, Why.WITHDRAWN}


class Ask(NamedTuple):
    """One yes or no. `answer` is "yes", "no", or "" where nothing was said: then nothing is ticked."""

    field: str
    label: str
    answer: str
    since_ms: int


class Section(NamedTuple):
    """A purpose: one sentence, and an answer for each channel. `mark` names the words on the page."""

    purpose: Purpose
    label: str
    body: str
    mark: str
    asks: Sequence[Ask]
    changed: bool  # the customer had agreed to words of another purpose


class Topic(NamedTuple):
    field: str
    label: str
    choices: Sequence[tuple[str, str, bool]]  # name, label, chosen


class Page(NamedTuple):
    sections: Sequence[Section]
    topics: Sequence[Topic]
    tags: Sequence[tuple[str, str]]
    language: str
    guarded: bool  # a child under 14, who cannot agree alone


def page(opened: Opened, *, chinese: bool) -> Page:
    """Everything the page shows. Nothing of it names the person."""
    brand_id = opened.brand_id
    found = texts.current(brand_id)
    standings = queries.standings(brand_id, opened.customer_id)
    customer = Customer.objects.get(pk=opened.customer_id)
    subjects = subject_ids_of(brand_id, opened.customer_id)
    carried = tags_of(brand_id, subjects)
    return Page(
        [_section(purpose, found[purpose.name], standings, chinese=chinese) for purpose in asked()],
        _topics(brand_id, subjects, chinese=chinese),
        [(tag.name, tag.label) for tag in carried if not tag.archived],
        customer.language,
        _is_child(customer),
    )


def _section(purpose: Purpose, text: texts.Text, standings: Sequence[Standing], *, chinese: bool) -> Section:
    mine = [one for one in standings if one.purpose.name == purpose.name]
    labels = {channel.name: channel.label(chinese=chinese) for channel in CHANNELS}
    asks = [
        Ask(
            f"c.{purpose.name}.{one.channel}",
            labels.get(one.channel, ""),
            "yes" if one.verdict.allowed else "no" if one.verdict.why in _REFUSALS else "",
            one.verdict.word.at_ms if one.verdict.word else 0,
        )
        for one in mine
    ]
    body = text.bodies["zh" if chinese else "en"]
    changed = any(one.verdict.why is Why.PURPOSE_CHANGED for one in mine)
    return Section(purpose, purpose.label(chinese=chinese), body, text.mark, asks, changed)


def _topics(brand_id: int, subjects: Sequence[int], *, chinese: bool) -> list[Topic]:
    """The brand's questions of several choices."""
    fields = [one for one in preferences.definitions(brand_id) if one.type is FieldType.CHOICES]
    known = preferences.answers_of(brand_id, subjects) if fields else {}
    found = []
    for field in fields:
        text = known[field.id].text if field.id in known else ""
        choices = [
            (choice.name, choice.zh if chinese else choice.en, f"|{choice.name}|" in text)
            for choice in field.choices
        ]
        found.append(Topic(field.name, field.label(chinese=chinese), choices))
    return found


def _is_child(customer: Customer) -> bool:
    grown = grown_ms(customer.birthday, customer.birthday_calendar) if customer.birthday else None
    return grown is not None and now_ms() < grown


# ---------------------------------------------------------------- what is pressed


def answer(opened: Opened, form: Mapping[str, str], *, chinese: bool) -> int:
    """Record each yes and no that is new; how many. What is left open says nothing.

    Raises Conflict where the words were changed since the page was opened, and for a child's own consent.
    """
    brand_id = opened.brand_id
    with writing(brand_id):
        said = []
        for one in queries.standings(brand_id, opened.customer_id):
            pressed = form.get(f"c.{one.purpose.name}.{one.channel}", "")
            verb = _verb(pressed, one)
            if verb is not None:
                said.append((one, verb))
        agreed = {one.purpose.name for one, verb in said if verb is Said.GIVEN}
        _check(opened, agreed, form)
        found = texts.in_force(brand_id)
        return _recorded(
            opened,
            [
                _statement(opened, one.purpose, one.channel, verb, found[one.purpose.name], chinese=chinese)
                for one, verb in said
            ],
        )


def withdraw_all(opened: Opened, *, chinese: bool) -> int:
    """One press: no to every purpose on every channel, so that nobody asks again either."""
    with writing(opened.brand_id):
        found = texts.in_force(opened.brand_id)
        return _recorded(
            opened,
            [
                _statement(opened, purpose, "", Said.WITHDRAWN, found[purpose.name], chinese=chinese)
                for purpose in asked()
            ],
        )


def choose_topics(opened: Opened, chosen: Mapping[str, Sequence[str]]) -> None:
    """The topics as they are ticked now; of a field where none is, the answer is taken back."""
    fields = [one for one in preferences.definitions(opened.brand_id) if one.type is FieldType.CHOICES]
    given = [
        preferences.Statement(
            opened.customer_id,
            field.name,
            [one.name for one in field.choices if one.name in chosen.get(field.name, ())],
        )
        for field in fields
    ]
    if given:
        preferences.state_preferences(opened.brand_id, given, source=SOURCE, actor=_actor(opened))


def choose_language(opened: Opened, code: str) -> None:
    """The customer's language from now on, kept with the profile that the link is for."""
    if code not in LANGUAGES:
        return
    with writing(opened.brand_id):
        subject = Subject.objects.get(pk=opened.subject_id)
        told = traits.merged(traits.unpacked(subject.traits), {"language": [code, now_ms()]})
        subject.traits = traits.packed(told)
        subject.save(update_fields=["traits"])
        rows = Subject.of_brand(opened.brand_id).filter(customer_id=opened.customer_id)
        profile = traits.profile(traits.unpacked(text) for text in rows.values_list("traits", flat=True))
        Customer.objects.filter(pk=opened.customer_id).update(language=profile.language)
        hooks.changed(opened.brand_id, What.PROFILE, [opened.customer_id])


def take_off(opened: Opened, names: Sequence[str]) -> int:
    """Tags that the customer deletes, for good; how many."""
    return forgo_tags(opened.brand_id, opened.subject_id, names, actor=_actor(opened))


def ask_correction(opened: Opened) -> None:
    """The customer says that something held about them is wrong: a request, since a number that is changed
    without asking would be whoever's who holds the link."""
    requests.open_request(opened.brand_id, opened.customer_id, Kind.CORRECTION, actor=_actor(opened))


def _verb(pressed: str, one: Standing) -> Said | None:
    """What is new in a press: a double press, and what is said already, is nothing."""
    if not one.purpose.needs_consent:
        return None
    if pressed == "yes" and not one.verdict.allowed:
        return Said.GIVEN
    if pressed == "no" and one.verdict.why not in _REFUSALS:
        return Said.REFUSED if one.verdict.why is Why.NOT_ASKED else Said.WITHDRAWN
    return None


def _check(opened: Opened, agreed: set[str], form: Mapping[str, str]) -> None:
    if agreed and _is_child(Customer.objects.get(pk=opened.customer_id)):
        raise Conflict(
            _("Under 14, a parent or guardian has to agree."),
            remedy=_("Ask them to speak to us. Saying no works here."),
        )
    found = texts.current(opened.brand_id)
    if any(form.get(f"t.{name}") != found[name].mark for name in agreed):
        raise Conflict(
            _("The wording was changed while you read it, so nothing was saved."),
            remedy=_("Read it again, then choose."),
        )


def _statement(
    opened: Opened, purpose: Purpose, channel: str, said: Said, text: texts.Text, *, chinese: bool
) -> Statement:
    return Statement(
        opened.subject_id,
        purpose.name,
        said,
        f"page:{secrets.token_urlsafe(12)}",
        Proof.PAGE,
        channel,
        proof_ref=SOURCE,
        text_version=text.version,
        text_language="zh" if chinese else "en",
        separate=purpose.separate,
    )


def _recorded(opened: Opened, said: Sequence[Statement]) -> int:
    if not said:
        return 0
    return record(opened.brand_id, said, source=SOURCE, actor=_actor(opened)).recorded


def _actor(opened: Opened) -> str:
    return f"customer:{opened.subject_id}"
