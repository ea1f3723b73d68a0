"""CSV, TSV and other delimited text of any encoding and delimiter."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from price_lists.errors import Refusal, TooBig, UnreadableFile
from price_lists.messages import issue
from price_lists.readers import encodings
from price_lists.readers.base import (
    BLANK_ROWS,
    COLUMN_CAP,
    FIELD_LIMIT,
    PEEK_ROWS,
    Beginning,
    Peek,
    SheetRows,
)
from price_lists.rows import RawRow, RowIssue

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

DELIMITERS = (";", "\t", ",", "|", "^", "~")
_SAMPLE_LINES = 300
_MENDS = 100  # so often a never closed quote is stepped over, before reading gives up mending

csv.field_size_limit(FIELD_LIMIT)


class DelimitedReader:
    formats = frozenset({"csv"})

    def recognise(self, path: Path, head: bytes) -> str:  # noqa: ARG002 - the protocol's signature
        """Text is the last resort: what is text and nothing else is taken for delimited text."""
        encoding = encodings.detect(head, whole=len(head) < encodings.SAMPLE)
        if encoding.startswith(("utf-16", "utf-32")):
            return "csv"
        control = sum(head.count(bytes([code])) for code in range(32) if code not in {9, 10, 11, 12, 13, 26})
        stray = max(
            len(head) // 1000, min(len(head) // 20, 3)
        )  # a few in a short list are no proof against it
        return "csv" if control <= stray else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        encoding = encoding or encodings.detect_file(path)
        if not encodings.known(encoding):
            raise Refusal("unknown_encoding", detail=encoding)
        lines = _first_lines(path, encoding, _SAMPLE_LINES)
        options: dict[str, str] = {}
        if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
            delimiter = delimiter or lines[0][4]
        delimiter = delimiter or guess_delimiter(lines)
        beginning = Beginning()
        for item in itertools.islice(_records(path, encoding, delimiter), PEEK_ROWS):
            if not isinstance(item, RowIssue) and not beginning.take(item[0], tuple(item[1])):
                break
        return Peek([SheetRows("", beginning.rows)], encoding, delimiter, options=options)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        for item in _records(path, mapping.encoding, mapping.delimiter):
            if isinstance(item, RowIssue):
                yield item
            else:
                yield RawRow("", item[0], tuple(item[1]))


def guess_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most lines into the same number of cells, and into more than one."""
    best, best_score = ",", 0.0
    # overlong lines are cut; with quotes in them a cut would open one for ever
    lines = [line[:20_000] for line in lines if len(line) <= 20_000 or '"' not in line]
    for delimiter in DELIMITERS:
        try:
            rows = [
                row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)
            ]
        except csv.Error:
            continue
        # a row's width is where its last cell with anything in it stands or its full width, whichever repeats more
        wide = [len(row) for row in rows if len(row) > 1]
        if not wide:
            continue
        width, count = Counter(wide).most_common(1)[0]
        filled = sum(1 for row in rows if len(row) == width and sum(1 for cell in row if cell.strip()) > 1)
        score = (count / len(rows) + count / len(wide)) / 2 * (1 - 1 / width) * (0.5 + 0.5 * filled / count)
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def _first_lines(path: Path, encoding: str, limit: int) -> list[str]:
    try:
        with path.open(encoding=encoding, errors=encodings.MENDED, newline="") as stream:
            # a line without end must not be read whole
            text = stream.read(512 * 1024)
    except UnicodeError as error:
        raise Refusal("unknown_encoding", detail=encoding) from error
    lines = text.replace("\x00", "").splitlines(keepends=True)
    return (
        lines[:limit]
        if len(lines) <= limit or len(text) < 512 * 1024
        else lines[: min(limit, len(lines) - 1)]
    )


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]] | RowIssue]:
    """(number from 1, cells) of each record that is not blank; a blank one counts in the numbers."""
    try:
        yield from _records_unguarded(path, encoding, delimiter)
    except (UnicodeError, LookupError) as error:
        raise UnreadableFile("unknown_encoding", detail=encoding) from error


def _records_unguarded(  # noqa: C901, PLR0912 - the hot loop of text files
    path: Path, encoding: str, delimiter: str
) -> Iterator[tuple[int, list[str]] | RowIssue]:
    number, skip_lines, mends, blank = 0, 0, 0, 0
    while True:
        with path.open(encoding=encoding, errors=encodings.MENDED, newline="") as stream:
            for _line in itertools.islice(stream, skip_lines):
                pass
            reader = csv.reader(_bounded(stream), delimiter=delimiter)
            done_lines = 0
            broken = False
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    number += 1
                    broken = True
                    lone = reader.line_num - done_lines == 1
                    yield issue("field_too_long" if lone else "broken_quotes", row=number)
                    break
                number += 1
                span = reader.line_num - done_lines
                if span > 2 and mends < _MENDS and _swallowed(cells, delimiter):
                    broken = True
                    yield issue(
                        "broken_quotes", row=number, value=next((c for c in cells if "\n" in c), "")[:80]
                    )
                    break
                done_lines = reader.line_num
                if len(cells) > COLUMN_CAP:
                    filled = sum(1 for cell in cells if cell)
                    if filled > COLUMN_CAP:
                        raise TooBig("too_many_columns", detail=str(len(cells)))
                    cells = cells[:COLUMN_CAP]
                # the first two cells decide for most rows; only seemingly blank ones are looked through
                if not (cells and (cells[0] or cells[-1])) and not any(cell.strip() for cell in cells):
                    blank += 1
                    if blank >= BLANK_ROWS:
                        return
                    continue
                blank = 0
                if number == 1 and len(cells) <= 2 and cells[0].lower().startswith("sep="):
                    continue
                yield number, cells
            if not broken:
                return
            mends += 1
            skip_lines += done_lines + 1
            if mends > _MENDS:
                return


def _bounded(stream: io.TextIOBase) -> Iterator[str]:
    """Lines, none longer than the csv module will refuse anyway; NUL characters stay for the row's warning."""
    limit = FIELD_LIMIT * 64
    while line := stream.readline(limit):
        yield line


def _swallowed(cells: list[str], delimiter: str) -> bool:
    """Whether a quote that was never closed has swallowed whole rows."""
    wanted = max(len(cells) - 1, 2)
    for cell in cells:
        if cell.count("\n") >= 2 and cell.count(delimiter) >= 2 * wanted:
            lines = cell.split("\n")
            if sum(1 for line in lines if line.count(delimiter) >= wanted) >= 2:
                return True
    return False


READER = DelimitedReader()
