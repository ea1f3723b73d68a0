"""Choices of photos."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PhotoState(models.TextChoices):
    """How far a photo is. One that is ready stays so while it is asked again."""

    WAITING = "waiting", _("waiting")
    READY = "ready", _("ready")
    REFUSED = "refused", _("refused")
    GONE = "gone", _("not there")
