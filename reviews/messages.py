"""Who is told of a review. No message says what was written before both sides may read it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from buyer_requests.models import BuyerRequest, PoolMember, PoolPart
from buyer_requests.pooling.enums import PartState
from notifications import kinds
from notifications.services import notify
from reviews.deals import Deal
from reviews.enums import ReviewState, Side
from reviews.models import Review
from vendors.models import Vendor
from vendors.selectors import people_to_tell


def register_kinds() -> None:
    """Called once when the application starts. Each side has kinds of its own: one person may buy and sell."""
    for side, subject, asked, shown in (
        (
            "buyer",
            _("How did it go with %(vendor)s?"),
            _("A deal may be rated"),
            _("A rating of me is shown"),
        ),
        (
            "vendor",
            _("How did it go with the buyer of: %(request)s?"),
            _("A deal of my company may be rated"),
            _("A rating of my company is shown"),
        ),
    ):
        kinds.register(
            f"review.asked.{side}",
            label=asked,
            subject=subject,
            body=_("A minute of yours helps all others. Neither side reads the other's rating before both are there, or two weeks have passed."),
            icon="star",
            action=_("Rate the deal"),
        )  # fmt: skip
        kinds.register(
            f"review.shown.{side}",
            label=shown,
            subject=_("Rated with %(stars)s of 5: %(request)s"),
            body="%(text)s",
            icon="star",
            action=_("Read it"),
        )
        kinds.register(
            f"review.decided.{side}",
            label=_("An operator decides about a review"),
            subject=_("Decided about a review: %(request)s"),
            body=_("%(outcome)s\nReason: %(reason)s"),
            icon="gavel",
            optional=False,
        )
    kinds.register(
        "review.answered",
        label=_("A vendor answers my review"),
        subject=_("%(vendor)s answers your review"),
        body="%(text)s",
        icon="message",
    )


def ask(deal: Deal) -> int:
    """Asks who has not spoken yet, once. Returns how many people are told."""
    spoke = set(
        Review.objects.filter(request=deal.request, vendor=deal.vendor, member=None).values_list(
            "side", flat=True
        )
    )
    return _ask_participants(deal) + sum(
        _ask(side, deal.request, deal.vendor) for side in Side if side not in spoke
    )


def _ask_participants(deal: Deal) -> int:
    """Those of a pooled request whom the vendor gave something, and who have not spoken yet."""
    parts = PoolPart.objects.filter(
        member__request=deal.request, bid__vendor=deal.vendor, state=PartState.GIVEN
    ).exclude(member__user=deal.request.buyer_id)
    parts = parts.exclude(member__reviews__vendor=deal.vendor).select_related("member")
    return sum(
        notify(
            users=[part.member.user_id],
            kind="review.asked.buyer",
            params={"request": deal.request.title, "vendor": deal.vendor.name},
            url=_page(Side.BUYER, deal.request, deal.vendor, part.member),
            key=f"review:{deal.request.pk}:{deal.vendor.pk}:{part.member_id}:asked",
        )
        for part in parts
    )


def ask_other_side(review: Review) -> int:
    return _ask(_other(review.side), review.request, review.vendor)


def shown(review: Review) -> int:
    """To whom it is about."""
    return _tell(
        _other(review.side),
        review.request,
        review.vendor,
        kind="shown",
        params={"stars": review.stars, "text": review.text[:300]},
        key=f"shown:{review.member_id}" if review.member_id else "",
    )


def answered(review: Review) -> int:
    return notify(
        users=[_speaker(review)],
        kind="review.answered",
        params={"vendor": review.vendor.name, "text": review.answer[:300]},
        url=_page(Side.BUYER, review.request, review.vendor, review.member),
        key=f"review:{review.pk}:answered",
    )


def decided(review: Review) -> int:
    """To both sides, with the reason."""
    outcome = _OUTCOMES[review.state == ReviewState.REMOVED]
    params = {"outcome": outcome, "reason": review.decision}
    key = f"decided:{review.pk}:{review.decided_at:%Y%m%d%H%M%S}"
    return sum(
        _tell(
            side, review.request, review.vendor, kind="decided", params=params, key=key, member=review.member
        )
        for side in Side
    )


def _speaker(review: Review) -> int:
    return review.member.user_id if review.member else review.request.buyer_id


#: In all languages of the site: the message is read in the reader's.
_OUTCOMES = {
    True: {"uk": "Відгук прибрано.", "ru": "Отзыв убран.", "en": "The review is removed."},
    False: {"uk": "Відгук залишено.", "ru": "Отзыв оставлен.", "en": "The review stays."},
}


def _ask(side: Side, request: BuyerRequest, vendor: Vendor) -> int:
    return _tell(side, request, vendor, kind="asked", params={})


def _tell(
    side: Side,
    request: BuyerRequest,
    vendor: Vendor,
    *,
    kind: str,
    params: dict[str, Any],
    key: str = "",
    member: PoolMember | None = None,
) -> int:
    people = (
        [member.user_id if member else request.buyer_id]
        if side == Side.BUYER
        else [pk for pk in people_to_tell(vendor).values_list("pk", flat=True) if pk != request.buyer_id]
    )
    return notify(
        users=people,
        kind=f"review.{kind}.{side}",
        params={"request": request.title, "vendor": vendor.name, **params},
        url=_page(side, request, vendor, member),
        key=f"review:{request.pk}:{vendor.pk}:{side}:{key or kind}",
    )


def _page(side: Side, request: BuyerRequest, vendor: Vendor, member: PoolMember | None = None) -> str:
    if side == Side.BUYER and member is not None:
        return reverse("reviews:rate_pool", args=[request.pool.code, vendor.slug])
    if side == Side.BUYER:
        return reverse("reviews:rate", args=[request.public_id, vendor.slug])
    return reverse("reviews_desk:rate", args=[vendor.slug, request.public_id])


def _other(side: str) -> Side:
    return Side.VENDOR if side == Side.BUYER else Side.BUYER
