from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "guanxi.touchpoints"
    label = "touchpoints"
    default_auto_field = "django.db.models.BigAutoField"
