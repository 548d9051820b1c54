from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "guanxi.loyalty"
    label = "loyalty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.loyalty import jobs, rights  # noqa: PLC0415 - models must be loaded first

        jobs.register()
        rights.register()
