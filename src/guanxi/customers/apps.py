from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "guanxi.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.customers import audit_words, exports  # noqa: PLC0415 - models must be loaded first
        from guanxi.customers.conditions import leaves, places, preferences, tags  # noqa: PLC0415
        from guanxi.customers.consent import counting  # noqa: PLC0415
        from guanxi.customers.consent import rights as consent_rights  # noqa: PLC0415
        from guanxi.customers.rights import copying, periods  # noqa: PLC0415
        from guanxi.customers.rights import own as rights  # noqa: PLC0415

        audit_words.register()
        exports.register()
        counting.register()
        rights.register()
        consent_rights.register()
        copying.register()
        periods.register()
        for part in (leaves, tags, preferences, places):
            part.register()
        _add_to_console()


def _add_to_console() -> None:
    from guanxi.customers.console import exporting  # noqa: PLC0415
    from guanxi.customers.console.panels import Panel, panels  # noqa: PLC0415
    from guanxi.customers.console.reviews import waiting  # noqa: PLC0415
    from guanxi.customers.console.views import find_customers  # noqa: PLC0415
    from guanxi.customers.rights import console as rights  # noqa: PLC0415
    from guanxi.ui.navigation import Chapter, Entry, menu  # noqa: PLC0415
    from guanxi.ui.palette import Finder, finders  # noqa: PLC0415

    menu.register(
        Entry(
            "customers",
            _("Customers"),
            Chapter.CUSTOMERS,
            "customers",
            "customers.view",
            keywords="会员 买家",
        )
    )
    menu.register(
        Entry(
            "reviews",
            _("Merge review"),
            Chapter.CUSTOMERS,
            "reviews",
            "customers.merge",
            count=waiting,
            keywords="duplicates merge 合并 重复 审核",
        )
    )
    menu.register(
        Entry(
            "rights",
            _("Rights"),
            Chapter.CUSTOMERS,
            "rights",
            "rights.manage",
            count=rights.waiting,
            keywords="privacy erase export gdpr pipl 隐私 删除 注销 查阅 更正 冻结",
        )
    )
    panels.register(Panel("rights", "customers/rights_panel.html", rights.panel))
    for name, label, keywords in (
        ("tags", _("Tags"), "标签 labels"),
        ("preferences", _("Preference fields"), "偏好 字段 问卷"),
        ("stores", _("Stores and cities"), "门店 城市 地图 气候"),
    ):
        menu.register(Entry(name, label, Chapter.CUSTOMERS, name, "customers.view", keywords=keywords))
    exporting.register()
    menu.register(
        Entry(
            "consent",
            _("Consent"),
            Chapter.CUSTOMERS,
            "consent",
            "customers.view",
            keywords="同意 授权 退订 隐私 PIPL",
        )
    )
    finders.register(Finder("customers", "customers.view", "user", find_customers))
