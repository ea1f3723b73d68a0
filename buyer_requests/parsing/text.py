"""A pasted list: a table copied from a spreadsheet, or one needed good to a line with talk around it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from buyer_requests.parsing import words
from buyer_requests.parsing.line import MAX_SOURCE, has_count, parse_line
from buyer_requests.parsing.table import parse_rows
from buyer_requests.parsing.types import Left, LeftOut, ParsedLine, ParsedList

MAX_LINES = 1000
MAX_CHARACTERS = 200_000
_BULLET = re.compile(r"^\s*(?:[•·▪▫●○◦►▶➤✓✔☐□■*+>]+|[-–—](?=\s|[^\W\d_]))\s*")
_NUMBERING = re.compile(
    r"^\s*(?:\(?\d{1,3}(?:\.\d{1,2}){0,2}[.)](?!\d)\s*(?=\S)|\d{1,3}(?:\.\d{1,2}){1,2}\s+(?=[^\W\d_])|№\s?\d{1,3}[.):]?\s+|#\d{1,3}[.):]?\s+|"
    r"\(?[a-zа-яіє]\)\s+)",
    re.IGNORECASE,
)
_COUNTER = re.compile(r"^\s*(\d{1,3})(?:\s{1,3}|\s*[-–—:|]\s+)(?=\S)")
_HEADING = re.compile(r"^[^\d]{2,120}:\s*$")
_HEADER_WORDS = re.compile(
    r"^\W*(?:(?:№|n|no|#)\W*(?:п/?п|з/?п)?\W*)?(?:найменування|наименование|назва|название|товар|name|item|description|product)"
    r"(?:\W+(?:[^\W\d_]+)){1,9}\W*$",
    re.IGNORECASE,
)
_COLUMN_WORDS = re.compile(
    r"кільк|к-?сть|колич|кол-?во|од\.|ед\.|unit|qty|quantity|ціна|цена|price|вимір|измер", re.IGNORECASE
)


def parse_text(text: str) -> ParsedList:
    """Read a pasted list of at most 200,000 characters; rows that are no goods are listed with the reason."""
    rows = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").split("\n")
    table = _as_table(rows)
    if table is not None:
        return parse_rows(table)
    numbered = [
        # Two blanks part columns; more say no more, and long runs would slow every pattern below.
        (number, re.sub(r"\s{3,}", "  ", row.strip()))
        for number, row in enumerate(rows, start=1)
        if row.strip()
    ]
    if len(numbered) == 1:
        numbered = _apart(numbered[0][1])
    numbered = [(number, row[: 2 * MAX_SOURCE]) for number, row in numbered]
    rows_with_counter = _counter_rows([row for _number, row in numbered])
    lines: list[ParsedLine] = []
    left: list[LeftOut] = []
    for index, (number, row) in enumerate(numbered):
        bare = row
        if index in rows_with_counter:
            bare = _COUNTER.sub("", bare)
        bare = _NUMBERING.sub("", _BULLET.sub("", _NUMBERING.sub("", bare)))
        reason = _no_good(bare, count=len(numbered))
        if reason is None and len(lines) >= MAX_LINES:
            reason = Left.TOO_MANY
        if reason is not None:
            left.append(LeftOut(number, row, reason))
            continue
        line = parse_line(bare, number=number)
        if not re.search(r"[^\W_]", line.text):
            left.append(LeftOut(number, row, Left.NO_NAME))
            continue
        lines.append(replace(line, source=row))
    return ParsedList(tuple(lines), tuple(left), main_currency(lines))


def main_currency(lines: list[ParsedLine]) -> str:
    """The currency that most ceilings name."""
    named = Counter(line.currency for line in lines if line.currency)
    return named.most_common(1)[0][0] if named else ""


def _as_table(rows: list[str]) -> list[list[str]] | None:
    """Cells, if most rows have the same few of them by tab, bar or semicolon; None for plain lines."""
    filled = [row for row in rows if row.strip()]
    for mark in ("\t", "|", ";"):
        widths = Counter(len(row.strip(" |").split(mark)) for row in filled)
        wide = sum(count for width, count in widths.items() if width > 1)
        usual = max((width for width in widths if width > 1), key=lambda width: widths[width], default=1)
        enough = 1
        if usual < 2 or wide < max(enough, len(filled) * (0.4 if mark == "\t" else 0.7)):
            continue
        if mark == ";" and (usual < 3 or widths[usual] < len(filled) * 0.6):
            continue
        if len(filled) == 1 and not any(
            re.fullmatch(r"\s*\d+(?:[.,]\d+)?\s*", cell) for cell in filled[0].split(mark)
        ):
            continue
        return [
            [cell.strip() for cell in (row.strip(" |") if mark == "|" else row).split(mark)] for row in rows
        ]
    return None


def _apart(row: str) -> list[tuple[int, str]]:
    """One line that holds several goods ("папір 10 пач, ручки 50 шт; степлер 2 шт"), where each names its count."""
    for mark in (r"[;,]\s*(?=[^\W\d_])", r";\s*", r",\s+(?=[^\W\d_])", r"\s+(?:та|и|і|and)\s+(?=\d)|,\s+"):
        parts = [part for part in re.split(mark, row) if part.strip()]
        if 1 < len(parts) <= MAX_LINES and all(
            re.search(r"[^\W\d_]{3,}", line.text) and not words.unit_code(line.text) and has_count(line)
            for line in map(parse_line, parts)
        ):
            return [(index, part) for index, part in enumerate(parts, start=1)]
    return [(1, row)]


def _counter_rows(rows: list[str]) -> set[int]:
    """Rows whose leading number merely counts them: 1, 2, 3 ... in their order."""
    led = [(index, int(match[1])) for index, row in enumerate(rows) if (match := _COUNTER.match(row))]
    if len(led) < 3 or len(led) < len(rows) * 0.5:
        return set()
    in_order = sum(1 for (_i, one), (_j, two) in pairwise(led) if two == one + 1)
    return {index for index, _value in led} if in_order >= (len(led) - 1) * 0.8 and led[0][1] <= 2 else set()


def _no_good(row: str, *, count: int) -> Left | None:  # noqa: PLR0911 - a return for each reason
    if words.TOTAL_ROW.match(row):
        return Left.TOTAL
    if words.TALK_ROW.match(row):
        return Left.NOT_A_GOOD
    if _HEADER_WORDS.match(row) and _COLUMN_WORDS.search(row):
        return Left.HEADER
    if count > 1 and _HEADING.match(row):
        return Left.HEADING
    if not re.search(r"[^\W\d_]", row) or re.fullmatch(r"\W*", row):
        return Left.NO_NAME
    if re.fullmatch(r"\W*(?:https?://\S+|\S+@\S+\.\w+|\+?[\d\s()-]{9,})\W*", row):
        return Left.NOT_A_GOOD
    return None
