"""What a list of needed goods is understood as: lines with a confidence for every field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

#: Below it a cell is shown as unsure: the buyer should look at it.
SURE = 0.75


class Remark(StrEnum):
    """Why a field was read as it was, where that is not plain from the words."""

    QUANTITY_ASSUMED = "quantity_assumed"  # none was named: one
    QUANTITY_RANGE = "quantity_range"  # "10-15 pcs": the upper end
    CEILING_FROM_TOTAL = "ceiling_from_total"  # a sum for the whole line, divided by the quantity
    CEILING_RANGE = "ceiling_range"  # "100-150 UAH": the upper end
    CEILING_OTHER_UNIT = "ceiling_other_unit"  # named per another unit than the quantity
    GTIN_WRONG = "gtin_wrong"  # its check digit does not fit
    DUPLICATE = "duplicate"  # an earlier line asks for the same


class Left(StrEnum):
    """Why a row of the list became no line."""

    HEADER = "header"
    HEADING = "heading"
    TOTAL = "total"
    NO_NAME = "no_name"
    NOT_A_GOOD = "not_a_good"
    TOO_MANY = "too_many"
    NOT_ORDERED = "not_ordered"  # a row of an order form without a quantity


class Note(StrEnum):
    """What is to be said of a whole list."""

    HIDDEN_ROWS = "hidden_rows"
    DUPLICATES = "duplicates"
    ORDER_FORM = "order_form"
    SHEETS_LEFT = "sheets_left"
    PAGES_LEFT = "pages_left"


@dataclass(frozen=True, slots=True)
class Want:
    """An attribute that the good must have, or that is only wished for. `text` is as the list says it.

    `op` is how it compares: "=", ">=" or "<=".
    """

    text: str
    must: bool = True
    op: str = "="


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One needed good.

    `unit` is a UN/ECE code, '' where none was named. `ceiling` is per unit, in `currency` (ISO 4217, ''
    where the list names none). `confidence` has "text", "quantity", "unit", "ceiling" and, where told, "gtin" and
    "needed_by", 0 to 1. `substitutes` is None where the list says nothing of them.
    `source` is the row as the buyer wrote it, `number` its place in the list from 1.
    """

    text: str
    quantity: Decimal
    unit: str = ""
    ceiling: Decimal | None = None
    currency: str = ""
    details: str = ""
    confidence: dict[str, float] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    source: str = ""
    number: int = 0
    wants: tuple[Want, ...] = ()
    substitutes: bool | None = None
    gtin: str = ""
    mpn: str = ""
    place: str = ""
    needed_by: date | None = None

    @property
    def unsure(self) -> list[str]:
        """The fields that the buyer should look at."""
        return [name for name, value in self.confidence.items() if value < SURE]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no needed good, and why: shown, so that nothing vanishes silently."""

    number: int
    source: str
    reason: Left


@dataclass(frozen=True, slots=True)
class ParsedList:
    """A whole list. `currency` is the one that most ceilings name, '' if none does. `place` and `needed_by` are said
    once for all; `notes` say what the buyer should know of the list, with a number.
    """

    lines: tuple[ParsedLine, ...]
    left_out: tuple[LeftOut, ...] = ()
    currency: str = ""
    place: str = ""
    needed_by: date | None = None
    notes: tuple[tuple[Note, int], ...] = ()
