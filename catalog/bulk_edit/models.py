"""Edits of many offers and their rows: which offers, what they had before, and by what it is told whether they changed since."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.bulk_edit.enums import Action, EditState, Found, RowState


class BulkEdit(models.Model):
    """One change of chosen offers. `given` is what is to be done, `chosen` by what the offers were chosen, `up_to` the
    newest offer there was then: what comes later is never part of it.
    """

    action = models.CharField(_("action"), max_length=10, choices=Action)
    given = models.JSONField(default=dict)
    chosen = models.JSONField(default=dict)
    up_to = models.PositiveBigIntegerField(default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=EditState, default=EditState.PREPARING, db_index=True
    )
    reason = models.CharField(_("reason"), max_length=240, blank=True, default="")
    counts = models.JSONField(default=dict)
    actor = models.CharField(max_length=60)
    job = models.UUIDField(null=True, blank=True, help_text="the job that works on it, or did")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of many offers")
        verbose_name_plural = _("changes of many offers")

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"


class BulkRow(models.Model):
    """One offer of an edit. `value` is what an edit with a value of its own for each offer sets; `before` what the offer
    had, `after` by what it is known that nobody changed it since.
    """

    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="rows", db_index=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.PositiveSmallIntegerField(choices=RowState, default=RowState.CHOSEN)
    found = models.CharField(max_length=8, choices=Found, blank=True, default="")
    value = models.JSONField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edit", "offer"], name="catalog_bulk_row_once")]
        indexes = [models.Index(fields=["edit", "state", "offer"], name="catalog_bulk_row_state")]

    def __str__(self) -> str:
        return f"{self.edit_id} {self.offer_id}"
