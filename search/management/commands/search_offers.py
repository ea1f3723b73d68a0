"""Searches offers from the command line, with the site's own query path; JSON on standard output."""

from __future__ import annotations

import json
import sys
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Offer
from core.money import MAX_PRICE, Money
from core.rates import current_rates
from search.query import MAX_PAGE_SIZE, Hit, SearchQuery
from search.services import search
from vendors.models import Vendor


class Command(BaseCommand):
    help = (
        "Searches offers by words, ceiling and vendors; prints total, steps, hits and alternatives as JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", metavar="WORDS")
        parser.add_argument("--max-price", metavar="N", help="ceiling per unit")
        parser.add_argument("--currency", default=settings.BASE_CURRENCY, help="of the ceiling")
        parser.add_argument(
            "--vendor", action="append", default=[], metavar="SLUG", help="only these; repeatable"
        )
        parser.add_argument("--limit", type=int, default=20, metavar="N")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not 1 <= options["limit"] <= MAX_PAGE_SIZE:
            raise CommandError(f"--limit takes 1 to {MAX_PAGE_SIZE}.")
        results = search(
            SearchQuery(
                words=options["words"],
                max_price=_ceiling(options["max_price"], options["currency"]),
                vendors_in=_vendors(options["vendor"]),
                page_size=options["limit"],
            )
        )
        shown = [*results.hits, *(alternative.hit for alternative in results.alternatives)]
        offers = Offer.objects.select_related("vendor").in_bulk([hit.offer_id for hit in shown])
        answer = {
            "total": results.total,
            "steps": [{"code": step.code.value, **step.params} for step in results.steps],
            "hits": [_row(hit, offers[hit.offer_id]) for hit in results.hits if hit.offer_id in offers],
            "alternatives": [
                {
                    **_row(each.hit, offers[each.hit.offer_id]),
                    "limit": each.limit.value,
                    "by": None if each.by is None else str(Money.from_price(each.by, "").amount),
                }
                for each in results.alternatives
                if each.hit.offer_id in offers
            ],
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _ceiling(amount: str | None, currency: str) -> Money | None:
    if amount is None:
        return None
    try:
        value = Decimal(amount.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= MAX_PRICE:
        raise CommandError(f"--max-price takes an amount, not {amount!r}.")
    if not current_rates().knows(currency.upper()):
        raise CommandError(f"There is no rate for {currency!r}.")
    return Money(value, currency.upper())


def _vendors(slugs: list[str]) -> frozenset[int]:
    known = dict(Vendor.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        raise CommandError(f"No such vendor: {', '.join(unknown)}.")
    return frozenset(known.values())


def _row(hit: Hit, offer: Offer) -> dict[str, Any]:
    return {
        "offer": offer.pk,
        "title": offer.title,
        "price": str(offer.price.amount),
        "currency": offer.price.currency,
        "vendor": offer.vendor.slug,
        "url": offer.url,
        "why": [reason.value for reason in hit.why],
    }
