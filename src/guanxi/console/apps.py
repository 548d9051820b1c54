from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "guanxi.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.ui.navigation import Chapter, Entry, menu  # noqa: PLC0415 - models must be loaded first

        words = "download csv excel parquet 导出 下载"
        menu.register(
            Entry("exports", _("Exports"), Chapter.SETTINGS, "exports", "exports.run", keywords=words)
        )
        menu.register(
            Entry(
                "brand",
                _("Brand"),
                Chapter.SETTINGS,
                "brand",
                "brand.manage",
                keywords="settings 设置 品牌 成员",
            )
        )
