"""A deal of the demo that is over, and what both sides say of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django.utils import timezone

from accounts.models import User
from buyer_requests.bidding.inputs import BidLineInput, BidTerms
from buyer_requests.models import Award, BuyerRequest
from buyer_requests.services.awards import answer_award, award_request
from buyer_requests.services.bids import send_bid
from buyer_requests.services.publishing import publish_request
from buyer_requests.services.writing import LineInput, create_draft, save_draft
from core.money import to_price
from reviews.enums import Side
from reviews.models import Review
from reviews.services import Said, answer_review, rate
from vendors.models import Vendor

TITLE: Final = "Папір і ручки до навчального року"
#: (what, quantity, unit, price)
LINES: Final = (
    ("Папір А4 80 г/м², 500 аркушів", "20", "PK", "205.00"),
    ("Ручка кулькова синя", "100", "H87", "7.40"),
)


def make_deal(buyer: User, vendor: Vendor, seller: User) -> None:
    """Leaves what is there; each step of a broken load is gone on with."""
    request = BuyerRequest.objects.filter(buyer=buyer, title=TITLE).first() or _published(buyer)
    lines = list(request.lines.order_by("position"))
    if not request.bids.exists():
        send_bid(
            vendor=vendor,
            user=seller,
            request=request,
            lines=[
                BidLineInput(
                    line_id=line.pk,
                    title=text,
                    quantity=line.quantity,
                    price_amount=to_price(Decimal(price)),
                )
                for line, (text, _quantity, _unit, price) in zip(lines, LINES, strict=True)
            ],
            terms=BidTerms(delivery_days=2),
        )
    if not Award.objects.filter(request=request).exists():
        bid = request.bids.get()
        award_request(buyer=buyer, request=request, choice={line.pk: bid.pk for line in lines})
        answer_award(vendor=vendor, user=seller, request=request, accepts=True)
    if not Review.objects.filter(request=request).exists():
        told = Said(
            stars=5,
            kept_word=True,
            in_time=True,
            text="Усе приїхало наступного дня, папір саме той, що в заявці.",
        )
        review = rate(side=Side.BUYER, user=buyer, request=request, vendor=vendor, said=told)
        answer = Said(stars=5, kept_word=True, in_time=True)
        rate(side=Side.VENDOR, user=seller, request=request, vendor=vendor, said=answer)
        answer_review(vendor=vendor, public_id=review.public_id, text="Дякуємо! Чекаємо на вас знову.")


def _published(buyer: User) -> BuyerRequest:
    draft = save_draft(
        buyer=buyer,
        request=create_draft(buyer=buyer, title=TITLE),
        title=TITLE,
        lines=[
            LineInput(text=text, quantity=Decimal(quantity), unit=unit) for text, quantity, unit, _ in LINES
        ],
        place="Київ",
        deadline_at=timezone.now() + dt.timedelta(days=2),
    )
    return publish_request(buyer=buyer, request=draft)
