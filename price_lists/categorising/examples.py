"""What a model learns from: goods of approved vendors whose category a person decided, and the names of the row's tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Max

from catalog.models import Category, Offer, OfferEdit
from price_lists.categorising.training import Example
from price_lists.categorising.tree import Node
from price_lists.models import CategoryLink, SourceItem
from price_lists.services.drafting import PATH_SEPARATOR
from vendors.enums import VendorState

#: Goods of one path: a hundred tell what stands under it.
MOST_OF_A_PATH = 150
#: Decisions of people, in all.
MOST = 60_000


def nodes() -> list[Node]:
    """The row's categories from the top down."""
    by_path: dict[str, int] = {}
    found = []
    for category in Category.objects.filter(is_active=True).order_by("path"):
        names = (category.name_uk or "", category.name_ru or "", category.name_en or "")
        by_path[category.path] = category.pk
        above = by_path.get(category.path[: -category.steplen])
        found.append(Node(category.pk, tuple(filter(None, names)), above, category.numchild == 0))
    return found


def decided_at() -> dt.datetime | None:
    """When a person last decided where goods belong."""
    moments = [
        CategoryLink.objects.filter(category__isnull=False).aggregate(at=Max("confirmed_at"))["at"],
        OfferEdit.objects.filter(field="category_id").aggregate(at=Max("created_at"))["at"],
    ]
    return max((moment for moment in moments if moment is not None), default=None)


def examples() -> list[Example]:
    """All that is decided: goods under confirmed paths, goods that people moved, and every category's names."""
    tree = nodes()
    known = {node.category for node in tree}
    goods = [example for example in [*_moved(), *_under_confirmed()] if example.category in known]
    return [*goods, *_names(tree)]


def _moved() -> Iterator[Example]:
    edited = OfferEdit.objects.filter(field="category_id").values("offer")
    offers = Offer.objects.filter(
        pk__in=edited, category__isnull=False, vendor__state=VendorState.APPROVED
    ).order_by("-pk")
    rows = offers.annotate(said=F("source_items__link__path")).values_list(
        "title", "said", "category_id", "vendor_id"
    )
    for title, path, category_id, vendor_id in rows[:MOST]:
        yield Example(title, _parts(path), category_id, f"vendor:{vendor_id}")


def _under_confirmed() -> Iterator[Example]:
    edited = OfferEdit.objects.filter(field="category_id").values("offer")
    links = CategoryLink.objects.filter(
        confirmed_at__isnull=False, category__isnull=False, vendor__state=VendorState.APPROVED
    ).order_by("-pk")
    given = 0
    for link in links.iterator():
        if given >= MOST or link.category_id is None:
            return
        path, group = _parts(link.path), f"vendor:{link.vendor_id}"
        items = SourceItem.objects.filter(link=link).exclude(offer__in=edited)
        titles = list(items.values_list("offer__title", flat=True)[:MOST_OF_A_PATH]) or link.titles
        for title in titles:
            given += 1
            yield Example(title, path, link.category_id, group)


def _names(tree: list[Node]) -> Iterator[Example]:
    for node in tree:
        for name in node.names:
            yield Example(name, (name,), node.category, name=True)


def _parts(path: str | None) -> tuple[str, ...]:
    return tuple(path.split(PATH_SEPARATOR)) if path else ()
