"""What each column of a file means: the guess, the vendor's corrections, and the layout's signature."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping as MappingType
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.errors import InvalidInput


class Field(StrEnum):
    """What a column can hold. Kinds that may stand in several columns say so in MANY."""

    SOURCE_ID = "source_id"
    ARTICLE = "article"
    TITLE = "title"
    TITLE_UK = "title_uk"
    TITLE_RU = "title_ru"
    TITLE_EN = "title_en"
    DESCRIPTION = "description"
    DESCRIPTION_UK = "description_uk"
    DESCRIPTION_RU = "description_ru"
    DESCRIPTION_EN = "description_en"
    PRICE = "price"
    OLD_PRICE = "old_price"
    DISCOUNT_PRICE = "discount_price"
    TIER_PRICE = "tier_price"
    VARIANT_PRICE = "variant_price"  # a size's price; each makes an offer where no column holds a plain price
    TIER_QUANTITY = "tier_quantity"
    CURRENCY = "currency"
    UNIT = "unit"
    PACK = "pack"
    STOCK = "stock"
    AVAILABILITY = "availability"
    ORDER_DAYS = "order_days"
    BRAND = "brand"
    MAKER = "maker"
    COUNTRY = "country"
    MPN = "mpn"
    GTIN = "gtin"
    CATEGORY = "category"
    URL = "url"
    PHOTO = "photo"
    VIDEO = "video"
    ATTRIBUTE = "attribute"
    ATTRIBUTE_NAME = "attribute_name"
    ATTRIBUTE_UNIT = "attribute_unit"
    ATTRIBUTE_VALUE = "attribute_value"
    IGNORE = "ignore"


# Fields that several columns of one table may hold at once.
MANY = frozenset(
    {
        Field.TIER_PRICE,
        Field.TIER_QUANTITY,
        Field.VARIANT_PRICE,
        Field.STOCK,
        Field.CATEGORY,
        Field.GTIN,
        Field.PHOTO,
        Field.VIDEO,
        Field.ATTRIBUTE,
        Field.ATTRIBUTE_NAME,
        Field.ATTRIBUTE_UNIT,
        Field.ATTRIBUTE_VALUE,
        Field.IGNORE,
    }
)

#: Heads the column of remarks that is added to a vendor's file: mended and sent again, it is read without it.
REMARKS = "Ryad: remarks"
BRAND_ROWS = "brand_rows"  # option: a person's word on rows that were taken for brands


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column (in a feed: one element) was taken for, how surely, and why.

    `kind` refines the field: the price kind of a tier ("wholesale", "no_vat" or the heading), the name of
    an attribute. `currency` is the one that the heading names. `confidence` runs from 0 to 1; 1 is a
    person's word.
    """

    index: int  # from 0; in feeds the order of first appearance
    heading: str  # as in the file; in feeds the element's name
    field: str
    confidence: float = 1.0
    reason: str = ""
    samples: tuple[str, ...] = ()
    kind: str = ""
    currency: str = ""
    min_quantity: str = ""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One table of goods on one sheet. Feeds have exactly one, without header rows."""

    columns: tuple[ColumnGuess, ...]
    sheet: str = ""
    header_row: int = 0  # the last row of the header, from 1; 0: no header, goods start at once
    header_rows: int = 1
    currency: str = ""  # of prices that name none, as the file's headings tell it
    decimal: str = "."  # the mark before the fraction where "1,234" alone would be unclear
    vat: str = ""  # "included", "excluded" or "" (not told)
    unit: str = ""  # UN/ECE code: what a price is for, as its heading tells it ("Ціна, грн/м2")
    unit_pack: int = 1  # and how many of it ("за 100 шт")
    category_rows: str = "adjacent"  # how category rows nest, see mapping.categories
    category_separator: str = ""  # in category cells and rows; empty: they are not paths
    always_filled: tuple[int, ...] = ()  # columns that no good leaves empty: a row that does is a heading
    brand_rows: dict[str, str] = field(default_factory=dict)  # headings of groups that name a brand -> brand

    def variants(self) -> tuple[ColumnGuess, ...]:
        """The columns that make an offer each; none where a plain price is told."""
        if self.first(Field.PRICE) is not None:
            return ()
        return tuple(column for column in self.columns if column.field == Field.VARIANT_PRICE)

    @property
    def width(self) -> int:
        """Behind the file's own cells a row of a variant has two more: its price and its name."""
        return max((column.index for column in self.columns), default=0) + 1

    def first(self, field_name: str) -> ColumnGuess | None:
        return next((column for column in self.columns if column.field == field_name), None)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Everything needed to read the file again in the same way. Goes to JSON and back unchanged."""

    format: str
    tables: tuple[TableMapping, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    currency: str = ""  # a person's word or the source's default; used where the file tells none
    options: dict[str, str] = field(default_factory=dict)  # reader-specific, e.g. {"quote": "none"}

    @property
    def signature(self) -> str:
        """Equal for two files of the same layout, whatever their goods, dates and sheet names are."""
        digest = hashlib.blake2b(self.format.encode(), digest_size=12)
        for table in self.tables:
            if table.header_row or not table.columns:
                named = [column.heading for column in table.columns]
            else:  # without a header, or a feed: optional elements come and go, the mapped ones count
                named = [str(len(table.columns))] if self.is_table else []
            digest.update("\x1e".join(plain_heading(name) for name in named).encode())
            digest.update(b"\x1d")
        return digest.hexdigest()

    @property
    def is_table(self) -> bool:
        return self.format in TABLE_FORMATS

    def corrected(
        self,
        *,
        columns: MappingType[tuple[int, int], str] | None = None,
        currency: str | None = None,
        decimal: str | None = None,
        vat: str | None = None,
        drop_tables: tuple[int, ...] = (),
        brand_rows: bool | None = None,
    ) -> Mapping:
        """The mapping after a person's corrections: `{(table, column index): field}` and the rest.

        `brand_rows=False` makes groups of the rows that were taken for brands, True undoes that; it is kept
        for the next file. A field that only one column may hold leaves the column that held it before. Raises InvalidInput
        (`unknown_field`, `unknown_column`). For another header row, sheets, encoding or delimiter the
        columns have to be guessed anew: `reading.inspect` takes those.
        """
        tables = list(self.tables)
        for (table_index, column_index), name in (columns or {}).items():
            if name not in set(Field):
                raise InvalidInput("unknown_field", field="columns", value=name)
            if not 0 <= table_index < len(tables) or all(
                column.index != column_index for column in tables[table_index].columns
            ):
                raise InvalidInput("unknown_column", field="columns", value=f"{table_index}:{column_index}")
            tables[table_index] = _with_field(tables[table_index], column_index, Field(name))
        kept = tuple(
            replace(
                table,
                currency=currency or table.currency,
                decimal=table.decimal if decimal is None else decimal,
                vat=table.vat if vat is None else vat,
            )
            for index, table in enumerate(tables)
            if index not in drop_tables
        )
        options = dict(self.options)
        if brand_rows is not None:
            options.pop(BRAND_ROWS, None)
            if not brand_rows:
                options[BRAND_ROWS] = "groups"
        return replace(
            self, tables=kept, currency=self.currency if currency is None else currency, options=options
        )

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists and strings, ready for a JSON column."""
        return asdict(self) | {
            "tables": [
                asdict(table)
                | {
                    "columns": [
                        asdict(column) | {"samples": list(column.samples)} for column in table.columns
                    ],
                    "always_filled": list(table.always_filled),
                    "brand_rows": dict(table.brand_rows),
                }
                for table in self.tables
            ]
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mapping:
        """Back from `to_json`. Raises InvalidInput (`bad_mapping`) for anything else."""
        try:
            tables = tuple(
                TableMapping(
                    **table
                    | {
                        "columns": tuple(
                            ColumnGuess(**column | {"samples": tuple(column.get("samples", ()))})
                            for column in table["columns"]
                        ),
                        "always_filled": tuple(table.get("always_filled", ())),
                        "brand_rows": dict(table.get("brand_rows") or {}),
                    }
                )
                for table in data.get("tables", ())
            )
            return cls(**data | {"tables": tables, "options": dict(data.get("options") or {})})
        except (TypeError, KeyError, AttributeError) as error:
            raise InvalidInput("bad_mapping", field="mapping", detail=str(error)) from error


TABLE_FORMATS = frozenset({"csv", "xlsx", "xls", "xlsb", "ods", "html", "excel_xml", "docx", "files"})


def plain_heading(heading: str) -> str:
    """A heading without what changes between two issues of one list: case, spacing, figures."""
    return " ".join(re.sub(r"[\d\W_]+", " ", heading.lower()).split())


def _with_field(table: TableMapping, index: int, name: Field) -> TableMapping:
    columns = []
    for column in table.columns:
        if column.index == index:
            columns.append(replace(column, field=str(name), confidence=1.0, reason="chosen by hand"))
        elif column.field == name and name not in MANY:
            columns.append(replace(column, field=str(Field.ATTRIBUTE), reason="another column was chosen"))
        else:
            columns.append(column)
    return replace(table, columns=tuple(columns))
