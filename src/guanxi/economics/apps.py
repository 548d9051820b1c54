from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EconomicsConfig(AppConfig):
    name = "guanxi.economics"
    label = "economics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.economics import services  # noqa: PLC0415 - models must be loaded first
        from guanxi.ui.navigation import Chapter, Entry, menu  # noqa: PLC0415 - models must be loaded first

        services.register()
        menu.register(
            Entry(
                "overview",
                _("Overview"),
                Chapter.OVERVIEW,
                "overview",
                permission="reports.view",
                keywords="dashboard report 报表 首页 复购",
            )
        )
        menu.register(
            Entry(
                "reports",
                _("Reports"),
                Chapter.ECONOMICS,
                "reports",
                permission="reports.view",
                keywords="LTV CAC RFM cohort payback 报表 价值 成本 留存 回本 归因",
            )
        )
        menu.register(
            Entry(
                "assumptions",
                _("Assumptions"),
                Chapter.ECONOMICS,
                "assumptions",
                permission="reports.view",
                keywords="margin discount 毛利 毛利率 折现 假设",
            )
        )
        menu.register(
            Entry(
                "rate-card",
                _("Rate card"),
                Chapter.ECONOMICS,
                "rate-card",
                permission="reports.view",
                keywords="CPM CPC KOL price fee 报价 刊例 价目 达人 坑位费",
            )
        )
