"""Sizes of a good: an offer for each where each has a price, one property where only the stock is told by size."""

from __future__ import annotations

from price_lists.mapping.grids import variant_of
from price_lists.mapping.model import Field, TableMapping
from price_lists.rows import Availability
from price_lists.validation.stock import parse_stock
from price_lists.validation.texts import clean_code


class VariantReader:
    """Names and identifies the offer of one size; its row has price and size behind the file's own cells."""

    def __init__(self, table: TableMapping, article: int) -> None:
        self._place = table.width + 1
        self._property = table.variants()[0].kind
        self._article = article

    def __call__(
        self,
        cells: tuple[str, ...],
        title: str,
        titles: dict[str, str],
        source_id: str,
        attributes: dict[str, str],
    ) -> tuple[str, str]:
        variant = cells[self._place]
        attributes.setdefault(self._property, variant)
        for language, name in titles.items():
            titles[language] = f"{name}, {variant}"
        code = source_id or (clean_code(cells[self._article]) if self._article >= 0 else "")
        return f"{title}, {variant}", f"{code}/{variant}" if code else ""


class SizesInStock:
    """The sizes that are in stock, as one property of the offer."""

    def __init__(self, table: TableMapping) -> None:
        sized = [column for column in table.columns if column.field == Field.STOCK and column.kind]
        self._columns = tuple(
            (column.index, variant_of(column.heading) or column.heading) for column in sized
        )
        self._property = sized[0].kind

    def __call__(self, cells: tuple[str, ...], attributes: dict[str, str]) -> None:
        held = [
            name
            for index, name in self._columns
            if cells[index].strip() and parse_stock(cells[index]).availability is Availability.IN_STOCK
        ]
        if held:
            attributes.setdefault(self._property, ", ".join(held))
