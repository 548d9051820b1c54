from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "guanxi.warehouse"
    label = "warehouse"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.warehouse import jobs  # noqa: PLC0415 - models must be loaded first

        jobs.register()
