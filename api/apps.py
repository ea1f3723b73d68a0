"""The room of programs: outgoing webhooks."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from api import metrics, wiring  # noqa: F401 - what is counted is known in every process

        wiring.connect()
