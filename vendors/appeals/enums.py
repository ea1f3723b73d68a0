"""Choices of decisions and appeals."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """What became of an appeal."""

    UPHELD = "upheld", _("stays as decided")
    REVERSED = "reversed", _("undone")
