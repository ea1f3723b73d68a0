"""Read one price list and print what was understood, as JSON; nothing is written anywhere."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from price_lists import reading
from price_lists.errors import Refusal
from price_lists.rows import OfferRow, RowIssue, Severity


class Command(BaseCommand):
    help = "Read a price list and print the offers found, the mapping and the errors as JSON. Writes nothing."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--limit", type=int, default=None, help="cut the lists to so many entries, never the counts"
        )
        parser.add_argument("--currency", default="", help="ISO code of prices for which the file tells none")

    def handle(self, *_args: Any, file: str, limit: int | None, currency: str, **_: Any) -> None:
        path = Path(file)
        if not path.is_file():
            self._fail(
                {"code": "no_such_file", "message": f"There is no file {file}.", "remedy": "Check the path."}
            )
        try:
            result = check(path, limit=limit, currency=currency)
        except Refusal as refusal:
            self._fail(refusal.as_dict())
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))

    def _fail(self, error: dict[str, str]) -> None:
        self.stdout.write(json.dumps({"error": error}, ensure_ascii=False, indent=1))
        sys.exit(1)


def check(path: Path, *, limit: int | None = None, currency: str = "") -> dict[str, Any]:
    """The command's answer as plain data. Raises Refusal."""
    inspection = reading.inspect(path, original_name=path.name)
    if inspection.refusal is not None:
        raise inspection.refusal
    mapping = inspection.mapping.corrected(currency=currency.upper()) if currency else inspection.mapping
    offers: list[OfferRow] = []
    issues: dict[Severity, list[RowIssue]] = {severity: [] for severity in Severity}
    for item in reading.merge_duplicates(reading.read(path, mapping)):
        if isinstance(item, OfferRow):
            offers.append(item)
        else:
            issues[item.severity].append(item)
    return {
        "format": inspection.format,
        "encoding": inspection.encoding,
        "mapping": mapping.to_json(),
        "counts": {
            "offers": len(offers),
            "errors": len(issues[Severity.ERROR]),
            "skipped": len(issues[Severity.SKIPPED]),
        },
        "offers": [_offer(offer) for offer in offers[:limit]],
        "errors": [_issue(issue) for issue in issues[Severity.ERROR][:limit]],
        "warnings": [_issue(issue) for issue in issues[Severity.WARNING][:limit]],
        "notes": list(inspection.notes),
    }


def _offer(offer: OfferRow) -> dict[str, Any]:
    return {
        "article": offer.article,
        "title": offer.title,
        "titles": offer.titles,
        "price": _plain(offer.price),
        "currency": offer.currency,
        "unit": offer.unit,
        "stock": _plain(offer.stock),
        "brand": offer.brand,
        "mpn": offer.mpn,
        "gtin": offer.gtin,
        "category_path": list(offer.category_path),
        "url": offer.url,
        "row": offer.row,
        "sheet": offer.sheet,
        "availability": str(offer.availability),
    }


def _issue(issue: RowIssue) -> dict[str, Any]:
    return {
        "row": issue.row,
        "column": issue.column,
        "value": issue.value,
        "message": issue.message,
        "code": issue.code,
        "sheet": issue.sheet,
    }


def _plain(amount: Decimal | None) -> int | float | None:
    """A JSON number that shows the decimal exactly as it is; up to 15 figures a float keeps them all."""
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)
