"""BuyerRequests application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuyerRequestsConfig(AppConfig):
    name = "buyer_requests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from buyer_requests import receivers, wiring  # noqa: F401 - importing the receivers connects them
        from core.jobs import kinds

        wiring.connect()
        kinds.register("buyer_requests.propose", label=_("Whom to award"))
