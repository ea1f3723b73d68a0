"""Tables in Word documents (DOCX, ECMA-376 part 1, 17.4): merged cells, several tables, one table cut by pages."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from price_lists.errors import NoGoodsFound, TooBig, UnreadableFile
from price_lists.readers.archives import document_kind, look_into_zip
from price_lists.readers.base import COLUMN_CAP, Beginning, Peek
from price_lists.readers.xml_stream import Watched
from price_lists.rows import RawRow, RowIssue

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_PART = "word/document.xml"
_MAX_TEXT = 64 * 1024**2  # of that part: its elements are held in memory, some of them to the end
_W = "{*}"
_HEADING = re.compile(r"(?:heading|заголовок|title|назва)?\s*\d?\Z", re.IGNORECASE)
_BREAKS = frozenset({"tab", "br", "cr", "noBreakHyphen"})


class DocumentReader:
    formats = frozenset({"docx"})

    def recognise(self, path: Path, head: bytes) -> str:
        return "docx" if head.startswith(b"PK\x03\x04") and document_kind(path) == "docx" else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        look = look_into_zip(path)
        beginning = Beginning()
        for row in _rows(path):
            beginning.take(row.number, row.cells, row.sheet)
        if not beginning.sheets:
            raise NoGoodsFound("document_without_tables")
        return Peek(beginning.named(), details={"inflated": look.inflated})

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:  # noqa: ARG002
        look_into_zip(path)
        yield from _rows(path)


def paragraphs(path: Path) -> Iterator[str]:
    """The document's text outside of its tables, a paragraph each, empty ones left out. Raises Refusal."""
    look_into_zip(path)
    depth = 0
    with _parsed(path) as (events, source):
        for event, element in events:
            name = etree.QName(element).localname
            if name == "tbl":
                depth += 1 if event == "start" else -1
            elif event == "end" and name in {"p", "tr"}:
                if name == "p" and depth == 0 and (text := _text(element)):
                    yield text
                if depth == 0 or name == "tr":
                    _forget(element)
                source.ended()


@dataclass
class _State:
    """Where in the document the reading stands."""

    tables: int = 0
    sheet: str = ""
    width: int = 0
    number: int = 0
    heading: str = ""
    used: set[str] = field(default_factory=set)
    above: dict[int, str] = field(default_factory=dict)  # column -> text of a cell that is merged downwards

    def begin(self, width: int) -> None:
        """A table begins: the last one goes on if it is as wide and no heading stands between them."""
        self.tables += 1
        self.above = {}
        if self.sheet and width == self.width and not self.heading:
            return
        name = self.heading or f"Table {self.tables}"
        while name in self.used:
            name = f"{name} ({self.tables})"
        self.used.add(name)
        self.sheet, self.width, self.number, self.heading = name, width, 0, ""


def _rows(path: Path) -> Iterator[RawRow]:  # noqa: C901 - one element after the other
    state = _State()
    depth = 0
    with _parsed(path) as (events, source):
        for event, element in events:
            name = etree.QName(element).localname
            if name == "tbl":
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 0:
                    element.clear()
                    source.ended()
            elif event == "start":
                continue
            elif name == "tblGrid" and depth == 1:
                state.begin(len(element.findall(f"{_W}gridCol")))
            elif name == "tr" and depth == 1:
                if not state.sheet:  # a table without a grid
                    state.begin(0)
                state.number += 1
                cells = _cells(element, state)
                if any(cells):
                    yield RawRow(state.sheet, state.number, tuple(cells))
                _forget(element)
                source.ended()
            elif name == "p" and depth == 0:
                text = _text(element)
                if text and _is_heading(element) and len(text) <= 100:
                    state.heading = text
                _forget(element)
                source.ended()


def _forget(element: Any) -> None:
    """What is read and what stood before it: cleared alone, they would stay as empty elements."""
    element.clear()
    while element.getprevious() is not None:
        element.getparent().remove(element.getprevious())


def _cells(row: Any, state: _State) -> list[str]:
    cells: list[str] = []
    before = row.find(f"{_W}trPr/{_W}gridBefore")
    if before is not None:
        cells += [""] * min(_number(before, 0), COLUMN_CAP)
    for cell in row.iterchildren(f"{_W}tc", f"{_W}sdt"):
        if len(cells) >= COLUMN_CAP:
            break
        inner = cell if etree.QName(cell).localname == "tc" else cell.find(f"{_W}sdtContent/{_W}tc")
        if inner is None:
            continue
        place = len(cells)
        text = " ".join(part for paragraph in inner.iter(f"{_W}p") if (part := _text(paragraph)))
        merged = inner.find(f"{_W}tcPr/{_W}vMerge")
        if merged is None:
            state.above.pop(place, None)
        elif _value(merged) == "restart":
            state.above[place] = text
        else:
            text = text or state.above.get(place, "")
        cells.append(text)
        span = inner.find(f"{_W}tcPr/{_W}gridSpan")
        if span is not None:
            cells += [""] * (min(max(_number(span, 1), 1), COLUMN_CAP) - 1)
    return cells[:COLUMN_CAP]


def _text(paragraph: Any) -> str:
    parts: list[str] = []
    for node in paragraph.iter(etree.Element):
        name = etree.QName(node).localname
        if name == "t":
            parts.append(node.text or "")
        elif name in _BREAKS:
            parts.append("-" if name == "noBreakHyphen" else " ")
    return " ".join("".join(parts).split())


def _is_heading(paragraph: Any) -> bool:
    if paragraph.find(f"{_W}pPr/{_W}outlineLvl") is not None:
        return True
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and bool(_HEADING.match(_value(style)))


def _value(element: Any) -> str:
    return next((str(value) for name, value in element.items() if name.rpartition("}")[2] == "val"), "")


def _number(element: Any, default: int) -> int:
    told = _value(element)
    return int(told) if told.isdecimal() and len(told) < 6 else default


@contextmanager
def _parsed(path: Path) -> Iterator[tuple[Iterator[tuple[str, Any]], Watched]]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_name(archive)) as stream:
            if archive.getinfo(_name(archive)).file_size > _MAX_TEXT:
                raise TooBig("zip_too_big")
            source = Watched(stream)
            events = etree.iterparse(
                source,
                events=("start", "end"),
                tag=tuple(_W + name for name in ("tbl", "tblGrid", "tr", "p")),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            yield events, source
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError) as error:
        raise UnreadableFile("damaged_file", detail=str(error)[:200]) from error
    except etree.XMLSyntaxError as error:
        raise UnreadableFile("damaged_file", detail=str(error.msg or error)[:200]) from error


def _name(archive: zipfile.ZipFile) -> str:
    return next((name for name in archive.namelist() if name.lower() == _PART), _PART)


READER = DocumentReader()
