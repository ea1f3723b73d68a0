"""Price-list files made on the spot, and whole imports of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from price_lists.models import ImportRun
from price_lists.services import import_file
from vendors.models import Vendor

HEADER = ("Артикул", "Назва", "Ціна, грн", "Залишок", "Од.", "Бренд", "Категорія")


def good(number: int, **other: Any) -> dict[str, Any]:
    """A row of goods; `price`, `stock`, `title`, `category`… override what its number gives."""
    return {
        "article": f"A-{number:04d}",
        "title": f"Степлер офісний №{number}",
        "price": f"{100 + number}.50",
        "stock": "5",
        "unit": "шт",
        "brand": "Kangaro",
        "category": "Канцелярія / Степлери",
    } | other


def goods(count: int, **other: Any) -> list[dict[str, Any]]:
    return [good(number, **other) for number in range(1, count + 1)]


def write_list(
    path: Path,
    rows: Sequence[dict[str, Any]],
    *,
    header: Sequence[str] = HEADER,
    encoding: str = "utf-8",
    delimiter: str = ";",
) -> Path:
    """The rows as CSV."""
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        names = ("article", "title", "price", "stock", "unit", "brand", "category")
        writer.writerows([[row[name] for name in names] for row in rows])
    return path


def imported(
    vendor: Vendor,
    path: Path,
    rows: Sequence[dict[str, Any]] | None = None,
    *,
    source: str = "main",
    **options: Any,
) -> ImportRun:
    """`path` (written from `rows` if given) imported from beginning to end."""
    if rows is not None:
        write_list(path, rows)
    return import_file(vendor=vendor, path=path, source_name=source, **options)
