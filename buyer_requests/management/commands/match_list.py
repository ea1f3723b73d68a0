"""Understands a list of needed goods and finds the offers that meet each line; JSON on standard output."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from buyer_requests.errors import ListNotReadable
from buyer_requests.matching import Found, match_texts
from buyer_requests.matching.queries import required_text
from buyer_requests.parsing import ParsedLine, ParsedList, parse_text
from buyer_requests.parsing.files import parse_file
from buyer_requests.parsing.text import MAX_CHARACTERS
from catalog.models import Offer
from core.money import Money
from core.rates import Rates, current_rates
from search.percolation import StoredQuery


class Command(BaseCommand):
    help = "Reads a list of needed goods (a file, or - for text on standard input) and prints lines and offers as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE|-")
        parser.add_argument(
            "--limit", type=int, default=20, metavar="N", help="offers shown for each line at most"
        )
        parser.add_argument(
            "--currency",
            default=settings.BASE_CURRENCY,
            help="of highest prices for which the list names none",
        )

    def handle(self, *_args: Any, file: str, limit: int, currency: str, **_: Any) -> None:
        rates = current_rates()
        currency = currency.upper()
        if not rates.knows(currency):
            raise CommandError(f"No exchange rate is known for {currency}.")
        if limit < 0:
            raise CommandError("--limit takes 0 or more.")
        parsed = _read(file)
        found = match_texts(
            [_query(number, line, currency, rates) for number, line in enumerate(parsed.lines)]
        )
        shown = {each.offer_id for offers in found.values() for each in offers[:limit]}
        offers = {offer.pk: offer for offer in Offer.objects.filter(pk__in=shown).select_related("vendor")}
        answer = {
            "lines": [
                _line(line, currency, found.get(number, []), offers, limit)
                for number, line in enumerate(parsed.lines)
            ]
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _read(file: str) -> ParsedList:
    if file == "-":
        return parse_text(sys.stdin.read(MAX_CHARACTERS))
    path = Path(file)
    if not path.is_file():
        raise CommandError(f"There is no file {file}.")
    try:
        return parse_file(path)
    except ListNotReadable as error:
        raise CommandError(str(error)) from error


def _query(number: int, line: ParsedLine, currency: str, rates: Rates) -> StoredQuery:
    ceiling = None
    if line.ceiling is not None:
        base = rates.to_base(Money(line.ceiling, line.currency or currency))
        if base is None:
            raise CommandError(f"No exchange rate is known for {line.currency} (line {line.number}).")
        ceiling = base.to_price()
    return StoredQuery(
        id=number,
        text=required_text(line.text),
        max_price=ceiling,
        quantity=float(line.quantity),
        unit=line.unit,
    )


def _line(
    line: ParsedLine, currency: str, found: list[Found], offers: dict[int, Offer], limit: int
) -> dict[str, Any]:
    return {
        "text": line.text,
        "quantity": _figures(line.quantity),
        "unit": line.unit,
        "ceiling": None if line.ceiling is None else _money(line.ceiling),
        "currency": (line.currency or currency) if line.ceiling is not None else None,
        "row": line.number,
        "details": line.details,
        "unsure": line.unsure,
        "total": len(found),
        "offers": [_offer(each, offers[each.offer_id]) for each in found[:limit] if each.offer_id in offers],
    }


def _offer(found: Found, offer: Offer) -> dict[str, Any]:
    """`price` as the offer has it; `price_per_unit` in the row's currency, VAT included, per unit of the line."""
    return {
        "offer": offer.pk,
        "title": offer.title,
        "price": _money(offer.price.amount),
        "currency": offer.price_currency,
        "vendor": offer.vendor.slug,
        "url": offer.url,
        "unit": offer.unit,
        "price_per_unit": None
        if found.price is None
        else _money(Money.from_price(found.price, settings.BASE_CURRENCY).amount),
        "score": round(found.score, 3),
    }


def _figures(value: Decimal) -> str:
    return f"{value.normalize():f}" if value != value.to_integral() else f"{value:.0f}"


def _money(value: Decimal) -> str:
    return f"{value:.2f}" if value == value.quantize(Decimal("0.01")) else _figures(value)
