"""Reads that searching needs: which vendors are out of sight, offers as index documents, what indexing left."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
import structlog
from django.db.models import Count, Max, Min, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, Coalesce

from catalog.attributes.current import TreeRules, stored_rules
from catalog.attributes.reading import read_facts
from catalog.groups import group_number
from catalog.models import Category, Offer
from catalog.unit_prices import unit_prices, with_vat
from core import clock
from core.outbox import selectors as outbox
from core.rates import Rates, current_rates
from search.documents import Document, build_document, tombstone
from search.engines.base import Rejected, Totals
from search.models import IndexBuild, IndexCheck, IndexFailure
from vendors.enums import Participation, VendorState
from vendors.models import Vendor

log = structlog.get_logger(__name__)
CONSUMER = "search"  # of the outbox
REASON_LENGTH = 500
STALE_AFTER = timedelta(seconds=120)  # four heartbeats of a rebuild fit in

_COLUMNS = (
    *(
        "id",
        "version",
        "vendor_id",
        "supply_id",
        "category_id",
        "title",
        "brand",
        "maker",
        "article",
        "mpn",
        "gtin",
        "product_id",
        "stands_alone",
        "pack_count",
    ),
    *("unit", "price_amount", "price_currency", "vat", "vat_percent", "availability", "participation"),
    *("withdrawn_at", "hidden_at"),
)
#: JSON as text: the standard library's decoder, which a JSONField uses, takes a fifth of the time of a document.
_JSON = {f"{name}_json": Cast(name, TextField()) for name in ("texts", "attributes", "facts")}


@dataclass(frozen=True, slots=True)
class VendorStates:
    """Vendors whose offers are not shown, and how those of the others take part who do more than list."""

    hidden: frozenset[int] = frozenset()
    modes: tuple[tuple[str, frozenset[int]], ...] = ()


NO_VENDORS: Final = VendorStates()


def vendor_states() -> VendorStates:
    """As they are now, in one statement. Asked at each search, so that a suspension holds at once."""
    hidden: set[int] = set()
    modes: dict[str, set[int]] = {}
    rows = Vendor.objects.filter(
        ~Q(state=VendorState.APPROVED, participation=Participation.LISTING) | Q(holiday_hides=True)
    ).only("pk", "state", "participation", "holiday_from", "holiday_until", "holiday_hides")
    for vendor in rows:
        if vendor.is_out_of_sight:
            hidden.add(vendor.pk)
        elif vendor.participation != Participation.LISTING:
            modes.setdefault(vendor.participation, set()).add(vendor.pk)
    told = tuple((mode, frozenset(vendors)) for mode, vendors in sorted(modes.items()))
    return VendorStates(frozenset(hidden), told)


def hidden_vendor_ids() -> frozenset[int]:
    """Vendors whose offers are not shown now."""
    return frozenset(Vendor.objects.out_of_sight().values_list("pk", flat=True))


def category_ancestors() -> dict[int, tuple[int, ...]]:
    """Category id → ids of itself and everything above it, in one query."""
    by_path = dict(Category.objects.values_list("path", "pk"))
    step = Category.steplen
    return {
        pk: tuple(by_path[path[:end]] for end in range(step, len(path) + 1, step) if path[:end] in by_path)
        for path, pk in by_path.items()
    }


@dataclass(frozen=True, slots=True)
class Around:
    """What documents take from elsewhere: the same for all offers of one reading."""

    ancestors: Mapping[int, tuple[int, ...]]
    rates: Rates
    attributes: TreeRules

    @classmethod
    def now(cls) -> Around:
        return cls(category_ancestors(), current_rates(), stored_rules())


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of some offers, and the offers of which none could be built."""

    documents: list[Document]
    unbuildable: list[Rejected]


def on_sale() -> QuerySet[Offer]:
    return Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True)


def offer_batch(offer_ids: Iterable[int], around: Around | None = None) -> Batch:
    """Documents of the offers as they are now; tombstones for those that are not on sale."""
    rows = document_rows(Offer.objects.filter(pk__in=list(offer_ids)).order_by("pk"))
    return _batch(rows, around or Around.now())


def batches_on_sale(*, size: int) -> Iterator[Batch]:
    """Everything on sale, by id; no statement runs while a batch is being written."""
    around = Around.now()
    last = 0
    offers = document_rows(on_sale().order_by("pk"))
    while rows := list(offers.filter(pk__gt=last)[:size]):
        last = rows[-1]["id"]
        yield _batch(rows, around)


def versions_on_sale(
    *, after: int = 0, limit: int | None = None, ids: Iterable[int] | None = None
) -> list[tuple[int, int]]:
    """(id, version) of what is on sale by rising id: the next `limit` above `after`, or those of `ids`."""
    offers = on_sale().filter(pk__gt=after) if ids is None else on_sale().filter(pk__in=list(ids))
    return list(offers.order_by("pk").values_list("pk", "version")[:limit])


def totals_on_sale() -> Totals:
    """Sums that an index which misses nothing has, too."""
    found = on_sale().aggregate(
        documents=Count("pk"), ids=Coalesce(Sum("pk"), 0), versions=Coalesce(Sum("version"), 0)
    )
    return Totals(**{name: int(value) for name, value in found.items()})


def some_on_sale(count: int) -> list[int]:
    """Ids of about so many offers from anywhere, rising."""
    ends = on_sale().aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is None:
        return []
    ids = range(ends["low"], ends["high"] + 1)
    picked = random.sample(ids, min(len(ids), 2 * count))  # twice as many: numbers have gaps
    found = list(on_sale().filter(pk__in=picked).values_list("pk", flat=True))
    return sorted(random.sample(found, min(len(found), count)))


def existing_offer_ids(ids: Iterable[int]) -> set[int]:
    return set(Offer.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def tombstones_since(moment: Any, *, size: int) -> Iterator[list[Document]]:
    """Tombstones of the offers that went off sale since a moment, by id."""
    gone = Offer.objects.filter(Q(withdrawn_at__gte=moment) | Q(hidden_at__gte=moment)).order_by("pk")
    last = 0
    while rows := list(gone.filter(pk__gt=last).values_list("pk", "version")[:size]):
        last = rows[-1][0]
        yield [tombstone(offer_id=pk, version=version) for pk, version in rows]


def gone_before(moment: Any, offer_ids: Sequence[int]) -> set[int]:
    """Those of the offers that have been off sale since before the moment, or do not exist at all."""
    offers = Offer.objects.filter(pk__in=offer_ids)
    known = set(offers.values_list("pk", flat=True))
    long_gone = offers.filter(Q(withdrawn_at__lt=moment) | Q(hidden_at__lt=moment), updated_at__lt=moment)
    return (set(offer_ids) - known) | set(long_gone.values_list("pk", flat=True))


def pending_offer_ids() -> set[int]:
    """Offers whose change is still on its way to the index."""
    return {
        int(offer) for payload in outbox.waiting_payloads(CONSUMER) for offer in payload.get("offers", ())
    }


def index_lag() -> float:
    """Seconds for which the longest-waiting change has not been in the index; 0 where nothing waits."""
    return outbox.oldest_age(CONSUMER)


def index_failures() -> QuerySet[IndexFailure]:
    """Offers that could not be indexed, the latest first."""
    return IndexFailure.objects.order_by("-last_at", "offer_id")


def failing_versions(ids: Iterable[int]) -> dict[int, int]:
    """Offer id → the version that could not be indexed, of those that failed."""
    return dict(IndexFailure.objects.filter(offer_id__in=list(ids)).values_list("offer_id", "version"))


def last_check() -> IndexCheck | None:
    """The newest comparison of index and database."""
    return IndexCheck.objects.order_by("-pk").first()


def last_build() -> IndexBuild | None:
    """The rebuild that runs, or the one that ran last."""
    return IndexBuild.objects.first()


def rebuild_is_stale(build: IndexBuild) -> bool:
    """Nobody has worked on it for so long that its process must be dead."""
    return build.finished_at is None and build.heartbeat_at < clock.now() - STALE_AFTER


def document_rows(offers: QuerySet[Offer]) -> QuerySet[Offer, dict[str, Any]]:
    """What documents are built from."""
    rows: QuerySet[Offer, dict[str, Any]] = offers.annotate(**_JSON).values(*_COLUMNS, *_JSON)
    return rows


def _batch(rows: Iterable[Mapping[str, Any]], around: Around) -> Batch:
    documents: list[Document] = []
    unbuildable: list[Rejected] = []
    for row in rows:
        try:
            documents.append(_document(row, around))
        except MemoryError:
            raise
        except Exception as error:  # whatever is wrong with one offer must not stop the others
            log.exception("search.unbuildable", offer=row["id"])
            reason = f"{type(error).__name__}: {error}"[:REASON_LENGTH]
            unbuildable.append(Rejected(row["id"], row["version"], reason))
    return Batch(documents, unbuildable)


def _document(row: Mapping[str, Any], around: Around) -> Document:
    pk, version = row["id"], row["version"]
    if row["withdrawn_at"] is not None or row["hidden_at"] is not None:
        return tombstone(offer_id=pk, version=version)
    texts, attributes = orjson.loads(row["texts_json"]), orjson.loads(row["attributes_json"])
    attributes = attributes if isinstance(attributes, dict) else {}
    people = orjson.loads(row["facts_json"])
    told = [each for each in texts.values() if isinstance(each, dict)] if isinstance(texts, dict) else []
    gtin = row["gtin"]
    titles = [str(each.get("title") or "") for each in told]
    rules = around.attributes.of(row["category_id"])
    facts = read_facts(
        rules,
        titles=(row["title"], *titles),
        columns=attributes,
        brand=row["brand"],
        pack_count=row["pack_count"],
        people=people if isinstance(people, dict) else {},
    )
    amount = with_vat(row["price_amount"], row["vat"], row["vat_percent"])
    price = around.rates.price_to_base(amount, row["price_currency"])
    return build_document(
        offer_id=pk,
        version=version,
        title=row["title"],
        other_titles=titles,
        descriptions=[str(each.get("description") or "") for each in told],
        brand=row["brand"],
        maker=row["maker"],
        attributes=attributes,
        codes=[row["article"], row["mpn"], gtin],
        vendor=row["vendor_id"],
        supply=row["supply_id"],
        categories=around.ancestors.get(row["category_id"], ()),
        availability=row["availability"],
        price=price,
        group=group_number(pk, gtin, row["product_id"], stands_alone=row["stands_alone"]),
        facts=[fact.label for fact in facts],
        unit_prices=()
        if price is None
        else unit_prices(
            price,
            unit=row["unit"],
            pack_count=row["pack_count"],
            facts=facts,
            rules=rules,
            titles=(row["title"],),
        ),
        participation=row["participation"],
    )
