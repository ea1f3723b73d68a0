"""Choices of bulk edits."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What is done to each offer."""

    CATEGORY = "category", _("put into a category")
    FACTS = "facts", _("set or clear attributes")
    HIDE = "hide", _("hide")
    SHOW = "show", _("show again")
    FILL = "fill", _("fill an attribute from names")


class EditState(models.TextChoices):
    """How far an edit is. Whatever a job does, the job's own row tells its progress."""

    PREPARING = "preparing", _("being counted")
    READY = "ready", _("waits for your word")
    APPLYING = "applying", _("being carried out")
    APPLIED = "applied", _("carried out")
    STOPPED = "stopped", _("stopped half-way")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", _("taken back")


class RowState(models.IntegerChoices):
    """What becomes of one offer of an edit."""

    CHOSEN = 0, _("not looked at yet")
    WAITING = 1, _("changes")
    SAME = 2, _("already so")
    LEFT_OUT = 3, _("left out")
    APPLIED = 4, _("changed")
    UNDONE = 5, _("taken back")
    CHANGED_SINCE = 6, _("changed since, left alone")


class Found(models.TextChoices):
    """How surely a name tells a value that an edit fills in."""

    NEW = "new", _("nothing is known yet")
    READ = "read", _("read by itself already")
    DOUBT = "doubt", _("doubtful")
    CONFLICT = "conflict", _("the vendor says something else")
