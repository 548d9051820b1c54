from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the guide says of single pages.
_HELPS: Final = (
    ("segment-new", "conditions"),
    ("segment-edit", "conditions"),
    ("segment-why", "segments#how-membership-follows"),
    ("segments-overlap", "segments#looking-at-segments"),
    *(
        (page, "segments#computed-fields")
        for page in ("computed-fields", "computed-field-new", "computed-field", "computed-field-removal")
    ),
)


class SegmentsConfig(AppConfig):
    name = "guanxi.segments"
    label = "segments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.customers.hooks import AFTER_CHANGE, AfterChange  # noqa: PLC0415 - models come first
        from guanxi.segments import (  # noqa: PLC0415
            audit_words,
            computed_leaf,
            exports,
            following,
            jobs,
            kinds,
            leaves,
            referring,
            rights,
            sandbox,
        )
        from guanxi.touchpoints.hooks import AFTER_LET_GO, AfterLetGo  # noqa: PLC0415

        audit_words.register()
        kinds.register()
        leaves.register()
        computed_leaf.register()
        exports.register()
        referring.register()
        rights.register()
        sandbox.register()
        jobs.register()
        AFTER_LET_GO.register(AfterLetGo("segments", following.after_let_go))
        AFTER_CHANGE.register(AfterChange("segments", following.after_change))
        _add_to_console()


def _add_to_console() -> None:
    from guanxi.customers.console.columns import COLUMNS, ListColumn  # noqa: PLC0415
    from guanxi.customers.console.panels import Panel, panels  # noqa: PLC0415
    from guanxi.platform.roles import Permission  # noqa: PLC0415
    from guanxi.segments.console import bulk, exporting  # noqa: PLC0415
    from guanxi.segments.console import panels as ours  # noqa: PLC0415
    from guanxi.segments.console.views import find_segments  # noqa: PLC0415
    from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu  # noqa: PLC0415
    from guanxi.ui.palette import Finder, finders  # noqa: PLC0415

    menu.register(
        Entry(
            "segments",
            _("Segments"),
            Chapter.CUSTOMERS,
            "segments",
            "segments.view",
            keywords="audience cohort group 人群 分群 圈人",
            help="segments",
            after="customers",
        )
    )
    for page, part in _HELPS:
        helps.register(Help(page, part))
    exporting.register()
    bulk.register()
    COLUMNS.register(
        ListColumn("segments", _("Segments"), "words", ours.names_of, permission=Permission.SEGMENTS_VIEW)
    )
    panels.register(Panel("segments", "segments/customer_panel.html", ours.segments))
    finders.register(Finder("segments", "segments.view", "filter", find_segments))
