"""Attributes, their choices, and which categories have them. Values are no rows: they are read when they are asked for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.attributes.enums import AttributeKind, NameRule
from catalog.attributes.units import UNIT_CHOICES


class Attribute(models.Model):
    """A property that goods of some categories have. `name` is translated (name_uk, name_ru, name_en).

    `words` name it in columns' headings and beside a value in names of offers, comma-separated.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=AttributeKind, default=AttributeKind.NUMBER)
    unit = models.CharField(
        _("unit"), max_length=8, choices=UNIT_CHOICES, blank=True, default="", help_text="empty: counted"
    )
    lowest = models.FloatField(_("lowest"), null=True, blank=True)
    highest = models.FloatField(_("highest"), null=True, blank=True)
    bare = models.BooleanField(_("a number without a unit is of this unit"), default=False)
    name_rule = models.CharField(_("in names"), max_length=8, choices=NameRule, default=NameRule.ANYWHERE)
    words = models.TextField(_("words for it"), blank=True, default="")

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")

    def __str__(self) -> str:
        return self.name


class AttributeChoice(models.Model):
    """A value of a list. `name` is translated; `words` are how price lists write it, comma-separated."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="choices")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    words = models.TextField(_("words for it"), blank=True, default="")
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["attribute", "code"], name="catalog_attribute_choice_once")
        ]

    def __str__(self) -> str:
        return self.name


class CategoryAttribute(models.Model):
    """A category has an attribute; with `inherited` all below it have it, too. The lowest position is shown first.

    `sold_by`: what it tells is how much one buys (tea by weight), so a price for its unit means something. Without, it
    is what the good holds or how long it is: a kettle of 1.7 l has no price for a litre.

    `required`: a good of the category is not complete without it. `facet`: buyers may narrow results by it. `is_off`: what
    the category would inherit it does not have, nor has anything below it.
    """

    category = models.ForeignKey("catalog.Category", on_delete=models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="categories")
    position = models.PositiveSmallIntegerField(_("place"), default=100)
    inherited = models.BooleanField(_("below it, too"), default=True)
    sold_by = models.BooleanField(_("price for its unit"), default=True)
    required = models.BooleanField(_("required"), default=False, db_default=False)
    facet = models.BooleanField(_("filter"), default=True, db_default=True)
    is_off = models.BooleanField(_("switched off"), default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "attribute"], name="catalog_category_attribute_once")
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.attribute_id}"


class AttributeRules(models.Model):
    """One row: a random token that is another one after each change of attributes or of the tree they hang in.

    Processes that keep the rules compare it. A counter would not do: two changes that go on at once, or a database
    that was set back, would give the same number to different rules.
    """

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
