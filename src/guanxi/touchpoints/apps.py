from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TouchpointsConfig(AppConfig):
    name = "guanxi.touchpoints"
    label = "touchpoints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.touchpoints import (  # noqa: PLC0415 - models must be loaded first
            audit_words,
            exports,
            keeping,
            merges,
            own,
            rights,
            settling,
            silence,
            telling,
        )
        from guanxi.touchpoints.conditions import leaves  # noqa: PLC0415
        from guanxi.touchpoints.importing import services  # noqa: PLC0415

        audit_words.register()
        _add_to_console()
        exports.register()
        merges.register()
        own.register()
        rights.register()
        settling.register()
        silence.register()
        keeping.register()
        telling.register()
        services.register()
        leaves.register()


def _add_to_console() -> None:
    from guanxi.customers.console.panels import Panel, Summary, panels, summaries  # noqa: PLC0415
    from guanxi.touchpoints.console import exporting, parts  # noqa: PLC0415
    from guanxi.ui.navigation import Chapter, Entry, menu  # noqa: PLC0415

    words = "upload file csv excel 导入 上传 文件 订单"
    menu.register(
        Entry(
            "imports",
            _("Imports"),
            Chapter.TOUCHPOINTS,
            "imports",
            "imports.view",
            keywords=words,
            help="importing",
        )
    )
    menu.register(
        Entry(
            "log",
            _("Log"),
            Chapter.TOUCHPOINTS,
            "log",
            "customers.view",
            keywords="facts orders 流水 日志 订单",
            help="kinds",
        )
    )
    exporting.register()
    panels.register(Panel("timeline", "touchpoints/timeline_panel.html", parts.timeline))
    summaries.register(Summary("orders", parts.figures))
