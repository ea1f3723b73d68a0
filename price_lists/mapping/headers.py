"""Where the headers of tables of goods stand, how high they are, and what each column's heading is."""

from __future__ import annotations

import re

from price_lists.mapping.grids import is_row_of_sizes, variant_of
from price_lists.mapping.model import Field, plain_heading
from price_lists.mapping.vocabulary import meaning_of, plain

_HEADER_SCORE = 1.0
_SEARCHED = 300
_HEADER_ROWS = 3
Row = tuple[int, tuple[str, ...]]
_NAMES = (Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN)


def header_score(cells: tuple[str, ...]) -> float:
    """How much a row looks like a header: known words for different fields, no figures."""
    seen: set[str] = set()
    score = 0.0
    sizes = _has_sizes(cells)
    if sizes:  # a column for each: the prices of a grid
        score, seen = 0.6, {"price grid"}
    for cell in cells:
        text = cell.strip()
        if not text:
            continue
        if len(text) > 100:
            score -= 0.7
            continue
        meaning = meaning_of(text)
        if meaning is None and sizes and variant_of(text):
            continue
        if meaning is None or not plain(text):
            score -= (
                0.5
                if any(char.isdigit() for char in text) and not any(char.isalpha() for char in text)
                else 0.05
            )
            continue
        group = "name" if meaning.field in _NAMES else f"{meaning.field}{meaning.kind}"
        score += meaning.weight * (0.15 if group in seen else 1.0)
        seen.add(group)
    goods = {"name", "description", "article", "articlecode", "mpnmodel"} & seen
    prices = {group for group in seen if group.startswith(("price", "discount_price"))}
    if not prices and not goods:
        return 0.0
    return score + (0.5 if goods and prices else -0.6)


def _has_sizes(cells: tuple[str, ...]) -> bool:
    """Whether all but the known words of a row are sizes in order, as the header of a grid has them."""
    unknown = []
    filled = 0
    for cell in cells:
        if not (text := cell.strip()):
            continue
        filled += 1
        if meaning_of(text) is None:
            if not variant_of(text):
                return False  # which most rows of goods end at
            unknown.append(text)
    return 2 <= len(unknown) < filled and is_row_of_sizes(unknown)


def header_places(rows: list[Row]) -> list[tuple[int, int]]:
    """(place in rows, height) of each header; a header that only repeats the one before is left out."""
    scored = [(header_score(cells), place) for place, (_number, cells) in enumerate(rows[:_SEARCHED])]
    best = max(scored, key=lambda item: (round(item[0], 3), -item[1]))
    # a good header that a later, slightly better looking row repeats stays first
    first = next((item for item in scored if item[0] >= max(_HEADER_SCORE, best[0] * 0.75)), None)
    if first is None:
        return []
    places: list[tuple[int, int]] = []
    last_headings: tuple[str, ...] = ()
    skip_until = -1
    for place, (_number, cells) in enumerate(rows):
        if place < first[1] or place <= skip_until:
            continue
        score = scored[place][0] if place < len(scored) else header_score(cells)
        if score < max(_HEADER_SCORE, best[0] * 0.6):
            continue
        if place != first[1] and _has_figures(cells):
            continue
        headings = tuple(plain_heading(cell) for cell in cells if cell.strip())
        if headings == last_headings:
            continue
        height = _height(rows, place)
        if (
            not places
            and place
            and (taller := _height(rows, place - 1)) >= 2
            and header_score(rows[place - 1][1]) >= _HEADER_SCORE
        ):
            place, height = place - 1, taller  # noqa: PLW2901 - the header began a row earlier
        places.append((place, height))
        last_headings = headings
        skip_until = place + height - 1
    return places


def forced_header(rows: list[Row], number: int) -> list[tuple[int, int]]:
    if not number:
        return []
    place = next((place for place, (row, _cells) in enumerate(rows) if row == number), None)
    return [] if place is None else [(place, _height(rows, place))]


def _height(rows: list[Row], place: int) -> int:
    """How many rows the header has: "Ціна" may stand over "з ПДВ", that over "опт" and "роздріб"."""
    height, above = 1, rows[place][1]
    while height < _HEADER_ROWS and place + height < len(rows):
        number, below = rows[place + height]
        if number != rows[place + height - 1][0] + 1 or not _goes_on(above, below):
            break
        above = tuple(_at(below, index) or _at(above, index) for index in range(max(len(above), len(below))))
        height += 1
    return height


def _goes_on(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    """Whether the row below goes on with the header above ("Ціна" over "опт" and "роздріб")."""
    if is_row_of_sizes([cell.strip() for cell in below if cell.strip()]):
        gaps = [index for index, cell in enumerate(below) if cell.strip() and not _at(above, index).strip()]
        return len(gaps) + 1 >= sum(1 for cell in below if cell.strip())
    if _has_figures(below):
        return False
    filled = [index for index, cell in enumerate(below) if cell.strip()]
    # one lonely word below a header is the first group of goods, unless headings are made of it
    if len(filled) < 2 and not (filled and meaning_of(below[filled[0]].strip()) is not None):
        return False
    continued = False
    for index in filled:
        text = below[index].strip()
        if len(text) > 60 or (any(char.isdigit() for char in text) and meaning_of(text) is None):
            return False
        same = plain_heading(text) == plain_heading(_at(above, index)) and bool(text)
        gap = not _at(above, index).strip()
        spanned = (
            index + 1 < len(above) and not _at(above, index + 1).strip() and _at(below, index + 1).strip()
        )
        at_end = index == len(above) - 1 and len(below) > len(above)
        # "опт" below "з ПДВ" below "Ціна": kinds of prices go on under kinds of prices
        kinds = _is_price(text) and _is_price(_at(above, index)) and not same
        if gap or spanned or at_end or kinds:
            continued = True
        elif not same:
            return False
    return continued


def _is_price(heading: str) -> bool:
    meaning = meaning_of(heading.strip())
    return meaning is not None and meaning.field == Field.PRICE


def headings_of(rows: list[Row], start: int, height: int, columns: list[int]) -> dict[int, str]:
    headings = {index: _at(rows[start][1], index).strip() for index in columns}
    for _number, below in rows[start + 1 : start + height]:
        headings = _joined(headings, below, columns)
    return headings


def _joined(above: dict[int, str], below: tuple[str, ...], columns: list[int]) -> dict[int, str]:
    headings: dict[int, str] = {}
    spanning = ""
    for index in columns:
        upper, lower = above[index], _at(below, index).strip()
        if upper:
            spanning = upper
        if (
            lower
            and not upper
            and (meaning := meaning_of(lower)) is not None
            and meaning.field != Field.PRICE
        ):
            headings[index] = lower  # "Ед." below an empty cell is no kind of price
        elif lower and lower != upper:
            headings[index] = f"{upper or spanning} {lower}".strip()
        else:
            headings[index] = upper
    return headings


def _has_figures(cells: tuple[str, ...]) -> bool:
    return any(cell.strip() and re.fullmatch(r"[\d\s.,\u00a0]+", cell.strip()) for cell in cells)


def _at(cells: tuple[str, ...], index: int) -> str:
    return cells[index] if index < len(cells) else ""
