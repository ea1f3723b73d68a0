"""Choices of the price lists' room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    UPLOAD = "upload", _("uploaded file")
    URL = "url", _("link")


class RunState(models.TextChoices):
    """Life of an import run.

    uploaded → reading → review (the vendor sees the preview) → applying → applied
    Any of them may end in failed or cancelled; `held` is a review that the guard asked for.
    """

    UPLOADED = "uploaded", _("uploaded")
    MAPPING = "mapping", _("columns to confirm")
    READING = "reading", _("being read")
    REVIEW = "review", _("ready to apply")
    HELD = "held", _("held for your word")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Change(models.TextChoices):
    """What a staged row does to the catalogue."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    VANISHED = "vanished", _("no longer in the file")
