from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# The menu of the settings, in order: name, label, permission, part of the guide, further words.
_SETTINGS: Final = (
    ("brand", _("Brand"), "brand.manage", "people#the-brands-settings", "settings 设置 品牌 成员"),
    (
        "people",
        _("Colleagues"),
        "users.manage",
        "people#people",
        "users invite team 成员 邀请 员工 账号 用户",
    ),
    ("roles", _("Roles"), "users.manage", "people#roles", "permissions rights matrix 角色 权限"),
    ("api-keys", _("API keys"), "api.manage", "api#keys", "api key rest token 密钥 接口"),
    ("sandbox", _("Sandbox"), "brand.manage", "sandbox", "sandbox test try developer 沙盒 测试 开发 试用"),
    ("webhooks", _("Webhooks"), "api.manage", "webhooks", "webhook hook api delivery event 回调 推送 事件"),
    ("exports", _("Exports"), "exports.run", "exports", "download csv excel parquet 导出 下载"),
    (
        "retention",
        _("Retention periods"),
        "rights.manage",
        "retention-periods",
        "keep delete expire period 保存期限 留存 删除",
    ),
    (
        "audit",
        _("Audit log"),
        "audit.view",
        "people#the-audit-log",
        "who did what history 审计 操作日志 记录",
    ),
)
# Parts of the guide on pages that are not of the menu, or of which it speaks by themselves.
_HELPS: Final = (
    ("security", "security#signing-in"),
    ("two-step", "security#signing-in"),
    ("two-step-off", "security#signing-in"),
    ("recovery-codes", "security#signing-in"),
    ("change-password", "security#signing-in"),
    ("saved-view", "people#saved-views"),
    ("saved-view-save", "people#saved-views"),
    ("people-invite", "people#invitations"),
    ("webhook-delivery", "webhooks#when-it-does-not-work"),
)


class ConsoleConfig(AppConfig):
    name = "guanxi.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.console.helping import find  # noqa: PLC0415
        from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu  # noqa: PLC0415 - models must be loaded first
        from guanxi.ui.palette import Finder, finders  # noqa: PLC0415
        from guanxi.ui.saved_views import find_saved_views  # noqa: PLC0415

        finders.register(Finder("views", "", "filter", find_saved_views))
        finders.register(Finder("guide", "", "help", find))
        for name, label, permission, part, keywords in _SETTINGS:
            menu.register(
                Entry(name, label, Chapter.SETTINGS, name, permission, keywords=keywords, help=part)
            )
        for page, part in _HELPS:
            helps.register(Help(page, part))
