"""Pooled requests as people read them: the list of those to join, one with what a reader may know, and the vendor's lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import (
    Award,
    BuyerRequest,
    PoolMember,
    PoolPart,
    PoolQuantity,
    PoolTerms,
    RequestLine,
)
from buyer_requests.pooling.awarding import Decision, decision_of, is_over_tolerance, live_parts
from buyer_requests.pooling.enums import MemberState, PartState, Reach
from buyer_requests.pooling.quotes import Book, Progress, books_of, progress_of
from buyer_requests.pooling.stable import CEILING
from buyer_requests.selectors.visibility import is_held_back
from buyer_requests.trust.models import HOLDING
from catalog.models import Category
from core.money import line_total
from core.text import search_text
from vendors.models import Membership, Vendor
from vendors.regions import Region

#: Of so many open pools regions are looked at; beyond it the soonest to end are.
LOOKED_AT = 1000


def joinable(*, words: str = "", category: Category | None = None, region: str = "") -> QuerySet[PoolTerms]:
    """Listed pools that take joiners now, the soonest to end first, with `member_count` and `line_count`.

    `words` are analysed as everywhere: every one has to stand in the title or a line.
    """
    found = PoolTerms.objects.filter(
        reach=Reach.LISTED,
        ended_at=None,
        join_until__gt=timezone.now(),
        request__state=RequestState.OPEN,
    ).exclude(request__hold__state__in=HOLDING)
    for term in search_text(words).split():
        found = found.filter(words__contains=f" {term} ")
    if category is not None:
        inside = RequestLine.objects.filter(category__path__startswith=category.path).values("request")
        found = found.filter(request__in=inside)
    if region:  # lists in JSON are asked apart: the two databases ask them differently
        rows = found.order_by("join_until").values_list("pk", "regions")[:LOOKED_AT]
        found = found.filter(pk__in=[pk for pk, regions in rows if not regions or region in regions])
    lines = RequestLine.objects.filter(request=OuterRef("request")).order_by().values("request")
    members = PoolMember.objects.filter(request=OuterRef("request"), state=MemberState.JOINED)
    return (
        found.select_related("request")
        .annotate(
            line_count=Coalesce(
                Subquery(lines.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
            ),
            member_count=Coalesce(
                Subquery(
                    members.order_by().values("request").annotate(n=Count("pk")).values("n"),
                    output_field=IntegerField(),
                ),
                0,
            ),
        )
        .order_by("join_until", "pk")
    )


def with_progress(rows: Collection[PoolTerms]) -> list[tuple[PoolTerms, list[Progress]]]:
    """Each with its first three lines on their way to the next price."""
    requests = [terms.request for terms in rows]
    books = books_of(requests)
    lines: dict[int, list[RequestLine]] = {}
    wanted = RequestLine.objects.filter(request__in=requests, position__lte=3).order_by("request", "position")
    for line in wanted:
        lines.setdefault(line.request_id, []).append(line)
    return [(terms, progress_of(lines.get(terms.request_id, []), books[terms.request_id])) for terms in rows]


def pools_of(user: User) -> QuerySet[PoolMember]:
    """Pools that a person joined and did not organise, the newest first."""
    return (
        PoolMember.objects.filter(user=user, state=MemberState.JOINED)
        .exclude(request__buyer=user)
        .select_related("request__pool")
        .order_by("-pk")
    )


def pool_by_code(code: UUID, user: User | AnonymousUser) -> PoolTerms:
    """Raises UnknownRequest for an unknown code and for a draft's: the code is what one has to know.

    What is held back is there for its participants alone.
    """
    terms = (
        PoolTerms.objects.filter(code=code)
        .exclude(request__state=RequestState.DRAFT)
        .select_related("request__buyer", "request__hold")
        .first()
    )
    if terms is None or (is_held_back(terms.request) and not _takes_part(terms.request, user)):
        raise UnknownRequest("unknown_request")
    return terms


def _takes_part(request: BuyerRequest, user: User | AnonymousUser) -> bool:
    if not user.is_authenticated:
        return False
    return PoolMember.objects.filter(request=request, user=user, state=MemberState.JOINED).exists()


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of a bill; amounts as in `PoolPart.lines`."""

    line: RequestLine
    quantity: Decimal
    price: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What a participant pays a vendor."""

    part: PoolPart
    lines: list[Billed]
    is_accepted: bool

    @property
    def fell_away(self) -> bool:
        return self.part.state == PartState.FELL_AWAY

    @property
    def total(self) -> int:
        return self.part.total_minor


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A line as its reader may know it: prices only where `shows_prices`."""

    progress: Progress
    mine: PoolQuantity | None


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool as one reader may know it."""

    terms: PoolTerms
    rows: list[PoolRow]
    member_count: int
    member: PoolMember | None
    shows_prices: bool
    takes_joiners: bool
    put_out: str = ""  # the organiser's reason, for whom he put out
    names: list[str] = field(default_factory=list)  # of those who chose to be seen, for participants
    would_pay: int | None = None  # if it were decided now, minor units of the request's currency
    would_fall: list[tuple[RequestLine, int, int]] = field(default_factory=list)  # line, price, own ceiling
    bills: list[Bill] = field(default_factory=list)
    falls: list[tuple[RequestLine, str, int, int]] = field(default_factory=list)

    @property
    def request(self) -> BuyerRequest:
        return self.terms.request

    @property
    def is_tiny(self) -> bool:
        """So few that one can work out what another takes."""
        return self.member_count < 4

    @property
    def region_names(self) -> list[str]:
        return [str(Region(code).label) for code in self.terms.regions if code in Region.values]


def pool_for(terms: PoolTerms, user: User | AnonymousUser) -> Pool:
    """What a person may know: totals and how many, prices without names if he works for no vendor, and his own."""
    request = terms.request
    lines = list(request.lines.all())
    member = None
    shows_prices = False
    if user.is_authenticated:
        member = PoolMember.objects.filter(request=request, user=user, state=MemberState.JOINED).first()
        # Whoever works for a vendor could join for a look, leave and bid below: participants wait for the deadline, too.
        shows_prices = (
            request.buyer_id == user.pk
            or (member is not None and request.state != RequestState.OPEN)
            or not Membership.objects.filter(user=user).exists()
        )
    mine = {each.line_id: each for each in member.quantities.all()} if member else {}
    book = books_of([request])[request.pk]
    joined = PoolMember.objects.filter(request=request, state=MemberState.JOINED)
    pool = Pool(
        terms=terms,
        rows=[PoolRow(row, mine.get(row.line.pk)) for row in progress_of(lines, book)],
        member_count=joined.count(),
        member=member,
        shows_prices=shows_prices,
        takes_joiners=request.state == RequestState.OPEN
        and terms.ended_at is None
        and terms.join_until is not None
        and terms.join_until > timezone.now(),
        names=[
            (each.user.company or each.user.name)
            for each in joined.filter(name_shown=True).select_related("user")
        ]
        if member
        else [],
    )
    if member is None:
        if user.is_authenticated:
            out = PoolMember.objects.filter(request=request, user=user, state=MemberState.PUT_OUT).first()
            return replace(pool, put_out=out.out_reason, takes_joiners=False) if out else pool
        return pool
    return _with_own(pool, member, {line.pk: line for line in lines}, book)


def _with_own(pool: Pool, member: PoolMember, lines: dict[int, RequestLine], book: Book) -> Pool:
    bills = [bill for bill in bills_of(pool.request, lines) if bill.part.member_id == member.pk]
    falls = [
        (lines[fall["line"]], fall["reason"], fall["price"], fall["ceiling"] or 0)
        for fall in member.falls
        if fall["line"] in lines
    ]
    if pool.request.state not in {RequestState.OPEN, RequestState.CLOSED} or not book.bids or bills:
        return replace(pool, bills=bills, falls=falls)
    if not pool.shows_prices:
        return pool
    outcome = decision_of(pool.request).outcome
    goods = sum(
        line_total(stay.price, wish.quantity)
        for stay in outcome.given.values()
        for wish in stay.wishes
        if wish.member == member.pk
    )
    delivery = sum(amount for (_bid, of), amount in outcome.deliveries.items() if of == member.pk)
    return replace(
        pool,
        would_pay=goods + delivery if goods else None,
        would_fall=[
            (lines[fall.wish.line], fall.price, fall.wish.ceiling or 0)
            for fall in outcome.falls
            if fall.wish.member == member.pk and fall.reason == CEILING
        ],
    )


def bills_of(request: BuyerRequest, lines: dict[int, RequestLine]) -> list[Bill]:
    """Every participant's bill of what stands, by participant."""
    accepted = set(
        Award.objects.filter(request=request, state=AwardState.ACCEPTED).values_list("line", "bid")
    )
    return [
        Bill(
            part,
            [Billed(lines[line], Decimal(quantity), price) for line, quantity, price in part.lines],
            all((line, part.bid_id) in accepted for line, _quantity, _price in part.lines),
        )
        for part in sorted(live_parts(request), key=lambda part: (part.member_id, part.bid_id))
    ]


@dataclass(frozen=True, slots=True)
class OrganisersView:
    """What the organiser knows beyond a participant: how it would be decided. Nobody's limits, nobody's quantities."""

    terms: PoolTerms
    member_count: int
    served_count: int
    decision: Decision | None
    may_decide: bool
    others: list[Participant] = field(default_factory=list)  # whom he may put out; empty once it is decided


@dataclass(frozen=True, slots=True)
class Participant:
    """Another participant as the organiser may know him: by number, and by name where he chose to be seen."""

    member_id: int
    number: int
    name: str
    region: str
    joined_at: dt.datetime


def _others(request: BuyerRequest) -> list[Participant]:
    rows = PoolMember.objects.filter(request=request, state=MemberState.JOINED).exclude(user=request.buyer_id)
    return [
        Participant(
            each.pk,
            number,
            (each.user.company or each.user.name) if each.name_shown else "",
            str(Region(each.region).label) if each.region in Region.values else "",
            each.joined_at,
        )
        for number, each in enumerate(rows.select_related("user").order_by("pk"), start=1)
    ]


def organisers_view(request: BuyerRequest) -> OrganisersView | None:
    """None for a request that nobody could join."""
    terms = getattr(request, "pool", None)
    if terms is None:
        return None
    undecided = request.state in {RequestState.OPEN, RequestState.CLOSED}
    decision = decision_of(request) if undecided else None
    served = {part.member_id for part in live_parts(request)}
    return OrganisersView(
        terms=terms,
        member_count=PoolMember.objects.filter(request=request, state=MemberState.JOINED).count(),
        served_count=len(decision.outcome.members) if decision else len(served),
        decision=decision,
        may_decide=decision is not None
        and bool(decision.outcome.given)
        and request.deadline_at is not None
        and request.deadline_at <= timezone.now(),
        others=_others(request) if undecided and not request.awards.exists() else [],
    )


@dataclass(frozen=True, slots=True)
class VendorsView:
    """What a vendor knows of a pool: places by region before it accepts, a list for each participant afterwards."""

    terms: PoolTerms
    member_count: int
    places: list[tuple[str, int]]  # region's name ("" unknown), participants
    bills: list[Bill]
    may_withdraw: bool
    is_accepted: bool


def vendors_view(request: BuyerRequest, vendor: Vendor) -> VendorsView | None:
    """None for a request that nobody could join."""
    terms = getattr(request, "pool", None)
    if terms is None:
        return None
    rows = (
        PoolMember.objects.filter(request=request, state=MemberState.JOINED)
        .order_by("region")
        .values_list("region")
        .annotate(n=Count("pk", filter=Q(state=MemberState.JOINED)))
    )
    lines = {line.pk: line for line in request.lines.all()}
    mine = [
        bill for bill in bills_of(request, lines) if bill.part.bid.vendor_id == vendor.pk and bill.is_accepted
    ]
    return VendorsView(
        terms=terms,
        member_count=sum(n for _region, n in rows),
        places=[(str(Region(code).label) if code in Region.values else "", n) for code, n in rows],
        bills=mine,
        may_withdraw=bool(mine) and is_over_tolerance([bill.part for bill in mine], terms),
        is_accepted=bool(mine),
    )
