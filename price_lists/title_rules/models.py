"""What operators set about names, and the names that are or were held."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Offer
from price_lists.title_rules.enums import Action, Rule
from vendors.models import Vendor


class TitleRule(models.Model):
    """What an operator has done about a rule; without a row the default holds."""

    code = models.CharField(max_length=20, choices=Rule, unique=True)
    action = models.CharField(max_length=10, choices=Action)
    changed_by = models.CharField(max_length=80, help_text="typed id")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("rule about names")
        verbose_name_plural = _("rules about names")

    def __str__(self) -> str:
        return f"{self.code}: {self.action}"


class TitleRemark(models.Model):
    """A name that rules hold, or held until an operator let it pass. Goes when the name is mended.

    Whether the offer is hidden, the offer says. Hashes are of the names in all languages, so that a word about a name
    holds for that name alone.
    """

    offer = models.OneToOneField(
        Offer, on_delete=models.CASCADE, primary_key=True, related_name="title_remark"
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+", db_index=False)
    rules = models.PositiveSmallIntegerField(help_text="bits of the rules that the names break")
    names_hash = models.BinaryField(max_length=16)
    held_at = models.DateTimeField()
    passed_hash = models.BinaryField(max_length=16, default=b"")
    passed_by = models.CharField(max_length=80, blank=True, default="", help_text="typed id")
    passed_at = models.DateTimeField(null=True, blank=True)
    kept_hash = models.BinaryField(
        max_length=16, default=b"", help_text="of names that an operator looked at and holds"
    )

    class Meta:
        indexes = [
            models.Index(fields=["vendor", "offer"], name="price_lists_held_of_vendor"),
            models.Index(fields=["held_at", "offer"], name="price_lists_held_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.rules}"
