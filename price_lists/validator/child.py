"""The process that reads a stranger's file: no database, no secrets, little memory, and killed when it takes too long.

Run as `python -m price_lists.validator.child`: an order as JSON on standard input, the report as JSON on standard
output. Everything that it writes lies in the folder it is given, which whoever started it removes.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

#: Cells of a foreign file in a report: enough to know them by.
_CELL = 200
_TABLES = 20


def main() -> None:
    order = json.loads(sys.stdin.buffer.read())
    # Readers of workbooks are children of this one and set narrower limits of their own below these.
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (order["disk"], order["disk"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _without_site(order)
    from django.utils import translation

    with translation.override(order["language"]):
        told = report(Path(order["file"]), name=order["name"], most_rows=order["rows"], shown=order["shown"])
    sys.stdout.write(json.dumps(told))


def _without_site(order: dict[str, Any]) -> None:
    """Just enough of Django for texts in the reader's language."""
    import django
    from django.conf import settings

    settings.configure(
        USE_I18N=True,
        LANGUAGE_CODE=order["language"],
        LOCALE_PATHS=order["locale"],
        INSTALLED_APPS=[],
        BASE_CURRENCY=order["currency"],
        VAR=order["folder"],
    )
    django.setup()


def report(path: Path, *, name: str, most_rows: int, shown: int) -> dict[str, Any]:
    """What a vendor would be told of this file, as plain data."""
    from price_lists import reading
    from price_lists.errors import Refusal

    inspection = reading.inspect(path, original_name=name)
    told: dict[str, Any] = {
        "format": inspection.format,
        "encoding": inspection.encoding,
        "delimiter": inspection.delimiter,
        "notes": list(inspection.notes),
        "refusal": inspection.refusal.as_dict() if inspection.refusal else None,
        "tables": [_table(table) for table in inspection.mapping.tables[:_TABLES]],
    }
    if inspection.refusal is not None:
        return told
    try:
        return told | _rows(path, inspection.mapping, most_rows=most_rows, shown=shown)
    except Refusal as refusal:  # damage that shows only further down
        return told | {"refusal": refusal.as_dict()}


def _table(table: Any) -> dict[str, Any]:
    from price_lists.labels import LABELS

    return {
        "sheet": table.sheet,
        "header_row": table.header_row,
        "columns": [
            {
                "heading": column.heading[:_CELL],
                "index": column.index,
                "field": str(column.field),
                "label": str(LABELS.get(column.field, column.field)),
                "percent": round(column.confidence * 100),
                "reason": column.reason,
                "samples": [each[:_CELL] for each in column.samples if each][:3],
            }
            for column in table.columns
        ],
    }


def _rows(path: Path, mapping: Any, *, most_rows: int, shown: int) -> dict[str, Any]:
    from price_lists import reading
    from price_lists.messages import message
    from price_lists.rows import OfferRow
    from price_lists.title_rules.actions import NameRules

    goods: list[dict[str, Any]] = []
    numbers: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    currencies: Counter[str] = Counter()
    problems: dict[tuple[str, str], dict[str, Any]] = {}
    # One more than is looked at tells whether there are more.
    # What operators set stands in the database, which this process does not know.
    rows = reading.read(path, mapping, names=NameRules.of({}))
    items = reading.merge_duplicates(islice(rows, most_rows + 1))
    seen = 0
    for item in items:
        seen += 1
        if isinstance(item, OfferRow):
            numbers["offers"] += 1
            categories[" › ".join(item.category_path)[:_CELL]] += 1
            currencies[item.currency] += 1
            if len(goods) < shown:
                goods.append(_good(item))
            continue
        numbers[item.severity.value] += 1
        key = (item.severity.value, item.code)
        group = problems.setdefault(key, {"severity": key[0], "code": item.code, "count": 0, "examples": []})
        group["count"] += 1
        if len(group["examples"]) < 3:
            group["examples"].append(
                {
                    "row": item.row,
                    "sheet": item.sheet[:_CELL],
                    "column": item.column[:_CELL],
                    "value": item.value[:_CELL],
                    "text": message(item.code, column=item.column[:_CELL], value=item.value[:_CELL]),
                }
            )
    return {
        "goods": goods,
        "counts": dict(numbers),
        "categories": categories.most_common(30),
        "category_count": len(categories) - ("" in categories),
        "currencies": currencies.most_common(),
        "problems": sorted(problems.values(), key=lambda each: -each["count"]),
        "is_cut": seen > most_rows,
    }


def _good(offer: Any) -> dict[str, Any]:
    return {
        "row": offer.row,
        "sheet": offer.sheet[:_CELL],
        "title": offer.title[:500],
        "brand": offer.brand,
        "article": offer.article,
        "gtin": offer.gtin,
        "price": _plain(offer.price),
        "old_price": _plain(offer.old_price),
        "currency": offer.currency,
        "unit": offer.unit or "H87",
        "pack_count": offer.pack_count,
        "availability": str(offer.availability),
        "stock": _plain(offer.stock),
        "category": " › ".join(offer.category_path)[:_CELL],
        "photos": len(offer.photos),
        "facts": [[key[:40], value[:60]] for key, value in list(offer.attributes.items())[:4]],
    }


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


if __name__ == "__main__":
    main()
