"""Taxonomies as others publish them: a table with codes and names (ДК 021, CPV), or Google's list of paths.

CSV, TSV and XLSX with a heading row; TXT with lines like "1 - Animals > Live Animals". Parents come by a column, by the
path, or by the digits of a CPV code, whose zeros at the end say how deep it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from catalog.tree.errors import TaxonomyUnreadable

#: Nodes of one taxonomy; Google has 5,595 and ДК 021 9,413.
MOST: Final = 40_000
#: Of a name, as the catalogue keeps it.
LONGEST: Final = 120
#: Bytes of one file.
MAX_BYTES: Final = 20 * 2**20
_CODES = {"code", "id", "код", "cpv", "code_id", "номер"}
_PARENTS = {"parent", "parent_code", "parent_id", "батько", "родитель"}
_PATHS = {"path", "шлях", "путь", "category", "категорія", "категория"}
_LANGUAGES = {
    "uk": {"uk", "ua", "ukr", "name_uk", "назва", "українською"},
    "ru": {"ru", "rus", "name_ru", "название", "на русском"},
    "en": {"en", "eng", "name_en", "name", "english", "description"},
}
_LINE = re.compile(r"^\s*(\d+)\s+-\s+(.+?)\s*$")
_CPV = re.compile(r"^(\d{8})(-\d)?$")


@dataclass(slots=True)
class Node:
    """One place of the taxonomy; `parent` is a code, "" at the top."""

    code: str
    parent: str = ""
    names: dict[str, str] = field(default_factory=dict)


def read(files: Iterable[tuple[str, bytes]]) -> list[Node]:
    """The nodes of one taxonomy, parents first. Of several files (a language each) names are joined by code.

    Raises TaxonomyUnreadable.
    """
    nodes: dict[str, Node] = {}
    for name, content in files:
        found = 0
        for node in _nodes(name, content):
            found += 1
            if len(nodes) >= MOST and node.code not in nodes:
                raise TaxonomyUnreadable(field="files")
            known = nodes.setdefault(node.code, node)
            known.parent = known.parent or node.parent
            known.names |= {language: said for language, said in node.names.items() if said}
        if not found:
            raise TaxonomyUnreadable(field="files")
    if not nodes:
        raise TaxonomyUnreadable(field="files")
    return _parents_first(nodes)


def scheme_of(nodes: Sequence[Node]) -> str:
    """A name for it: codes of ДК 021 are told by their shape."""
    return "cpv" if all(_CPV.match(node.code) for node in nodes[:50]) else "google"


def _nodes(name: str, content: bytes) -> Iterator[Node]:
    if name.lower().endswith((".xlsx", ".xls", ".ods")):
        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            rows = [[_cell(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
        except (CalamineError, ValueError) as error:
            raise TaxonomyUnreadable(field="files") from error
        yield from _of_table(rows)
        return
    text = _text(content)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if sum(1 for line in lines[:20] if _LINE.match(line)) > len(lines[:20]) // 2:
        yield from _of_paths(lines, name)
        return
    first = lines[0] if lines else ""
    delimiter = max("\t;,", key=first.count)
    yield from _of_table(list(csv.reader(io.StringIO(text), delimiter=delimiter)))


def _text(content: bytes) -> str:
    for encoding in (
        ("utf-8-sig", "utf-16", "cp1251")
        if content[:2] in {b"\xff\xfe", b"\xfe\xff"}
        else (
            "utf-8-sig",
            "cp1251",
        )
    ):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TaxonomyUnreadable(field="files")


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _of_paths(lines: Sequence[str], file_name: str) -> Iterator[Node]:
    language = _language(file_name, " ".join(lines[:500]))
    by_path: dict[tuple[str, ...], str] = {}
    for line in lines:
        if (found := _LINE.match(line)) is None:
            continue
        code, path = found[1], tuple(part.strip() for part in found[2].split(" > "))
        by_path[path] = code
        yield Node(code, by_path.get(path[:-1], ""), {language: path[-1][:LONGEST]})


def _language(file_name: str, text: str) -> str:
    """By the file's name ("taxonomy-with-ids.uk-UA.txt"), else by the letters."""
    for code in ("uk", "ru", "en"):
        if re.search(rf"(^|[._\-]){code}([._\-]|$)", file_name.lower()):
            return code
    if re.search("[іїєґ]", text.lower()):
        return "uk"
    return "ru" if re.search("[а-я]", text.lower()) else "en"


def _of_table(rows: Sequence[Sequence[str]]) -> Iterator[Node]:
    if not rows:
        return
    heads = [cell.strip().lower().lstrip("\ufeff") for cell in rows[0]]
    code = _place(heads, _CODES)
    if code is None:
        # Google's workbook has no heading: a number, then a column for each level.
        if rows[0] and rows[0][0].strip().isdigit():
            lines = [f"{row[0]} - {' > '.join(part for part in row[1:] if part)}" for row in rows if row]
            yield from _of_paths(lines, "")
        return
    parent, path = _place(heads, _PARENTS), _place(heads, _PATHS)
    languages = {
        language: place
        for language, words in _LANGUAGES.items()
        if (place := _place(heads, words)) is not None and place not in {code, parent}
    }
    if not languages and path is not None:
        lines = [f"{row[code]} - {row[path]}" for row in rows[1:] if len(row) > max(code, path)]
        yield from _of_paths(lines, "")
        return
    for row in rows[1:]:
        said = row[code].strip() if len(row) > code else ""
        names = {
            language: row[place].strip()[:LONGEST]
            for language, place in languages.items()
            if len(row) > place and row[place].strip()
        }
        if said and names:
            above = row[parent].strip() if parent is not None and len(row) > parent else ""
            yield Node(said, above, names)


def _place(heads: Sequence[str], words: set[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if head in words), None)


def _parents_first(nodes: dict[str, Node]) -> list[Node]:
    if all(_CPV.match(code) for code in nodes) and not any(node.parent for node in nodes.values()):
        _parents_of_cpv(nodes)
    ordered: dict[str, Node] = {}
    for node in nodes.values():
        chain, at = [], node
        while at.code not in ordered and at not in chain:
            chain.append(at)
            if at.parent not in nodes:
                at.parent = ""
                break
            at = nodes[at.parent]
        else:
            if at in chain:  # a ring: its first member comes to the top
                at.parent = ""
        for each in reversed(chain):
            ordered[each.code] = each
    return list(ordered.values())


def _parents_of_cpv(nodes: dict[str, Node]) -> None:
    """03111000-2 stands below 03110000-5, that below 03100000-2; a level that is missing is passed over."""
    by_digits = {code[:8]: code for code in nodes}
    for code, node in nodes.items():
        digits = code[:8].rstrip("0")
        # A division has two digits, whose second may be a zero (30000000).
        for length in range(len(digits) - 1, 1, -1):
            above = by_digits.get(digits[:length].ljust(8, "0"))
            if above is not None and above != code:
                node.parent = above
                break
