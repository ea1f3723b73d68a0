"""Reads about reviews: what is shown of a vendor, what a buyer is known for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import ngettext

from accounts.models import User
from buyer_requests.deciding.enums import AwardState
from buyer_requests.models import Award, BuyerRequest, PoolMember
from reviews.enums import ReviewState, Side
from reviews.models import Review
from vendors.models import Vendor

#: Fewer vendors' words about a buyer are not summed up: the buyer may be a pseudonym to who reads.
FEWEST_ABOUT_A_BUYER = 3


@dataclass(frozen=True, slots=True)
class Rating:
    """`stars` is the mean of what is shown, 1 to 5; `spread` are the numbers of 5, 4, 3, 2, 1 stars."""

    stars: float
    count: int
    spread: tuple[int, ...]

    @property
    def bars(self) -> list[tuple[int, int]]:
        """(stars, count) from five down."""
        return list(zip((5, 4, 3, 2, 1), self.spread, strict=True))


def shown_reviews(vendor: Vendor) -> QuerySet[Review]:
    """What buyers say of the vendor, newest first."""
    return vendor.reviews.filter(side=Side.BUYER, state=ReviewState.SHOWN).order_by("-shown_at", "-pk")


def rating_of(vendor: Vendor) -> Rating | None:
    """None while nothing is shown."""
    counts = dict(
        shown_reviews(vendor)
        .order_by()
        .values_list("stars")
        .annotate(n=Count("pk"))
        .values_list("stars", "n")
    )
    total = sum(counts.values())
    if not total:
        return None
    mean = sum(stars * count for stars, count in counts.items()) / total
    return Rating(round(mean, 1), total, tuple(counts.get(stars, 0) for stars in (5, 4, 3, 2, 1)))


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """What vendors may know of a buyer before they bid: sums only. `stars` is None below three vendors."""

    published: int
    awarded: int
    stars: float | None
    raters: int


def record_of(buyer: User) -> BuyerRecord:
    """Requests that ended (by award, cancelling or silence) and what vendors said."""
    awarded = Q(pk__in=Award.objects.filter(state=AwardState.ACCEPTED).values("request"))
    requests = (
        BuyerRequest.objects.filter(buyer=buyer, closed_at__isnull=False)
        # A round of a standing request that led to nothing is no request of its own.
        .filter(Q(round_of=None) | awarded)
        .aggregate(published=Count("pk"), awarded=Count("pk", filter=awarded))
    )
    said = Review.objects.filter(request__buyer=buyer, side=Side.VENDOR, state=ReviewState.SHOWN).aggregate(
        stars=Avg("stars"), raters=Count("vendor", distinct=True)
    )
    enough = said["raters"] >= FEWEST_ABOUT_A_BUYER
    return BuyerRecord(
        published=requests["published"],
        awarded=requests["awarded"],
        stars=round(said["stars"], 1) if enough else None,
        raters=said["raters"] if enough else 0,
    )


def review_of(
    request: BuyerRequest, vendor: Vendor, side: Side, member: PoolMember | None = None
) -> Review | None:
    return Review.objects.filter(request=request, vendor=vendor, side=side, member=member).first()


def rated_vendors(request: BuyerRequest, user: User, side: str) -> set[int]:
    """Vendors of whose deals on the request that side has spoken: of a buyer's side its organiser, or this participant."""
    said = Review.objects.filter(request=request, side=side)
    if side == Side.BUYER and request.buyer_id != user.pk:
        said = said.filter(member__user=user)
    else:
        said = said.filter(member=None)
    return set(said.values_list("vendor_id", flat=True))


def word_of_other(request: BuyerRequest, vendor: Vendor, side: Side) -> Review | None:
    """What the other side said, once it may be read."""
    return (
        Review.objects.filter(request=request, vendor=vendor, state=ReviewState.SHOWN, member=None)
        .exclude(side=side)
        .first()
    )


def reported() -> QuerySet[Review]:
    """What operators are asked to look at, the oldest first."""
    return (
        Review.objects.filter(reported_at__isnull=False, decided_at__isnull=True, state=ReviewState.SHOWN)
        .select_related("vendor", "request")
        .order_by("reported_at")
    )


def told_of_buyer(buyer: User) -> list[str]:
    """A buyer's record in the active language; nothing of a newcomer."""
    record = record_of(buyer)
    said = []
    if record.published:
        said.append(
            ngettext(
                "%(awarded)s of %(total)s ended request led to a deal",
                "%(awarded)s of %(total)s ended requests led to a deal",
                record.published,
            )
            % {"awarded": record.awarded, "total": record.published}
        )
    if record.stars is not None:
        said.append(
            ngettext(
                "rated %(stars)s of 5 by %(raters)s vendor",
                "rated %(stars)s of 5 by %(raters)s vendors",
                record.raters,
            )
            % {"stars": number_format(record.stars, 1), "raters": record.raters}
        )
    return said
