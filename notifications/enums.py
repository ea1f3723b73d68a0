"""Choices of the messages' room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    """How often a person wants letters. What concerns the account or the company always comes at once."""

    AT_ONCE = "at_once", _("At once, one for each message")
    DAILY = "daily", _("Once a day, what I have not read yet")
    WEEKLY = "weekly", _("Once a week, what I have not read yet")
    NEVER = "never", _("Never")


class Way(models.TextChoices):
    """Where a message goes besides what the person chose: quiet hours and digests part the inbox from the rest."""

    EVERY = "every", "inbox, letter and push"
    INBOX = "inbox", "the inbox alone: the rest comes later, in one message for several"
    OUTSIDE = "outside", "letter and push alone: the inbox has it already"
