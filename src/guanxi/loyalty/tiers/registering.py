"""What tiers add to the other rooms and to the pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.customers.console.panels import Panel, panels
from guanxi.loyalty.tiers import applying, exports, jobs, leaves, member, rights, till
from guanxi.loyalty.tiers.console.views import panel
from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu


def register() -> None:
    """Called once, at start-up, after the rules."""
    applying.register()
    jobs.register()
    leaves.register()
    exports.register()
    rights.register()
    member.register()
    till.register()
    menu.register(
        Entry(
            "tiers",
            _("Tiers"),
            Chapter.LOYALTY,
            "tiers",
            "programme.view",
            keywords="tiers levels membership status gold upgrade downgrade 等级 会员等级 升级 降级 付费会员",
            help="tiers",
            after="rules",
        )
    )
    helps.register(Help("tiers-edit", "tiers#up-kept-down"))
    panels.register(Panel("tier", "loyalty/tier_panel.html", panel, above=True))
