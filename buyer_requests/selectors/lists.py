"""Lists for pages: a buyer's requests, who was reached, awards with contacts, the tree of categories."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import BidState
from buyer_requests.models import Award, BuyerRequest, Question, RequestLine, VendorFit, VendorNotice
from buyer_requests.selectors import desk
from buyer_requests.selectors.visibility import requests_of
from catalog.models import Category
from core.money import MINOR_SCALE, PRICE_SCALE, round_half_up
from vendors.models import Vendor


def own_requests(buyer: User) -> QuerySet[BuyerRequest]:
    """A buyer's requests with `line_count`, `bid_count` and `question_count` (unanswered)."""
    lines = (
        RequestLine.objects.filter(request=OuterRef("pk"))
        .order_by()
        .values("request")
        .annotate(n=Count("pk"))
    )
    questions = (
        Question.objects.filter(request=OuterRef("pk"), answer="")
        .order_by()
        .values("request")
        .annotate(n=Count("pk"))
    )
    return (
        requests_of(buyer)
        .select_related("sealing")
        .annotate(
            line_count=Coalesce(Subquery(lines.values("n"), output_field=IntegerField()), 0),
            question_count=Coalesce(Subquery(questions.values("n"), output_field=IntegerField()), 0),
            bid_count=Count("bids", filter=Q(bids__state=BidState.SENT)),
        )
    )


def desks_with_requests(user: User) -> list[tuple[Vendor, int]]:
    """The companies a person works for, each with the number of requests that wait for its bid."""
    vendors = Vendor.objects.public().filter(memberships__user=user).order_by("name")
    return [(vendor, desk.waiting_count(vendor)) for vendor in vendors]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a request went: vendors told, vendors whose offers fit, lines that some offer fits."""

    told: int
    vendors: int
    lines: int
    offers: int
    is_matched: bool


def reach_of(request: BuyerRequest) -> Reach:
    fits = VendorFit.objects.filter(line__request=request, vendor__state="approved")
    lines = request.lines.aggregate(
        fitted=Count("pk", filter=Q(match_count__gt=0)), matched=Count("matched_at"), total=Count("pk")
    )
    return Reach(
        told=VendorNotice.objects.filter(request=request).count(),
        vendors=fits.order_by().values("vendor").distinct().count(),
        lines=lines["fitted"],
        offers=sum(request.lines.values_list("match_count", flat=True)),
        is_matched=lines["matched"] == lines["total"],
    )


@dataclass(frozen=True, slots=True)
class AwardedPart:
    """What one vendor won. Amounts are minor units of the bid's currency."""

    vendor: Vendor
    awards: list[Award]
    goods: int
    delivery: int
    currency: str

    @property
    def total(self) -> int:
        return self.goods + self.delivery

    @property
    def is_deal(self) -> bool:
        return any(award.state == AwardState.ACCEPTED for award in self.awards)


def awards_by_vendor(request: BuyerRequest) -> list[AwardedPart]:
    """The decision, by vendor, with contacts at hand: only for the buyer."""
    parts: dict[int, list[Award]] = {}
    awards = request.awards.select_related("line", "bid", "bid__vendor").order_by("line__position", "pk")
    for award in awards:
        parts.setdefault(award.bid_id, []).append(award)
    return [
        AwardedPart(
            vendor=awards[0].bid.vendor,
            awards=awards,
            goods=sum(award.total_minor for award in awards if award.is_live),
            delivery=_delivery(awards),
            currency=awards[0].currency,
        )
        for awards in parts.values()
    ]


def _delivery(awards: list[Award]) -> int:
    """Free from the bid's threshold on, and where nothing is left of what was given."""
    bid, live = awards[0].bid, [award for award in awards if award.is_live]
    goods = sum(award.total_minor for award in live) * PRICE_SCALE // MINOR_SCALE
    if not live or (bid.free_delivery_from is not None and goods >= bid.free_delivery_from):
        return 0
    return round_half_up(Decimal(bid.delivery_price) * MINOR_SCALE / PRICE_SCALE)


def won_lines(request: BuyerRequest, vendor: Vendor) -> list[Award]:
    """What the vendor won of a request; never what others did."""
    return list(
        Award.objects.filter(request=request, bid__vendor=vendor)
        .select_related("line")
        .order_by("line__position")
    )


def category_tree() -> list[Category]:
    """Shown categories of the upper two levels, in the tree's order."""
    return list(Category.objects.filter(is_active=True, depth__lte=2).order_by("path"))
