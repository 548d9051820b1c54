from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "guanxi.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.platform import exports, housekeeping, totp  # noqa: PLC0415 - models are ready only now
        from guanxi.platform.retention import own, running  # noqa: PLC0415

        housekeeping.register()
        totp.register()
        exports.register()
        own.register()
        running.register()
