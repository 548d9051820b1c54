from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "guanxi.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.platform import exports, housekeeping, totp  # noqa: PLC0415 - models are ready only now

        housekeeping.register()
        totp.register()
        exports.register()
