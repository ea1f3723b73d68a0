"""Feed records laid out as table rows, so that one normaliser serves both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from price_lists.mapping.feeds import column_of
from price_lists.mapping.model import MANY, ColumnGuess, Field, Mapping
from price_lists.readers.limits import NAME_BYTES, NAMES
from price_lists.rows import OfferRow, RawRow
from price_lists.validation.normalise import Normalised, TableNormaliser

if TYPE_CHECKING:
    from price_lists.readers.base import FeedReader

# One cell for each field that a feed can fill; several elements for one field share it.
_JOINED = frozenset({Field.PHOTO, Field.VIDEO, Field.GTIN})
_TIERS = 50
_CELL = 60_000  # more than a description may have; what is read out of a cell is remembered by it
_IGNORED = ("ignore", -1, "")
# What repeats in one good is joined as far as somebody might read it.
_JOINED_TEXT = 64 * 1024
_ATTRIBUTE_TEXT = 4_000


class FeedNormaliser:
    """Keeps a cell for each field and fills it from whichever element gives it first."""

    def __init__(self, reader: FeedReader, mapping: Mapping) -> None:
        self._reader = reader
        table = mapping.tables[0]
        self._columns = {column.heading: column for column in table.columns}
        self._places: dict[str, int] = {}
        layout: list[ColumnGuess] = []
        for name in Field:
            if name in {Field.ATTRIBUTE, Field.IGNORE, Field.TIER_PRICE}:
                continue
            headings = [column.heading for column in table.columns if column.field == name]
            currency = next((c.currency for c in table.columns if c.field == name and c.currency), "")
            self._places[name] = len(layout)
            layout.append(
                ColumnGuess(len(layout), headings[0] if headings else str(name), str(name), currency=currency)
            )
        self._tiers: dict[str, int] = {}
        for column in table.columns:  # each further kind of price has an element of its own
            if column.field == Field.TIER_PRICE:
                self._tiers[column.heading] = len(layout)
                layout.append(replace(column, index=len(layout)))
        self._width = len(layout)
        # only fields that can occur cost anything: the others are told to be absent
        self._layout = layout
        self._mapping = mapping
        self._table = table
        self._normalise = self._compiled({column.field for column in table.columns})
        self._known_fields = {column.field for column in table.columns}
        self._plan: dict[str, tuple[str, int, str]] = {}

    def _compiled(self, fields: set[str]) -> TableNormaliser:
        columns = tuple(column for column in self._layout if column.field in fields)
        return TableNormaliser(
            self._mapping, replace(self._table, columns=columns, header_row=0), tree_first=True
        )

    def __call__(self, raw: RawRow) -> Normalised:  # noqa: C901, PLR0912 - the hot loop of feeds
        cells = [""] * self._width
        attributes: dict[str, str] = {}
        plan = self._plan
        source = raw.cells
        for place in range(0, len(source), 2):
            value = source[place + 1]
            if not value:
                continue
            name = source[place]
            known = plan.get(name)
            if known is None:
                known = self._learn(name)
                cells += [""] * (self._width - len(cells))  # a further price that no good had before
            kind, index, label = known
            if kind == "one":
                if not cells[index]:
                    cells[index] = value if len(value) < _CELL else value[:_CELL]
            elif kind == "attribute":
                text = " ".join(value.split())[:1000]
                if text and len(attributes) < 200:
                    # a parameter given several times has several values
                    if label not in attributes:
                        attributes[label] = text
                    elif len(attributes[label]) < _ATTRIBUTE_TEXT:
                        attributes[label] = f"{attributes[label]}, {text}"
            elif kind == "joined":
                if not cells[index]:
                    cells[index] = value.strip()
                elif len(cells[index]) < _JOINED_TEXT:
                    cells[index] = f"{cells[index]} {value.strip()}"
        found = self._normalise(raw._replace(cells=tuple(cells)))
        offer = found[0] if found else None
        if isinstance(offer, OfferRow) and attributes:
            offer.attributes.update(attributes)
        return found

    def _learn(self, name: str) -> tuple[str, int, str]:
        if len(name) > NAME_BYTES or len(self._plan) >= NAMES:
            return _IGNORED  # nothing is remembered of names without end
        column = self._columns.get(name) or column_of(self._reader, name, 0)
        field = column.field
        if field == Field.ATTRIBUTE:
            known = ("attribute", -1, column.kind or name)
        elif field == Field.TIER_PRICE:
            known = ("one", self._tier(name, column), "") if self._has_place(name) else _IGNORED
        elif field == Field.IGNORE or field not in self._places:
            known = _IGNORED
        else:
            if field not in self._known_fields:
                self._known_fields.add(field)
                self._normalise = self._compiled(self._known_fields)
            known = ("joined" if field in _JOINED and field in MANY else "one", self._places[field], "")
        self._plan[name] = known
        return known

    def _has_place(self, name: str) -> bool:
        return name in self._tiers or len(self._tiers) < _TIERS

    def _tier(self, name: str, column: ColumnGuess) -> int:
        """The place of a further price; one that the first goods do not have gets it when it comes."""
        place = self._tiers.get(name)
        if place is None:
            place = self._tiers[name] = self._width
            self._layout.append(replace(column, index=place))
            self._width += 1
            self._known_fields.add(Field.TIER_PRICE)
            self._normalise = self._compiled(self._known_fields)
        return place
