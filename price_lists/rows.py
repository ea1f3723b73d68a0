"""The typed row that every price-list format is read into, and what can be wrong with one.

Readers and mapping produce these; staging, diff and the command `check_price_list` consume them.
No Django models here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

_ORDINAL = re.compile(r"#[1-9]\d{0,8}\Z")


class Availability(StrEnum):
    """How soon a good can be had, as the vendor's file says it."""

    IN_STOCK = "in_stock"
    TO_ORDER = "to_order"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PriceTier:
    """A further price of the same offer: another kind, quantity or currency."""

    kind: str  # "retail", "wholesale", "no_vat" or the column's own heading
    amount: Decimal
    currency: str
    min_quantity: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer as a price list gives it, after mapping and validation.

    `price` is for one `unit` of `pack_count` pieces, in `currency` (ISO 4217; empty: the file does not
    tell). `row` is the number that the vendor sees in the file, from 1; in XML the ordinal of the offer.
    """

    row: int
    title: str
    price: Decimal
    currency: str = ""
    sheet: str = ""
    source_id: str = ""  # the file's own identifier of the row, if it has one
    article: str = ""
    titles: dict[str, str] = field(default_factory=dict)  # language -> title, when given by language
    descriptions: dict[str, str] = field(default_factory=dict)  # language or "" -> description
    old_price: Decimal | None = None
    vat: str = ""  # "included", "excluded", "none" or "" (not told)
    vat_rate: Decimal | None = None
    unit: str = ""  # UN/ECE code, empty when not told
    pack_count: int = 1
    stock: Decimal | None = None  # quantity in units, None when not told as a number
    availability: Availability = Availability.UNKNOWN
    order_days: int | None = None
    brand: str = ""
    maker: str = ""
    country: str = ""
    mpn: str = ""
    gtin: str = ""
    category_path: tuple[str, ...] = ()
    url: str = ""
    photos: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    tiers: tuple[PriceTier, ...] = ()
    named: str = ""  # the name as the file has it, where rules about names made another of it

    def key(self) -> str:
        """What tells this offer from the others of its source (the file's id, else article, else name)."""
        if self.source_id:
            return f"id:{self.source_id}"[:255]
        if self.article:
            return f"article:{self.article}"[:255]
        name = " ".join((self.named or self.title).lower().split())
        return f"name:{self.brand.lower()}|{name}|{self.unit}"[:245]


def is_by_name(key: str) -> bool:
    """Whether nothing but the name tells the offer: then a second row like it is a second good."""
    return key.startswith("name:")


def repeated_key(key: str, ordinal: int) -> str:
    """The key of the second, third ... row that only its name tells and that has the name of another."""
    return key if ordinal < 2 else f"{key[:245]}#{ordinal}"


def repeated_keys(key: str) -> tuple[str, str]:
    """Between which two, the latter left out, the keys of all further rows with the name are."""
    return f"{key[:245]}#", f"{key[:245]}$"


def first_key(key: str) -> str:
    """The key without what `repeated_key` put to it (a key by name ends with its unit otherwise)."""
    return _ORDINAL.sub("", key) if is_by_name(key) else key


class RawRow(NamedTuple):
    """One row of goods as it stands in the file, before any meaning is read out of it.

    In a table `cells` are the row's cells as text. In a feed they are name and value by turns
    (`"@id", "7", "price", "12.50", "param:Color", "red"`), in the feed's order. `path` is the category
    context: the category rows above, or the path that the feed's category id stands for; `brand` is what a
    row above that names a brand gives. `table` is the index of the mapping's table that the row belongs to
    (0 in feeds).
    """

    sheet: str
    number: int
    cells: tuple[str, ...]
    path: tuple[str, ...] = ()
    table: int = 0
    brand: str = ""


class Severity(StrEnum):
    """An error keeps the row out, a warning lets it in changed, a skip is no offer at all."""

    ERROR = "error"
    WARNING = "warning"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RowIssue:
    """What is wrong with a row: where, which value, and what the vendor can do."""

    row: int
    column: str
    value: str
    code: str  # stable, e.g. "price_not_a_number"; the message is rendered from it
    message: str
    severity: Severity = Severity.ERROR
    sheet: str = ""
