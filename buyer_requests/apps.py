"""BuyerRequests application."""

from django.apps import AppConfig


class BuyerRequestsConfig(AppConfig):
    name = "buyer_requests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from buyer_requests import receivers, wiring  # noqa: F401 - importing the receivers connects them

        wiring.connect()
