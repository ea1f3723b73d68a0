"""The decision of a pooled request by the stated rule, what each participant is given, and what may fall away after."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from buyer_requests import metrics
from buyer_requests.deciding.enums import LIVE, AwardState
from buyer_requests.enums import RequestState
from buyer_requests.errors import AlreadyAwarded, AwardNotWaiting, RequestNotOpen, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import (
    Award,
    Bid,
    BidLine,
    BuyerRequest,
    PoolMember,
    PoolPart,
    PoolQuantity,
    PoolTerms,
)
from buyer_requests.pooling import telling
from buyer_requests.pooling.enums import AwardRule, DeliveryRule, MemberState, PartState
from buyer_requests.pooling.errors import PoolNotDecidable
from buyer_requests.pooling.quotes import Book, books_of, seller_in_own_currency
from buyer_requests.pooling.stable import Outcome, Rules, Wish, decide, deliveries_of
from buyer_requests.services import messages
from core.money import line_total
from vendors.models import Vendor

#: Days after the deadline for which participants are bound by what they wrote.
BOUND_DAYS: Final = 14
ANSWER_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rule answers for the bids and participants as they are."""

    outcome: Outcome
    book: Book
    terms: PoolTerms
    asked: int  # participants who want something that nobody was given yet

    @property
    def vendors(self) -> list[tuple[Vendor, int, int]]:
        """(vendor, participants it serves, total with deliveries in minor units of the request's currency)."""
        rows: dict[int, tuple[set[int], int]] = {}
        for stay in self.outcome.given.values():
            members, total = rows.get(stay.quote.bid, (set(), 0))
            rows[stay.quote.bid] = members | {wish.member for wish in stay.wishes}, total + stay.goods
        delivery: dict[int, int] = defaultdict(int)
        for (bid, _member), amount in self.outcome.deliveries.items():
            delivery[bid] += amount
        return [
            (self.book.bids[bid].vendor, len(members), total + delivery[bid])
            for bid, (members, total) in sorted(rows.items())
        ]


def decision_of(request: BuyerRequest, now: dt.datetime | None = None) -> Decision:
    """Asks the stated rule; nothing is written. Lines that a vendor has are left out, and bids that had a line.

    So is what a participant did not take, and he is given nothing else by that vendor.
    """
    terms = PoolTerms.objects.get(request=request)
    awards = list(Award.objects.filter(request=request).values_list("line", "bid", "state"))
    taken = {line for line, _bid, state in awards if state in LIVE}
    had = {(line, bid) for line, bid, _state in awards}
    serving = {bid for _line, bid, state in awards if state in LIVE}
    wishes = [
        Wish(member, line, quantity, ceiling)
        for member, line, quantity, ceiling in PoolQuantity.objects.filter(
            member__request=request, member__state=MemberState.JOINED
        )
        .exclude(line__in=taken)
        .values_list("member", "line", "quantity", "ceiling_amount")
    ]
    book = books_of([request], now=now)[request.pk]
    quotes = [
        quote for quote in book.quotes if (quote.line, quote.bid) not in had and quote.line not in taken
    ]
    # Who delivers to participants already has reached its least order.
    sellers = [
        seller if seller.bid not in serving else type(seller)(seller.bid, days=seller.days)
        for seller in book.sellers
    ]
    rules = Rules(
        is_whole=terms.award_rule == AwardRule.WHOLE,
        price_weight=terms.price_weight,
        is_shared=terms.delivery_rule == DeliveryRule.SHARED,
    )
    fallen = PoolPart.objects.filter(member__request=request, state=PartState.FELL_AWAY)
    barred: set[tuple[int, int]] = set()
    not_taken: set[tuple[int, int]] = set()
    for member, bid, lines in fallen.values_list("member", "bid", "lines"):
        barred.add((bid, member))
        not_taken |= {(member, line[0]) for line in lines}
    wishes = [wish for wish in wishes if (wish.member, wish.line) not in not_taken]
    outcome = decide(wishes, quotes, sellers, rules, barred)
    return Decision(outcome, book, terms, len({wish.member for wish in wishes}))


@transaction.atomic
def award_by_rule(*, buyer: User, request: BuyerRequest) -> list[Award]:
    """Gives every line as the stated rule says, and every participant what it is for him. Locks the request.

    Raises UnknownRequest for another's or one that nobody could join, AlreadyAwarded, RequestNotOpen, and
    PoolNotDecidable before the deadline, after the days for which participants are bound, or where nobody is served.
    """
    current, now = locked_request(request.pk)
    if current.buyer_id != buyer.pk or not PoolTerms.objects.filter(request=current).exists():
        raise UnknownRequest("unknown_request")
    if current.state == RequestState.AWARDED:
        raise AlreadyAwarded("already_awarded")
    if current.state not in {RequestState.OPEN, RequestState.CLOSED} or current.deadline_at is None:
        raise RequestNotOpen("not_open")
    if current.deadline_at > now:
        raise PoolNotDecidable("too_early")
    if now > current.deadline_at + dt.timedelta(days=BOUND_DAYS):
        raise PoolNotDecidable("lapsed", days=BOUND_DAYS)
    decision = decision_of(current, now)
    if not decision.outcome.given:
        raise PoolNotDecidable("nothing")
    awards = _awards(current, decision, buyer, now)
    parts = _parts(current, decision, awards, now)
    _note_falls(current, decision.outcome)
    current.state = RequestState.AWARDED
    current.closed_at = current.closed_at or now
    current.save(update_fields=["state", "closed_at"])
    messages.tell_of_award(current, telling.bids_in_force(current), awards)
    telling.tell_of_shares(current, parts, min(award.pk for award in awards))
    metrics.happened("awarded")
    return awards


def _awards(request: BuyerRequest, decision: Decision, buyer: User, now: dt.datetime) -> list[Award]:
    """One for each line: the quantity of those who stay, at the price that it reaches, in the bid's own currency."""
    given = decision.outcome.given
    lines = {
        (line.line_id, line.bid_id): line
        for line in BidLine.objects.filter(line__in=given, bid__in=decision.book.bids).select_related("bid")
    }
    rows = []
    for line_id, stay in sorted(given.items()):
        line = lines[line_id, stay.quote.bid]
        rows.append(
            Award(
                request=request,
                line_id=line_id,
                bid=line.bid,
                title=line.title,
                quantity=stay.quantity,
                price_amount=line.price_for(stay.quantity),
                currency=line.bid.currency,
                answer_by=now + dt.timedelta(days=ANSWER_DAYS),
                awarded_by=buyer,
            )
        )
    return Award.objects.bulk_create(rows)


def _parts(
    request: BuyerRequest, decision: Decision, awards: Collection[Award], now: dt.datetime
) -> list[PoolPart]:
    """Each participant's own bill from each vendor. What was given before stays; more of the same vendor is added."""
    price = {award.line_id: award for award in awards}
    taken: dict[tuple[int, int], list[list[Any]]] = defaultdict(list)
    for line, stay in sorted(decision.outcome.given.items()):
        for wish in stay.wishes:
            taken[stay.quote.bid, wish.member].append(
                [line, f"{wish.quantity:.3f}", price[line].price_amount]
            )
    earlier = {
        (part.bid_id, part.member_id): part
        for part in PoolPart.objects.filter(member__request=request, bid__in=decision.book.bids)
    }
    live = set(Award.objects.filter(request=request, state__in=LIVE).values_list("line", "bid"))
    is_shared = decision.terms.delivery_rule == DeliveryRule.SHARED
    made = []
    for bid_id in sorted({bid for bid, _member in taken}):
        bid = decision.book.bids[bid_id]
        goods = {member: _goods(lines) for (of, member), lines in taken.items() if of == bid_id}
        standing = {
            member: [line for line in part.lines if (line[0], bid_id) in live and line[0] not in price]
            for (of, member), part in earlier.items()
            if of == bid_id
        }
        served = {member for member, lines in standing.items() if lines}
        delivery = _deliveries(bid, goods, served, is_shared=is_shared)
        for member, amount in sorted(goods.items()):
            part = earlier.get((bid_id, member)) or PoolPart(member_id=member, bid=bid)
            kept = standing.get(member, [])
            part.lines = [*kept, *taken[bid_id, member]]
            part.goods_minor = amount + _goods(kept)
            part.delivery_minor = (part.delivery_minor if kept else 0) + delivery[member]
            part.currency, part.given_at = bid.currency, now
            part.state, part.fell_away_at = PartState.GIVEN, None
            part.save()
            made.append(part)
    return list(
        PoolPart.objects.filter(pk__in=[part.pk for part in made]).select_related("member", "bid__vendor")
    )


def _deliveries(
    bid: Bid, goods: Mapping[int, int], served: Collection[int], *, is_shared: bool
) -> dict[int, int]:
    """Who is delivered to by the vendor already pays for that once; one delivery of all is paid by the first ones."""
    fresh = {member: amount for member, amount in goods.items() if member not in served}
    is_paid = is_shared and bool(served)
    return dict.fromkeys(goods, 0) | deliveries_of(
        seller_in_own_currency(bid, fee=not is_paid), fresh, is_shared=is_shared
    )


def _goods(lines: Collection[list[Any]]) -> int:
    return sum(line_total(price, Decimal(quantity)) for _line, quantity, price in lines)


def _note_falls(request: BuyerRequest, outcome: Outcome) -> None:
    falls: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for fall in outcome.falls:
        falls[fall.wish.member].append(
            {
                "line": fall.wish.line,
                "reason": fall.reason,
                "price": fall.price,
                "ceiling": fall.wish.ceiling,
            }
        )
    members = list(PoolMember.objects.filter(request=request, state=MemberState.JOINED))
    for member in members:
        member.falls = falls[member.pk]
    PoolMember.objects.bulk_update(members, ["falls"])


def live_parts(request: BuyerRequest, *, states: Collection[AwardState] = LIVE) -> list[PoolPart]:
    """Parts of which something stands by an award in one of the states, with only those lines left in `lines`."""
    standing = set(Award.objects.filter(request=request, state__in=states).values_list("line", "bid"))
    parts = []
    rows = PoolPart.objects.filter(member__request=request).select_related("member__user", "bid__vendor")
    for part in rows:
        lines = [line for line in part.lines if (line[0], part.bid_id) in standing]
        if lines:
            if len(lines) < len(part.lines):
                part.lines, part.goods_minor = lines, _goods(lines)
            parts.append(part)
    return parts


@transaction.atomic
def part_fell_away(*, vendor: Vendor, request: BuyerRequest, part_id: int) -> PoolPart:
    """The vendor's word that a participant did not take what he was given: nobody else's price changes. Locks it.

    Raises UnknownRequest where the vendor accepted no such part.
    """
    current, now = locked_request(request.pk)
    part = next(
        (
            part
            for part in live_parts(current, states=(AwardState.ACCEPTED,))
            if part.pk == part_id and part.bid.vendor_id == vendor.pk
        ),
        None,
    )
    if part is None:
        raise UnknownRequest("unknown_request")
    if part.state == PartState.GIVEN:
        fall_away(current, part, now)
        telling.tell_organiser(current, kind="pool.fell_away", key=f"away:{part.pk}", vendor=vendor.name)
        telling.tell_who_fell_away(part)
    return part


def fall_away(request: BuyerRequest, part: PoolPart, now: dt.datetime) -> None:
    """The request is locked."""
    PoolPart.objects.filter(pk=part.pk).update(state=PartState.FELL_AWAY, fell_away_at=now)
    part.state, part.fell_away_at = PartState.FELL_AWAY, now


def fallen_percent(parts: Collection[PoolPart]) -> int:
    """Of one vendor's goods, in whole per cent rounded down."""
    total = sum(part.goods_minor for part in parts)
    fallen = sum(part.goods_minor for part in parts if part.state == PartState.FELL_AWAY)
    return fallen * 100 // total if total else 0


@transaction.atomic
def withdraw_after_falls(*, vendor: Vendor, user: User, request: BuyerRequest) -> None:
    """Gives back what the vendor accepted, where more fell away than was stated. Locks the request.

    Its lines are free again for the rule. Raises AwardNotWaiting where it has nothing, PoolNotDecidable (`not_fallen`).
    """
    current, now = locked_request(request.pk)
    awards = list(
        Award.objects.filter(request=current, bid__vendor=vendor, state=AwardState.ACCEPTED).select_related(
            "line", "bid"
        )
    )
    if not awards:
        raise AwardNotWaiting("not_waiting")
    mine = [
        part for part in live_parts(current, states=(AwardState.ACCEPTED,)) if part.bid.vendor_id == vendor.pk
    ]
    terms = PoolTerms.objects.filter(request=current).first()
    if terms is None or not is_over_tolerance(mine, terms):
        raise PoolNotDecidable("not_fallen")
    for award in awards:
        award.state, award.answered_at, award.answered_by = AwardState.DECLINED, now, user
        award.passed_at = now  # the rule is asked for the next, nobody else
    Award.objects.bulk_update(awards, ["state", "answered_at", "answered_by", "passed_at"])
    current.state = RequestState.CLOSED
    current.save(update_fields=["state"])
    telling.tell_members_of_answer(awards, AwardState.DECLINED)
    telling.tell_organiser(
        current,
        kind="award.declined",
        key=f"back:{min(award.pk for award in awards)}:{now.isoformat()}",
        vendor=vendor.name,
        **messages.named_lines(award.line.text for award in awards),
    )


def is_over_tolerance(parts: Collection[PoolPart], terms: PoolTerms) -> bool:
    """Exactly: what fell away is more than the stated share of the goods."""
    total = sum(part.goods_minor for part in parts)
    fallen = sum(part.goods_minor for part in parts if part.state == PartState.FELL_AWAY)
    return fallen * 100 > total * terms.tolerance_percent
