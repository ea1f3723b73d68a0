"""A standing request of the demo: an office orders the same things each month, and some goods nearly fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.models import BuyerRequest, StandingTerms
from buyer_requests.services.publishing import publish_request
from buyer_requests.services.writing import LineInput, create_draft, save_draft
from buyer_requests.standing.enums import Period
from core.money import to_price

TITLE = "Витратне для офісу: щомісяця"
#: Text, quantity a month, unit, ceiling: the last two are a little below what they cost.
LINES = (
    ("Папір А4 80 г/м² 500 арк.", "15", "PK", "260"),
    ("Ручка кулькова синя", "50", "H87", "6"),
    ("Степлер 24/6", "2", "H87", "60"),
)


def publish_standing(buyer: User) -> None:
    """Leaves what is there; a draft that a broken load left is finished."""
    mine = BuyerRequest.objects.filter(buyer=buyer, title=TITLE)
    if mine.exclude(state=RequestState.DRAFT).exists():
        return
    day = timezone.localdate() + dt.timedelta(days=20)
    deadline = timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
    draft = save_draft(
        buyer=buyer,
        request=mine.first() or create_draft(buyer=buyer, title=TITLE),
        title=TITLE,
        lines=[
            LineInput(
                text=text, quantity=Decimal(quantity), unit=unit, ceiling_amount=to_price(Decimal(ceiling))
            )
            for text, quantity, unit, ceiling in LINES
        ],
        notes="Беремо щомісяця, кількості на один місяць.",
        place="Київ, вул. Саксаганського 30",
        region="UA-30",
        deadline_at=deadline,
    )
    StandingTerms.objects.update_or_create(
        request=draft, defaults={"period": Period.MONTH, "day_of_month": day.day}
    )
    publish_request(buyer=buyer, request=draft)
