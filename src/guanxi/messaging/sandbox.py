"""What this room copies into a sandbox: templates as they are said now, and caps."""

from __future__ import annotations

from django.db.models import F

from guanxi.kernel.wording import say
from guanxi.messaging import capping, templating
from guanxi.messaging.models import Version
from guanxi.platform.sandbox.contracts import COPIERS, Copier, Copying


def register() -> None:
    COPIERS.register(Copier("templates", say("Message templates"), 200, _templates))
    COPIERS.register(Copier("caps", say("Limits of messages"), 210, _caps))


def _templates(copying: Copying) -> int:
    newest = Version.objects.filter(template__brand=copying.source, number=F("template__newest"))
    rows = newest.filter(template__archived=False).select_related("template").order_by("template_id")

    def save(version: Version) -> None:
        draft = templating.draft_of(version)
        templating.save(copying.target.pk, draft, version=0, actor=copying.actor)

    return copying.each("templates", rows, lambda version: version.template.name, save)


def _caps(copying: Copying) -> int:
    wanted = capping.caps(copying.source.pk)
    before = capping.caps(copying.target.pk)
    return len(capping.set_caps(copying.target.pk, wanted, before=before, actor=copying.actor))
