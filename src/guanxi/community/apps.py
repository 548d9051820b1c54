from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guanxi.ui.navigation import Entry


class CommunityConfig(AppConfig):
    name = "guanxi.community"
    label = "community"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.community import services  # noqa: PLC0415 - models must be loaded first
        from guanxi.community.followers.declared import FOLLOWERS  # noqa: PLC0415
        from guanxi.ui.navigation import Help, helps, menu  # noqa: PLC0415 - models must be loaded first

        services.register()
        for entry in _entries():
            menu.register(entry)
        for kind in FOLLOWERS:
            helps.register(Help(f"report:{kind.name}", kind.guide))


def _entries() -> "Iterator[Entry]":
    """The chapter's entries of the menu: everybody who may see reports finds them."""
    from guanxi.ui.navigation import Chapter, Entry  # noqa: PLC0415 - models must be loaded first

    for name, label, part, keywords in (
        (
            "community",
            _("Followers or members"),
            "followers#how-far-they-come-guanxi-report-community",
            "funnel member fans worth 社群 漏斗 粉丝 会员 活跃 价值",
        ),
        (
            "followers",
            _("Quality of followers"),
            "followers#who-is-real-guanxi-report-followers",
            "fake fans bots audit 粉丝 质量 僵尸粉 假粉 水军 审计",
        ),
    ):
        yield Entry(name, label, Chapter.COMMUNITY, name, "reports.view", keywords=keywords, help=part)
