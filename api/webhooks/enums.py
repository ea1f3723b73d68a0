"""Choices of webhooks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EndpointState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("webhook", "on")
    PAUSED = "paused", pgettext_lazy("webhook", "paused")
    DISABLED = "disabled", pgettext_lazy("webhook", "switched off")


class Reason(models.TextChoices):
    """Why an endpoint does not receive."""

    OWNER = "owner", _("You paused it.")
    GONE = "gone", _("Your server answered 410: it wants no more events.")
    FAILING = "failing", _("Nothing was delivered for five days.")
    LEFT = "left", _("Who added it no longer works here. Look whether the address is still yours.")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("webhook", "waits")
    DELIVERED = "delivered", pgettext_lazy("webhook", "delivered")
    FAILED = "failed", pgettext_lazy("webhook", "given up")
