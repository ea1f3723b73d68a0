"""Headings inside groups of goods that name a brand ("Axent" below "Зошити"): found by evidence, and split off.

A heading is a brand if most titles below it say its name and the name can be no common word: it is written in
Latin below a Cyrillic group, or stands in the vendor's own brand column, or titles write it in quotes or with a
capital in their middle beside headings that are brands already. One brand alone in a list proves nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field

from price_lists.mapping.categories import is_numbered
from price_lists.mapping.model import Field, Mapping
from price_lists.rows import RawRow, RowIssue
from price_lists.validation.brands import NO_BRANDS, found_in, made_for, names_in

_TITLES = (Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN)
_CYRILLIC = re.compile("[а-яА-ЯіїєґІЇЄҐёЁ]")
# Groups of goods that fit other goods: a name there is what they fit, not who makes them.
_FITTING = re.compile(
    r"чохл|чехл|скло|стекл|плівк|пл[её]нк|накладк|бампер|запчаст|аксес|комплектуюч", re.IGNORECASE
)
_LONGEST, _WORDS = 40, 3
_ROUNDS = 4


@dataclass(slots=True)
class _Group:
    """The goods right below one heading."""

    names: tuple[str, ...]
    numbered: bool
    goods: int = 0
    said: int = 0  # titles with the name
    proper: int = 0  # titles that write it as a name is written
    fitting: int = 0  # titles of goods made for it
    in_column: int = 0  # goods whose own brand it is
    spellings: list[Counter[str]] = field(default_factory=list)

    def take(self, title: str, brand: str) -> None:
        self.goods += 1
        for name, spellings in zip(self.names, self.spellings, strict=True):
            self.in_column += brand.casefold() == name.casefold()
            written = found_in(name, title)
            if written is None:
                continue
            spellings[written] += 1
            self.said += 1
            self.proper += _is_proper(written, title)
            self.fitting += made_for(name, title)
            return
        # "PHILIPS Xenium" over "XENIUM X160"
        first = title.split(maxsplit=1)[0].casefold() if title else ""
        words = {
            word.casefold() for name in self.names for word in name.split() if word.upper() not in NO_BRANDS
        }
        self.said += len(first) >= 4 and first in words


def find_brand_rows(rows: Iterable[object], mapping: Mapping) -> list[dict[str, str]]:
    """For each table: heading of a group -> the brand it names. `rows` are those of `sorted_rows`, not split."""
    titles = [
        tuple(c.index for name in _TITLES for c in t.columns if c.field == name) for t in mapping.tables
    ]
    brands = [next((c.index for c in t.columns if c.field == Field.BRAND), -1) for t in mapping.tables]
    groups: list[dict[tuple[str, ...], _Group]] = [{} for _table in mapping.tables]
    numbered: set[str] = set()
    for item in rows:
        if isinstance(item, RowIssue):
            if item.code == "category_row" and is_numbered(item.value):
                numbered.add(item.value)
            continue
        raw = item[0] if isinstance(item, tuple) else None
        if not isinstance(raw, RawRow) or len(raw.path) < 2:
            continue
        cells, known = raw.cells, groups[raw.table]
        group = known.get(raw.path)
        if group is None:
            names = names_in(raw.path[-1])
            group = known[raw.path] = _Group(
                names,
                any(text.endswith(raw.path[-1]) for text in numbered),
                spellings=[Counter() for _ in names],
            )
        title = next((cells[index] for index in titles[raw.table] if index < len(cells) and cells[index]), "")
        brand = cells[brands[raw.table]] if 0 <= brands[raw.table] < len(cells) else ""
        group.take(title.strip(), brand.strip())
    return [_brands_of(known) for known in groups]


def split_brand(
    path: tuple[str, ...], brand_rows: MappingType[str, str] | None
) -> tuple[tuple[str, ...], str]:
    """The path without its last heading if that is a brand row, and the brand it names (else empty)."""
    if not brand_rows or len(path) < 2 or path[-1] not in brand_rows or _is_fitting(path[-2]):
        return path, ""
    return path[:-1], brand_rows[path[-1]]


def _brands_of(groups: dict[tuple[str, ...], _Group]) -> dict[str, str]:
    above = {path[:depth] for path in groups for depth in range(1, len(path))}
    inner = {path[-1] for path in above}  # a heading over further headings is a group
    leaves: dict[tuple[str, ...], dict[str, _Group]] = {}
    for path, group in groups.items():
        if path not in above:
            leaves.setdefault(path[:-1], {})[path[-1]] = group
    leaves = {
        parent: {heading: group for heading, group in below.items() if heading not in inner}
        for parent, below in leaves.items()
        if not _is_fitting(parent[-1])
    }
    sure = _sure_names(leaves)
    if len(sure) < 2:
        return {}
    spellings: dict[str, Counter[str]] = {}
    for group in groups.values():
        for name, counted in zip(group.names, group.spellings, strict=True):
            spellings.setdefault(name.casefold(), Counter()).update(counted)
    return {
        heading: ", ".join(_spelt(name, spellings[name.casefold()]) for name in group.names)
        for below in leaves.values()
        for heading, group in below.items()
        if group.names and _keys(group) <= sure
    }


def _sure_names(leaves: dict[tuple[str, ...], dict[str, _Group]]) -> set[str]:
    """Names that stand in groups where at least every second heading can be a brand; each helps the others."""
    sure: set[str] = set()
    for _round in range(_ROUNDS):
        before = len(sure)
        for parent, below in leaves.items():
            able = [g for g in below.values() if _can_be_brand(g, parent[-1], known=_keys(g) <= sure)]
            if len(able) * 2 < len(below):
                continue
            if any(_is_latin(group) or group.in_column or _keys(group) <= sure for group in able):
                sure.update(*(_keys(group) for group in able))
        if len(sure) == before:
            break
    return sure


def _can_be_brand(group: _Group, parent: str, *, known: bool) -> bool:
    if not group.names or group.numbered or group.fitting * 5 > group.said:
        return False
    if group.in_column * 2 > group.goods or known:
        return True
    if any(_is_common(name) for name in group.names) or group.said * 2 <= group.goods:
        return False
    if _is_latin(group):
        return bool(_CYRILLIC.search(parent))
    return len(group.names) == 1 and group.proper * 2 > group.goods


def _is_common(name: str) -> bool:
    """Whether the words are too many, too short, or nobody's name."""
    words = name.split()
    return (
        len(name) > _LONGEST
        or len(name) < 2
        or len(words) > _WORDS
        or not name[0].isupper()
        or any(char.isdigit() for char in name)
        or all(word.upper().strip(".") in NO_BRANDS for word in words)
    )


def _is_latin(group: _Group) -> bool:
    return bool(group.names) and not any(
        char.isalpha() and ord(char) > 0x24F for name in group.names for char in name
    )


def _is_fitting(parent: str) -> bool:
    return bool(_FITTING.search(parent))


def _is_proper(written: str, title: str) -> bool:
    """In quotes, or with a capital in the middle of a title whose other words have none."""
    start = title.find(written)
    if start > 0 and title[start - 1] in "«\"“„'":
        return True
    before = title[:start].split()
    rest = [word for word in title.replace(written, " ").split()[1:] if word[:1].isalpha() and len(word) > 3]
    lower = sum(1 for word in rest if word[0].islower())
    return bool(before) and before[-1][-1] not in ".!?:" and written[0].isupper() and lower * 2 >= len(rest)


def _keys(group: _Group) -> set[str]:
    return {name.casefold() for name in group.names}


def _spelt(name: str, spellings: Counter[str]) -> str:
    """As most titles write it where the heading shouts ("XIAOMI"), else as the heading does."""
    if name.isupper() and len(name) > 3 and spellings:
        return spellings.most_common(1)[0][0]
    return name
