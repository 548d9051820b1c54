from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "guanxi.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.ui.navigation import Chapter, Entry, menu  # noqa: PLC0415 - models must be loaded first

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
        menu.register(
            Entry(
                "api-keys",
                _("API keys"),
                Chapter.SETTINGS,
                "api-keys",
                "api.manage",
                keywords="api key rest token 密钥 接口",
            )
        )
        menu.register(
            Entry(
                "webhooks",
                _("Webhooks"),
                Chapter.SETTINGS,
                "webhooks",
                "api.manage",
                keywords="webhook hook api delivery event 回调 推送 事件",
            )
        )
