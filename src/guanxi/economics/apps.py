from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guanxi.ui.navigation import Entry, Help


class EconomicsConfig(AppConfig):
    name = "guanxi.economics"
    label = "economics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.economics import audit_words, services, settling  # noqa: PLC0415 - models must be loaded first
        from guanxi.ui.navigation import helps, menu  # noqa: PLC0415 - models must be loaded first

        audit_words.register()
        settling.register()
        services.register()
        for entry in _entries():
            menu.register(entry)
        for one in _helps():
            helps.register(one)
        _add_to_others()


def _entries() -> "Iterator[Entry]":
    """The chapter's entries of the menu: everybody who may see reports finds them."""
    from guanxi.ui.navigation import Chapter, Entry  # noqa: PLC0415 - models must be loaded first

    for name, label, chapter, part, keywords in (
        (
            "overview",
            _("Overview"),
            Chapter.OVERVIEW,
            "metrics#overview-guanxi-report-overview",
            "dashboard report 报表 首页 复购",
        ),
        (
            "reports",
            _("Reports"),
            Chapter.ECONOMICS,
            "metrics",
            "LTV CAC RFM cohort payback 报表 价值 成本 留存 回本 归因",
        ),
        (
            "assumptions",
            _("Assumptions"),
            Chapter.ECONOMICS,
            "worth#assumptions",
            "margin discount 毛利 毛利率 折现 假设",
        ),
        (
            "rate-card",
            _("Rate card"),
            Chapter.ECONOMICS,
            "spend#the-rate-card",
            "CPM CPC KOL price fee 报价 刊例 价目 达人 坑位费",
        ),
        (
            "states",
            _("Customers' states"),
            Chapter.ECONOMICS,
            "states#the-rules",
            "state lifecycle churn loyal new 状态 生命周期 流失 忠诚",
        ),
        (
            "scenarios",
            _("Simulator"),
            Chapter.ECONOMICS,
            "scenarios",
            "scenario what if forecast 模拟 情景 预测 杠杆 现金",
        ),
    ):
        yield Entry(name, label, chapter, name, permission="reports.view", keywords=keywords, help=part)


def _helps() -> "Iterator[Help]":
    """What the guide says of single pages."""
    from guanxi.economics.catalogue import OWN  # noqa: PLC0415 - models must be loaded first
    from guanxi.ui.navigation import Help  # noqa: PLC0415

    for kind in OWN:
        yield Help(f"report:{kind.name}", kind.guide)
    for page in ("scenario", "scenarios-compare", "scenarios-save"):
        yield Help(page, "scenarios#saved-scenarios")


def _add_to_others() -> None:
    """What this room adds to those below."""
    from guanxi.customers.console.columns import COLUMNS, ListColumn  # noqa: PLC0415 - models come first
    from guanxi.customers.console.panels import Panel, panels  # noqa: PLC0415
    from guanxi.economics import assumptions  # noqa: PLC0415
    from guanxi.economics.console import states  # noqa: PLC0415
    from guanxi.loops.contracts import MARGINS, MarginOf  # noqa: PLC0415
    from guanxi.touchpoints.console.timeline import Sayer, sayers  # noqa: PLC0415

    COLUMNS.register(ListColumn("state", _("State"), "badge", states.badges_of))
    panels.register(Panel("state", "economics/state_panel.html", states.profile))
    sayers.register(Sayer("state.changed", states.told))
    MARGINS.register(MarginOf("assumptions", assumptions.margin_chosen))
