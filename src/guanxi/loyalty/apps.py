from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "guanxi.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.loyalty import audit_words, jobs, rights  # noqa: PLC0415 - models must be loaded first
        from guanxi.loyalty.ledger import proofs  # noqa: PLC0415
        from guanxi.loyalty.rules import acting, applying, effects  # noqa: PLC0415

        audit_words.register()
        jobs.register()
        rights.register()
        proofs.register()
        effects.register()
        acting.register()
        applying.register()
