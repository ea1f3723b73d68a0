"""Opening a request to others, joining, changing, leaving, and the moment when it becomes binding. All under its lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.locks import database_now, locked_request
from buyer_requests.models import BuyerRequest, PoolMember, PoolQuantity, PoolTerms, RequestLine
from buyer_requests.pooling import telling
from buyer_requests.pooling.enums import MemberState
from buyer_requests.pooling.errors import OneSide, PoolClosed, PoolGiven, PoolIncomplete, PutOut
from buyer_requests.pooling.guards import works_for_bidder
from buyer_requests.pooling.quotes import Book, books_of, price_at
from buyer_requests.selectors.visibility import is_held_back
from core.money import PRICE_SCALE
from core.text import search_text

logger = structlog.get_logger(__name__)

#: Vendors have at least so long for the whole quantity.
BEFORE_DEADLINE: Final = dt.timedelta(days=1)
MOST_MEMBERS: Final = 500
#: Letters of a reason for putting somebody out.
LEAST_REASON: Final = 10
THOUSANDTH: Final = Decimal("0.001")
_MOST: Final = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Taking:
    """What a participant takes of a line. `ceiling_amount`: per unit, VAT included, without delivery, 1/10,000."""

    quantity: Decimal
    ceiling_amount: int | None = None


def open_pool(request: BuyerRequest, now: dt.datetime) -> None:
    """Before a request is published: checks its terms, and makes its buyer the first participant. It is locked.

    Raises PoolIncomplete. Does nothing for a request that nobody can join.
    """
    terms = PoolTerms.objects.filter(request=request).first()
    if terms is None:
        return
    if _is_otherwise(request):
        raise PoolIncomplete("with_others", field="pooled")
    if terms.join_until is None:
        raise PoolIncomplete("no_join_until", field="join_day")
    if terms.join_until <= now:
        raise PoolIncomplete("join_past", field="join_day")
    if request.deadline_at is None or terms.join_until > request.deadline_at - BEFORE_DEADLINE:
        raise PoolIncomplete("join_late", field="join_day")
    lines = list(request.lines.all())
    terms.words = search_text(request.title, *(line.text for line in lines))
    terms.told_total = 1
    terms.save(update_fields=["words", "told_total"])
    member = PoolMember.objects.create(
        request=request,
        user_id=request.buyer_id,
        place=request.place,
        region=request.region,
        joined_at=now,
        changed_at=now,
    )
    PoolQuantity.objects.bulk_create(
        [
            PoolQuantity(member=member, line=line, quantity=line.quantity, ceiling_amount=line.ceiling_amount)
            for line in lines
        ]
    )


def _is_otherwise(request: BuyerRequest) -> bool:
    """Whether another way to ask was chosen that a pool does not go with."""
    return any(hasattr(request, name) for name in OTHER_WAYS)


#: Names under which a request has the terms of topics that do not go with a pool.
OTHER_WAYS: Final = ("sealing", "auction", "standing")


@transaction.atomic
def join(
    *,
    user: User,
    request: BuyerRequest,
    takings: Mapping[int, Taking],
    place: str,
    region: str = "",
    name_shown: bool = False,
) -> PoolMember:
    """Takes part, or changes what is taken: {line: taking}. Locks the request; the organiser changes his own so, too.

    Raises UnknownRequest (as what is held back is for whoever is new), PoolClosed from the joining date on by the
    database's clock, OneSide, PoolIncomplete. The same sent twice is stored once and told once.
    """
    current, terms, now = _joinable(request)
    if works_for_bidder(current, user.pk):
        raise OneSide("one_side")
    if terms.regions and region not in terms.regions and user.pk != current.buyer_id:
        raise PoolIncomplete("wrong_region", field="region")
    if not place.strip() and user.pk != current.buyer_id:
        raise PoolIncomplete("no_place", field="place")
    lines = set(current.lines.values_list("pk", flat=True))
    taken = {line: taking for line, taking in takings.items() if line in lines and taking.quantity > 0}
    _check_takings(taken, terms, is_organiser=user.pk == current.buyer_id, lines=lines)
    member = PoolMember.objects.filter(request=current, user=user).first()
    if member is not None and member.state == MemberState.PUT_OUT:
        raise PutOut("put_out", reason=member.out_reason)
    is_new = member is None or member.state != MemberState.JOINED
    if is_new and is_held_back(current):
        raise UnknownRequest("unknown_request")
    if is_new and _count(current) >= MOST_MEMBERS:
        raise PoolIncomplete("too_many_members")
    if member is None:
        member = PoolMember(request=current, user=user, joined_at=now)
    member.state, member.changed_at = MemberState.JOINED, now
    member.place, member.region, member.name_shown = place.strip()[:160], region, name_shown
    member.save()
    member.quantities.all().delete()
    PoolQuantity.objects.bulk_create(
        [
            PoolQuantity(
                member=member,
                line_id=line,
                quantity=taking.quantity.quantize(THOUSANDTH),
                ceiling_amount=taking.ceiling_amount,
            )
            for line, taking in sorted(taken.items())
        ]
    )
    _recount(current, terms)
    if is_new:
        telling.tell_organiser(
            current, kind="pool.joined", key=f"joined:{member.pk}:{now.date()}", members=_count(current)
        )
    return member


def _check_takings(
    taken: Mapping[int, Taking], terms: PoolTerms, *, is_organiser: bool, lines: set[int]
) -> None:
    if not taken:
        raise PoolIncomplete("nothing_taken")
    if is_organiser and taken.keys() != lines:
        raise PoolIncomplete("organiser_takes")
    for line, taking in taken.items():
        if not is_organiser and taking.quantity < terms.least_quantity:
            raise PoolIncomplete(
                "too_little", field=f"quantity-{line}", least=f"{terms.least_quantity.normalize():f}"
            )
        if not THOUSANDTH <= taking.quantity < _MOST / MOST_MEMBERS:
            raise PoolIncomplete("too_much", field=f"quantity-{line}")


@transaction.atomic
def leave(*, user: User, request: BuyerRequest) -> None:
    """Takes no part any more, until joining ends. Locks the request. The organiser cancels it instead.

    Raises UnknownRequest for who does not take part, PoolClosed.
    """
    current, terms, now = _joinable(request)
    member = PoolMember.objects.filter(request=current, user=user, state=MemberState.JOINED).first()
    if member is None or user.pk == current.buyer_id:
        raise UnknownRequest("unknown_request")
    take_out(current, terms, member, now)


@transaction.atomic
def put_out(*, organiser: User, request: BuyerRequest, member_id: int, reason: str) -> None:
    """The organiser puts a participant out for good, until it is decided; the participant is told why. Locks the request.

    Raises UnknownRequest, PoolGiven from the decision on, PoolIncomplete (`no_reason`).
    """
    current, now = locked_request(request.pk)
    terms = PoolTerms.objects.filter(request=current).first()
    if terms is None or current.buyer_id != organiser.pk or current.state == RequestState.DRAFT:
        raise UnknownRequest("unknown_request")
    if current.state not in {RequestState.OPEN, RequestState.CLOSED} or current.awards.exists():
        raise PoolGiven("pool_given")
    found = PoolMember.objects.filter(request=current, pk=member_id, state=MemberState.JOINED)
    member = found.exclude(user=organiser).first()
    if member is None:
        raise UnknownRequest("unknown_member")
    if len(reason.strip()) < LEAST_REASON:
        raise PoolIncomplete("no_reason", field="reason")
    member.out_reason = reason.strip()[:300]
    _take_out(current, terms, member, now, MemberState.PUT_OUT)
    telling.tell_who_was_put_out(member)


def take_out(request: BuyerRequest, terms: PoolTerms, member: PoolMember, now: dt.datetime) -> None:
    """A participant and all that he took; the request is locked."""
    _take_out(request, terms, member, now, MemberState.LEFT)
    telling.tell_organiser(
        request, kind="pool.left", key=f"left:{member.pk}:{now.date()}", members=_count(request)
    )


def _take_out(
    request: BuyerRequest, terms: PoolTerms, member: PoolMember, now: dt.datetime, state: MemberState
) -> None:
    member.quantities.all().delete()
    member.state, member.changed_at = state, now
    member.place, member.region, member.name_shown = "", "", False
    member.save()
    _recount(request, terms)


def end_joining(*, limit: int = 200) -> int:
    """Closes what is past its joining date by the database's clock, each under its lock, and tells everybody.

    Nobody joins from that moment on even before this runs. Returns how many.
    """
    ended = 0
    due = PoolTerms.objects.filter(
        ended_at=None,
        join_until__lte=database_now(),
        request__state__in=(RequestState.OPEN, RequestState.CLOSED),
    )
    for pk in list(due.order_by("join_until").values_list("request", flat=True)[:limit]):
        try:
            ended += _end(pk)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one that cannot be ended keeps no other waiting
            logger.exception("requests.joining_not_ended", request=pk)
    return ended


@transaction.atomic
def _end(pk: int) -> int:
    current, now = locked_request(pk)
    terms = PoolTerms.objects.get(request=current)
    if terms.ended_at is not None or terms.join_until is None or terms.join_until > now:
        return 0
    terms.ended_at = now
    terms.save(update_fields=["ended_at"])
    members = _count(current)
    telling.tell_members(current, kind="pool.ended", key="ended", members=members)
    wanted = dict(current.lines.values_list("pk", "quantity"))
    bids = telling.bids_in_force(current)
    short = [bid for bid in bids if any(wanted[line.line_id] > line.quantity for line in bid.lines.all())]
    covering = [bid for bid in bids if bid not in short]
    telling.tell_bidders(current, short, kind="pool.total_short", key="ended", members=members)
    telling.tell_bidders(current, covering, kind="pool.total", key="ended", members=members)
    return 1


def _joinable(request: BuyerRequest) -> tuple[BuyerRequest, PoolTerms, dt.datetime]:
    current, now = locked_request(request.pk)
    terms = PoolTerms.objects.filter(request=current).first()
    if terms is None or current.state == RequestState.DRAFT:
        raise UnknownRequest("unknown_request")
    if (
        current.state != RequestState.OPEN
        or terms.ended_at is not None
        or terms.join_until is None
        or terms.join_until <= now
    ):
        raise PoolClosed("pool_closed")
    return current, terms, now


def _count(request: BuyerRequest) -> int:
    return PoolMember.objects.filter(request=request, state=MemberState.JOINED).count()


def _recount(request: BuyerRequest, terms: PoolTerms) -> None:
    """Makes each line's quantity the total of all who take part, and tells who has to know what became of it."""
    lines = list(request.lines.all())
    before = {line.pk: line.quantity for line in lines}
    sums = dict(
        PoolQuantity.objects.filter(member__request=request, member__state=MemberState.JOINED)
        .order_by()
        .values_list("line")
        .annotate(total=Sum("quantity"))
    )
    for line in lines:
        line.quantity = Decimal(sums[line.pk]).quantize(THOUSANDTH)
    changed = [line for line in lines if line.quantity != before[line.pk]]
    if not changed:
        return
    RequestLine.objects.bulk_update(changed, ["quantity"])
    book = books_of([request])[request.pk]
    _tell_of_tiers(request, changed, before, book)
    members = _count(request)
    if members >= 2 * terms.told_total or 2 * members <= terms.told_total:
        terms.told_total = members
        terms.save(update_fields=["told_total"])
        telling.tell_members(request, kind="pool.grew", key=f"grew:{members}:{_hour()}", members=members)
    short = {
        quote.bid
        for quote in book.quotes
        for line in changed
        if quote.line == line.pk and before[line.pk] <= quote.most < line.quantity
    }
    telling.tell_bidders(
        request,
        [bid for pk, bid in book.bids.items() if pk in short],
        kind="pool.total_short",
        key="grew",
        members=members,
    )


def _hour() -> str:
    """Of a key: what goes to and fro is told once an hour, whoever makes it so."""
    return f"{timezone.now():%Y-%m-%d %H}"


def _tell_of_tiers(
    request: BuyerRequest, changed: list[RequestLine], before: Mapping[int, Decimal], book: Book
) -> None:
    sellers: list[int] | None = None
    for line in changed:
        quotes = [quote for quote in book.quotes if quote.line == line.pk]
        was, now = price_at(quotes, before[line.pk]), price_at(quotes, line.quantity)
        if was is None or now is None or was == now:
            continue
        if sellers is None:
            sellers = telling.members_who_sell(request)
        telling.tell_members(
            request,
            kind="pool.tier" if now < was else "pool.tier_lost",
            but=sellers,
            key=f"tier:{line.pk}:{now < was}:{_hour()}",
            line=line.text[:80],
            price=f"{now / PRICE_SCALE:.2f} {request.currency}",
        )
