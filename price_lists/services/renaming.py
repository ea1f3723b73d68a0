"""Goods of a run whose name, category or unit is another than before: how many, and a few of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection
from django.db.models import Count

from price_lists.models import CategoryLink, ImportRun, SourceItem
from price_lists.services.drafting import PATH_SEPARATOR

_WORDS = re.compile(r"\w+")
_CHUNK = 2_000
#: Names that are remembered to find those that went from good to good: 200,000 take some 25 MB.
_NAMES = 200_000
#: Of the first of them the words are kept, to be shown.
_FIRST = 1_000
#: Below this part of words in common two names are taken for names of two goods.
_ALIKE = 0.2
# Rows whose texts differ from what the source said last: known rows and new goods are none.
_ROWS = """
SELECT s.id, s.row, s.key, s.data, s.link_id, i.link_id, o.title, o.unit
FROM price_lists_stagedrow s
    JOIN price_lists_sourceitem i ON i.source_id = %s AND i.key = s.key
    JOIN catalog_offer o ON o.id = i.offer_id
WHERE s.run_id = %s AND s.id > %s AND s.data IS NOT NULL AND (s.kinds & 4) <> 0
ORDER BY s.id LIMIT %s
"""
_Move = tuple[int | None, int | None]  # category links before and now
_Example = tuple[int, str, str, list[Any], list[Any]]  # row, key, title, before, after


@dataclass(slots=True)
class Renamed:
    """How many goods changed so; `examples` by the guard's code, as (row, key, title, before, after)."""

    shown: int
    moved: int = 0  # to another category, unless the category as a whole was only renamed
    units: int = 0
    swapped: int = 0  # have the name that another of them had before
    replaced: int = 0  # share hardly a word with their old name
    examples: dict[str, list[_Example]] = field(default_factory=dict)

    def note(self, code: str, example: _Example) -> None:
        kept = self.examples.setdefault(code, [])
        if len(kept) < self.shown:
            kept.append(example)


def renamed(run: ImportRun, *, examples: int) -> Renamed:
    """One pass over the rows whose texts changed."""
    found = Renamed(shown=examples)
    names: list[tuple[int, int]] = []
    first: list[_Example] = []
    moves: Counter[_Move] = Counter()
    movers: dict[_Move, _Example] = {}
    for _id, row, key, data, link, old_link, old_title, old_unit in _rows(run):
        text = (orjson.loads(data) if isinstance(data, str | bytes) else data)["text"]
        title, unit = text["title"], text["unit"]
        if old_link is not None and link != old_link:
            moves[old_link, link] += 1
            movers.setdefault((old_link, link), (row, key, title, [], []))
        if unit != old_unit:
            found.units += 1
            found.note("units_changed", (row, key, title, ["unit", old_unit], ["unit", unit]))
        if title != old_title and len(names) < _NAMES:
            example = (row, key, title, ["text", old_title[:120]], ["text", title[:120]])
            names.append((hash(old_title), hash(title)))
            if len(first) < _FIRST:
                first.append(example)
            if not _alike(old_title, title):
                found.replaced += 1
                found.note("titles_replaced", example)
    _find_swapped(found, names, first)
    scattered = _scattered(run, moves)
    found.moved = sum(moves[move] for move in scattered)
    found.examples["categories_moved"] = _with_paths([(*move, movers[move]) for move in scattered[:examples]])
    return found


def _scattered(run: ImportRun, moves: Counter[_Move]) -> list[_Move]:
    """The moves that tear categories apart or throw them together, the biggest first.

    Where all of a category goes to one that nothing else goes to, the vendor has given it another name.
    """
    if not moves:
        return []
    items = SourceItem.objects.filter(source=run.source_id, withdrawn=False, link__isnull=False)
    stays = Counter(dict(items.order_by().values_list("link").annotate(number=Count("pk"))))
    for (old, _new), number in moves.items():
        stays[old] -= number
    ways = moves + Counter({(link, link): number for link, number in stays.items() if number > 0})
    goes_to: dict[int | None, int | None] = {}
    comes_from: dict[int | None, int | None] = {}
    for (old, new), _number in ways.most_common():
        goes_to.setdefault(old, new)
        comes_from.setdefault(new, old)
    return [
        (old, new)
        for (old, new), _number in moves.most_common()
        if goes_to[old] != new or comes_from[new] != old
    ]


def _find_swapped(found: Renamed, names: list[tuple[int, int]], first: list[_Example]) -> None:
    before = {old for old, _new in names}
    for place, (_old, new) in enumerate(names):
        if new in before:
            found.swapped += 1
            if place < len(first):
                found.note("titles_swapped", first[place])


def _rows(run: ImportRun) -> Iterator[tuple[Any, ...]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [run.source_id, run.pk, last, _CHUNK])
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < _CHUNK:
            return
        last = rows[-1][0]


def _alike(one: str, other: str) -> bool:
    first, second = set(_WORDS.findall(one.casefold())), set(_WORDS.findall(other.casefold()))
    return not first or len(first & second) >= _ALIKE * len(first | second)


def _with_paths(moves: list[tuple[int | None, int | None, _Example]]) -> list[_Example]:
    links = CategoryLink.objects.in_bulk([pk for before, after, _ in moves for pk in (before, after) if pk])

    def path(pk: int | None) -> list[Any]:
        link = links.get(pk or 0)
        return ["text", link.path.split(PATH_SEPARATOR)[-1][:120] if link else ""]

    return [
        (row, key, title, path(before), path(after)) for before, after, (row, key, title, _b, _a) in moves
    ]
