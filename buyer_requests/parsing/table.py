"""A list in columns: which column names the good, its quantity, unit and ceiling, and the rows that are no goods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from statistics import mean

from buyer_requests.errors import ListNotReadable
from buyer_requests.parsing import extra_columns, words
from buyer_requests.parsing.amounts import to_decimal
from buyer_requests.parsing.line import MAX_QUANTITY, MAX_TEXT, parse_line
from buyer_requests.parsing.types import SURE, Left, LeftOut, Note, ParsedLine, ParsedList, Remark
from price_lists.validation.currencies import currency_in_heading

MAX_ROWS = 1000
MAX_READ = 5000
MAX_COLUMNS = 100
_HEADER_DEPTH = 30
_FEWEST_OF_PRICE_LIST = 15
_HEADINGS = {
    "number": r"^(?:№|n|no\.?|nr|#|номер|п\.?/?п\.?|з/?п|№\s*(?:п|з)\.?/?\s*п\.?|порядковий.*|поз(?:иція|иция)?\.?)$",
    "sum": r"сума|сумма|amount|\bsum\b|total|загальн\w+\s+(?:вартість|ціна)|общая\s+(?:стоимость|цена)|вартість\s*(?:,|$|з\s+пдв|всього)"
    r"|стоимость\s*(?:,|$)|всього|всего|разом|итого|бюджет",
    "price": r"ціна|цена|price|вартість|стоимость|гранич|ceiling|max|тариф|за\s+(?:1|один|одиницю|единицу|шт)",
    "unit": r"од(?:иниц\w*|\.)\s*\.?\s*(?:вим|изм|виміру)?|ед(?:иниц\w*|\.)\s*\.?\s*изм|вимір|^од\.?$|^ед\.?$|units?\b|\bu\.?o\.?m\b|"
    r"единиц|одиниц|^шт\.?$",
    "quantity": r"кільк|к-?с?ть|кіл\b|кол-?во|колич|quantity|qty|count|потреба|потребность|об['’]?єм|обсяг|замовлення|заказ|"
    r"шт\.?\s*$|кол\.",
    "details": r"характерист|опис|описание|вимоги|требован|специфик|специфік|spec|details?|parameters|примітк|примечан|comment|"
    r"комент|note|технічн|техническ",
    "code": r"\bкод\b|код\s*дк|дк\s*021|cpv",
    "name": r"найменув|наименов|назва|названи|товар|продукц|предмет|name|item|description|product|goods|позиція|позиция|"
    r"матеріал|материал|номенклатур",
}
_HEADINGS |= extra_columns.HEADINGS
#: In this order a heading is tried: "Ціна за одиницю" is a price, "Кількість, шт" a quantity.
_ORDER = (
    *(
        "number",
        "sum",
        "price",
        "gtin",
        "place",
        "needed",
        "quantity",
        "unit",
        "wished",
        "name",
        "mpn",
        "substitutes",
    ),
    *("code", "details"),
)
_FIGURES = re.compile(
    r"^\s*(?:[$€₴£]\s*)?\d[\d\s\u00a0'.,]*\s*(?:[$€₴£]|грн\.?|uah|usd|eur)?\s*$", re.IGNORECASE
)
_COUNT_CELL = re.compile(
    r"^\s*(?P<num>\d[\d\s\u00a0'.,]*?)\s*(?P<unit>[^\W\d_][^\d()]*)?\s*\.?\s*(?:\(.*\))?\s*$"
)


@dataclass(slots=True)
class _Columns:
    name: int = -1
    number: int = -1
    quantity: int = -1
    unit: int = -1
    price: int = -1
    sum: int = -1
    details: list[int] = field(default_factory=list)
    extras: dict[str, int] = field(default_factory=dict)
    tells_stock: bool = False
    currency: str = ""
    by_heading: bool = False
    heading_unit: str = ""


def parse_rows(rows: Sequence[Sequence[str]], *, first_number: int = 1) -> ParsedList:
    """Read rows of cells. The header may stand below decoration; without one the contents decide."""
    table = [[_cell(cell[:4000]) for cell in row[:MAX_COLUMNS]] for row in rows[:MAX_READ]]
    header, columns = _from_headings(table)
    body = header + 1 if columns else 0
    if columns is None:
        columns = _from_contents(table)
    else:
        _complete(columns, table[body:])
    lines: list[ParsedLine] = []
    left: list[LeftOut] = []
    for index, row in enumerate(table):
        number = first_number + index
        shown = " | ".join(cell for cell in row if cell)
        if not shown:
            continue
        if index < body:
            left.append(LeftOut(number, shown[:MAX_TEXT], Left.HEADER))
            continue
        read = _row(row, columns, number, shown)
        if isinstance(read, ParsedLine) and len(lines) >= MAX_ROWS:
            read = Left.TOO_MANY
        if isinstance(read, ParsedLine):
            lines.append(read)
        else:
            left.append(LeftOut(number, shown[:MAX_TEXT], read))
    filled = {first_number + index for index, row in enumerate(table) if _at(row, columns.quantity)}
    lines, left, notes = _ordered(lines, left, columns, filled)
    currencies = [line.currency for line in lines if line.currency]
    currency = max(set(currencies), key=currencies.count) if currencies else columns.currency
    return ParsedList(tuple(lines), tuple(left), currency, notes=notes)


def _ordered(
    lines: list[ParsedLine], left: list[LeftOut], columns: _Columns, filled: set[int]
) -> tuple[list[ParsedLine], list[LeftOut], tuple[tuple[Note, int], ...]]:
    """A price list with a column for orders: the rows with a quantity are needed. Without any it is no list of needs.

    Raises ListNotReadable for a price list.
    """
    if not columns.by_heading or len(lines) < _FEWEST_OF_PRICE_LIST:
        return lines, left, ()
    # A number in a name is rarely a quantity.
    counted = [
        line
        for line in lines
        if Remark.QUANTITY_ASSUMED not in line.remarks
        and (line.number in filled if columns.quantity >= 0 else line.confidence.get("quantity", 1.0) >= SURE)
    ]
    priced = sum(line.ceiling is not None for line in lines)
    if priced < 0.8 * len(lines) and not columns.tells_stock:
        return lines, left, ()
    # Counts that stand in names are what is in a pack.
    if not counted or (columns.quantity < 0 and len(counted) < 0.1 * len(lines)):
        raise ListNotReadable("list_is_a_price_list")
    if columns.quantity < 0 or len(counted) >= 0.5 * len(lines):
        return lines, left, ()
    idle = [line for line in lines if line not in counted]
    left += [LeftOut(line.number, line.source[:MAX_TEXT], Left.NOT_ORDERED) for line in idle]
    # Prices of a price list are no limits of the buyer's.
    counted = [replace(line, ceiling=None, currency="") for line in counted]
    return counted, sorted(left, key=lambda row: row.number), ((Note.ORDER_FORM, len(idle)),)


def _cell(value: str) -> str:
    text = re.sub(r"[\u00a0\u202f\u2007]", " ", str(value))
    return (
        re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\ufeff]", " ", text))
        .strip()
        .strip('"')
        .strip()
        if text.count('"') in {0, 2} and text.strip().startswith('"')
        else re.sub(r"\s+", " ", text).strip()
    )


def _heading_kind(cell: str) -> str:
    text = re.sub(r"(?<=[^\W\d_])-\s+(?=[^\W\d_])", "-", cell.lower().replace("ё", "е")).strip(" :*")
    if not text or len(text) > 120 or _FIGURES.match(text):
        return ""
    return next((kind for kind in _ORDER if re.search(_HEADINGS[kind], text)), "")


def _from_headings(table: list[list[str]]) -> tuple[int, _Columns | None]:  # noqa: C901 - a branch for each shape
    """The last row of the header and its columns, if one names the goods and something to count them by."""
    for index, row in enumerate(table[:_HEADER_DEPTH]):
        if any(_FIGURES.match(cell) for cell in row if cell):
            continue  # a heading is words
        kinds = [_heading_kind(cell) for cell in row]
        distinct = {kind for kind in kinds if kind}
        if "name" not in distinct and not ({"quantity"} & distinct and {"details", "code"} & distinct):
            continue
        if not distinct & {"quantity", "unit", "price", "sum"} and len(distinct) < 2:
            continue
        last = index
        # A header over two rows: what the lower one says fills the gaps of the upper.
        if index + 1 < len(table):
            below = [_heading_kind(cell) for cell in table[index + 1]]
            if sum(1 for kind in below if kind) >= 2 and not any(
                _FIGURES.match(cell) for cell in table[index + 1] if cell
            ):
                width = max(len(kinds), len(below))
                kinds += [""] * (width - len(kinds))
                for place, kind in enumerate(below):
                    if kind and (not kinds[place] or kind in {"price", "sum", "quantity", "unit"}):
                        kinds[place] = kind
                last += 1
        if last + 1 < len(table):
            numbers = [cell for cell in table[last + 1] if cell]
            if (
                len(numbers) >= 3
                and all(re.fullmatch(r"\(?\d{1,2}\)?\.?(?:\s*=.*)?", cell) for cell in numbers)
                and [int(re.sub(r"\D.*$", "", cell.strip("("))) for cell in numbers]
                == list(
                    range(
                        int(re.sub(r"\D.*$", "", numbers[0].strip("("))),
                        int(re.sub(r"\D.*$", "", numbers[0].strip("("))) + len(numbers),
                    )
                )
            ):
                last += 1  # the row that numbers the columns
        return last, _columns(kinds, row)
    return -1, None


def _columns(kinds: list[str], heading: list[str]) -> _Columns:
    columns = _Columns(by_heading=True)
    for place, kind in enumerate(kinds):
        if place < len(heading) and extra_columns.STOCK.search(heading[place]):
            columns.tells_stock = True
        if kind == "details":
            columns.details.append(place)
        elif kind in extra_columns.HEADINGS:
            columns.extras.setdefault(kind, place)
        elif kind and kind != "code" and getattr(columns, kind) < 0:
            setattr(columns, kind, place)
        if kind in {"price", "sum"} and place < len(heading) and not columns.currency:
            columns.currency = currency_in_heading(heading[place])
        if kind == "quantity" and place < len(heading):
            unit = re.search(r"[,(/]\s*([^\W\d_]+)\.?\s*\)?\s*$", heading[place])
            columns.heading_unit = words.unit_code(unit[1]) if unit else ""
    if columns.name < 0 and columns.details:
        columns.name = columns.details.pop(0)
    return columns


def _complete(columns: _Columns, body: list[list[str]]) -> None:
    """A quantity column whose heading said nothing is found by what it holds."""
    if columns.quantity >= 0 and columns.unit < 0:
        for place in (columns.quantity + 1, columns.quantity - 1):
            values = [row[place] for row in body if 0 <= place < len(row) and row[place]]
            if (
                values
                and place != columns.name
                and mean(bool(words.unit_code(value)) for value in values) > 0.7
            ):
                columns.unit = place
                return
    if columns.quantity < 0:
        guess = _from_contents(body)
        taken = {columns.name, columns.number, columns.unit, columns.price, columns.sum, *columns.details}
        taken |= set(columns.extras.values())
        if guess.quantity >= 0 and guess.quantity not in taken:
            columns.quantity = guess.quantity


def _from_contents(table: list[list[str]]) -> _Columns:  # noqa: C901 - a branch for each kind of column
    """Columns by what stands in them: the wordiest is the name, units are units, counts are small and whole."""
    width = max((len(row) for row in table), default=0)
    cells = [[row[place] for row in table if place < len(row) and row[place]] for place in range(width)]
    columns = _Columns()
    lettered = [
        mean(len(re.findall(r"[^\W\d_]", cell)) for cell in values) if values else 0 for values in cells
    ]
    if not lettered or max(lettered) == 0:
        return columns
    columns.name = lettered.index(max(lettered))
    numeric = []
    for place, values in enumerate(cells):
        if place == columns.name or len(values) < max(1, len(table) * 0.3):
            continue
        if mean(bool(words.unit_code(value)) for value in values) > 0.6:
            columns.unit = place
        elif mean(bool(_FIGURES.match(value)) for value in values) > 0.6:
            numeric.append(place)
        elif mean(bool(_unit_count(value)) for value in values) > 0.6:
            columns.quantity = place
    if numeric and numeric[0] < columns.name and _is_counter(cells[numeric[0]]):
        columns.number = numeric.pop(0)
    marked = [
        place
        for place in numeric
        if mean(bool(re.search(r"[$€₴£]|грн|uah|usd|eur", cell, re.IGNORECASE)) for cell in cells[place])
        > 0.5
    ]
    plain = [place for place in numeric if place not in marked]
    if columns.quantity < 0 and plain:
        beside_unit = [place for place in plain if columns.unit >= 0 and abs(place - columns.unit) == 1]
        columns.quantity = (beside_unit or plain)[0]
        plain.remove(columns.quantity)
    money = sorted(marked + plain)
    if money:
        columns.price = money[0]
        if len(money) > 1:
            columns.sum = money[1]
    return columns


def _is_counter(values: list[str]) -> bool:
    figures = [int(match[1]) for value in values if (match := re.fullmatch(r"(\d{1,4})\.?(?:0)?", value))]
    return (
        len(figures) >= max(1, len(values) * 0.6)
        and all(two > one for one, two in pairwise(figures))
        and figures[0] <= 2
    )


def _unit_count(value: str) -> tuple[Decimal, str] | None:
    match = _COUNT_CELL.match(value)
    if not match or not match["unit"]:
        return None
    unit = words.unit_code(match["unit"].strip().split(" ")[0])
    amount = to_decimal(match["num"], is_money=False)
    return (amount, unit) if unit and amount else None


def _at(row: list[str], place: int) -> str:
    return row[place] if 0 <= place < len(row) else ""


def _row(row: list[str], columns: _Columns, number: int, shown: str) -> ParsedLine | Left:
    name = _at(row, columns.name)
    filled = [cell for cell in row if cell]
    if any(words.TOTAL_ROW.match(cell) for cell in filled[:2]) and not _at(row, columns.unit):
        return Left.TOTAL
    if not re.search(r"[^\W\d_]{2,}", name):
        return Left.NO_NAME
    if (
        columns.by_heading
        and _heading_kind(name) == "name"
        and len(filled) > 1
        and sum(bool(_heading_kind(cell)) for cell in filled) >= 2
    ):
        return Left.HEADER
    counted = columns.quantity >= 0
    if words.TALK_ROW.match(name) and not (counted and _at(row, columns.quantity)):
        return Left.NOT_A_GOOD
    alone = len(filled) == 1 or (len(filled) == 2 and columns.number >= 0 and bool(_at(row, columns.number)))
    if counted and alone and not _at(row, columns.quantity):
        return Left.HEADING  # a category row among the goods, or a signature below them
    line = parse_line(name, number=number, with_quantity=not (counted and bool(_at(row, columns.quantity))))
    line = replace(line, source=shown[:1000], details=_details(row, columns))
    line = extra_columns.with_extras(line, _extras(row, columns))
    if counted and _at(row, columns.quantity):
        line = _with_count(line, row, columns)
    elif columns.unit >= 0 and (unit := words.unit_code(_at(row, columns.unit))):
        line = replace(line, unit=unit, confidence=line.confidence | {"unit": 0.95})
    return _with_price(line, row, columns)


def _details(row: list[str], columns: _Columns) -> str:
    return "; ".join(text for place in columns.details if (text := _at(row, place)))[:1000]


def _extras(row: list[str], columns: _Columns) -> dict[str, str]:
    cells = {kind: cell for kind, place in columns.extras.items() if (cell := _at(row, place))}
    if asked := "; ".join(text for place in columns.details if (text := _at(row, place))):
        cells["details"] = asked
    return cells


def _with_count(line: ParsedLine, row: list[str], columns: _Columns) -> ParsedLine:
    cell = _at(row, columns.quantity)
    sure = 0.97 if columns.by_heading else 0.85
    unit_cell = _at(row, columns.unit)
    unit = words.unit_code(unit_cell.split("(")[0]) if unit_cell else ""
    match = _COUNT_CELL.match(cell)
    amount = to_decimal(match["num"].strip(" .,"), is_money=False) if match else None
    if amount is None or not 0 < amount < MAX_QUANTITY:
        return replace(
            line,
            quantity=Decimal(1),
            unit=unit,
            confidence=line.confidence | {"quantity": 0.2, "unit": 0.9 if unit else 0.5},
            remarks=(*line.remarks, Remark.QUANTITY_ASSUMED),
        )
    if not unit and match and match["unit"]:
        unit = words.unit_code(match["unit"].strip().split(" ")[0])
    unit = unit or columns.heading_unit
    unit_sure = 0.95 if unit else 0.5 if unit_cell else 0.8
    amount = amount.normalize() if amount != amount.to_integral() else amount.quantize(Decimal(1))
    return replace(
        line, quantity=amount, unit=unit, confidence=line.confidence | {"quantity": sure, "unit": unit_sure}
    )


def _with_price(line: ParsedLine, row: list[str], columns: _Columns) -> ParsedLine:
    for place, is_sum in ((columns.price, False), (columns.sum, True)):
        cell = _at(row, place)
        figures = re.search(r"\d[\d \u00a0'.,]*", cell)
        amount = to_decimal(figures.group().strip(" .,'"), is_money=True) if figures else None
        if amount is None:
            continue
        if is_sum:
            amount = (amount / line.quantity).quantize(Decimal("0.0001"))
        currency = currency_in_heading(cell) or columns.currency
        remarks = (*line.remarks, Remark.CEILING_FROM_TOTAL) if is_sum else line.remarks
        amount = amount.normalize() if amount != amount.to_integral() else amount.quantize(Decimal(1))
        return replace(
            line,
            ceiling=amount,
            currency=currency,
            confidence=line.confidence | {"ceiling": 0.95 if columns.by_heading else 0.7},
            remarks=remarks,
        )
    return line
