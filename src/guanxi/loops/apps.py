from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What the guide says of single pages.
_HELPS: Final = (("loop", "loops#the-figures"), ("loop-cycles", "loops#cycles"))


class LoopsConfig(AppConfig):
    name = "guanxi.loops"
    label = "loops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu  # noqa: PLC0415 - apps come first

        menu.register(
            Entry(
                "loops",
                _("Loops"),
                Chapter.LOOPS,
                "loops",
                "reports.view",
                keywords="loop cycle repurchase conversion 闭环 循环 复购 转化 回报",
                help="loops",
            )
        )
        for page, part in _HELPS:
            helps.register(Help(page, part))
