"""What a vendor's people read: requests that fit their offers, all open ones, their bids, and a bid filled in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from buyer_requests.enums import BidState, RequestState
from buyer_requests.matching.documents import quantities
from buyer_requests.matching.queries import order_of
from buyer_requests.models import Bid, BidLine, BuyerRequest, LineMatch, RequestLine, VendorFit, VendorNotice
from buyer_requests.selectors.visibility import visible_to
from catalog.models import Offer
from core.money import Money
from core.rates import current_rates
from vendors.models import Vendor


def _counted(requests: QuerySet[BuyerRequest], vendor: Vendor) -> QuerySet[BuyerRequest]:
    """With `line_count`, `fit_count` (lines that the vendor's offers meet) and `bid_state` ("" for none)."""
    lines = (
        RequestLine.objects.filter(request=OuterRef("pk"))
        .order_by()
        .values("request")
        .annotate(n=Count("pk"))
    )
    fits = (
        VendorFit.objects.filter(line__request=OuterRef("pk"), vendor=vendor)
        .order_by()
        .values("line__request")
        .annotate(n=Count("pk"))
    )
    bid = Bid.objects.filter(request=OuterRef("pk"), vendor=vendor)
    return requests.annotate(
        line_count=Coalesce(Subquery(lines.values("n"), output_field=IntegerField()), 0),
        fit_count=Coalesce(Subquery(fits.values("n"), output_field=IntegerField()), 0),
        bid_state=Subquery(bid.values("state")),
    ).select_related("buyer")


def open_for(vendor: Vendor) -> QuerySet[BuyerRequest]:
    """All requests that the vendor can bid on now."""
    requests = visible_to(vendor).filter(state=RequestState.OPEN, deadline_at__gt=timezone.now())
    return _counted(requests, vendor)


def fitting(vendor: Vendor) -> QuerySet[BuyerRequest]:
    """Those that its offers meet, that it was chosen for, or whose category it follows; most fitting lines first."""
    noted = VendorNotice.objects.filter(request=OuterRef("pk"), vendor=vendor)
    fits = VendorFit.objects.filter(line__request=OuterRef("pk"), vendor=vendor)
    found = open_for(vendor).filter(Exists(noted) | Exists(fits))
    return found.order_by(F("fit_count").desc(), "deadline_at", "-id")


def waiting_count(vendor: Vendor) -> int:
    """Fitting requests without a bid of the vendor's in force."""
    answered = Bid.objects.filter(request=OuterRef("pk"), vendor=vendor, state=BidState.SENT)
    noted = VendorNotice.objects.filter(request=OuterRef("pk"), vendor=vendor)
    fits = VendorFit.objects.filter(line__request=OuterRef("pk"), vendor=vendor)
    requests = visible_to(vendor).filter(state=RequestState.OPEN, deadline_at__gt=timezone.now())
    return requests.filter(Exists(noted) | Exists(fits)).exclude(Exists(answered)).order_by().count()


def bids_of(vendor: Vendor) -> QuerySet[Bid]:
    """The vendor's bids, drafts too, newest first, with `line_count`, `priced_count` and `won_count`."""
    lines = (
        RequestLine.objects.filter(request=OuterRef("request"))
        .order_by()
        .values("request")
        .annotate(n=Count("pk"))
    )
    priced = BidLine.objects.filter(bid=OuterRef("pk")).order_by().values("bid").annotate(n=Count("pk"))
    return (
        Bid.objects.filter(vendor=vendor, request__in=visible_to(vendor).order_by().values("pk"))
        .select_related("request", "request__buyer")
        .annotate(
            line_count=Coalesce(Subquery(lines.values("n"), output_field=IntegerField()), 0),
            priced_count=Coalesce(Subquery(priced.values("n"), output_field=IntegerField()), 0),
            won_count=Count("awards"),
        )
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """An offer of the vendor's that meets a line, priced per unit of the line in the request's currency."""

    offer: Offer
    price_amount: int | None
    stock: Decimal | None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of the form: what is wanted, what the vendor could offer, and what stands in the bid (or would)."""

    line: RequestLine
    choices: list[Choice]
    offer_id: int | None
    title: str
    quantity: Decimal
    price_amount: int | None
    is_substitute: bool
    note: str
    is_filled_in: bool  # from the offers, not by a person
    is_included: bool


def draft_lines(vendor: Vendor, request: BuyerRequest, bid: Bid | None) -> list[DraftLine]:
    """The request's lines with the vendor's bid; what it has not priced is filled in from its best offer.

    Prices of offers are per unit of the line, VAT included, at today's rate in the currency of the bid, or of
    the request where there is none. Once a bid was sent or saved, lines that it left out stay left out.
    """
    currency = bid.currency if bid else request.currency
    lines = list(request.lines.select_related("category"))
    matches: dict[int, list[LineMatch]] = {}
    for match in (
        LineMatch.objects.filter(line__in=lines, vendor=vendor)
        .filter(offer__withdrawn_at=None, offer__hidden_at=None)
        .select_related("offer")
        .order_by("line_id", "-score", "price_base", "offer_id")
    ):
        matches.setdefault(match.line_id, []).append(match)
    stock = quantities([match.offer_id for each in matches.values() for match in each])
    priced = {line.line_id: line for line in bid.lines.all()} if bid else {}
    return [
        _draft_line(
            line,
            [
                Choice(match.offer, to_currency(match.price_base, currency), stock.get(match.offer_id))
                for match in sorted(
                    matches.get(line.pk, ()),
                    key=lambda m: order_of(m.score, m.price_base, m.offer_id),
                )
            ],
            priced.get(line.pk),
            was_edited=bid is not None,
        )
        for line in lines
    ]


def to_currency(price_base: int | None, currency: str) -> int | None:
    """A stored price of the row's currency in another, None where either is not known."""
    rates = current_rates()
    if price_base is None or currency == rates.base:
        return price_base
    money = rates.convert(Money.from_price(price_base, rates.base), currency)
    return money.to_price() if money else None


def _draft_line(
    line: RequestLine, choices: list[Choice], priced: BidLine | None, *, was_edited: bool
) -> DraftLine:
    if priced is not None:
        return DraftLine(
            line, choices, priced.offer_id, priced.title, priced.quantity, priced.price_amount,
            priced.is_substitute, priced.note, is_filled_in=False, is_included=True,
        )  # fmt: skip
    best = choices[0] if choices else None
    return DraftLine(
        line,
        choices,
        best.offer.pk if best else None,
        best.offer.title if best else "",
        line.quantity,
        best.price_amount if best else None,
        is_substitute=False,
        note="",
        is_filled_in=best is not None and not was_edited,
        is_included=best is not None and best.price_amount is not None and not was_edited,
    )


def following(vendor: Vendor) -> set[int]:
    return set(vendor.category_follows.values_list("category_id", flat=True))


def unanswered(request: BuyerRequest) -> int:
    return request.questions.filter(Q(answer="")).count()
