from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "guanxi.touchpoints"
    label = "touchpoints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.touchpoints import exports  # noqa: PLC0415 - models must be loaded first
        from guanxi.touchpoints.importing import services  # noqa: PLC0415

        exports.register()
        services.register()
