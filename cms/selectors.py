"""Live goods, categories and vendors for page blocks. A block whose goods are gone is empty, never broken."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest

from django.db.models import Count
from django.utils.translation import get_language

from catalog.counting import shown_offers
from catalog.enums import Availability
from catalog.models import Category, Offer
from catalog.photos.pictures import Picture, first_pictures
from search.query import SearchQuery
from vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Tile:
    """A good as a row on a page shows it."""

    offer: Offer
    title: str
    photo: Picture | None


def goods_for_row(*, words: str, category_slug: str, count: int) -> list[Tile]:
    """At most `count` offers on sale, one of each real-world good, by search words, category or both."""
    from search import services as search  # models import blocks: the engine need not be loaded with them

    category = Category.objects.filter(slug=category_slug).first() if category_slug else None
    if category_slug and category is None:
        return []
    query = SearchQuery(
        words=words,
        category_id=category.pk if category else None,
        page_size=count * 3,
        with_facets=False,
    )
    hits = search.search(query).hits
    one_each = list({hit.group_id: hit.offer_id for hit in reversed(hits)}.values())[::-1]
    offers = Offer.objects.on_sale().select_related("vendor", "category").in_bulk(one_each)
    found = [offers[offer_id] for offer_id in one_each if offer_id in offers]
    # A front page shows what can be bought; what is out of stock only fills up.
    shown = sorted(found, key=lambda offer: offer.availability == Availability.NONE)[:count]
    language = get_language() or ""
    pictures = first_pictures(shown)
    return [Tile(offer, offer.title_in(language), pictures.get(offer.pk)) for offer in shown]


def top_categories(count: int) -> list[Category]:
    """Top categories with something on sale in or below them, in the operators' order; `all_offers` set."""
    totals: dict[str, int] = {}
    # By the offers' own columns, which one index holds: joined with their categories, every offer would be read.
    numbers = (
        Offer.objects.on_sale()
        .filter(category__isnull=False)
        .order_by()
        .values_list("category_id")
        .annotate(number=Count("vendor"))
    )
    paths = dict(Category.objects.values_list("pk", "path"))
    for category, number in numbers:
        top = paths[category][: Category.steplen]
        totals[top] = totals.get(top, 0) + number
    tops = [node for node in Category.get_root_nodes().filter(is_active=True) if node.path in totals]
    for node in tops:
        node.all_offers = totals[node.path]
    return tops[:count]


def vendors_for_row(count: int) -> list[Vendor]:
    """Public vendors with the most offers in lists; `offer_count` set, a minute old at most."""
    counts = shown_offers()
    least = min(nlargest(count, counts.values()), default=0)
    found = list(
        Vendor.objects.public()
        .filter(pk__in=[pk for pk, number in counts.items() if number >= least])
        .order_by("name")
    )
    for vendor in found:
        vendor.offer_count = counts[vendor.pk]
    return sorted(found, key=lambda vendor: -vendor.offer_count)[:count]
