"""Which version a bid answers, and which of its prices hold: asked wherever bids are read, noted wherever they are sent.

A bid answers the version that it was sent or confirmed for. Its price for a line holds unless the line changed after
that. A request that was never changed costs no statement here.
"""

from __future__ import annotations

from django.db.models import Exists, F, IntegerField, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from buyer_requests.changing.errors import NotConfirmed, RequestChanged
from buyer_requests.changing.models import BidStanding, LineStanding, RequestRevision
from buyer_requests.enums import BidState
from buyer_requests.models import Bid, BidLine, BuyerRequest


def holding(lines: QuerySet[BidLine], request: BuyerRequest | None = None) -> QuerySet[BidLine]:
    """Those prices that hold for the lines as they are now. With the request at hand none is asked for in vain."""
    if request is not None and request.version == 1:
        return lines
    answered = BidStanding.objects.filter(bid=OuterRef(OuterRef("bid")), number__gte=OuterRef("number"))
    changed = LineStanding.objects.filter(line=OuterRef("line")).exclude(Exists(answered))
    return lines.exclude(Exists(changed))


def outdated(lines: QuerySet[BidLine]) -> QuerySet[BidLine]:
    """Those prices that wait for their vendor's word."""
    answered = BidStanding.objects.filter(bid=OuterRef(OuterRef("bid")), number__gte=OuterRef("number"))
    changed = LineStanding.objects.filter(line=OuterRef("line")).exclude(Exists(answered))
    return lines.filter(Exists(changed))


def asked_version(request: BuyerRequest) -> int:
    """The last version that bidders have to confirm; 1 where there is none."""
    if request.version == 1:
        return 1
    found = RequestRevision.objects.filter(request=request, asks=True).aggregate(last=Max("number"))
    return found["last"] or 1


def version_of(bid: Bid) -> int:
    """The version that the bid answers."""
    held = BidStanding.objects.filter(bid=bid).values_list("number", flat=True).first()
    return held or 1


def unconfirmed(request: BuyerRequest) -> QuerySet[Bid]:
    """Bids in force that answer an earlier version than the one that asks."""
    asked = asked_version(request)
    if asked == 1:
        return Bid.objects.none()
    answered = BidStanding.objects.filter(bid=OuterRef("pk"), number__gte=asked)
    return Bid.objects.filter(request=request, state=BidState.SENT).exclude(Exists(answered))


def with_question(bids: QuerySet[Bid]) -> QuerySet[Bid]:
    """Each bid with `to_confirm`: in force, and not confirmed since the request changed."""
    newer = Bid.objects.filter(pk=OuterRef("pk"), state=BidState.SENT).annotate(
        asked=Subquery(
            RequestRevision.objects.filter(request=OuterRef("request"), asks=True)
            .order_by("-number")
            .values("number")[:1]
        ),
        answers=Coalesce(
            Subquery(BidStanding.objects.filter(bid=OuterRef("pk")).values("number")),
            Value(1),
            output_field=IntegerField(),
        ),
    )
    return bids.annotate(to_confirm=Exists(newer.filter(asked__gt=F("answers"))))


def is_unconfirmed(bid: Bid, request: BuyerRequest) -> bool:
    if request.version == 1 or bid.state != BidState.SENT:
        return False
    return version_of(bid) < asked_version(request)


def require_confirmed(bid: Bid, request: BuyerRequest) -> None:
    """Raises NotConfirmed: what the vendor has not confirmed is not talked about."""
    if is_unconfirmed(bid, request):
        raise NotConfirmed("not_confirmed")


def require_version(request: BuyerRequest, seen: int | None) -> None:
    """Raises RequestChanged where a bid was written for an earlier version than the one that asks; the request is locked.

    None: whoever sends has read the lines under the same lock.
    """
    if seen is not None and seen < asked_version(request):
        raise RequestChanged("request_changed")


def note_answer(bid: Bid, request: BuyerRequest, seen: int | None = None) -> None:
    """The bid answers the request as it is, or the version that its vendor saw: under the lock whenever one is written."""
    if request.version > 1:
        number = request.version if seen is None else max(1, min(seen, request.version))
        BidStanding.objects.update_or_create(bid=bid, defaults={"number": number})
