"""A look at a zipped workbook before any parser sees it: bombs, formulas without values, a short copy."""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from price_lists.errors import TooBig, UnreadableFile

MAX_ENTRIES = 10_000
MAX_INFLATED = 2 * 1024**3
MAX_RATIO = 100
RATIO_FROM = 10 * 1024**2  # smaller parts may be packed as tightly as they like
_CHUNK = 1024 * 1024
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml\Z", re.IGNORECASE)
_STRINGS_PART = re.compile(r"xl/sharedstrings\.xml\Z", re.IGNORECASE)
# In all of these no "<" may stand inside a tag, and a tag has an end to its length: a search that could run on to the end of
# the text from each place in it would take the square of a hostile file's length.
# A formula that has no stored value: programs that write workbooks without calculating leave these.
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b[^<>]{0,400}?\br=\"([A-Z]{1,3}[0-9]{1,7})\"[^<>]{0,400}>\s*"
    rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ROW_END = re.compile(rb"</((?:\w+:)?)row>")
_STRING_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_STRING_INDEX = re.compile(
    rb"\bt=\"s\"[^<>]{0,400}>\s*(?:<(?:\w+:)?f\b[^<>]*>(?:[^<]*</(?:\w+:)?f>)?\s*)?<(?:\w+:)?v>([0-9]+)<"
)
_PEEK_BYTES = 8 * 1024**2
_UNCALCULATED_CAP = 200_000


# calamine gives nothing for a cell that shows an error; the vendor shall hear which one.
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\b(?=[^<>]{0,400}\bt=\"e\")[^<>]{0,400}?\br=\"([A-Z]{1,3}[0-9]{1,7})\"[^<>]{0,400}>"
    rb"(?:<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>(#[^<]{1,20})<"
)
# Documents that are ZIP archives inside and no price lists, by a part that each has.
_DOCUMENTS = (
    ("ppt/presentation.xml", "a presentation"),
    ("index/document.iwa", "an iWork document"),
    ("meta-inf/manifest.mf", "a Java archive"),
    ("androidmanifest.xml", "an Android program"),
    ("[content_types].xml", "an Office document"),
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]{0,2000}\br:id=\"([^\"<>]+)\"", re.IGNORECASE)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")


@dataclass(frozen=True, slots=True)
class ZipLook:
    inflated: int
    marks: dict[str, dict[str, str]]  # part's name -> cell such as "C7" -> what to put there


def look_into_zip(path: Path, *, uncalculated_mark: str = "") -> ZipLook:  # noqa: C901 - one pass over the bytes
    """Refuse what is dangerous by the bytes that really come out. Raises TooBig or UnreadableFile."""
    total = 0
    marks: dict[str, dict[str, str]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise TooBig("zip_too_many_entries", detail=str(len(entries)))
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFile("encrypted_file")
            for entry in entries:
                cells: dict[str, str] = {}
                search = uncalculated_mark and _SHEET_PART.search(entry.filename)
                size, tail = 0, b""
                for chunk in _inflate(archive, entry):
                    size += len(chunk)
                    total += len(chunk)
                    if total > MAX_INFLATED:
                        raise TooBig("zip_too_big")
                    if size > RATIO_FROM and size > MAX_RATIO * max(entry.compress_size, 1):
                        raise TooBig("zip_bomb")
                    if search and len(cells) < _UNCALCULATED_CAP:
                        text = tail + chunk
                        if b"<f" in text or b":f" in text:
                            cells.update(
                                (cell.decode(), uncalculated_mark) for cell in _UNCALCULATED.findall(text)
                            )
                        if b't="e"' in text:
                            cells.update(
                                (cell.decode(), shown.decode("utf-8", "replace"))
                                for cell, shown in _ERROR_CELL.findall(text)
                            )
                        tail = text[-2048:]
                if cells:
                    marks[entry.filename] = cells
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise UnreadableFile("damaged_file", detail=str(error)[:200]) from error
    return ZipLook(total, marks)


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def sheet_parts(path: Path) -> list[str]:
    """The parts' names in the order of the sheets, as far as the workbook's own parts tell them."""
    try:
        with zipfile.ZipFile(path) as archive:
            workbook = archive.read("xl/workbook.xml")
            relations = archive.read("xl/_rels/workbook.xml.rels")
    except (KeyError, zipfile.BadZipFile, OSError, zlib.error):
        return []
    targets: dict[bytes, str] = {}
    for match in _RELATION.finditer(relations):
        identifier = re.search(rb"\bId=\"([^\"]+)\"", match.group())
        target = re.search(rb"\bTarget=\"([^\"]+)\"", match.group())
        if identifier and target:
            name = target[1].decode("utf-8", "replace")
            targets[identifier[1]] = name.lstrip("/") if name.startswith("/") else f"xl/{name}"
    return [targets.get(identifier, "") for identifier in _SHEET.findall(workbook)]


def zip_kind(path: Path) -> str:
    """Which spreadsheet the archive is: "xlsx", "xlsb", "ods", or empty for any other archive."""
    kind = document_kind(path)
    return kind if kind in {"xlsx", "xlsb", "ods", "damaged"} else ""


def document_kind(path: Path) -> str:  # noqa: PLR0911 - one kind after the other
    """What kind of document the archive is inside, "docx" say; empty for an archive around files of their own."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()[: MAX_ENTRIES + 1]}
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                kind = archive.read("mimetype")
                return (
                    "ods" if b"opendocument.spreadsheet" in kind else kind.decode("ascii", "replace").strip()
                )
    except (zipfile.BadZipFile, KeyError, OSError, zlib.error, NotImplementedError, ValueError):
        return "damaged"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names or any(name.startswith("xl/worksheets/") for name in names):
        return "xlsx"
    if "word/document.xml" in names:
        return "docx"
    for mark, kind_of in _DOCUMENTS:
        if mark in names:
            return kind_of
    return ""


def shortened_copy(path: Path, rows: int) -> Path | None:
    """A temporary XLSX with the first rows of each sheet only, so that a look costs little memory.

    None if the workbook is written in a way that this cannot cut; the caller deletes the copy.
    """
    handle, name = tempfile.mkstemp(suffix=".xlsx")
    copy = Path(name)
    try:
        with zipfile.ZipFile(path) as archive, open(handle, "wb") as raw, zipfile.ZipFile(raw, "w") as out:  # noqa: PTH123 - a handle, not a path
            highest = -1
            strings: list[zipfile.ZipInfo] = []
            for entry in archive.infolist():
                if _STRINGS_PART.search(entry.filename):
                    strings.append(entry)
                elif _SHEET_PART.search(entry.filename):
                    part = _first_rows(archive, entry, rows)
                    highest = max([highest, *(int(index) for index in _STRING_INDEX.findall(part))])
                    out.writestr(entry.filename, part)
                elif (
                    entry.file_size <= _PEEK_BYTES
                    and not entry.is_dir()
                    and not entry.filename.startswith("xl/media")
                ):
                    out.writestr(entry.filename, archive.read(entry))
            for entry in strings:
                out.writestr(entry.filename, _first_strings(archive, entry, highest + 1))
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError):
        copy.unlink(missing_ok=True)
        return None
    return copy


def _first_rows(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, rows: int) -> bytes:
    parts: list[bytes] = []
    size, found, last = 0, 0, -1
    prefix = b""
    for chunk in _inflate(archive, entry):
        parts.append(chunk)
        size += len(chunk)
        found += chunk.count(b"row>")  # near enough to know when to look closely
        if found >= rows or size >= _PEEK_BYTES:
            break
    else:
        return b"".join(parts)
    text = b"".join(parts)
    for count, match in enumerate(_ROW_END.finditer(text), 1):
        last, prefix = match.end(), match[1]
        if count >= rows:
            break
    if last < 0:
        raise ValueError("no row ends within the first bytes")
    return text[:last] + b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"


def _first_strings(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, wanted: int) -> bytes:
    parts: list[bytes] = []
    found = 0
    for chunk in _inflate(archive, entry):
        parts.append(chunk)
        found += chunk.count(b"si>")
        if found >= wanted and found > 0:
            text = b"".join(parts)
            count, last = 0, 0
            for match in _STRING_END.finditer(text):
                count += 1  # noqa: SIM113 - a count over the whole sheet
                last = match.end()
                if count >= wanted:
                    root = b"x:sst" if b"<x:sst" in text[:2048] else b"sst"
                    return text[:last] + b"</" + root + b">"
    return b"".join(parts)
