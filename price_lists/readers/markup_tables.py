"""Tables in markup that call themselves spreadsheets: HTML saved as .xls, saved web pages, and Excel's XML of 2003."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import html

from price_lists.errors import TooBig, UnknownFormat, UnreadableFile
from price_lists.readers import encodings
from price_lists.readers.base import COLUMN_CAP, PEEK_ROWS, Beginning, Peek
from price_lists.readers.saved_pages import is_saved_page, saved_pages
from price_lists.readers.xml_stream import elements, local_name, look_into_xml
from price_lists.rows import RawRow, RowIssue

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_HTML_LIMIT = 32 * 1024 * 1024  # a page is parsed whole
_HTML_SIGNS = 2_000_000  # each costs the parser up to 250 bytes
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|table|meta|style)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_TABLE = re.compile(rb"<table\b", re.IGNORECASE)
_ROW = re.compile(rb"<tr\b", re.IGNORECASE)
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "td", "hr"})
_INDEX = "{urn:schemas-microsoft-com:office:spreadsheet}Index"
_MERGED = "{urn:schemas-microsoft-com:office:spreadsheet}MergeAcross"
_NAME = "{urn:schemas-microsoft-com:office:spreadsheet}Name"


class HtmlTableReader:
    """A page with a table of several rows; whether there are goods in it is the mapping's question."""

    formats = frozenset({"html"})

    def recognise(self, path: Path, head: bytes) -> str:
        if is_saved_page(head):
            data = b"".join(page for page, _charset in saved_pages(path, _HTML_LIMIT))
        elif _HTML.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")) or b"<html" in head[:2048].lower():
            with path.open("rb") as stream:
                data = stream.read(_HTML_LIMIT)
        else:
            return ""
        return "html" if _TABLE.search(data) and len(_ROW.findall(data)) >= 3 else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        encoding = encoding or _encoding(path)
        beginning = Beginning()
        for row in _html_rows(path, encoding):
            beginning.take(row.number, row.cells, row.sheet)
        return Peek(beginning.named(), encoding)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        yield from _html_rows(path, mapping.encoding or _encoding(path))


class ExcelXmlReader:
    """SpreadsheetML of Excel 2003 (urn:schemas-microsoft-com:office:spreadsheet), streamed row by row."""

    formats = frozenset({"excel_xml"})

    def recognise(self, path: Path, head: bytes) -> str:
        if b"urn:schemas-microsoft-com:office:spreadsheet" not in head:
            return ""
        look = look_into_xml(path)
        return "excel_xml" if look is not None and look.root == "Workbook" else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        beginning = Beginning()
        for row in itertools.islice(_excel_rows(path), PEEK_ROWS * 10):
            beginning.take(row.number, row.cells, row.sheet)
        return Peek(beginning.named())

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:  # noqa: ARG002
        yield from _excel_rows(path)


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(encodings.SAMPLE)
    if is_saved_page(head):
        return ""  # each page inside tells its own
    return _encoding_of(head)


def _encoding_of(head: bytes) -> str:
    declared = _CHARSET.search(head[:4096])
    return encodings.detect(
        head, declared=declared[1].decode() if declared else "", whole=len(head) < encodings.SAMPLE
    )


def _html_rows(path: Path, encoding: str) -> Iterator[RawRow]:
    if path.stat().st_size > _HTML_LIMIT:
        raise TooBig("spreadsheet_too_big")
    data = path.read_bytes()
    if not is_saved_page(data):
        yield from _page_rows(data, encoding, 0)
        return
    tables = 0
    for page, charset in saved_pages(path, _HTML_LIMIT):
        known = encoding or (charset if encodings.known(charset) else _encoding_of(page[: encodings.SAMPLE]))
        yield from _page_rows(page, known, tables)
        tables += len(_TABLE.findall(page))


def _page_rows(data: bytes, encoding: str, before: int) -> Iterator[RawRow]:
    """The rows of a page's tables, which are numbered on from those of the pages before."""
    if data.count(b"<") + data.count(b"=") > _HTML_SIGNS:
        raise TooBig("spreadsheet_too_big")
    text = data.decode(encoding, "replace").replace("\x00", "")
    try:
        page = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (ValueError, html.etree.ParserError) as error:
        raise UnknownFormat("html_page") from error
    for place, table in enumerate(page.iter("table"), before + 1):
        number = 0
        down: dict[int, tuple[int, str]] = {}  # column -> rows still covered by the cell above, its text
        for line in table.iter("tr"):
            if next(line.iterancestors("table"), None) is not table:
                continue  # a table inside this one comes on its own
            number += 1
            cells = _html_cells(line, down)
            if any(cells):
                yield RawRow(f"Table {place}", number, tuple(cells[:COLUMN_CAP]))


def _html_cells(line: Any, down: dict[int, tuple[int, str]]) -> list[str]:
    cells: list[str] = []

    def covered() -> None:
        while len(cells) in down and len(cells) < COLUMN_CAP:
            left, text = down.pop(len(cells))
            if left > 1:
                down[len(cells)] = (left - 1, text)
            cells.append(text)

    for cell in line.iterchildren("td", "th"):
        if len(cells) >= COLUMN_CAP:
            break
        covered()
        text = _html_text(cell)
        rows, columns = _span(cell, "rowspan"), _span(cell, "colspan")
        for place in range(len(cells), min(len(cells) + columns, COLUMN_CAP) if rows > 1 else 0):
            down[place] = (rows - 1, text if place == len(cells) else "")
        cells += [text, *[""] * (columns - 1)]
    covered()
    return cells


def _html_text(cell: Any) -> str:
    """The words of a cell, with a blank where a line breaks; of a cell with only a picture its address."""
    parts: list[str] = [cell.text or ""]
    for element in cell.iterdescendants():
        if isinstance(element.tag, str):
            if element.tag in _BREAKS:
                parts.append(" ")
            if element.tag not in {"script", "style"}:
                parts.append(element.text or "")
        parts.append(element.tail or "")
    text = " ".join("".join(parts).split())
    if not text:
        image = cell.find(".//img")
        source = image.get("src") or "" if image is not None else ""
        text = source if source.startswith(("http://", "https://")) else ""
    return text


def _span(cell: Any, name: str) -> int:
    told = (cell.get(name) or "1").strip()
    return min(max(int(told), 1), COLUMN_CAP) if told.isdecimal() and len(told) < 6 else 1


def _excel_rows(path: Path) -> Iterator[RawRow]:
    look = look_into_xml(path)
    if look is None or not look.closed:
        raise UnreadableFile("truncated_file", detail="</Workbook>")
    sheet, number, seen = "", 0, None
    with elements(path, look, ("Row",)) as found:
        for _event, element in found:
            worksheet = next(iter(element.iterancestors("{*}Worksheet")), None)
            if worksheet is not seen:
                seen, number = worksheet, 0
                sheet = worksheet.get(_NAME) or "" if worksheet is not None else ""
            number = _index(element, number)
            cells = _excel_cells(element)
            if any(cells):
                yield RawRow(sheet, number, tuple(cells))


def _excel_cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if not isinstance(cell.tag, str) or local_name(cell) != "Cell":
            continue
        place = _index(cell, len(cells))
        if place > COLUMN_CAP or len(cells) >= COLUMN_CAP:
            break
        cells += [""] * (place - 1 - len(cells))
        cells.append(
            "".join(
                "".join(data.itertext())
                for data in cell
                if isinstance(data.tag, str) and local_name(data) == "Data"
            )
        )
        span = cell.get(_MERGED) or ""
        cells += [""] * (min(int(span), COLUMN_CAP) if span.isdecimal() else 0)
    return cells[:COLUMN_CAP]


def _index(element: Any, before: int) -> int:
    told = element.get(_INDEX) or ""
    return int(told) if told.isdecimal() and int(told) < 2**31 else before + 1


HTML_READER = HtmlTableReader()
EXCEL_XML_READER = ExcelXmlReader()
