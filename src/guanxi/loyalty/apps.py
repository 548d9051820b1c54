from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    name = "guanxi.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.loyalty import (  # noqa: PLC0415 - models must be loaded first
            audit_words,
            jobs,
            loops,
            rights,
        )
        from guanxi.loyalty.booking import registering as booking  # noqa: PLC0415
        from guanxi.loyalty.console import rules_menu  # noqa: PLC0415
        from guanxi.loyalty.coupons import registering as coupons  # noqa: PLC0415
        from guanxi.loyalty.draws import registering as draws  # noqa: PLC0415
        from guanxi.loyalty.ledger import exports, proofs  # noqa: PLC0415
        from guanxi.loyalty.member import points, senders, ways  # noqa: PLC0415
        from guanxi.loyalty.member import tabs as member_tabs  # noqa: PLC0415
        from guanxi.loyalty.moments import registering as moments  # noqa: PLC0415
        from guanxi.loyalty.perks import registering as perks  # noqa: PLC0415
        from guanxi.loyalty.rewards import starting as rewards  # noqa: PLC0415
        from guanxi.loyalty.rules import acting, applying, effects, messages  # noqa: PLC0415
        from guanxi.loyalty.rules import jobs as rule_jobs  # noqa: PLC0415
        from guanxi.loyalty.sandbox import copying, emptying  # noqa: PLC0415
        from guanxi.loyalty.standing import contracts, leaves  # noqa: PLC0415
        from guanxi.loyalty.tiers import registering as tiers  # noqa: PLC0415
        from guanxi.loyalty.till import menu as till_menu  # noqa: PLC0415
        from guanxi.loyalty.till import points as till_points  # noqa: PLC0415

        audit_words.register()
        exports.register()
        jobs.register()
        loops.register()
        contracts.register()
        leaves.register()
        rights.register()
        proofs.register()
        effects.register()
        acting.register()
        messages.register()
        applying.register()
        rule_jobs.register()
        rules_menu.register()
        tiers.register()
        points.register()
        senders.register()
        ways.register()
        member_tabs.register()
        coupons.register()
        rewards.register()
        draws.register()
        moments.register()
        booking.register()
        perks.register()
        copying.register()
        emptying.register()
        _add_to_console()
        till_menu.register()
        till_points.register()


def _add_to_console() -> None:
    from guanxi.customers.console.panels import Panel, panels  # noqa: PLC0415 - models must be loaded first
    from guanxi.loyalty.console import exporting  # noqa: PLC0415
    from guanxi.loyalty.console.panels import balances, card_link  # noqa: PLC0415
    from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu  # noqa: PLC0415

    menu.register(
        Entry(
            "ledger",
            _("Ledger"),
            Chapter.LOYALTY,
            "ledger",
            "ledger.view",
            keywords="points credit balance statement 账本 积分 储值 余额 流水 对账",
            help="ledger-explorer",
        )
    )
    menu.register(
        Entry(
            "liability",
            _("Liability and breakage"),
            Chapter.LOYALTY,
            "ledger-liability",
            "ledger.view",
            keywords="liability breakage expiry forecast burn points 积分负债 过期 沉淀 核销率",
            help="liability",
        )
    )
    menu.register(
        Entry(
            "loyalty-standing",
            _("Loyalty or habit"),
            Chapter.LOYALTY,
            "loyalty-standing",
            "reports.view",
            keywords="habit attitude reciprocity give ask 忠诚 习惯 互惠 给予 打扰",
            help="standing",
        )
    )
    for page in ("ledger-adjust", "ledger-adjust-preview"):
        helps.register(Help(page, "ledger-explorer#giving-and-taking-by-hand"))
    exporting.register()
    panels.register(Panel("balances", "loyalty/customer_panel.html", balances, above=True))
    panels.register(Panel("member-card", "loyalty/card_panel.html", card_link))
