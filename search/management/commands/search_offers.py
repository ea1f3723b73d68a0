"""Searches offers from the command line, with the site's own query path; JSON on standard output."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.enums import Availability, Condition, PriceBasis
from catalog.models import Category, Offer
from core.money import MAX_PRICE, Money
from core.rates import current_rates
from search.query import MAX_PAGE_SIZE, FactLimit, Hit, SearchQuery, Sort
from search.services import search
from vendors.enums import Participation
from vendors.models import Vendor
from vendors.regions import Region


class Command(BaseCommand):
    help = (
        "Searches offers by words within limits; prints total, steps, hits and alternatives as JSON. "
        "What may be given several times is joined by OR; different limits are joined by AND."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", metavar="WORDS")
        parser.add_argument("--max-price", metavar="N", help="ceiling, for what --basis says")
        parser.add_argument("--min-price", metavar="N", help="floor")
        parser.add_argument("--currency", default=settings.BASE_CURRENCY, help="of ceiling and floor")
        parser.add_argument("--basis", default="unit", choices=PriceBasis.values, help="what prices are for")
        parser.add_argument(
            "--delivered", action="store_true", help="the ceiling is to hold with delivery of one unit"
        )
        parser.add_argument("--sort", default="relevance", choices=[each.value for each in Sort])
        for name, metavar, told in (
            ("vendor", "SLUG", "only these"),
            ("without", "SLUG", "not these vendors"),
            ("brand", "NAME", "as vendors spell it"),
            ("fact", "CODE=VALUE", "an attribute: size=xl, or a range: weight=250..1000, in base units"),
        ):
            parser.add_argument(f"--{name}", action="append", default=[], metavar=metavar, help=told)
        for name, codes in (
            ("availability", Availability.values),
            ("condition", Condition.values),
            ("participation", Participation.values),
        ):
            parser.add_argument(f"--{name}", action="append", default=[], choices=codes)
        parser.add_argument("--category", metavar="SLUG")
        parser.add_argument(
            "--region", default="", choices=Region.values, metavar="UA-NN", help="who delivers there"
        )
        parser.add_argument(
            "--pickup", action="store_true", help="who has a pickup point, in the region if one is given"
        )
        parser.add_argument("--limit", type=int, default=20, metavar="N")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not 1 <= options["limit"] <= MAX_PAGE_SIZE:
            raise CommandError(f"--limit takes 1 to {MAX_PAGE_SIZE}.")
        results = search(
            SearchQuery(
                words=options["words"],
                max_price=_price("--max-price", options["max_price"], options["currency"]),
                min_price=_price("--min-price", options["min_price"], options["currency"]),
                vendors_in=_vendors(options["vendor"]),
                vendors_out=_vendors(options["without"]),
                category_id=_category(options["category"]),
                availability=frozenset(options["availability"]),
                brands=frozenset(options["brand"]),
                facts=_facts(options["fact"]),
                basis=PriceBasis(options["basis"]),
                delivered=options["delivered"],
                region=options["region"],
                pickup=options["pickup"],
                participation=frozenset(options["participation"]),
                condition=frozenset(options["condition"]),
                sort=Sort(options["sort"]),
                page_size=options["limit"],
                with_facets=False,
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
                    "code": each.code,
                    "value": each.value,
                    "days": each.days,
                }
                for each in results.alternatives
                if each.hit.offer_id in offers
            ],
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _price(option: str, amount: str | None, currency: str) -> Money | None:
    if amount is None:
        return None
    value = _number(amount)
    if value is None or not 0 <= value <= MAX_PRICE:
        raise CommandError(f"{option} takes an amount, not {amount!r}.")
    if not current_rates().knows(currency.upper()):
        raise CommandError(f"There is no rate for {currency!r}.")
    return Money(value, currency.upper())


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _facts(told: list[str]) -> tuple[FactLimit, ...]:
    """Values of one attribute are joined; of a range either end may be missing."""
    limits: dict[str, FactLimit] = {}
    for each in told:
        code, equals, value = each.partition("=")
        if not (code and equals and value):
            raise CommandError(f"--fact takes CODE=VALUE or CODE=LOW..HIGH, not {each!r}.")
        limit = limits.get(code, FactLimit(code))
        low, dots, high = value.partition("..")
        if dots:
            ends = [_number(end) if end else None for end in (low, high)]
            if any(end and number is None for end, number in zip((low, high), ends, strict=True)):
                raise CommandError(f"--fact takes numbers in a range, not {value!r}.")
            limits[code] = replace(
                limit,
                low=None if ends[0] is None else float(ends[0]),
                high=None if ends[1] is None else float(ends[1]),
            )
        else:
            limits[code] = replace(limit, values=limit.values | {value})
    return tuple(limits.values())


def _category(slug: str | None) -> int | None:
    if slug is None:
        return None
    found = Category.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(f"No such category: {slug}.")
    return int(found)


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
