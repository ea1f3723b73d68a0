"""The child process that reads a PDF: it may die without harm to whoever started it.

Started by `parsing.pdf` with a JSON order on standard input; writes one JSON answer to standard output. Imports nothing
of the project. A page is given as ruled tables (cells between drawn lines), and as rows of chunks (words that stand close
together) with their places, of which the parent makes columns where nothing is drawn.
"""

from __future__ import annotations

import ctypes
import json
import re
import resource
import sys
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any, NamedTuple

_THIN = 2.5
_LEAST = 4.0
_MOST_RULES = 20_000
_MOST_DEPTH = 5


class _Char(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float
    text: str


class _Word(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


class _Rule(NamedTuple):
    """A drawn line: at `place` across, from `begin` to `end` along."""

    place: float
    begin: float
    end: float


def _chars(textpage: Any, raw: Any) -> list[_Char]:
    count = textpage.count_chars()
    found: list[_Char] = []
    box = raw.FS_RECTF()
    for index in range(count):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code in {0, 0xFFFE, 0xFFFF} or 0xD800 <= code <= 0xDFFF:
            continue
        text = "-" if code == 2 else chr(code)  # PDFium's mark of a hyphen at a line's end
        # Not the ink alone: a full stop's is far from the figure behind it.
        if raw.FPDFText_GetLooseCharBox(textpage, index, box):
            found.append(_Char(box.left, box.bottom, box.right, box.top, text))
    return found


def _words(chars: Sequence[_Char]) -> list[_Word]:
    """Characters in the order of the file, joined while they go on to the right on one line."""
    heights = [char.top - char.bottom for char in chars if not char.text.isspace() and char.top > char.bottom]
    usual = median(heights) if heights else 8.0
    words: list[_Word] = []
    held: list[_Char] = []

    def end() -> None:
        if held:
            words.append(
                _Word(
                    min(char.left for char in held),
                    min(char.bottom for char in held),
                    max(char.right for char in held),
                    max(char.top for char in held),
                    "".join(char.text for char in held),
                )
            )
            held.clear()

    for char in chars:
        if char.text.isspace():
            end()
            continue
        if held:
            last = held[-1]
            size = max(usual, last.top - last.bottom)
            apart = char.left - last.right
            level = abs((char.bottom + char.top) / 2 - (last.bottom + last.top) / 2)
            if apart > 0.35 * size or apart < -2 * size or level > 0.8 * size:
                end()
        held.append(char)
    end()
    return words


def _lines(words: Sequence[_Word]) -> list[list[_Word]]:
    """Words of one height, from the top down, each line from left to right."""
    usual = median([word.top - word.bottom for word in words]) if words else 8.0
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda word: (-word.middle, word.left)):
        if lines and abs(median([each.middle for each in lines[-1]]) - word.middle) <= 0.6 * usual:
            lines[-1].append(word)
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda word: word.left)
    return lines


def _chunks(line: Sequence[_Word]) -> list[tuple[float, float, str]]:
    """Words that stand closer than a blank and a half, as one: (left, right, text)."""
    chunks: list[tuple[float, float, str]] = []
    for word in line:
        size = max(4.0, word.top - word.bottom)
        if chunks and word.left - chunks[-1][1] <= 0.95 * size:
            left, _right, text = chunks[-1]
            # A raised figure moves what stands behind it apart: "г/м² ,"
            glue = "" if word.text[0] in ".,;:)" else " "
            chunks[-1] = (left, word.right, f"{text}{glue}{word.text}")
        else:
            chunks.append((word.left, word.right, word.text))
    return chunks


# Drawn lines ---------------------------------------------------------------------------------------------------


def _segments(page: Any, raw: Any) -> tuple[list[_Rule], list[_Rule]]:
    """Upright and level lines of all paths, those of rectangles too."""
    upright: list[_Rule] = []
    level: list[_Rule] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    matrix = raw.FS_MATRIX()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=_MOST_DEPTH):
        if len(upright) + len(level) > _MOST_RULES:
            break
        shape = item.raw
        if not raw.FPDFPageObj_GetMatrix(shape, matrix):
            continue
        points: list[tuple[float, float, int, bool]] = []
        for index in range(min(raw.FPDFPath_CountSegments(shape), 5000)):
            segment = raw.FPDFPath_GetPathSegment(shape, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            points.append(
                (
                    matrix.a * x.value + matrix.c * y.value + matrix.e,
                    matrix.b * x.value + matrix.d * y.value + matrix.f,
                    raw.FPDFPathSegment_GetType(segment),
                    bool(raw.FPDFPathSegment_GetClose(segment)),
                )
            )
        _sort_out(points, raw.FPDF_SEGMENT_MOVETO, upright, level)
    return upright, level


def _sort_out(
    points: Sequence[tuple[float, float, int, bool]], move: int, upright: list[_Rule], level: list[_Rule]
) -> None:
    begin = before = None
    for across, up, kind, closes in points:
        if kind == move:
            begin = before = (across, up)
            continue
        for one, two in ((before, (across, up)), ((across, up), begin) if closes else (None, None)):
            if one is None or two is None:
                continue
            if abs(one[0] - two[0]) <= _THIN and abs(one[1] - two[1]) >= _LEAST:
                upright.append(_Rule((one[0] + two[0]) / 2, *sorted((one[1], two[1]))))
            elif abs(one[1] - two[1]) <= _THIN and abs(one[0] - two[0]) >= _LEAST:
                level.append(_Rule((one[1] + two[1]) / 2, *sorted((one[0], two[0]))))
        before = (across, up)


def _places(rules: Iterable[_Rule]) -> list[float]:
    """Where lines stand, those that nearly coincide as one."""
    places: list[float] = []
    for place in sorted(rule.place for rule in rules):
        if not places or place - places[-1] > _THIN:
            places.append(place)
    return places


def _grids(upright: list[_Rule], level: list[_Rule]) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Lines that touch each other, as tables. Each has two upright and two level places at least."""
    rules = [(rule, True) for rule in upright] + [(rule, False) for rule in level]
    # Tables stand above each other: bands of height that lines cover without a break.
    spans = sorted(
        ((rule.begin, rule.end) if up else (rule.place - _THIN, rule.place + _THIN))
        for rule, up in rules
        if up
    )
    bands: list[list[float]] = []
    for low, high in spans:
        if bands and low <= bands[-1][1] + 2 * _THIN:
            bands[-1][1] = max(bands[-1][1], high)
        else:
            bands.append([low, high])
    found = []
    for low, high in reversed(bands):
        inside = [rule for rule in upright if rule.begin >= low - _THIN and rule.end <= high + _THIN]
        across = [rule for rule in level if low - 2 * _THIN <= rule.place <= high + 2 * _THIN]
        if len(_places(inside)) >= 3 and len(_places(across)) >= 2:
            found.append((inside, across))
    return found


def _table(
    upright: list[_Rule], level: list[_Rule], words: list[_Word]
) -> tuple[list[list[str]], list[_Word], float]:
    """Cells of a ruled table, the words outside of it, and its upper edge."""
    columns, rows = _places(upright), _places(level)
    inside: list[_Word] = []
    outside: list[_Word] = []
    for word in words:
        within = columns[0] <= word.centre <= columns[-1] and rows[0] <= word.middle <= rows[-1]
        (inside if within else outside).append(word)
    cells: dict[tuple[int, int], list[_Word]] = {}
    for word in inside:
        row = next(index for index, place in enumerate(reversed(rows[:-1])) if word.middle >= place)
        column = max(index for index, place in enumerate(columns[:-1]) if word.centre >= place)
        # No line is drawn through a merged cell: it belongs to its first column and row.
        while column and not _drawn(upright, columns[column], word.middle):
            column -= 1
        height = len(rows) - 1
        while row and not _drawn(level, rows[height - row], word.centre):
            row -= 1
        cells.setdefault((row, column), []).append(word)
    table = [
        [
            _written(word for line in _lines(cells.get((row, column), [])) for word in line)
            for column in range(len(columns) - 1)
        ]
        for row in range(len(rows) - 1)
    ]
    return table, outside, rows[-1]


def _written(words: Iterable[_Word]) -> str:
    """In a row; no blank before a mark, which a raised figure before it moves apart ("г/м² ,")."""
    return re.sub(r" (?=[.,;:)])", "", " ".join(word.text for word in words))


def _drawn(rules: list[_Rule], place: float, at: float) -> bool:
    return any(
        abs(rule.place - place) <= _THIN and rule.begin - _THIN <= at <= rule.end + _THIN for rule in rules
    )


def _page(textpage: Any, page: Any, raw: Any) -> tuple[list[dict[str, Any]], int]:
    """The page's parts from the top down, and how many characters it holds."""
    chars = _chars(textpage, raw)
    words = _words(chars)
    parts: list[tuple[float, dict[str, Any]]] = []
    upright, level = _segments(page, raw)
    for inside, across in _grids(upright, level):
        table, words, top = _table(inside, across, words)
        if sum(1 for row in table if sum(map(bool, row)) >= 2) >= 1:
            parts.append((top, {"table": table}))
    for line in _lines(words):
        chunks = [[round(left, 1), round(right, 1), text] for left, right, text in _chunks(line)]
        top = max(word.top for word in line)
        size = median([word.top - word.bottom for word in line])
        parts.append((top, {"line": chunks, "top": round(top, 1), "size": round(size, 1)}))
    parts.sort(key=lambda part: -part[0])
    return [part for _top, part in parts], sum(1 for char in chars if not char.text.isspace())


def main(order: dict[str, Any]) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (order["answer"], order["answer"]))
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(order["path"])
    except pypdfium2.PdfiumError as error:
        code = raw.FPDF_GetLastError()
        said = str(error).lower()
        return {"error": "encrypted" if code == raw.FPDF_ERR_PASSWORD or "password" in said else "damaged"}
    count = len(document)
    pages, characters = [], 0
    for index in range(min(count, order["pages"])):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            continue
        textpage = page.get_textpage()
        if textpage.count_chars() > order["page_characters"]:
            return {"error": "too_big"}
        parts, held = _page(textpage, page, raw)
        pages.append(parts)
        characters += held
        page.close()
        if characters > order["characters"]:
            break
    return {"pages": pages, "count": count, "characters": characters}


if __name__ == "__main__":
    try:
        answer = main(json.load(sys.stdin))
    except MemoryError:
        answer = {"error": "too_big"}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))
    sys.stdout.flush()
