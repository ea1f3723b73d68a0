"""Lists in PDF: read by PDFium in a child process with limits on memory and time; rows of cells and lines of text out.

A PDF knows no tables. Where lines are drawn, they make the cells; else words that stand in columns do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from buyer_requests.errors import ListNotReadable
from core.errors import TooMany

_CHILD = Path(__file__).with_name("pdf_child.py")
MEMORY: Final = 400 * 1024**2
SECONDS: Final = 20
PAGES: Final = 60
CHARACTERS: Final = 400_000
#: Of one page, before anything is worked out from them: a dense one has a tenth of it.
PAGE_CHARACTERS: Final = 60_000
_MOST_ANSWER: Final = 40 * 1024**2
#: One PDF at once in a process, so that a worker needs the memory of one; others wait for their turn.
_turn = threading.Lock()
_PATIENCE: Final = 30  # seconds
_FEWEST: Final = 12  # characters, below which there is no text to speak of


@dataclass(frozen=True, slots=True)
class Part:
    """A table's rows, or lines of text that stand outside of tables. The other one is empty."""

    rows: list[list[str]]
    lines: list[str]


def read_pdf(path: Path) -> list[Part]:
    """The document's tables and texts in their order. Raises ListNotReadable, with what to do."""
    answer = _answer(path)
    if answer.get("error") == "encrypted":
        raise ListNotReadable("pdf_encrypted")
    if "pages" not in answer:
        raise ListNotReadable("pdf_too_big" if answer.get("error") == "too_big" else "pdf_damaged")
    if answer["characters"] < _FEWEST:
        raise ListNotReadable("pdf_without_text")
    parts: list[Part] = []
    for page in answer["pages"]:
        _take_page(page, parts)
    return parts


def _answer(path: Path) -> dict[str, Any]:
    order = {
        "path": str(path.resolve()),
        "memory": MEMORY,
        "seconds": SECONDS,
        "pages": PAGES,
        "characters": CHARACTERS,
        "page_characters": PAGE_CHARACTERS,
        "answer": _MOST_ANSWER,
    }
    if not _turn.acquire(timeout=_PATIENCE):
        raise TooMany("pdf_reader_busy")
    try:
        return _asked(order)
    finally:
        _turn.release()


def _asked(order: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as written:  # not a pipe: nobody holds what may be too long
        try:
            child = subprocess.run(  # noqa: S603 - our own script, by this interpreter
                [sys.executable, "-I", str(_CHILD)],
                input=json.dumps(order).encode(),
                stdout=written,
                stderr=subprocess.DEVNULL,
                timeout=3 * SECONDS,
                check=False,
                cwd="/",
                env={},  # no secrets
            )
        except subprocess.TimeoutExpired:
            raise ListNotReadable("pdf_too_big") from None
        if child.returncode < 0:  # killed: by the limit on processor time, or because an allocation failed
            raise ListNotReadable("pdf_too_big")
        if child.returncode:
            return {"error": "too_big" if written.seek(0, 2) >= _MOST_ANSWER else "damaged"}
        written.seek(0)
        answer: dict[str, Any] = json.load(written)
        return answer


def _take_page(page: list[dict[str, Any]], parts: list[Part]) -> None:
    lines: list[dict[str, Any]] = []
    for part in page:
        if "table" in part:
            _take_lines(lines, parts)
            lines = []
            rows = part["table"]
            if parts and parts[-1].rows and len(parts[-1].rows[0]) == len(rows[0]):
                parts[-1].rows.extend(rows)  # the table goes on over the page's end
            else:
                parts.append(Part(rows, []))
        else:
            lines.append(part)
    _take_lines(lines, parts)


def _take_lines(lines: list[dict[str, Any]], parts: list[Part]) -> None:
    """Lines without drawn cells: columns where chunks stand below each other, plain text otherwise."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _in_columns(lines, end):
            end += 1
        if end - start >= 3 and (rows := _columns(lines[start:end])):
            if parts and parts[-1].rows and len(parts[-1].rows[0]) == len(rows[0]):
                parts[-1].rows.extend(rows)
            else:
                parts.append(Part(rows, []))
            start = end
            continue
        text = " ".join(chunk[2] for chunk in lines[start]["line"])
        if parts and parts[-1].lines:
            parts[-1].lines.append(text)
        else:
            parts.append(Part([], [text]))
        start += 1


def _in_columns(lines: list[dict[str, Any]], at: int) -> bool:
    """A line of three chunks or more, or one that stands right above or below such a one: a wrapped cell."""
    if len(lines[at]["line"]) >= 3:
        return True
    near = 1.9 * max(4.0, float(lines[at]["size"]))
    return any(
        0 <= other < len(lines)
        and len(lines[other]["line"]) >= 3
        and abs(lines[other]["top"] - lines[at]["top"]) <= near
        for other in (at - 1, at + 1)
    )


def _columns(lines: list[dict[str, Any]]) -> list[list[str]]:
    """Cells by the gaps that no chunk of the fuller lines covers."""
    full = [line for line in lines if len(line["line"]) >= 3]
    if len(full) < 2:
        return []
    spans: list[list[float]] = []
    for left, right, _text in sorted((chunk for line in full for chunk in line["line"]), key=lambda c: c[0]):
        if spans and left <= spans[-1][1] + 1.0:
            spans[-1][1] = max(spans[-1][1], right)
        else:
            spans.append([left, right])
    if len(spans) < 3:
        return []
    rows: list[list[str]] = []
    tops: list[float] = []
    for line in lines:
        cells = [""] * len(spans)
        for left, right, text in line["line"]:
            place = max(
                range(len(spans)),
                key=lambda index: min(right, spans[index][1]) - max(left, spans[index][0]),
            )
            cells[place] = f"{cells[place]} {text}".strip()
        rows.append(cells)
        tops.append(line["top"])
    wide = [len(line["line"]) >= 3 for line in lines]
    gaps = sorted(one - two for one, two in pairwise(tops))
    for index in range(1, len(wide)):
        # Nearer to the line above than rows are, and no row's beginning: a heading or a name over two lines.
        beginning = rows[index][0]
        if tops[index - 1] - tops[index] < 0.8 * gaps[len(gaps) * 2 // 3] and not beginning[:1].isdigit():
            wide[index] = False
    return _joined(rows, tops, wide=wide)


def _joined(rows: list[list[str]], tops: list[float], *, wide: list[bool]) -> list[list[str]]:
    """Wrapped cells put back: a line with few cells goes to the fuller line that is nearest to it."""
    if all(wide):
        return rows
    full = [index for index, is_wide in enumerate(wide) if is_wide]
    gaps = [abs(tops[one] - tops[two]) for one, two in pairwise(full)]
    usual = min(gaps, default=0.0)  # of rows of one line each
    owner = {index: index for index in full}
    for index, is_wide in enumerate(wide):
        if is_wide:
            continue
        nearest = min(full, key=lambda other: (abs(tops[other] - tops[index]), other > index))
        said = " ".join(cell for cell in rows[index] if cell)
        # As far apart as rows are, only what goes on in small letters is no row of its own (a heading, a total).
        near = 1.3 if said[:1].islower() else 0.8
        if abs(tops[nearest] - tops[index]) <= near * max(usual, 1.0):
            owner[index] = nearest
    made: dict[int, list[str]] = {}
    for index, row in enumerate(rows):
        kept = made.setdefault(owner.get(index, index), [""] * len(row))
        for place, cell in enumerate(row):
            kept[place] = f"{kept[place]} {cell}".strip()
    return [made[index] for index in sorted(made)]
