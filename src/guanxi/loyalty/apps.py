from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "guanxi.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.loyalty import audit_words, rights  # noqa: PLC0415 - models must be loaded first
        from guanxi.loyalty.rules import acting, applying, effects  # noqa: PLC0415

        audit_words.register()
        from guanxi.loyalty import jobs, rights  # noqa: PLC0415 - models must be loaded first

        jobs.register()
        rights.register()
        effects.register()
        acting.register()
        applying.register()
        from guanxi.loyalty.ledger import proofs  # noqa: PLC0415

        audit_words.register()
        rights.register()
        proofs.register()
