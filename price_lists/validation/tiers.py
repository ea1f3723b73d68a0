"""The further prices of an offer: one column for each, or several amounts in one cell."""

from __future__ import annotations

import re
from decimal import Decimal

from price_lists.mapping.model import ColumnGuess
from price_lists.messages import issue
from price_lists.rows import PriceTier, RawRow, RowIssue, Severity
from price_lists.validation.numbers import NumberNotUnderstood, parse_number, parse_price

_ONE = Decimal(1)


class TierReader:
    """Reads the columns of further prices; what is none there is a warning."""

    def __init__(self, columns: tuple[ColumnGuess, ...], quantities: tuple[int, ...], decimal: str) -> None:
        self._columns = columns
        self._quantities = quantities
        self._decimal = decimal

    def __call__(
        self, raw: RawRow, cells: tuple[str, ...], currency: str, issues: list[RowIssue]
    ) -> tuple[PriceTier, ...]:
        tiers: list[PriceTier] = []
        quantities: list[str] = []
        for index in self._quantities:
            quantities += re.split(r"[;|]", cells[index]) if cells[index] else []
        for column in self._columns:
            text = cells[column.index]
            if not text.strip():
                continue
            # Prom writes several amounts into one cell: "90;80" from "10;50" pieces
            for place, part in enumerate(re.split(r"[;|]", text)):
                quantity = column.min_quantity or (
                    quantities[place].strip() if place < len(quantities) else ""
                )
                try:
                    price = parse_price(part.strip(), self._decimal)
                    least = parse_number(quantity, ",") if quantity else _ONE
                except NumberNotUnderstood as error:
                    if error.args[0] not in {"price_zero", "price_missing"}:
                        issues.append(
                            issue(
                                "tier_price_ignored",
                                row=raw.number,
                                column=column.heading,
                                value=part.strip(),
                                sheet=raw.sheet,
                                severity=Severity.WARNING,
                            )
                        )
                    continue
                tiers.append(
                    PriceTier(
                        column.kind or "other",
                        price.amount,
                        price.currency or column.currency or currency,
                        least if least > 0 else _ONE,
                    )
                )
        return tuple(tiers)
