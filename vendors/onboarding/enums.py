"""Choices of the checklist."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class How(models.TextChoices):
    """Who says that a point is met."""

    COMPUTED = "computed", _("looked up")
    ATTESTED = "attested", _("said by the vendor")
    VERIFIED = "verified", _("checked by an operator")


class MarkState(models.TextChoices):
    DONE = "done", _("met")
    FAILED = "failed", _("not met")
    WAIVED = "waived", _("waived")
