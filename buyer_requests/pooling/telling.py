"""Who of a pooled request is told what, under which key. No message names one participant to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from buyer_requests.deciding.enums import AwardState
from buyer_requests.enums import BidState
from buyer_requests.models import Award, Bid, BuyerRequest, PoolMember, PoolPart, PoolTerms
from buyer_requests.pooling.enums import MemberState
from buyer_requests.pooling.stable import CEILING
from core.money import MINOR_SCALE, PRICE_SCALE
from notifications.services import Message, notify, notify_many
from vendors.models import Membership, Vendor

NAMED = 5


def page_of(terms: PoolTerms) -> str:
    return reverse("requests:pool", args=[terms.code])


def tell_organiser(request: BuyerRequest, *, kind: str, key: str, **params: Any) -> None:
    notify(
        users=[request.buyer_id],
        kind=kind,
        params={"request": request.title, **params},
        url=reverse("requests:detail", args=[request.public_id]),
        key=f"pool:{request.pk}:{key}",
    )


def tell_who_was_put_out(member: PoolMember) -> None:
    """With the organiser's reason."""
    request = member.request
    notify(
        users=[member.user_id],
        kind="pool.put_out",
        params={"request": request.title, "reason": member.out_reason},
        url=page_of(PoolTerms.objects.get(request=request)),
        key=f"pool:{request.pk}:out:{member.pk}",
    )


def tell_members(
    request: BuyerRequest, *, kind: str, key: str, but: Collection[int] = (), **params: Any
) -> None:
    """The same to everybody who takes part, the organiser too."""
    terms = PoolTerms.objects.get(request=request)
    members = PoolMember.objects.filter(request=request, state=MemberState.JOINED).exclude(user__in=but)
    notify(
        users=list(members.values_list("user", flat=True)),
        kind=kind,
        params={"request": request.title, **params},
        url=page_of(terms),
        key=f"pool:{request.pk}:{key}",
    )


def members_who_sell(request: BuyerRequest) -> list[int]:
    """Participants who work for a vendor: while bids are taken no price is told to them. Not the organiser."""
    members = PoolMember.objects.filter(
        request=request, state=MemberState.JOINED, user__memberships__isnull=False
    )
    return list(members.exclude(user=request.buyer_id).values_list("user", flat=True).distinct())


def tell_bidders(request: BuyerRequest, bids: Iterable[Bid], *, kind: str, key: str, **params: Any) -> None:
    """The people of those bidders; keys are of each bid's revision, so that a revised one is told anew."""
    every = list(bids)
    people: dict[int, list[int]] = {}
    members = Membership.objects.filter(vendor__in=[bid.vendor_id for bid in every], user__is_active=True)
    for vendor, user in members.order_by("user").values_list("vendor_id", "user_id"):
        people.setdefault(vendor, []).append(user)
    vendors = Vendor.objects.in_bulk([bid.vendor_id for bid in every])
    notify_many(
        [
            Message(
                users=people.get(bid.vendor_id, []),
                kind=kind,
                params={"request": request.title, **params},
                url=reverse("requests_desk:detail", args=[vendors[bid.vendor_id].slug, request.public_id]),
                key=f"pool:{request.pk}:{bid.pk}:{bid.revision}:{key}",
            )
            for bid in every
        ]
    )


def tell_members_of_cancelling(request: BuyerRequest) -> None:
    """Does nothing where nobody could join."""
    if hasattr(request, "pool"):
        tell_members(request, kind="pool.cancelled", key="cancelled", but=[request.buyer_id])


def tell_members_of_deadline(request: BuyerRequest) -> None:
    """Does nothing where nobody could join."""
    if hasattr(request, "pool") and request.deadline_at is not None:
        moment = f"{timezone.localtime(request.deadline_at):%d.%m.%Y %H:%M}"
        tell_members(
            request,
            kind="pool.prolonged",
            key=f"prolonged:{request.deadline_at.isoformat()}",
            but=[request.buyer_id],
            moment=moment,
        )


def tell_of_shares(request: BuyerRequest, parts: Collection[PoolPart], round_key: int) -> None:
    """Everybody of what he pays and to whom, or of why nothing came of it, and by how much."""
    terms = PoolTerms.objects.get(request=request)
    told = [
        Message(
            users=[part.member.user_id],
            kind="pool.share",
            params={
                "request": request.title,
                "vendor": part.bid.vendor.name,
                "total": f"{part.total_minor / MINOR_SCALE:.2f} {part.currency}",
                "place": part.member.place or "—",
            },
            url=page_of(terms),
            key=f"pool:{request.pk}:share:{part.pk}:{round_key}",
        )
        for part in parts
    ]
    texts = dict(request.lines.values_list("pk", "text"))
    for member in PoolMember.objects.filter(request=request, state=MemberState.JOINED):
        for kind, falls in (
            ("pool.fell", [fall for fall in member.falls if fall["reason"] == CEILING]),
            ("pool.unmet", [fall for fall in member.falls if fall["reason"] != CEILING]),
        ):
            if falls:
                told.append(
                    Message(
                        users=[member.user_id],
                        kind=kind,
                        params={"request": request.title, "lines": _named(falls, texts, request.currency)},
                        url=page_of(terms),
                        key=f"pool:{request.pk}:{kind}:{member.pk}:{round_key}",
                    )
                )
    notify_many(told)


def tell_who_fell_away(part: PoolPart) -> None:
    """The participant of what the vendor says of him, so that he may object. The organiser has a message of his own."""
    request = part.member.request
    if part.member.user_id != request.buyer_id:
        notify(
            users=[part.member.user_id],
            kind="pool.fell_away.member",
            params={"request": request.title, "vendor": part.bid.vendor.name},
            url=page_of(PoolTerms.objects.get(request=request)),
            key=f"pool:{request.pk}:away:{part.pk}:member",
        )


def _named(falls: list[dict[str, Any]], texts: dict[int, str], currency: str) -> str:
    """Lines with the price and the participant's own ceiling, in signs that read the same in every language."""
    named = []
    for fall in falls[:NAMED]:
        text = texts.get(fall["line"], "")[:80]
        if fall["reason"] == CEILING and fall["ceiling"]:
            price, ceiling = fall["price"] / PRICE_SCALE, fall["ceiling"] / PRICE_SCALE
            text += f": {price:.2f} > {ceiling:.2f} {currency} (+{price - ceiling:.2f})"
        named.append(text)
    return "; ".join(named) + ("; …" if len(falls) > NAMED else "")


def tell_members_of_answer(awards: Collection[Award], state: AwardState) -> None:
    """Those who were given something by the vendors that answered, or did not in time. Nothing where nobody joined."""
    bids = {award.bid_id for award in awards}
    parts = PoolPart.objects.filter(bid__in=bids).select_related(
        "member", "bid__vendor", "member__request__pool"
    )
    notify_many(
        [
            Message(
                users=[part.member.user_id],
                kind="pool.accepted" if state == AwardState.ACCEPTED else "pool.declined",
                params={"request": part.member.request.title, "vendor": part.bid.vendor.name},
                url=page_of(part.member.request.pool),
                key=f"pool:{part.member.request_id}:answer:{part.pk}:{state}:{part.given_at.timestamp():.3f}",
            )
            for part in parts
        ]
    )


def bids_in_force(request: BuyerRequest) -> list[Bid]:
    return list(
        Bid.objects.filter(request=request, state=BidState.SENT).select_related("vendor").order_by("pk")
    )
