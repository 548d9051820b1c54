from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "guanxi.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from guanxi.messaging import audit_words, following, keeping, rights  # noqa: PLC0415 - models first
        from guanxi.messaging.channels import CHANNELS  # noqa: PLC0415
        from guanxi.messaging.channels.inbox import Inbox  # noqa: PLC0415
        from guanxi.messaging.channels.mail import Mail  # noqa: PLC0415

        for channel in (Inbox(), Mail()):
            CHANNELS.register(channel)
        for room in (audit_words, following, keeping, rights):
            room.register()
