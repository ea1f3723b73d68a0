"""XLSX, XLS, XLSB and ODS: parsed by calamine in a child process with limits on memory and time."""

from __future__ import annotations

import json
import marshal
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from price_lists.errors import Refusal, TooBig, UnreadableFile
from price_lists.readers.archives import look_into_zip, sheet_parts, shortened_copy, zip_kind
from price_lists.readers.base import BLANK_ROWS, COLUMN_CAP, PEEK_ROWS, PEEK_SIZE, Peek, SheetRows
from price_lists.readers.hidden import with_hidden
from price_lists.rows import RawRow, RowIssue
from price_lists.validation.numbers import UNCALCULATED

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_CHILD = Path(__file__).with_name("spreadsheet_child.py")
_MB = 1024 * 1024
PEEK_MEMORY = 200 * _MB
READ_MEMORY = 1200 * _MB
_PEEK_SECONDS = 30
_READ_SECONDS = 300
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class SpreadsheetReader:
    formats = frozenset({"xlsx", "xls", "xlsb", "ods"})

    def recognise(self, path: Path, head: bytes) -> str:
        if head.startswith(b"PK\x03\x04"):
            kind = zip_kind(path)
            if kind == "damaged":
                raise UnreadableFile("damaged_file", detail="zip")
            return kind
        if head.startswith(_OLE):
            # Word and mail files are OLE, too, and so are encrypted XLSX
            if "EncryptedPackage".encode("utf-16-le") in _whole(path, 4 * _MB):
                raise UnreadableFile("encrypted_file")
            beginning = _whole(path, 64 * _MB)
            if any(name.encode("utf-16-le") in beginning for name in ("Workbook", "Book")):
                return "xls"
            return ""
        # Excel 2 to 5 without OLE
        return (
            "xls" if head[:2] == b"\x09\x08" or head[:4] in {b"\x09\x00\x04\x00", b"\x09\x02\x06\x00"} else ""
        )

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        marks: dict[str, dict[str, str]] = {}
        details: dict[str, Any] = {}
        short: Path | None = None
        if format_name != "xls":
            look = look_into_zip(path, uncalculated_mark=UNCALCULATED if format_name == "xlsx" else "")
            marks = _marks_by_sheet(path, look.marks)
            details["inflated"] = look.inflated
            if format_name == "xlsx" and look.inflated > 4 * _MB:
                short = shortened_copy(path, PEEK_ROWS + 200)
        try:
            with _named(short or path, format_name) as named:
                try:
                    sheets = _peek(named, marks, PEEK_MEMORY, exact=short is None)
                except TooBig:
                    # Only XLSX can be cut short; what is parsed whole may need as much as reading does, and so
                    # may a sheet with a stray cell far out, which the parser lays out as a full rectangle.
                    sheets = _peek(named, marks, READ_MEMORY, exact=short is None)
        finally:
            if short is not None:
                short.unlink(missing_ok=True)
        return Peek(with_hidden(path, format_name, sheets), details=details)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        marks: dict[str, dict[str, str]] = {}
        if mapping.format != "xls":
            look = look_into_zip(path, uncalculated_mark=UNCALCULATED if mapping.format == "xlsx" else "")
            marks = _marks_by_sheet(path, look.marks)
        wanted = list(dict.fromkeys(table.sheet for table in mapping.tables))
        with _named(path, mapping.format) as named:
            yield from self._rows_of(named, wanted, marks)

    @staticmethod
    def _rows_of(path: Path, wanted: list[str], marks: dict[str, dict[str, str]]) -> Iterator[RawRow]:
        name = ""
        for frame in _frames(path, wanted, marks, 1 << 40, READ_MEMORY, _READ_SECONDS):
            if frame[0] == "rows":
                for number, cells in frame[1]:
                    yield RawRow(name, number, tuple(cells))
            elif frame[0] == "sheet":
                name = frame[1]
            elif frame[0] == "sheets":
                present = {listed[0] for listed in frame[1]}
                for sheet in wanted:
                    if sheet not in present:
                        raise UnreadableFile("sheet_missing", detail=sheet)


@contextmanager
def _named(path: Path, format_name: str) -> Iterator[Path]:
    """The file under a name that ends as its content is: the parser believes names, uploads have any."""
    if path.suffix.lower() == f".{format_name}":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / f"list.{format_name}"
        link.symlink_to(path.resolve())
        yield link


def _whole(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(limit)


def _marks_by_sheet(path: Path, marks: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    if not marks:
        return {}
    places = {name.lower(): str(place) for place, name in enumerate(sheet_parts(path))}
    return {places[name.lower()]: cells for name, cells in marks.items() if name.lower() in places}


def _peek(path: Path, marks: dict[str, dict[str, str]], memory: int, *, exact: bool) -> list[SheetRows]:
    return _collect(_frames(path, None, marks, PEEK_ROWS, memory, _PEEK_SECONDS), exact=exact)


def _collect(frames: Iterator[tuple[Any, ...]], *, exact: bool) -> list[SheetRows]:
    sheets: list[SheetRows] = []
    hidden: dict[str, bool] = {}
    left = PEEK_SIZE  # of this process's memory: what the child may take says nothing of many sheets together
    for frame in frames:
        if frame[0] == "sheets":
            hidden = {name: not visible for name, visible, _worksheet in frame[1]}
        elif frame[0] == "sheet":
            sheets.append(SheetRows(frame[1], [], hidden.get(frame[1], False), frame[2] if exact else None))
        elif frame[0] == "rows" and left > 0:
            sheets[-1].rows.extend((number, tuple(cells)) for number, cells in frame[1])
            left -= sum(sum(map(len, cells)) + 8 * len(cells) for _number, cells in frame[1])
    return sheets


def _frames(  # noqa: PLR0917 - what the child is told
    path: Path,
    sheets: list[str] | None,
    marks: dict[str, dict[str, str]],
    rows: int,
    memory: int,
    seconds: int,
) -> Iterator[tuple[Any, ...]]:
    """The child's frames until its end. Its death by whatever cause is a Refusal here."""
    order = {
        "path": str(path),
        "sheets": sheets,
        "marks": marks,
        "rows": rows,
        "memory": memory,
        "seconds": seconds,
        "column_cap": COLUMN_CAP,
        "blank_rows": BLANK_ROWS,
    }
    child = subprocess.Popen(  # noqa: S603 - our own script, by this interpreter
        [sys.executable, "-I", str(_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        try:
            child.stdin.write(json.dumps(order).encode())
            child.stdin.close()
        except BrokenPipeError:
            pass
        ended = False
        while (frame := _frame(child.stdout)) is not None:
            if frame[0] == "error":
                _, code, detail = frame
                refused: type[Refusal] = (
                    TooBig if code in {"too_many_columns", "spreadsheet_too_big"} else UnreadableFile
                )
                raise refused(code, detail=detail)
            if frame[0] == "end":
                ended = True
                break
            yield frame
        if not ended:
            raise _cause_of_death(child.wait())
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _frame(stream: IO[bytes]) -> tuple[Any, ...] | None:
    size = stream.read(4)
    if len(size) < 4:
        return None
    length = struct.unpack("<I", size)[0]
    data = stream.read(length)
    return marshal.loads(data) if len(data) == length else None  # noqa: S302 - from our own child only


def _cause_of_death(status: int) -> Refusal:
    if status in {-signal.SIGXCPU, -signal.SIGKILL}:
        return TooBig("reading_took_too_long")
    if status in {-signal.SIGABRT, 1}:  # Rust aborts when an allocation fails
        return TooBig("spreadsheet_too_big")
    return UnreadableFile("damaged_file", detail=f"status {status}")


READER = SpreadsheetReader()
