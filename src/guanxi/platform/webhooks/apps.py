from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "guanxi.platform.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.platform.webhooks import jobs  # noqa: PLC0415 - models are ready only now

        jobs.register()
