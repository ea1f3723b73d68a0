"""A report of the child as its page draws it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.enums import Availability
from core.money import Money
from price_lists.labels import FORMATS
from price_lists.rows import Severity

#: Columns of one table that are shown at once; a list of 500 has its meaningful ones first.
_COLUMNS = 16
_MINOR = frozenset({"ignore", "attribute", "attribute_name", "attribute_unit", "attribute_value"})


@dataclass(frozen=True, slots=True)
class GoodView:
    """A good as buyers would see it. `price` is None where its currency is not told: then `amount` says the figure."""

    row: int
    title: str
    brand: str
    article: str
    price: Money | None
    old_price: Money | None
    amount: str
    unit: str
    availability: str
    availability_label: str
    category: str
    facts: list[list[str]]


def shown(report: dict[str, Any]) -> dict[str, Any]:
    """What the template gets: counts with zeros, columns by weight, goods with prices."""
    counts = report.get("counts", {})
    problems = report.get("problems", [])
    currencies = report.get("currencies", [])
    return report | {
        "format_label": FORMATS.get(report["format"], report["format"].upper()),
        "tables": [_table(table) for table in report["tables"]],
        "goods": [_good(good) for good in report.get("goods", [])],
        "offers": counts.get("offers", 0),
        "errors": counts.get(Severity.ERROR.value, 0),
        "warnings": counts.get(Severity.WARNING.value, 0),
        "skipped": counts.get(Severity.SKIPPED.value, 0),
        "problems": [each for each in problems if each["severity"] != Severity.SKIPPED.value],
        "left_out": [each for each in problems if each["severity"] == Severity.SKIPPED.value],
        "currencies": [(code, number) for code, number in currencies if code],
        "without_currency": sum(number for code, number in currencies if not code),
        "categories": [(path, number) for path, number in report.get("categories", []) if path],
    }


def _table(table: dict[str, Any]) -> dict[str, Any]:
    columns = [each for each in table["columns"] if each["field"] != "ignore" or each["samples"]]
    if len(columns) > _COLUMNS:
        columns.sort(key=lambda each: (each["field"] in _MINOR, each["index"]))
    for each in columns:
        each["sure"] = "good" if each["percent"] >= 80 else "warn" if each["percent"] >= 50 else "bad"
        each["is_used"] = each["field"] != "ignore"
    return table | {"columns": columns[:_COLUMNS], "left": max(0, len(columns) - _COLUMNS)}


def _good(good: dict[str, Any]) -> GoodView:
    currency = good["currency"]
    price = Money(Decimal(good["price"]), currency) if currency else None
    old = Money(Decimal(good["old_price"]), currency) if currency and good["old_price"] else None
    return GoodView(
        row=good["row"],
        title=good["title"],
        brand=good["brand"],
        article=good["article"],
        price=price,
        old_price=old if old and price and old.amount > price.amount else None,
        amount=good["price"],
        unit=good["unit"],
        availability=good["availability"],
        availability_label=str(Availability(good["availability"]).label),
        category=good["category"],
        facts=good["facts"],
    )
