"""What a vendor's people read: requests that fit their offers, all open ones, their bids, and a bid filled in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from buyer_requests.bidding.inputs import BidLineInput
from buyer_requests.bidding.prefill import Choice, Filled, choices_of, filled_lines, to_currency
from buyer_requests.bidding.reading import inputs_of
from buyer_requests.deciding.enums import LIVE
from buyer_requests.enums import BidState, RequestState
from buyer_requests.models import (
    Bid,
    BidAlternative,
    BidLine,
    BuyerRequest,
    RequestLine,
    VendorFit,
    VendorNotice,
)
from buyer_requests.sealing.pages import sealed_bids_in_force
from buyer_requests.selectors.near import near_offers
from buyer_requests.selectors.visibility import visible_to
from vendors.models import Vendor

__all__ = [
    "Choice",
    "DraftLine",
    "bids_of",
    "draft_lines",
    "fitting",
    "following",
    "open_for",
    "to_currency",
    "unanswered",
    "waiting_count",
]


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
    ).select_related("buyer", "sealing")


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
    """Fitting requests without a bid of the vendor's in force; its own sealed ones count as bids for its own people."""
    answered = Bid.objects.filter(request=OuterRef("pk"), vendor=vendor, state=BidState.SENT)
    noted = VendorNotice.objects.filter(request=OuterRef("pk"), vendor=vendor)
    fits = VendorFit.objects.filter(line__request=OuterRef("pk"), vendor=vendor)
    requests = visible_to(vendor).filter(state=RequestState.OPEN, deadline_at__gt=timezone.now())
    waiting = requests.filter(Exists(noted) | Exists(fits)).exclude(Exists(answered)).order_by()
    is_sealed = Q(sealing__isnull=False, sealing__opened_at=None)
    counts = waiting.aggregate(every=Count("pk"), sealed=Count("pk", filter=is_sealed))
    if not counts["sealed"]:
        return int(counts["every"])
    rows = list(waiting.filter(is_sealed).select_related("sealing"))
    return int(counts["every"]) - sealed_bids_in_force(rows, vendor)


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
            won_count=Count("awards", filter=Q(awards__state__in=LIVE)),
        )
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of the form: what is wanted, what the vendor could offer, and what stands in the bid (or would)."""

    line: RequestLine
    filled: Filled
    given: BidLineInput | None
    is_filled_in: bool  # from the offers, not by a person
    is_included: bool

    @property
    def choices(self) -> list[Choice]:
        return self.filled.choices


#: A near miss that the vendor wants to offer: position of the line, offer.
Use = tuple[int, int]


def draft_lines(
    vendor: Vendor,
    request: BuyerRequest,
    bid: Bid | None,
    given: list[BidLineInput] | None = None,
    *,
    use: Use | None = None,
) -> list[DraftLine]:
    """The request's lines with the vendor's bid; what it has not priced is filled in from its best offer.

    Prices of offers are per unit of the line, VAT included, at today's rate in the currency of the bid, or of
    the request where there is none. Once a bid was sent or saved, lines that it left out stay left out.
    `use` puts one that nearly fits into its line: as what is offered, beside that where something is.
    `given` are the lines of a bid that is no row.
    """
    lines = list(request.lines.select_related("category"))
    currency = bid.currency if bid else request.currency
    filled = filled_lines(vendor, lines, currency)
    stands = given if given is not None else inputs_of(bid) if bid else []
    priced = {each.line_id: each for each in stands}
    filled = _with_offered(vendor, lines, filled, priced, currency)
    drafts = []
    for line in lines:
        proposal, stored = filled[line.pk], priced.get(line.pk)
        proposed = proposal.as_input()
        drafts.append(
            DraftLine(
                line,
                proposal,
                stored or proposed,
                is_filled_in=proposed is not None and bid is None,
                is_included=stored is not None or (proposed is not None and bid is None),
            )
        )
    return drafts if use is None else [_using(draft, use, vendor, currency) for draft in drafts]


def _with_offered(
    vendor: Vendor,
    lines: list[RequestLine],
    filled: dict[int, Filled],
    priced: dict[int, BidLineInput],
    currency: str,
) -> dict[int, Filled]:
    """Offers that stand in the bid stay among the choices, though they do not meet the line (any more)."""
    kept: dict[int, dict[int, bool]] = {}
    for line, given in priced.items():
        known = {choice.offer.pk for choice in filled[line].choices}
        named = {given.offer_id: given.is_substitute} | {
            each.offer_id: each.is_substitute for each in given.alternatives
        }
        kept[line] = {pk: flag for pk, flag in named.items() if pk is not None and pk not in known}
    found = choices_of(
        vendor, {line: list(offers) for line, offers in kept.items() if offers}, lines, currency
    )
    for line, choices in found.items():
        more = [replace(choice, is_substitute=kept[line][choice.offer.pk]) for choice in choices]
        filled[line] = replace(filled[line], choices=[*filled[line].choices, *more])
    return filled


def _using(draft: DraftLine, use: Use, vendor: Vendor, currency: str) -> DraftLine:
    """The line with the offer in it, if it nearly fits and may be offered."""
    line, (position, offer_id) = draft.line, use
    if line.position != position or offer_id in {choice.offer.pk for choice in draft.choices}:
        return draft
    near = next(
        (each for each in near_offers(line, vendor_ids=[vendor.pk]) if each.offer.pk == offer_id), None
    )
    if near is None or (near.is_substitute and not line.substitutes):
        return draft
    choices = [
        replace(choice, is_substitute=near.is_substitute)
        for choice in choices_of(vendor, {line.pk: [offer_id]}, [line], currency).get(line.pk, ())
        if choice.price_amount
    ]
    given = draft.given if draft.is_included else None
    if not choices or (given is not None and len(given.alternatives) >= BidAlternative.MOST):
        return draft
    if given is not None:
        given = replace(given, alternatives=(*given.alternatives, choices[0].as_alternative()))
    else:
        given = Filled(line, choices, ()).as_input()
    filled = replace(draft.filled, choices=[*draft.choices, *choices])
    return DraftLine(line, filled, given, is_filled_in=draft.is_filled_in, is_included=True)


def following(vendor: Vendor) -> set[int]:
    return set(vendor.category_follows.values_list("category_id", flat=True))


def unanswered(request: BuyerRequest) -> int:
    return request.questions.filter(Q(answer="")).count()
