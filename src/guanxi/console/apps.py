from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "guanxi.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.ui.navigation import Chapter, Entry, menu  # noqa: PLC0415 - models must be loaded first
        from guanxi.ui.palette import Finder, finders  # noqa: PLC0415
        from guanxi.ui.saved_views import find_saved_views  # noqa: PLC0415

        finders.register(Finder("views", "", "filter", find_saved_views))
        for name, label, permission, keywords in (
            ("people", _("Colleagues"), "users.manage", "users invite team 成员 邀请 员工 账号 用户"),
            ("roles", _("Roles"), "users.manage", "permissions rights matrix 角色 权限"),
            (
                "retention",
                _("Retention periods"),
                "rights.manage",
                "keep delete expire period 保存期限 留存 删除",
            ),
            ("audit", _("Audit log"), "audit.view", "who did what history 审计 操作日志 记录"),
        ):
            menu.register(Entry(name, label, Chapter.SETTINGS, name, permission, keywords=keywords))
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
        words = "download csv excel parquet 导出 下载"
        menu.register(
            Entry("exports", _("Exports"), Chapter.SETTINGS, "exports", "exports.run", keywords=words)
        )
