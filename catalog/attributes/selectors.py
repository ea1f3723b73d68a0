"""What operators read of attributes: the list, what a category inherits, and how its offers read by them now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from catalog.attributes.current import stored_rules
from catalog.attributes.reading import Fact, read_offer
from catalog.models import Attribute, Category, CategoryAttribute, Offer
from catalog.selectors import categories_below

#: Offers that a trial reads: some 10 ms.
TRIED = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """The latest offers of a category with what is read of them, and of how many each attribute is told."""

    offers: list[tuple[Offer, tuple[Fact, ...]]]
    told: list[tuple[str, int]]

    @property
    def size(self) -> int:
        return len(self.offers)


def attributes_listed() -> QuerySet[Attribute]:
    """All attributes with the number of their values and categories, by name."""
    return Attribute.objects.annotate(
        choice_count=Count("choices", distinct=True), category_count=Count("categories", distinct=True)
    ).order_by("name", "pk")


def inherited_by(category: Category) -> list[CategoryAttribute]:
    """What categories above pass on to it, with these categories; the nearest one's word counts."""
    above = category.get_ancestors()
    rows = CategoryAttribute.objects.filter(category__in=above).select_related("attribute", "category")
    nearest: dict[int, CategoryAttribute] = {}
    for row in sorted(rows, key=lambda row: row.category.path):
        if row.inherited and not row.is_off:
            nearest[row.attribute_id] = row
        else:
            nearest.pop(row.attribute_id, None)
    return sorted(nearest.values(), key=lambda row: (row.position, row.attribute_id))


def places_of(category: Category) -> QuerySet[CategoryAttribute]:
    """The category's own attributes as they are shown."""
    rows = CategoryAttribute.objects.filter(category=category)
    return rows.select_related("attribute").order_by("position", "attribute_id")


def categories_of(attribute: Attribute) -> Sequence[Category]:
    """Categories that have it of their own."""
    return Category.objects.filter(attributes__attribute=attribute).order_by("path")


def trial(category: Category) -> Trial:
    """Reads the latest offers on sale of the category and of all below it by the rules as they are stored."""
    rules = stored_rules()
    latest = Offer.objects.on_sale().filter(category__in=categories_below({category.pk})).order_by("-pk")
    offers = [(offer, read_offer(rules.of(offer.category_id), offer)) for offer in latest[:TRIED]]
    counts = Counter(fact.attribute.code for _offer, facts in offers for fact in facts)
    language = get_language() or ""
    own = rules.of(category.pk).attributes
    return Trial(offers, [(each.name_in(language), counts[each.code]) for each in own])
