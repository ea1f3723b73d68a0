"""Each vendor's word about a heading, a cell's word or a layout, and how many vendors agree."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from vendors.models import Vendor


class WordKind(models.TextChoices):
    HEADING = "heading", _("heading")
    STOCK = "stock", _("stock")
    UNIT = "unit", _("unit")
    BRAND = "brand", _("brand")
    LAYOUT = "layout", _("whole layout")


class WordVote(models.Model):
    """The latest word of a vendor's people. Goes with the vendor."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="word_votes", db_index=False)
    kind = models.CharField(max_length=10, choices=WordKind)
    word = models.CharField(max_length=120, help_text="folded, see mapping.memory")
    answer = models.TextField()
    is_shared = models.BooleanField(help_text="counted for others; what could tell who wrote it never is")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "kind", "word"], name="price_lists_word_vote_once")
        ]
        indexes = [models.Index(fields=["kind", "word"], name="price_lists_word_votes")]

    def __str__(self) -> str:
        return f"{self.vendor_id}: {self.kind} {self.word}"


class CommonWord(models.Model):
    """The answer that most vendors give, counted anew from their votes whenever one of these changes.

    Readers see by the newest `changed_at` whether what they hold is old. A row that no vendor's word stands behind any
    more goes, unless an operator struck it.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=WordKind)
    word = models.CharField(_("word"), max_length=120)
    answer = models.TextField(_("answer"), default="")
    vendors = models.PositiveIntegerField(_("vendors"), default=0)
    others = models.PositiveIntegerField(_("disagreeing"), default=0)
    struck_at = models.DateTimeField(_("struck"), null=True, blank=True)
    struck_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("remembered word")
        verbose_name_plural = _("remembered words")
        constraints = [models.UniqueConstraint(fields=["kind", "word"], name="price_lists_common_word_once")]
        indexes = [models.Index(fields=["-vendors", "id"], name="price_lists_common_words")]

    def __str__(self) -> str:
        return f"{self.kind} {self.word}"
