from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    name = "guanxi.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.loyalty import audit_words, jobs, rights  # noqa: PLC0415 - models must be loaded first
        from guanxi.loyalty.ledger import proofs  # noqa: PLC0415
        from guanxi.loyalty.rules import acting, applying, effects  # noqa: PLC0415
        from guanxi.loyalty.rules import jobs as rule_jobs  # noqa: PLC0415

        audit_words.register()
        jobs.register()
        rights.register()
        proofs.register()
        effects.register()
        acting.register()
        applying.register()
        rule_jobs.register()
        _add_rules_to_console()


def _add_rules_to_console() -> None:
    from guanxi.loyalty.console.rules_views import find_rules  # noqa: PLC0415 - models must be loaded first
    from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu  # noqa: PLC0415
    from guanxi.ui.palette import Finder, finders  # noqa: PLC0415

    menu.register(
        Entry(
            "rules",
            _("Rules"),
            Chapter.LOYALTY,
            "rules",
            "rules.view",
            keywords="earn points campaign group budget 规则 积分 活动 发放 互斥 预算",
            help="rules#in-the-console",
        )
    )
    for page in ("rule-new", "rule-edit"):
        helps.register(Help(page, "rules#effects"))
    helps.register(Help("rules-trace", "rules#before-a-rule-is-switched-on"))
    finders.register(Finder("rules", "rules.view", "gift", find_rules))
