"""From searches that were unmet to what may be told: only what enough people stand behind, and nothing exact. Pure.

The log tells visitors apart within one day and one query alone (`search.learning.visitors`), so whoever comes on two
days is two visitors of a day. Enough are k visitors of a day on at least three days, on one of them at least two different
ones: what is searched for from one account or network alone is told nowhere, however often and on however many days. One
person who is signed in now and signed out then, or uses two networks, is two.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

FEWEST: Final = 5
FEWEST_DAYS: Final = 3
#: Different visitors on one of the days; those are people for sure, or one with two networks.
FEWEST_AT_ONCE: Final = 2
#: Queries that are kept at once; above it those that one visitor asked once are let go, which tells less, never more.
MOST_CELLS: Final = 200_000
_VISITOR_BITS: Final = 15


def is_enough(visitors: Iterable[int], *, fewest: int = FEWEST) -> bool:
    """Whether so many different visitors on each of some days are enough people to tell what they asked."""
    counts = [count for count in visitors if count]
    return len(counts) >= FEWEST_DAYS and max(counts) >= FEWEST_AT_ONCE and sum(counts) >= max(FEWEST, fewest)


@dataclass(frozen=True, slots=True)
class Asked:
    """One search that was unmet. `visitor` tells visitors apart within that day and key."""

    day: dt.date
    key: int
    visitor: int
    language: str
    words: str
    category: int | None = None
    is_above: bool = False
    region: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What may be told. `words` is "" for a category as a whole; `visitors` is at least so many visitors of a day."""

    above_ceiling: bool
    words: str
    language: str
    category: int | None
    visitors: int
    regions: tuple[str, ...]


#: Visitors by day.
_Days = dict[int, int]


@dataclass(slots=True)
class _Cell:
    #: Day and visitor in one number.
    visits: set[int] = field(default_factory=set)
    regions: dict[str, set[int]] = field(default_factory=dict)
    spellings: Counter[tuple[str, str]] = field(default_factory=Counter)
    categories: Counter[int] = field(default_factory=Counter)

    def add(self, asked: Asked) -> None:
        visit = asked.day.toordinal() << _VISITOR_BITS | asked.visitor
        if asked.region:
            self.regions.setdefault(asked.region, set()).add(visit)
        if visit in self.visits:
            return
        self.visits.add(visit)
        self.spellings[asked.words, asked.language] += 1
        if asked.category is not None:
            self.categories[asked.category] += 1


@dataclass(slots=True)
class _Whole:
    """A category. A visitor's numbers of two queries cannot be compared, so of a day as many are known to be different
    as the query with most of them has.
    """

    days: _Days = field(default_factory=dict)
    regions: dict[str, _Days] = field(default_factory=lambda: defaultdict(dict))
    queries: int = 0

    def join(self, cell: _Cell) -> None:
        self.queries += 1
        _raise(self.days, _by_day(cell.visits))
        for region, visits in cell.regions.items():
            _raise(self.regions[region], _by_day(visits))


def demand(
    asked: Iterable[Asked],
    *,
    fewest: int,
    may_be_told: Callable[[list[str]], set[str]],
    category_of: Callable[[list[str]], list[int | None]],
) -> list[Demand]:
    """Queries and categories that enough stand behind, most first.

    `may_be_told` gives those of some queries that may be shown to others by their words; `category_of` says of each
    where it belongs, for those whose searches do not tell.
    """
    fewest = max(FEWEST, fewest)
    cells = _cells(asked)
    placed = _placed(list(cells.values()), category_of)
    whole: dict[tuple[int, bool], _Whole] = defaultdict(_Whole)
    for ((_key, above), cell), category in zip(cells.items(), placed, strict=True):
        if category is not None:
            whole[category, above].join(cell)
    enough = [
        (above, cell, category)
        for ((_key, above), cell), category in zip(cells.items(), placed, strict=True)
        if is_enough(_by_day(cell.visits).values(), fewest=fewest)
    ]
    fit = may_be_told(sorted({_spelling(cell)[0] for _above, cell, _category in enough}))
    told = []
    for above, cell, category in enough:
        words, language = _spelling(cell)
        if words in fit:
            regions = {code: _by_day(visits) for code, visits in cell.regions.items()}
            told.append(
                Demand(
                    above, words, language, category, rounded_down(len(cell.visits), fewest),
                    _told_regions(regions, fewest),
                )
            )  # fmt: skip
    told += [
        Demand(
            above, "", "", category, rounded_down(sum(each.days.values()), fewest),
            _told_regions(each.regions, fewest),
        )
        for (category, above), each in whole.items()
        # Of one query alone it would tell of that query, whatever its words.
        if each.queries > 1 and is_enough(each.days.values(), fewest=fewest)
    ]  # fmt: skip
    return sorted(told, key=lambda row: (-row.visitors, row.words, row.category or 0, row.above_ceiling))


def rounded_down(number: int, step: int) -> int:
    """So that one more or less of a few shows nothing."""
    return number // step * step


def _cells(asked: Iterable[Asked]) -> dict[tuple[int, bool], _Cell]:
    cells: dict[tuple[int, bool], _Cell] = defaultdict(_Cell)
    for each in asked:
        cells[each.key, each.is_above].add(each)
        if len(cells) > MOST_CELLS:
            for once in [query for query, cell in cells.items() if len(cell.visits) == 1]:
                del cells[once]
    return cells


def _told_regions(regions: dict[str, _Days], fewest: int) -> tuple[str, ...]:
    return tuple(sorted(code for code, days in regions.items() if is_enough(days.values(), fewest=fewest)))


def _by_day(visits: Iterable[int]) -> _Days:
    return Counter(visit >> _VISITOR_BITS for visit in visits)


def _raise(days: _Days, others: _Days) -> None:
    for day, count in others.items():
        days[day] = max(days.get(day, 0), count)


def _spelling(cell: _Cell) -> tuple[str, str]:
    return min(cell.spellings, key=lambda each: (-cell.spellings[each], each))


def _placed(cells: list[_Cell], category_of: Callable[[list[str]], list[int | None]]) -> list[int | None]:
    guessed = category_of([_spelling(cell)[0] for cell in cells])
    return [
        min(cell.categories, key=lambda one: (-cell.categories[one], one)) if cell.categories else guess
        for cell, guess in zip(cells, guessed, strict=True)
    ]
