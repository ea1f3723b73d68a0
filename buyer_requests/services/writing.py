"""Drafts of requests: written, changed and thrown away by their buyer alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from buyer_requests.enums import Audience, RequestState
from buyer_requests.errors import RequestIncomplete, RequestNotDraft, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import BuyerRequest, InvitedVendor, RequestLine
from buyer_requests.parsing import ParsedLine
from core.money import Money, to_price
from core.rates import current_rates
from vendors.models import Vendor

MAX_LINES = 500


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line as its buyer wants it. `ceiling_amount` is per unit, 1/10,000 of the request's currency."""

    text: str
    quantity: Decimal = Decimal(1)
    unit: str = ""
    ceiling_amount: int | None = None
    category_id: int | None = None
    details: str = ""
    source: str = ""
    unsure: list[str] = field(default_factory=list)


def lines_from(parsed: Iterable[ParsedLine], *, currency: str) -> list[LineInput]:
    """Lines as a list was understood, ceilings in `currency` at today's rate; without a rate they are unsure."""
    rates = current_rates()
    made = []
    for line in parsed:
        unsure = line.unsure
        amount = line.ceiling
        if amount is not None and line.currency and line.currency != currency:
            converted = rates.convert(Money(amount, line.currency), currency)
            amount = converted.amount if converted else None
            unsure = [*(name for name in unsure if name != "ceiling"), "ceiling"]
        made.append(
            LineInput(
                text=line.text,
                quantity=line.quantity.quantize(Decimal("0.001")),
                unit=line.unit,
                ceiling_amount=None if amount is None else to_price(amount) or None,
                details=line.details,
                source=line.source[:1000],
                unsure=unsure,
            )
        )
    return made


@transaction.atomic
def create_draft(
    *, buyer: User, title: str = "", lines: Sequence[LineInput] = (), currency: str = "UAH"
) -> BuyerRequest:
    """A new draft, which only its buyer sees. Raises RequestIncomplete for lines that cannot be stored."""
    request = BuyerRequest.objects.create(buyer=buyer, title=title, currency=currency)
    _write_lines(request, lines)
    return request


@transaction.atomic
def save_draft(
    *,
    buyer: User,
    request: BuyerRequest,
    title: str,
    lines: Sequence[LineInput],
    notes: str = "",
    place: str = "",
    currency: str = "UAH",
    deadline_at: dt.datetime | None = None,
    audience: Audience = Audience.ALL,
    name_hidden: bool = False,
    vendor_ids: Collection[int] = (),
) -> BuyerRequest:
    """Puts the given values in the place of the draft's. Locks the request.

    Raises UnknownRequest for another's, RequestNotDraft after publishing, RequestIncomplete for lines that cannot
    be stored. What is merely missing for publishing may stay missing.
    """
    draft = _own_draft(buyer, request)
    draft.title, draft.notes, draft.place = title, notes, place
    draft.currency, draft.deadline_at = currency, deadline_at
    draft.audience, draft.name_hidden = audience, name_hidden
    draft.save()
    _write_lines(draft, lines)
    InvitedVendor.objects.filter(request=draft).delete()
    if audience == Audience.CHOSEN:
        known = Vendor.objects.public().filter(pk__in=vendor_ids).order_by("pk")
        InvitedVendor.objects.bulk_create([InvitedVendor(request=draft, vendor=vendor) for vendor in known])
    return draft


@transaction.atomic
def delete_draft(*, buyer: User, request: BuyerRequest) -> None:
    """Throws a draft away. Published requests are cancelled instead."""
    _own_draft(buyer, request).delete()


def _own_draft(buyer: User, request: BuyerRequest) -> BuyerRequest:
    draft, _now = locked_request(request.pk)
    if draft.buyer_id != buyer.pk:
        raise UnknownRequest("unknown_request")
    if draft.state != RequestState.DRAFT:
        raise RequestNotDraft("not_a_draft")
    return draft


def _write_lines(request: BuyerRequest, lines: Sequence[LineInput]) -> None:
    if len(lines) > MAX_LINES:
        raise RequestIncomplete("too_many_lines", most=MAX_LINES)
    for position, line in enumerate(lines, start=1):
        if not line.text.strip():
            raise RequestIncomplete("empty_text", position=position)
        if not Decimal("0.001") <= line.quantity < Decimal(10) ** 9:
            raise RequestIncomplete("bad_quantity", position=position)
    request.lines.all().delete()
    RequestLine.objects.bulk_create(
        [
            RequestLine(
                request=request,
                position=position,
                text=line.text.strip()[:500],
                quantity=line.quantity,
                unit=line.unit,
                ceiling_amount=line.ceiling_amount,
                category_id=line.category_id,
                details=line.details[:1000],
                source=line.source[:1000],
                unsure=line.unsure,
            )
            for position, line in enumerate(lines, start=1)
        ]
    )
