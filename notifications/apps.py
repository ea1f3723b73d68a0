"""Notifications application."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import personal_data
        from notifications import services
        from notifications.push import receivers  # noqa: F401 - importing them connects them

        personal_data.register(
            "notifications", export=services.export_messages, erase=services.erase_messages
        )
