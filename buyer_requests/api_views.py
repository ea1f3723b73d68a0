"""Lists from a buyer's program with a key: JSON in, a draft out, which a person looks through and publishes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from buyer_requests.drafting import keys
from buyer_requests.errors import ListNotReadable
from buyer_requests.models import BuyerRequest
from buyer_requests.parsing import Left, parse_text
from buyer_requests.parsing.text import MAX_CHARACTERS
from buyer_requests.parsing.types import ParsedLine, ParsedList
from buyer_requests.parsing.wishes import MOST_WANTS, code_of, want_of
from buyer_requests.selectors.near import near_offers
from buyer_requests.selectors.visibility import own_request
from buyer_requests.services.writing import MAX_LINES, create_draft, lines_from
from buyer_requests.views.near import line_at
from core.errors import DomainError, InvalidInput, TooMany
from core.limits import client_address, limit
from core.rates import current_rates
from core.units import UNIT_NAMES

DRAFTS: Final = "60/h"  # as from the page
READS: Final = "600/h"
GUESSES: Final = "30/m"
_MOST_BYTES: Final = 2 * 1024**2


class NoKey(DomainError):
    """No key, a wrong one, or one that was taken back: all the same."""

    status = 401
    message = _("The key is missing or opens nothing here.")
    remedy = _("Send the header “Authorization: Bearer …” with a key of yours.")


class WrongField(InvalidInput):
    message = _("“%(field_name)s” cannot be taken: %(why)s")

    def __init__(self, name: str, why: Any, value: Any = None) -> None:
        super().__init__("wrong_field", field=name, field_name=name, why=why, value=str(value)[:80])


@csrf_exempt
@require_POST
@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """A draft from `{"lines": [...]}` or `{"text": "..."}`; see docs/request-lists.md."""
    try:
        owner = _opened(request)
        limit(f"requests.api:{owner.pk}", DRAFTS)
        sent = _body(request)
        key = request.headers.get("Idempotency-Key", "").strip()
        if len(key) > 120:
            raise WrongField("Idempotency-Key", _("at most 120 characters."), key)
        parsed = _parsed(sent)
        currency = _currency(sent, parsed)
        draft, is_new = keys.once(
            owner=owner,
            key=key,
            sent=sent,
            make=lambda: create_draft(
                buyer=owner,
                title=_text(sent, "title", 160),
                lines=lines_from(parsed.lines, currency=currency),
                currency=currency,
                place=_text(sent, "place", 160) or parsed.place,
                needed_by=_day(sent, "needed_by") or parsed.needed_by,
                notes=_text(sent, "notes", 4000),
            ),
        )
    except DomainError as error:
        return _failure(error)
    left = [
        {"row": row.number, "source": row.source[:200], "reason": row.reason.value}
        for row in parsed.left_out[:200]
    ]
    return JsonResponse(
        _shown(request, draft) | {"is_new": is_new, "left_out": left}, status=201 if is_new else 200
    )


@require_GET
@never_cache
def status(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A request of the key's owner as it stands."""
    try:
        owner = _opened(request)
        limit(f"requests.api_reads:{owner.pk}", READS)
        found = own_request(owner, public_id)
    except DomainError as error:
        return _failure(error)
    return JsonResponse(_shown(request, found))


@require_GET
@never_cache
def near(request: HttpRequest, public_id: UUID, position: int) -> HttpResponse:
    """Offers that miss exactly one limit of a line of the key's owner."""
    try:
        owner = _opened(request)
        limit(f"requests.api_near:{owner.pk}", READS)
        line = line_at(own_request(owner, public_id), position)
    except DomainError as error:
        return _failure(error)
    offers = [
        {
            "offer": each.offer.pk,
            "title": each.offer.title,
            "vendor": each.offer.vendor.slug,
            "url": request.build_absolute_uri(each.url),
            "price": None if each.price is None else f"{Decimal(each.price) / 10_000:f}",
            "currency": line.request.currency,
            "missed": each.code,
            "reason": each.reason,
        }
        for each in near_offers(line)
    ]
    return JsonResponse({"position": line.position, "text": line.text, "near_misses": offers})


def _opened(request: HttpRequest) -> User:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    owner = keys.owner_of_key(secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
    if owner is None:
        limit(f"requests.api_guesses:{client_address(request)}", GUESSES)
        raise NoKey("no_key")
    return owner


def _body(request: HttpRequest) -> dict[str, Any]:
    raw = request.body
    if len(raw) > _MOST_BYTES:
        raise WrongField("body", _("it is bigger than 2 MB."))
    try:
        sent = json.loads(raw)
        # Half of a pair (of surrogates) is a text that nothing can store: escapes hide it from the reading of bytes.
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise WrongField("body", _("it is no JSON.")) from None
    if not isinstance(sent, dict):
        raise WrongField("body", _("an object is expected."))
    return sent


def _parsed(sent: Mapping[str, Any]) -> ParsedList:
    lines = sent.get("lines")
    if lines is None:
        text = sent.get("text")
        if not isinstance(text, str) or not text.strip():
            raise WrongField("lines", _("give “lines”, or a “text” to be read."))
        if len(text) > MAX_CHARACTERS:
            raise WrongField("text", _("it is too long."))
        read = parse_text(text)
        if not read.lines:
            raise ListNotReadable("text_without_goods")
        every = len(read.lines) + sum(row.reason == Left.TOO_MANY for row in read.left_out)
        if every > MAX_LINES:
            raise _too_long(every, "text")
        return read
    if not isinstance(lines, list) or not lines:
        raise WrongField("lines", _("a list with one line at least is expected."))
    if len(lines) > MAX_LINES:
        raise _too_long(len(lines), "lines")
    return ParsedList(tuple(_line(line, f"lines[{index}]") for index, line in enumerate(lines)))


def _too_long(lines: int, field: str) -> ListNotReadable:
    return ListNotReadable("list_too_long", field=field, lines=lines, most=MAX_LINES, value=lines)


def _line(sent: Any, name: str) -> ParsedLine:
    if not isinstance(sent, dict):
        raise WrongField(name, _("an object is expected."), sent)
    text = _text(sent, "text", 500, name)
    if not text:
        raise WrongField(f"{name}.text", _("say what is needed."))
    unit = _text(sent, "unit", 3, name)
    if unit and unit not in UNIT_NAMES:
        raise WrongField(f"{name}.unit", _("a UN/ECE code such as H87, PK or KGM is expected."), unit)
    gtin = _text(sent, "gtin", 20, name)
    code, right = code_of(gtin) if gtin else ("", True)
    if not right:
        raise WrongField(f"{name}.gtin", _("its length or check digit is wrong."), gtin)
    substitutes = sent.get("substitutes", True)
    if not isinstance(substitutes, bool):
        raise WrongField(f"{name}.substitutes", _("true or false is expected."), substitutes)
    wants = [
        want
        for field, must in (("must", True), ("wished", False))
        for said in _texts(sent, field, name)
        if (want := want_of(said, must=must)) is not None
    ]
    ceiling = _number(sent, "ceiling", name)
    return ParsedLine(
        text=text,
        quantity=_number(sent, "quantity", name) or Decimal(1),
        unit=unit,
        ceiling=ceiling,
        confidence={"quantity": 1.0 if sent.get("quantity") is not None else 0.3},
        details=_text(sent, "details", 1000, name),
        wants=tuple(wants[:MOST_WANTS]),
        substitutes=substitutes,
        gtin=code,
        mpn=_text(sent, "mpn", 64, name),
        place=_text(sent, "place", 160, name),
        needed_by=_day(sent, "needed_by", name),
    )


def _text(sent: Mapping[str, Any], field: str, most: int, name: str = "") -> str:
    value = sent.get(field, "")
    full = f"{name}.{field}" if name else field
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongField(full, _("a text is expected."), value)
    text = (
        " ".join(value.replace("\x00", " ").split())
        if field != "notes"
        else value.replace("\x00", " ").strip()
    )
    if len(text) > most:
        raise WrongField(full, _("it is too long."), text)
    return text


def _texts(sent: Mapping[str, Any], field: str, name: str) -> list[str]:
    value = sent.get(field, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise WrongField(f"{name}.{field}", _("a list of texts is expected."), value)
    if any(len(each) > 500 for each in value):
        raise WrongField(f"{name}.{field}", _("it is too long."), value)
    return [each.replace("\x00", " ") for each in value[:MOST_WANTS]]


def _number(sent: Mapping[str, Any], field: str, name: str) -> Decimal | None:
    value = sent.get(field)
    if value is None:
        return None
    told = "" if isinstance(value, bool) or not isinstance(value, int | float | str) else str(value)
    try:
        number = Decimal(told)
    except InvalidOperation:
        raise WrongField(f"{name}.{field}", _("a number is expected."), value) from None
    if not number.is_finite() or not 0 < number < Decimal(10) ** 9:
        raise WrongField(f"{name}.{field}", _("a positive number is expected."), value)
    return number


def _day(sent: Mapping[str, Any], field: str, name: str = "") -> dt.date | None:
    value = sent.get(field)
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise WrongField(
            f"{name}.{field}" if name else field, _("a day such as 2026-12-25 is expected."), value
        ) from None


def _currency(sent: Mapping[str, Any], parsed: ParsedList) -> str:
    currency = _text(sent, "currency", 3) or parsed.currency or "UAH"
    if not current_rates().knows(currency):
        raise WrongField("currency", _("there is no exchange rate for it."), currency)
    return currency


def _shown(request: HttpRequest, draft: BuyerRequest) -> dict[str, Any]:
    page = reverse("requests:edit" if draft.state == "draft" else "requests:detail", args=[draft.public_id])
    here = reverse("requests_api:status", args=[draft.public_id])
    return {
        "request": str(draft.public_id),
        "state": draft.state,
        "url": request.build_absolute_uri(page),
        "status_url": request.build_absolute_uri(here),
        "currency": draft.currency,
        "place": draft.place,
        "needed_by": draft.needed_by.isoformat() if draft.needed_by else None,
        "deadline_at": draft.deadline_at.isoformat() if draft.deadline_at else None,
        "lines": [
            {
                "position": line.position,
                "text": line.text,
                "quantity": f"{line.quantity.normalize():f}",
                "unit": line.unit or None,
                "ceiling": None
                if line.ceiling_amount is None
                else f"{Decimal(line.ceiling_amount) / 10_000:f}",
                "category": line.category_id,
                "attributes": line.wants,
                "substitutes": line.substitutes,
                "gtin": line.gtin or None,
                "mpn": line.mpn or None,
                "unsure": line.unsure,
                "match_count": line.match_count,
            }
            for line in draft.lines.all()
        ],
    }


def _failure(error: DomainError) -> JsonResponse:
    body = {
        "code": error.code,
        "message": str(error),
        "field": getattr(error, "field", "") or None,
        "value": error.context.get("value"),
        "remedy": str(getattr(error, "remedy", "")) or None,
    }
    answer = JsonResponse({"error": body}, status=error.status)
    if isinstance(error, TooMany):
        answer["Retry-After"] = str(error.retry_after)
    if isinstance(error, NoKey):
        answer["WWW-Authenticate"] = 'Bearer realm="requests"'
    return answer
