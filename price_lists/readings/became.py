"""What value of the file became what: the cells of a raw row beside the offer that was read out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from price_lists.mapping.model import ColumnGuess, Field, Mapping
from price_lists.rows import OfferRow, RawRow

_SHOWN = 200


class Made(NamedTuple):
    """`kind` says how `became` is to be shown: as "text", "unit" (a code) or "stock" (a state).

    Of "spaces", where nothing else differs, the values are not told: a list may have them in every row.
    """

    column: str
    value: str
    kind: str
    became: str


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _stock(offer: OfferRow) -> str:
    return _number(offer.stock) if offer.stock is not None else str(offer.availability)


_TEXTS: dict[str, Callable[[OfferRow], str]] = {
    Field.TITLE: lambda offer: offer.title,
    Field.TITLE_UK: lambda offer: offer.titles.get("uk", offer.title),
    Field.TITLE_RU: lambda offer: offer.titles.get("ru", offer.title),
    Field.TITLE_EN: lambda offer: offer.titles.get("en", offer.title),
    Field.BRAND: lambda offer: offer.brand,
    Field.MAKER: lambda offer: offer.maker,
    Field.COUNTRY: lambda offer: offer.country,
    Field.ARTICLE: lambda offer: offer.article,
    Field.MPN: lambda offer: offer.mpn,
    Field.CURRENCY: lambda offer: offer.currency,
    Field.URL: lambda offer: offer.url,
}
_NUMBERS: dict[str, Callable[[OfferRow], Decimal | None]] = {
    Field.PRICE: lambda offer: offer.price,
    Field.OLD_PRICE: lambda offer: offer.old_price,
    Field.PACK: lambda offer: Decimal(offer.pack_count),
}
_STOCKS = (Field.STOCK, Field.AVAILABILITY)


class Became:
    """Compares the cells of one mapping's rows; what came through as it stands is not told."""

    def __init__(self, mapping: Mapping) -> None:
        self._is_table = mapping.is_table
        self._plans = [_told(table.columns) for table in mapping.tables]

    def of(self, raw: RawRow, offer: OfferRow) -> Iterator[Made]:
        cells = raw.cells
        if self._is_table:
            width = len(cells)
            for column in self._plans[raw.table]:
                if column.index < width and (value := cells[column.index].strip()):
                    yield from _made(column, value, offer)
            return
        # an element that stands several times counts once: the first with a value
        first = {name: value for name, value in zip(cells[-2::-2], cells[::-2], strict=True) if value}
        for column in self._plans[0]:
            if value := first.get(column.heading, "").strip():
                yield from _made(column, value, offer)


def _told(columns: tuple[ColumnGuess, ...]) -> list[ColumnGuess]:
    """Columns that alone give one value; where several add up, no one of them became the result."""
    fields = [column.field for column in columns]
    discounted = Field.DISCOUNT_PRICE in fields
    return [
        column
        for column in columns
        if (column.field in _TEXTS and fields.count(column.field) == 1)
        or (column.field in _NUMBERS and not (discounted and column.field != Field.PACK))
        or column.field == Field.UNIT
        or (column.field in _STOCKS and sum(fields.count(each) for each in _STOCKS) == 1)
        or (column.field == Field.GTIN and fields.count(Field.GTIN) == 1)
    ]


def _made(column: ColumnGuess, value: str, offer: OfferRow) -> Iterator[Made]:
    name, field = column.heading, column.field
    kind, became = "text", ""
    if field in _TEXTS:
        became = _TEXTS[field](offer)
    elif field in _NUMBERS:
        number = _NUMBERS[field](offer)
        if _same_number(value, number):
            return
        became = _number(number)
        if field != Field.PACK and became and offer.currency:
            became = f"{became} {offer.currency}"
    elif field == Field.UNIT:
        kind, became = "unit", offer.unit
    elif field == Field.GTIN:
        became = offer.gtin
    else:
        if _same_number(value, offer.stock):
            return
        kind, became = ("text" if offer.stock is not None else "stock"), _stock(offer)
    if became != value and became == " ".join(value.split()):
        yield Made(name or f"{column.index + 1}", "", "spaces", "")
    elif became != value:
        yield Made(name or f"{column.index + 1}", value[:_SHOWN], kind, became[:_SHOWN])


def _same_number(value: str, number: Decimal | None) -> bool:
    try:
        return number is not None and Decimal(value) == number
    except InvalidOperation:
        return False
