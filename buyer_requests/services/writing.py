"""Drafts of requests: written, changed and thrown away by their buyer alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from buyer_requests.drafting.understanding import guessed_categories, stored_wants
from buyer_requests.enums import Audience, RequestState
from buyer_requests.errors import RequestIncomplete, RequestNotDraft, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import BuyerRequest, InvitedVendor, RequestLine
from buyer_requests.parsing import ParsedLine
from buyer_requests.parsing.types import Want
from catalog.attributes.current import known_rules
from core.money import Money, to_price
from core.rates import current_rates
from vendors.cities import region_in
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
    wants: list[Want] = field(default_factory=list)
    substitutes: bool = True
    gtin: str = ""
    mpn: str = ""
    place: str = ""
    needed_by: dt.date | None = None


def lines_from(parsed: Iterable[ParsedLine], *, currency: str) -> list[LineInput]:
    """Lines as a list was understood, ceilings in `currency` at today's rate; without a rate they are unsure.

    Each gets the category that its words name; what its details ask is kept as attributes alone.
    """
    rates = current_rates()
    made = []
    every = list(parsed)
    categories = guessed_categories([line.text for line in every])
    for line, category in zip(every, categories, strict=True):
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
                category_id=category,
                details="" if line.wants else line.details,
                source=line.source[:1000],
                unsure=unsure,
                wants=list(line.wants),
                substitutes=line.substitutes is not False,
                gtin=line.gtin,
                mpn=line.mpn,
                place=line.place,
                needed_by=line.needed_by,
            )
        )
    return made


@transaction.atomic
def create_draft(
    *,
    buyer: User,
    title: str = "",
    lines: Sequence[LineInput] = (),
    currency: str = "UAH",
    place: str = "",
    region: str = "",
    needed_by: dt.date | None = None,
    notes: str = "",
) -> BuyerRequest:
    """A new draft, which only its buyer sees. Raises RequestIncomplete for lines that cannot be stored."""
    request = BuyerRequest.objects.create(
        buyer=buyer,
        title=title[:160],
        currency=currency,
        place=place[:160],
        region=region or region_in(place),
        needed_by=needed_by,
        notes=notes[:4000],
    )
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
    region: str = "",
    needed_by: dt.date | None = None,
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
    draft.region, draft.needed_by = region, needed_by
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
    rules = known_rules()
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
                wants=stored_wants(line.wants, line.category_id, rules),
                substitutes=line.substitutes,
                gtin=line.gtin[:14],
                mpn=line.mpn[:64],
                place=line.place[:160],
                needed_by=line.needed_by,
            )
            for position, line in enumerate(lines, start=1)
        ]
    )
