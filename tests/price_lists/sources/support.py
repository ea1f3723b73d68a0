"""Sources and files made on the spot."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from catalog.models import Offer, StockLevel
from catalog.services.offers import open_supply
from price_lists.models import ImportRun, Source
from price_lists.services import import_file
from price_lists.sources.enums import Precedence, Role
from vendors.models import Vendor


def partial_source(
    vendor: Vendor,
    role: Role = Role.BOTH,
    *,
    name: str = "prices",
    precedence: Precedence = Precedence.HIGH,
    **more: Any,
) -> Source:
    return Source.objects.create(
        vendor=vendor,
        name=name,
        role=role,
        precedence=precedence,
        supply=open_supply(vendor=vendor, source=f"test:{name}"),
        **more,
    )


def write_table(path: Path, header: list[str], rows: list[list[Any]], delimiter: str = ";") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        if header:
            writer.writerow(header)
        writer.writerows(rows)
    return path


def told(vendor: Vendor, source: Source, path: Path, header: list[str], rows: list[list[Any]]) -> ImportRun:
    """The rows written and imported from beginning to end."""
    write_table(path, header, rows)
    return import_file(vendor=vendor, path=path, source_name=source.name)


def price(article: str) -> tuple[float, str]:
    offer = Offer.objects.get(article=article)
    return offer.price_amount / 10_000, offer.price_currency


def stock(article: str) -> tuple[str, str | None]:
    level = StockLevel.objects.get(offer__article=article, point=None)
    quantity = None if level.quantity is None else f"{level.quantity.normalize():f}"
    return level.state, quantity
