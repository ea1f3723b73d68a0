"""Reads that searching needs: which vendors are out of sight, and offers as index documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.models import Category, Offer
from core.rates import Rates, current_rates
from search.documents import Document, build_document, tombstone
from vendors.enums import VendorState
from vendors.models import Vendor

_COLUMNS = (
    *(
        "id",
        "version",
        "vendor_id",
        "category_id",
        "title",
        "texts",
        "brand",
        "maker",
        "article",
        "mpn",
        "gtin",
    ),
    *("attributes", "price_amount", "price_currency", "availability", "withdrawn_at", "hidden_at"),
)


def hidden_vendor_ids() -> frozenset[int]:
    """Vendors whose offers are not shown now. Asked at each search, so that a suspension holds at once."""
    return frozenset(Vendor.objects.exclude(state=VendorState.APPROVED).values_list("pk", flat=True))


def category_ancestors() -> dict[int, tuple[int, ...]]:
    """Category id → ids of itself and everything above it, in one query."""
    by_path = dict(Category.objects.values_list("path", "pk"))
    step = Category.steplen
    return {
        pk: tuple(by_path[path[:end]] for end in range(step, len(path) + 1, step) if path[:end] in by_path)
        for path, pk in by_path.items()
    }


def offer_documents(offer_ids: Iterable[int]) -> list[Document]:
    """Documents of the offers as they are now; tombstones for those that are not on sale."""
    rows = Offer.objects.filter(pk__in=list(offer_ids)).order_by("pk").values(*_COLUMNS)
    ancestors, rates = category_ancestors(), current_rates()
    return [_document(row, ancestors, rates) for row in rows.iterator(chunk_size=2000)]


def all_documents(*, batch: int) -> Iterator[list[Document]]:
    """Documents of everything on sale, by id, in batches; no statement runs while a batch is being written."""
    ancestors, rates = category_ancestors(), current_rates()
    last = 0
    offers = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True).order_by("pk")
    while rows := list(offers.filter(pk__gt=last).values(*_COLUMNS)[:batch]):
        last = rows[-1]["id"]
        yield [_document(row, ancestors, rates) for row in rows]


def _document(row: dict[str, object], ancestors: dict[int, tuple[int, ...]], rates: Rates) -> Document:
    offer: dict[str, object] = row
    pk, version = int(str(offer["id"])), int(str(offer["version"]))
    if offer["withdrawn_at"] is not None or offer["hidden_at"] is not None:
        return tombstone(offer_id=pk, version=version)
    texts = offer["texts"] if isinstance(offer["texts"], dict) else {}
    told = [each for each in texts.values() if isinstance(each, dict)]
    attributes = offer["attributes"] if isinstance(offer["attributes"], dict) else {}
    gtin = str(offer["gtin"])
    category = offer["category_id"]
    return build_document(
        offer_id=pk,
        version=version,
        title=str(offer["title"]),
        other_titles=[str(each.get("title") or "") for each in told],
        descriptions=[str(each.get("description") or "") for each in told],
        brand=str(offer["brand"]),
        maker=str(offer["maker"]),
        attributes=attributes,
        codes=[str(offer["article"]), str(offer["mpn"]), gtin],
        vendor=int(str(offer["vendor_id"])),
        categories=ancestors.get(category, ()) if isinstance(category, int) else (),
        availability=str(offer["availability"]),
        price=rates.price_to_base(int(str(offer["price_amount"])), str(offer["price_currency"])),
        group=int(gtin) if gtin.isdigit() else -pk,
    )
