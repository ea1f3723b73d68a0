"""Choices of the price lists' room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    UPLOAD = "upload", _("uploaded file")
    URL = "url", _("link")


class RunState(models.TextChoices):
    """Life of an import run.

    uploaded → mapping → reading → review (the vendor sees the preview) → queued → applying → applied
    Any of them may end in failed or cancelled; `held` is a review that the guard asked for, `mapping` is
    left out where the layout is known, `queued` waits for another import of the same vendor. One that should
    only be checked ends in `checked` instead of waiting at its preview.
    """

    UPLOADED = "uploaded", _("uploaded")
    MAPPING = "mapping", _("columns to confirm")
    READING = "reading", _("being read")
    REVIEW = "review", _("ready to apply")
    HELD = "held", _("held for your word")
    QUEUED = "queued", _("waits for its turn")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    CHECKED = "checked", _("only checked")


class Kind(models.IntegerChoices):
    """Which part of a changed row differs; bits that add up in `StagedRow.kinds`."""

    PRICE = 1, _("price")
    STOCK = 2, _("stock")
    TEXT = 4, _("description")
    RETURNED = 8, _("back in the list")


class Change(models.TextChoices):
    """What a staged row does to the catalogue."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    VANISHED = "vanished", _("no longer in the file")
