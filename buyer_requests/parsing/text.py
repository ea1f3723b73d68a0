"""A pasted list: a table copied from a spreadsheet, or one needed good to a line with talk around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from buyer_requests.parsing import words
from buyer_requests.parsing.letters import Terms, is_errand, is_head, signature_at, terms_of
from buyer_requests.parsing.line import MAX_SOURCE, has_count, parse_line
from buyer_requests.parsing.table import parse_rows
from buyer_requests.parsing.tenders import Group, grouped
from buyer_requests.parsing.types import Left, LeftOut, Note, ParsedLine, ParsedList, Remark
from buyer_requests.parsing.wishes import MOST_WANTS, want_of

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
        return finished(parse_rows(table))
    numbered = [
        # Two blanks part columns; more say no more, and long runs would slow every pattern below.
        (number, re.sub(r"\s{3,}", "  ", row.strip()))
        for number, row in enumerate(rows, start=1)
        if row.strip()
    ]
    indented = {number for number, row in enumerate(rows, start=1) if row[:2].isspace() and row.strip()}
    groups = grouped([(number, f"  {row}" if number in indented else row) for number, row in numbered])
    if groups is not None:
        return finished(_from_groups(numbered, groups))
    if len(numbered) == 1:
        numbered = _apart(numbered[0][1])
    # Rows that no request can take are counted, not understood.
    beyond = numbered[2 * MAX_LINES :]
    read = _from_rows([(number, row[: 2 * MAX_SOURCE]) for number, row in numbered[: 2 * MAX_LINES]])
    if beyond:
        rest = tuple(LeftOut(number, row[:MAX_SOURCE], Left.TOO_MANY) for number, row in beyond)
        read = replace(read, left_out=(*read.left_out, *rest))
    return finished(read)


def _from_rows(numbered: list[tuple[int, str]]) -> ParsedList:
    """A good to a row, with talk around them."""
    rows_with_counter = _counter_rows([row for _number, row in numbered])
    bare_rows = [
        _NUMBERING.sub(
            "",
            _BULLET.sub("", _NUMBERING.sub("", _COUNTER.sub("", row) if index in rows_with_counter else row)),
        )
        for index, (_number, row) in enumerate(numbered)
    ]
    reasons = [_no_good(bare, count=len(numbered)) for bare in bare_rows]
    read = [
        None if reason is not None else parse_line(bare, number=number)
        for reason, bare, (number, _row) in zip(reasons, bare_rows, numbered, strict=True)
    ]
    counted = [line is not None and has_count(line) for line in read]
    signed_at = signature_at([row for _number, row in numbered], counted)
    mostly_counted = sum(counted) >= 2
    lines: list[ParsedLine] = []
    left: list[LeftOut] = []
    for index, ((number, row), known, line) in enumerate(zip(numbered, reasons, read, strict=True)):
        reason = known
        if reason is None and (
            index >= signed_at
            or is_head(row)
            or (mostly_counted and row == bare_rows[index] and is_errand(row, counted=counted[index]))
        ):
            reason = Left.NOT_A_GOOD
        if reason is None and index < 5 and not counted[index] and words.TITLE_ROW.match(row):
            reason = Left.HEADING
        if reason is None and (line is None or not re.search(r"[^\W_]", line.text)):
            reason = Left.NO_NAME
        if reason is None and len(lines) >= MAX_LINES:
            reason = Left.TOO_MANY
        if reason is not None or line is None:
            left.append(LeftOut(number, row, reason or Left.NO_NAME))
        else:
            lines.append(replace(line, source=row))
    return ParsedList(tuple(lines), tuple(left), main_currency(lines))


def _from_groups(numbered: list[tuple[int, str]], groups: list[Group]) -> ParsedList:
    """Goods of several rows each; rows before the first and after the last one are talk."""
    lines: list[ParsedLine] = []
    taken: set[int] = set()
    places = {number: index for index, (number, _row) in enumerate(numbered)}
    for group in groups[:MAX_LINES]:
        start = places[group.number]
        taken |= {number for number, _row in numbered[start : start + len(group.rows)]}
        line = parse_line(group.line, number=group.number)
        told = [want for row in group.requirements if (want := want_of(row))]
        own = [parse_line(row, with_quantity=False) for row in group.requirements]
        lines.append(
            replace(
                line,
                source=" / ".join(row.strip() for row in group.rows)[:MAX_SOURCE],
                wants=(
                    *line.wants,
                    *(want for want, read in zip(told, own, strict=False) if read.substitutes is None),
                )[:MOST_WANTS],
                substitutes=next(
                    (read.substitutes for read in own if read.substitutes is not None), line.substitutes
                ),
                gtin=line.gtin or next((read.gtin for read in own if read.gtin), ""),
                mpn=line.mpn or next((read.mpn for read in own if read.mpn), ""),
            )
        )
    left = [
        LeftOut(number, row.strip(), _no_good(row, count=len(numbered)) or Left.NOT_A_GOOD)
        for number, row in numbered
        if number not in taken
    ]
    left += [LeftOut(group.number, group.name, Left.TOO_MANY) for group in groups[MAX_LINES:]]
    return ParsedList(tuple(lines), tuple(left), main_currency(lines))


def finished(parsed: ParsedList, *, around: Sequence[str] = ()) -> ParsedList:
    """With what the talk says of all lines, and lines that ask for the same named. `around`: further talk."""
    talk = [
        row.source
        for row in parsed.left_out
        if row.reason in {Left.NOT_A_GOOD, Left.HEADER, Left.HEADING, Left.NO_NAME}
    ]
    terms: Terms = terms_of([*around, *talk][:200])
    seen: set[tuple[str, str]] = set()
    lines: list[ParsedLine] = []
    doubles = 0
    for line in parsed.lines:
        key = (re.sub(r"[\W_]+", " ", f"{line.text} {line.details}".lower()).strip(), line.unit)
        marked = replace(line, substitutes=terms.substitutes) if line.substitutes is None else line
        if key in seen:
            doubles += 1
            marked = replace(marked, remarks=(*marked.remarks, Remark.DUPLICATE))
        seen.add(key)
        lines.append(marked)
    notes = (*parsed.notes, (Note.DUPLICATES, doubles)) if doubles else parsed.notes
    return replace(
        parsed,
        lines=tuple(lines),
        place=parsed.place or terms.place,
        needed_by=parsed.needed_by or terms.needed_by,
        notes=notes,
    )


def together(first: ParsedList, second: ParsedList) -> ParsedList:
    """Two lists as one: what was pasted, then what was uploaded."""
    if not first.lines and not first.left_out:
        return second
    lines = [*first.lines, *second.lines]
    return finished(
        ParsedList(
            tuple(lines),
            (*first.left_out, *second.left_out),
            main_currency(lines),
            first.place or second.place,
            first.needed_by or second.needed_by,
            tuple(note for note in (*first.notes, *second.notes) if note[0] != Note.DUPLICATES),
        )
    )


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
