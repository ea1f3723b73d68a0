"""Columns of a list besides name, quantity, unit and price: codes, requirements, wishes, substitutes, place and day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from buyer_requests.parsing.days import find_day
from buyer_requests.parsing.types import ParsedLine, Remark, Want
from buyer_requests.parsing.wishes import MOST_WANTS, code_of, want_of, wants_of

#: Kinds of these columns by what their headings say.
HEADINGS: Final = {
    "gtin": r"штрих|\bean\b|gtin|barcode|\bшк\b|ш/к",
    "place": r"місце\s+(?:поставк|постачан|доставк)|место\s+(?:поставк|доставк)|адрес|delivery\s+(?:place|address)|deliver\w*\s+to|"
    r"ship\s+to|підрозділ|подразделен|куди|куда",
    "needed": r"(?:термін|строк|срок|дата)\b.*(?:постав|постач|достав|отрим|получ)|^(?:термін|строк|срок|дата|коли|когда)$|needed|"
    r"deliver\w*\s+(?:by|date)|due\s+date|потрібно\s+до|нужно\s+(?:до|к)",
    "wished": r"бажан|желательн|preferab|preferred|\bwish|nice\s+to\s+have",
    "mpn": r"артикул|\barticle\b|\bsku\b|part\s*(?:no|num|#)|\bp/?n\b|\bmpn\b|код\s+(?:товару|товара|виробника|производителя)|номер\s+деталі|"
    r"парт.?номер|каталожн",
    "substitutes": r"аналог|замін|замен[аы]|substitut|equivalent|еквівалент|эквивалент",
}
#: What only a price list tells.
STOCK: Final = re.compile(
    r"залиш|наявн|остат|наличи|\bstock\b|availab|на\s+склад|опт\b|оптов|роздріб|розн|рознич|\brrp\b|\bррц\b|гурт|wholesale|retail",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:так|да|yes|y|\+|можна|можно|допуска\w+|дозвол\w+|разреш\w+|allowed|ok|ок|true|1)\W*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:ні|нет|no|n|[-–—]|не\s+\w+|без\s+\w+|заборон\w+|запрещ\w+|not\s+\w+|none|false|0)\W*$",
    re.IGNORECASE,
)
_CODE = re.compile(r"^(?=[^\s]*\d|[A-ZА-Я-]{3,})[\w./-]{2,40}$")
_SERIAL = re.compile(r"^4\d{4}(?:\.0+)?$|^5\d{4}(?:\.0+)?$")


def with_extras(line: ParsedLine, cells: Mapping[str, str]) -> ParsedLine:  # noqa: C901 - one column after the other
    """The line with what these columns of its row say; `cells` by kind, empty ones left out."""
    if not cells:
        return line
    changes: dict[str, object] = {}
    confidence = dict(line.confidence)
    remarks = line.remarks
    if digits := cells.get("gtin"):
        code, right = code_of(digits)
        if code:
            changes["gtin"] = code
            if not right:
                confidence["gtin"] = 0.3
                remarks = (*remarks, Remark.GTIN_WRONG)
    if (number := cells.get("mpn", "").strip()) and _CODE.match(number.removesuffix(".0")):
        changes["mpn"] = number.removesuffix(".0")[:64]
    if place := cells.get("place"):
        changes["place"] = place[:160]
    if told := cells.get("needed"):
        day = day_of(told)
        if day is not None:
            changes["needed_by"] = day
        else:
            confidence["needed_by"] = 0.3
    if said := cells.get("substitutes"):
        if _NO.match(said):
            changes["substitutes"] = False
        elif _YES.match(said):
            changes["substitutes"] = True
    wants: list[Want] = [*line.wants, *wants_of(cells.get("details", ""))]
    wants += [
        want
        for part in re.split(r"[;\n,]+", cells.get("wished", ""))
        if (want := want_of(part, must=False)) is not None
    ]
    changes["wants"] = tuple(dict.fromkeys(wants))[:MOST_WANTS]
    return replace(line, confidence=confidence, remarks=remarks, **changes)  # type: ignore[arg-type]  # by field


def day_of(cell: str) -> date | None:
    """A day out of a cell, also where a workbook keeps it as a number of days."""
    text = cell.strip()
    if _SERIAL.match(text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    text = re.sub(
        r"^\W*(?:до|по|к|не\s+пізніше|не\s+позднее|by|until|before)\s+", "", text, flags=re.IGNORECASE
    )
    found = find_day(text)
    return found.value if found else None
