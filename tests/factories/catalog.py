"""Categories and offers."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from catalog.enums import Availability
from catalog.models import Category, Offer, Supply
from core.text import collation_key, normalize_code, search_text
from tests.factories.vendors import VendorFactory


def _searched(offer: Any) -> str:
    """The title's words and, as the catalogue stores them, each code whole."""
    codes = {normalize_code(getattr(offer, name, "")) for name in ("article", "mpn", "gtin")} - {""}
    found = search_text(offer.title)
    missing = " ".join(sorted(code for code in codes if f" {code} " not in found))
    return f"{found or ' '}{missing} " if missing else found


class CategoryFactory(DjangoModelFactory):
    """A top category, or a child of `parent`."""

    class Meta:
        model = Category

    slug = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Категорія {n}")

    @classmethod
    def _create(cls, model_class: type[Category], *args: Any, **kwargs: Any) -> Category:
        parent = kwargs.pop("parent", None)
        category = model_class(**kwargs)
        if parent is None:
            return model_class.add_root(instance=category)
        return model_class.objects.get(pk=parent.pk).add_child(instance=category)


class SupplyFactory(DjangoModelFactory):
    """Where a vendor's offers come from, confirmed just now."""

    class Meta:
        model = Supply
        django_get_or_create = ("vendor", "source")

    vendor = factory.SubFactory(VendorFactory)
    source = "form"
    confirmed_at = factory.LazyFunction(timezone.now)


class OfferFactory(DjangoModelFactory):
    """An offer on sale for 100 ₴, in stock."""

    class Meta:
        model = Offer

    vendor = factory.SubFactory(VendorFactory)
    supply = factory.LazyAttribute(lambda offer: SupplyFactory(vendor=offer.vendor))
    title = factory.Sequence(lambda n: f"Степлер металевий {n}")
    search_text = factory.LazyAttribute(_searched)
    collation_key = factory.LazyAttribute(lambda offer: collation_key(offer.title))
    price_amount = 1_000_000
    price_currency = "UAH"
    availability = Availability.IN_STOCK
