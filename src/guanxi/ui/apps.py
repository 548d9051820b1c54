from contextlib import suppress

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "guanxi.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.ui.catalogues import compile_catalogues  # noqa: PLC0415 - needs Django's settings

        # A checkout has no compiled catalogues yet; an installed package has, in a folder one may not write.
        with suppress(OSError):
            compile_catalogues(only_stale=True)
