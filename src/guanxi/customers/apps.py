from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# The menu of the chapter, in order: name, label, permission, part of the guide, further words.
_MENU: Final = (
    ("customers", _("Customers"), "customers.view", "identity", "会员 买家"),
    ("tags", _("Tags"), "customers.view", "attributes#tags", "标签 labels"),
    (
        "preferences",
        _("Preference fields"),
        "customers.view",
        "attributes#preference-fields",
        "偏好 字段 问卷",
    ),
    (
        "bulk",
        _("Bulk actions"),
        "customers.tag",
        "bulk",
        "undo batch tag 批量 撤销 打标签",
    ),
    ("stores", _("Stores and cities"), "customers.view", "attributes#places", "门店 城市 地图 气候"),
    ("consent", _("Consent"), "customers.view", "consent", "同意 授权 退订 隐私 PIPL"),
    (
        "rights",
        _("Rights"),
        "rights.manage",
        "rights",
        "privacy erase export gdpr pipl 隐私 删除 注销 查阅 更正 冻结",
    ),
    (
        "reviews",
        _("Merge review"),
        "customers.merge",
        "identity#merge-unmerge-reviews",
        "duplicates merge 合并 重复 审核",
    ),
)


class CustomersConfig(AppConfig):
    name = "guanxi.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.customers import audit_words, exports, sandbox  # noqa: PLC0415 - models must be loaded first
        from guanxi.customers.bulk import own as bulk  # noqa: PLC0415
        from guanxi.customers.conditions import consents, leaves, places, preferences, tags  # noqa: PLC0415
        from guanxi.customers.consent import counting  # noqa: PLC0415
        from guanxi.customers.consent import exports as consent_exports  # noqa: PLC0415
        from guanxi.customers.consent import rights as consent_rights  # noqa: PLC0415
        from guanxi.customers.rights import copying, periods  # noqa: PLC0415
        from guanxi.customers.rights import own as rights  # noqa: PLC0415

        audit_words.register()
        exports.register()
        sandbox.register()
        counting.register()
        consent_exports.register()
        rights.register()
        consent_rights.register()
        copying.register()
        bulk.register()
        periods.register()
        for part in (leaves, tags, preferences, places, consents):
            part.register()
        _add_to_console()


def _add_to_console() -> None:
    from guanxi.customers.console import bulk, columns, exporting, reviews  # noqa: PLC0415
    from guanxi.customers.console.panels import Panel, panels  # noqa: PLC0415
    from guanxi.customers.console.views import find_customers  # noqa: PLC0415
    from guanxi.customers.rights import console as rights  # noqa: PLC0415
    from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu  # noqa: PLC0415
    from guanxi.ui.palette import Finder, finders  # noqa: PLC0415

    waiting = {"reviews": reviews.waiting, "rights": rights.waiting}
    for name, label, permission, part, keywords in _MENU:
        entry = Entry(
            name, label, Chapter.CUSTOMERS, name, permission, waiting.get(name), keywords=keywords, help=part
        )
        menu.register(entry)
    helps.register(Help("rights-processing", "rights#the-record-of-processing"))
    panels.register(Panel("rights", "customers/rights_panel.html", rights.panel))
    exporting.register()
    bulk.register()
    columns.register()
    finders.register(Finder("customers", "customers.view", "user", find_customers))
