from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "guanxi.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.loyalty import audit_words, jobs, rights  # noqa: PLC0415 - models must be loaded first
        from guanxi.loyalty.ledger import exports  # noqa: PLC0415

        audit_words.register()
        exports.register()
        jobs.register()
        rights.register()
