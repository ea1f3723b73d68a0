"""Readings and comparisons as pages show them: counted, searched, sorted, thirty rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, cast

import orjson
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.enums import Availability
from core.money import Money
from core.templatetags.ui import number
from core.units import unit_name
from price_lists.messages import message
from price_lists.readings.building import SAID
from price_lists.readings.files import opened
from price_lists.rows import Severity

PAGE: Final = 30
#: The four reports, in the order of their tabs.
REPORTS: Final = ("errors", "made", "left", "taken")
#: show -> condition
SHOWN: Final = {
    "all": "1",
    "price": "(kinds & 1) <> 0",
    "stock": "(kinds & 2) <> 0",
    "text": "(kinds & 4) <> 0",
    "new": "change = 'new'",
    "gone": "change = 'gone'",
}
SORTED: Final = {
    "size": "size DESC, rowid",
    "dearer": "COALESCE(percent, 0) DESC, rowid",
    "cheaper": "COALESCE(percent, 0), rowid",
    "title": "folded, rowid",
}
_SAID_LABELS: Final[dict[str, Any]] = {
    "brand": _("brand"),
    "maker": _("maker"),
    "country": _("country"),
    "article": _("article"),
    "mpn": _("part number"),
    "gtin": _("barcode"),
    "url": _("link"),
    "unit": _("unit"),
    "pack_count": _("pieces in a unit"),
}
# report -> (table, condition, order)
_TABLES: Final = {
    "errors": ("problems", f"severity = '{Severity.ERROR.value}'", "sheet, row"),
    "made": ("made", "1", '"column", rows DESC, row'),
    "left": (
        "problems",
        f"(severity IN ('{Severity.ERROR.value}', '{Severity.SKIPPED.value}') OR code = 'duplicate_article')",
        "sheet, row",
    ),
    "taken": ("goods", "1", "sheet, row"),
}


class _Rows:
    """As much of a queryset as a paginator asks for."""

    def __init__(self, path: Path, table: str, condition: str, order: str, query: str) -> None:
        self.path = path
        words = query.casefold().split()[:8]
        where = " AND ".join([condition, *("instr(folded, ?) > 0" for _word in words)])
        # Names come from this module's tables; what a person typed goes as parameters.
        self._from = f"FROM {table} WHERE {where}"
        self._order = order
        self._words = words

    def count(self) -> int:
        with opened(self.path) as connection:
            return int(connection.execute(f"SELECT COUNT(*) {self._from}", self._words).fetchone()[0])

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[dict[str, Any]]:
        with opened(self.path) as connection:
            return [
                dict(row)
                for row in connection.execute(
                    f"SELECT * {self._from} ORDER BY {self._order} LIMIT ? OFFSET ?",
                    [*self._words, part.stop - part.start, part.start],
                )
            ]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with opened(self.path) as connection:
            for row in connection.execute(f"SELECT * {self._from} ORDER BY {self._order}", self._words):
                yield dict(row)


def _paged(rows: _Rows, number: int | str) -> Page[Any]:
    return Paginator(cast("Sequence[Any]", rows), PAGE).get_page(number)


def report_rows(path: Path, report: str, query: str = "") -> _Rows:
    table, condition, order = _TABLES[report]
    return _Rows(path, table, condition, order, query)


def report_page(path: Path, report: str, number: int | str, query: str = "") -> Page[Any]:
    """A page of one of the four reports, its values in the reader's language."""
    page: Page[Any] = _paged(report_rows(path, report, query), number)
    page.object_list = [shown_row(report, row) for row in page.object_list]
    return page


def report_counts(path: Path) -> dict[str, int]:
    """How many rows each report has; of changed values also how many cells."""
    with opened(path) as connection:
        counts = {
            name: int(connection.execute(f"SELECT COUNT(*) FROM {table} WHERE {condition}").fetchone()[0])  # noqa: S608 - of this module
            for name, (table, condition, _order) in _TABLES.items()
        }
        counts["cells"] = int(connection.execute("SELECT COALESCE(SUM(rows), 0) FROM made").fetchone()[0])
        return counts


def shown_row(report: str, row: dict[str, Any]) -> dict[str, Any]:
    """A stored row with its codes in words."""
    if report == "made":
        return row | {
            "value": value_text(row["kind"], row["value"]),
            "became": became_text(row["kind"], row["became"]),
        }
    if report == "taken":
        return row | {
            "price": Money.from_price(row["amount"], row["currency"]),
            "unit": unit_name(row["unit"]),
            "stock": stock_text(row["state"], row["quantity"]),
            "key": row["key"].partition(":")[2] or row["key"],
        }
    return row | {"text": message(row["code"], column=row["column"], value=row["value"])}


def comparison_rows(path: Path, show: str, sort: str, query: str = "") -> _Rows:
    return _Rows(path, "changes", SHOWN[show], SORTED[sort], query)


def comparison_page(path: Path, show: str, sort: str, number: int | str, query: str = "") -> Page[Any]:
    page: Page[Any] = _paged(comparison_rows(path, show, sort, query), number)
    page.object_list = [shown_change(row) for row in page.object_list]
    return page


def comparison_counts(path: Path) -> dict[str, int]:
    with opened(path) as connection:
        return dict(connection.execute("SELECT * FROM counts").fetchone())


def shown_change(row: dict[str, Any]) -> dict[str, Any]:
    """A stored change with money, stock and the names of what else differs."""
    return row | {
        "key": row["key"].partition(":")[2] or row["key"],
        "old_price": _money(row["old_amount"], row["old_currency"]),
        "price": _money(row["amount"], row["currency"]),
        "price_changed": bool(row["kinds"] & 1),
        "same_money": (row["old_amount"], row["old_currency"]) == (row["amount"], row["currency"]),
        "old_stock": stock_text(row["old_state"], row["old_quantity"]) if row["old_state"] else "",
        "stock": stock_text(row["state"], row["quantity"]) if row["state"] else "",
        "stock_changed": bool(row["kinds"] & 2),
        "unit": unit_name(row["unit"]),
        "texts": text_changes(row),
        "renamed": row["change"] == "changed" and row["old_title"] != row["title"],
    }


def text_changes(row: dict[str, Any]) -> list[str]:
    """What of a good's texts differs, named; with the values where they are short."""
    if not row["kinds"] & 4:
        return []
    told = []
    if row["old_title"] != row["title"]:
        told.append(gettext("name"))
    if row["old_category"] != row["category"]:
        told.append(f"{gettext('category')}: {row['old_category'] or '–'} → {row['category'] or '–'}")
    old, new = orjson.loads(row["old_said"]), orjson.loads(row["said"])
    for name, before, after in zip(SAID, old, new, strict=True):
        if before != after:
            if name == "unit":
                before, after = unit_name(before), unit_name(after)  # noqa: PLW2901 - the same, in words
            label = str(_SAID_LABELS[name])
            told.append(label if name == "url" else f"{label}: {before or '–'} → {after or '–'}")
    return told or [gettext("description, photos or properties")]


def value_text(kind: str, value: str) -> str:
    return gettext("superfluous spaces") if kind == "spaces" else value


def became_text(kind: str, value: str) -> str:
    if kind == "spaces":
        return gettext("one space between words")
    if kind == "unit" and value:
        return unit_name(value)
    if kind == "stock" and value:
        return str(Availability(value).label)
    return value


def stock_text(state: str, quantity: Any) -> str:
    label = str(Availability(state).label)
    return label if quantity is None else f"{number(quantity)} · {label}"


def _money(amount: int | None, currency: str | None) -> Money | None:
    return None if amount is None else Money.from_price(amount, currency or "")
