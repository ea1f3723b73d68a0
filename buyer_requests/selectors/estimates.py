"""Before publishing: what the row's offers would cost, line by line, and how many vendors would be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from buyer_requests.enums import Audience
from buyer_requests.matching import Found, match_texts
from buyer_requests.matching.queries import stored_queries
from buyer_requests.models import BuyerRequest, RequestLine
from buyer_requests.selectors.desk import to_currency
from buyer_requests.services.notices import followers_of_categories, may_hear
from catalog.models import Offer
from core.money import line_total
from vendors.models import Vendor

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An offer for a line; `price` is per unit of the line, 1/10,000 of the request's currency."""

    offer: Offer
    price: int | None


@dataclass(frozen=True, slots=True)
class LineEstimate:
    """`low` is the lowest price per unit, `total` that times the quantity (minor units)."""

    line: RequestLine
    offers: int
    vendors: int
    low: int | None
    high: int | None
    total: int | None
    suggestions: list[Suggestion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Estimate:
    lines: list[LineEstimate]
    total: int  # minor units, of the lines that have a price
    priced: int
    told: list[Vendor]  # vendors who would hear of it, most fitting lines first
    fits: dict[int, int]  # vendor -> lines

    @property
    def open_lines(self) -> int:
        return len(self.lines) - self.priced


def estimate_of(request: BuyerRequest) -> Estimate:
    """Matches the request's lines to the offers on sale; writes nothing."""
    lines = list(request.lines.select_related("request", "category"))
    found = match_texts(stored_queries(lines))
    shown = {each.offer_id for offers in found.values() for each in _cheapest(offers)}
    offers = {
        offer.pk: offer for offer in Offer.objects.filter(pk__in=shown).select_related("vendor", "category")
    }
    estimates = [_line(line, found.get(line.pk, []), offers, request.currency) for line in lines]
    fits: dict[int, int] = {}
    for each in found.values():
        for vendor in {offer.vendor_id for offer in each}:
            fits[vendor] = fits.get(vendor, 0) + 1
    return Estimate(
        lines=estimates,
        total=sum(line.total or 0 for line in estimates),
        priced=sum(line.total is not None for line in estimates),
        told=_told(request, lines, found, fits),
        fits=fits,
    )


def _cheapest(offers: list[Found]) -> list[Found]:
    """The cheapest offers, one a vendor."""
    priced = sorted(
        (each for each in offers if each.price is not None), key=lambda each: (each.price or 0, each.offer_id)
    )
    vendors: set[int] = set()
    kept = []
    for each in priced:
        if each.vendor_id not in vendors:
            vendors.add(each.vendor_id)
            kept.append(each)
    return kept[:SHOWN]


def _line(line: RequestLine, found: list[Found], offers: dict[int, Offer], currency: str) -> LineEstimate:
    prices = [price for each in found if (price := to_currency(each.price, currency)) is not None]
    low = min(prices, default=None)
    return LineEstimate(
        line=line,
        offers=len(found),
        vendors=len({each.vendor_id for each in found}),
        low=low,
        high=max(prices, default=None),
        total=None if low is None else line_total(low, line.quantity),
        suggestions=[
            Suggestion(offers[each.offer_id], to_currency(each.price, currency))
            for each in _cheapest(found)
            if each.offer_id in offers
        ],
    )


def _told(
    request: BuyerRequest, lines: list[RequestLine], found: dict[int, list[Found]], fits: dict[int, int]
) -> list[Vendor]:
    categories = {line.category_id for line in lines if line.category_id}
    unplaced = {line.pk for line in lines if not line.category_id}
    best = [offers[0].offer_id for line, offers in found.items() if line in unplaced and offers]
    categories |= set(
        Offer.objects.filter(pk__in=best).exclude(category=None).values_list("category_id", flat=True)
    )
    wanted = {*fits, *followers_of_categories({pk for pk in categories if pk})}
    if request.audience == Audience.CHOSEN:
        wanted |= set(request.invitations.values_list("vendor_id", flat=True))
    allowed = may_hear([request], wanted)[request.pk]
    vendors = Vendor.objects.public().filter(pk__in=allowed & wanted)
    return sorted(vendors, key=lambda vendor: (-fits.get(vendor.pk, 0), vendor.name))
