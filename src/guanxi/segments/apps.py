from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "guanxi.segments"
    label = "segments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.customers.hooks import AFTER_CHANGE, AfterChange  # noqa: PLC0415 - models come first
        from guanxi.segments import (  # noqa: PLC0415
            computed,
            exports,
            following,
            jobs,
            kinds,
            leaves,
            referring,
        )

        kinds.register()
        leaves.register()
        computed.register()
        exports.register()
        referring.register()
        jobs.register()
        AFTER_CHANGE.register(AfterChange("segments", following.after_change))
