"""Templates: saved in versions that never change, found, and shown with their examples."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.customers.consent.purposes import PURPOSES
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import Wording, say
from guanxi.messaging import wordings
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.contracts import Draft, Kind, Priority, Rendered, Variable, Wordings
from guanxi.messaging.models import Template, Version
from guanxi.messaging.variables import NAME, Place, Refused, check_all
from guanxi.messaging.wordings import Pattern
from guanxi.platform import audit
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

REMEMBERED: Final = 512
PRIORITY_BAD: Final = say("A priority is urgent, service or marketing.")
_patterns: OrderedDict[int, Pattern] = OrderedDict()
_lock = Lock()


def save(brand_id: int, draft: Draft, *, version: int, actor: object) -> Version:
    """Keep the draft as the template's next version; where it says what the newest says, that one.

    `version` is the newest that was read, 0 for a new template. Raises Invalid with the field at fault, and
    Conflict where somebody saved meanwhile.
    """
    check(draft)
    with writing(brand_id):
        template, _made = Template.objects.get_or_create(
            brand_id=brand_id, channel=draft.channel, name=draft.name
        )
        newest = template.versions.filter(number=template.newest).first()
        if newest is not None and _same(newest, draft) and template.label == draft.label:
            return newest
        moved = Template.objects.filter(pk=template.pk, newest=version).update(
            newest=F("newest") + 1, label=draft.label[:120], archived=False
        )
        if not moved:
            raise Conflict(
                _("Somebody saved this template meanwhile."),
                remedy=_("Look at what differs, then save again."),
                version=template.newest,
            )
        saved = Version.objects.create(
            template=template, number=version + 1, actor=str(actor)[:160], **_columns(draft)
        )
        detail = {"channel": draft.channel, "version": saved.number}
        audit.record(brand_id, str(actor), "template.saved", "template", draft.name, detail=detail)
    return saved


def check(draft: Draft) -> Pattern:
    """The draft, compiled. Raises Invalid."""
    if draft.channel not in CHANNELS:
        raise Invalid(
            say("A channel is one of: %(names)s.", names=", ".join(CHANNELS.names())), field="channel"
        )
    if not NAME.fullmatch(draft.name):
        raise Invalid(say("A template's name has small letters, digits and _, first a letter."), field="name")
    if not (draft.label.isprintable() and len(draft.label) <= 120):
        raise Invalid(say("A label is one line of at most %(most)s characters.", most=120), field="label")
    _check_purpose(draft)
    try:
        return wordings.check(draft, CHANNELS[draft.channel].capabilities.form)
    except Refused as refused:
        raise Invalid(refused.text, field=_FIELDS.get(refused.code, "texts"), reason=refused.code) from None


_FIELDS: Final = {
    "variable_bad": "variables",
    "variable_personal": "variables",
    "variable_name": "variables",
    "variable_unused": "variables",
    "too_many": "variables",
    "fallback_missing": "fallback",
}


def _check_purpose(draft: Draft) -> None:
    """Advertising needs consent; everything else needs another basis than that (PIPL 13)."""
    purpose = PURPOSES.get(draft.purpose)
    if purpose is None:
        raise Invalid(
            say(
                "There is no purpose '%(name)s'; use one of: %(names)s.",
                name=draft.purpose[:40],
                names=", ".join(PURPOSES.names()),
            ),
            field="purpose",
        )
    if draft.priority not in list(Priority):
        raise Invalid(PRIORITY_BAD, field="priority")
    if purpose.needs_consent != (draft.priority is Priority.MARKETING):
        raise Invalid(
            say("Marketing is of a purpose that needs consent, everything else of one that does not."),
            remedy=say("Choose another purpose or priority."),
            field="priority",
        )
    if not purpose.by_channel:
        raise Invalid(say("Nothing is sent for this purpose: it has no channels."), field="purpose")


def archive(brand_id: int, channel: str, name: str, *, archived: bool, actor: object) -> None:
    """Let nothing new be queued of a template, or let it again. Raises NotFound."""
    with writing(brand_id):
        found = Template.objects.filter(brand_id=brand_id, channel=channel, name=name)
        if not found.update(archived=archived):
            raise unknown(channel, name)
        audit.record(
            brand_id,
            str(actor),
            "template.archived" if archived else "template.restored",
            "template",
            name,
            detail={"channel": channel},
        )


def draft_of(version: Version) -> Draft:
    """A version as it was saved."""
    template = version.template
    return Draft(
        template.channel,
        template.name,
        version.purpose,
        Priority(version.priority),
        {language: Wordings(**one) for language, one in version.texts.items()},
        [Variable(name, Kind(kind), example) for name, kind, example in version.variables],
        version.fallback,
        template.label,
    )


def pattern_of(version: Version) -> Pattern:
    """A version, ready to be rendered; compiled once, since it never changes."""
    with _lock:
        if known := _patterns.get(version.pk):
            _patterns.move_to_end(version.pk)
            return known
    draft = draft_of(version)
    most = CHANNELS[draft.channel].capabilities.form.most_chars
    pattern = wordings.compiled(draft.texts, draft.variables, draft.fallback, most)
    with _lock:
        _patterns[version.pk] = pattern
        while len(_patterns) > REMEMBERED:
            _patterns.popitem(last=False)
    return pattern


def preview(brand_id: int, draft: Draft, values: Mapping[str, object] | None = None) -> dict[str, Rendered]:
    """The draft in each of its languages, with its examples or other values. Raises Invalid."""
    pattern = check(draft)
    given = {**wordings.examples(draft.variables), **(values or {})}
    place, name = place_of(brand_id)
    shown = {}
    for language in draft.texts:
        stand_ins = {**wordings.STAND_INS, "brand_name": name, "customer_name": nameless(language)}
        try:
            check_all(pattern.checks, given)
            shown[language] = wordings.render(pattern, language, given, place, stand_ins)
        except Refused as refused:
            raise Invalid(refused.text, field="variables", reason=refused.code) from None
    return shown


def nameless(language: str) -> str:
    """What somebody is called whose name is not known."""
    return "顾客" if language.startswith("zh") else "customer"


def place_of(brand_id: int) -> tuple[Place, str]:
    """Where a brand counts, and its name. Raises NotFound."""
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is None:
        raise NotFound(_("There is no such brand."), remedy=_("See `guanxi brand list`."))
    return Place(brand.currency, brand.timezone), brand.name


def unknown(channel: str, name: str) -> NotFound:
    return NotFound(no_such(channel, name))


def no_such(channel: str, name: str) -> Wording:
    return say("There is no template '%(name)s' for %(channel)s.", name=name[:60], channel=channel[:20])


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "purpose": draft.purpose,
        "priority": int(draft.priority),
        "fallback": draft.fallback,
        "texts": {language: one._asdict() for language, one in draft.texts.items()},
        "variables": [[one.name, str(one.kind), one.example] for one in draft.variables],
    }


def _same(version: Version, draft: Draft) -> bool:
    return all(getattr(version, name) == value for name, value in _columns(draft).items())
