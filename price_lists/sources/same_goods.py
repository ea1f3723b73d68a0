"""Which goods of one vendor's lists are the same: by the vendor's own numbers, by barcode, by maker and part number.

Names never join: they only say whether two lists that use the same number mean the same good by it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

import numpy as np

from core.text import normalize_code
from price_lists.models import SourceItem

#: Goods looked for in one walk over the other lists; some 50 MB.
LOOKED_FOR: Final = 100_000
#: From so many pairs on it is settled whether two lists number alike, and of those so many must agree.
SETTLED_BY: Final = 5
AGREEING: Final = 0.8
#: Part of the shorter name's words that two names of one good have in common.
_ALIKE: Final = 0.5
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_FIGURES: Final = re.compile(r"\d+(?:[.,]\d+)?")
_NUMBER, _BARCODE, _PART = "number", "gtin", "mpn"
_KEY_MARKS: Final = ("id:", "article:")


class Good(NamedTuple):
    """What tells a good of a list apart. `place` is whatever the caller knows it by."""

    place: int
    numbers: tuple[str, ...]
    gtin: str
    brand: str
    mpn: str
    unit: str
    pack_count: int
    title: str


class Verdict(IntEnum):
    OTHER = 0
    UNKNOWN = 1
    SAME = 2


class Match(NamedTuple):
    """A good and the offer of another list that it may be; `by_number` needs lists that number alike."""

    place: int
    source_id: int
    offer_id: int
    by_number: bool
    verdict: Verdict


class Found(Iterable[Match]):
    """Matches by the place of the good, kept in 25 bytes each: as objects those of a million goods take 300 MB."""

    def __init__(self, found: Iterable[Match]) -> None:
        self._ids = array("q")
        self._said = bytearray()
        for match in found:
            self._ids.extend((match.place, match.source_id, match.offer_id))
            self._said.append(2 * match.verdict + match.by_number)

    def __iter__(self) -> Iterator[Match]:
        ids = iter(self._ids)
        for said in self._said:
            yield Match(next(ids), next(ids), next(ids), bool(said % 2), Verdict(said // 2))


class Joins(Mapping[int, tuple[int, int]]):
    """{place: (source, offer)} for many goods: three arrays, of which the first is sorted."""

    def __init__(self) -> None:
        self._places, self._sources, self._offers = array("q"), array("q"), array("q")

    def add(self, place: int, source_id: int, offer_id: int) -> None:
        self._places.append(place)
        self._sources.append(source_id)
        self._offers.append(offer_id)

    def without_rivals(self) -> Joins:
        """Those whose offer nobody else is to be joined to."""
        offers, numbers = np.unique(np.array(self._offers, np.int64), return_counts=True)
        rivals = set(offers[numbers > 1].tolist())
        if not rivals:
            return self
        kept = Joins()
        for place, source_id, offer_id in zip(self._places, self._sources, self._offers, strict=True):
            if offer_id not in rivals:
                kept.add(place, source_id, offer_id)
        return kept

    def __getitem__(self, place: int) -> tuple[int, int]:
        at = bisect_left(self._places, place)
        if at == len(self._places) or self._places[at] != place:
            raise KeyError(place)
        return self._sources[at], self._offers[at]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def good_of(place: int, key: str, text: Mapping[str, Any]) -> Good:
    """From a key and the text part of a draft."""
    return Good(
        place,
        _numbers(key, text["article"]),
        text["gtin"].lstrip("0"),
        _folded(text["brand"]),
        _folded(text["mpn"]),
        text["unit"],
        text["pack_count"],
        text["title"],
    )


def judge(one: Good, two: Good, *, by_number: bool) -> Verdict:
    """Whether two goods with a code in common are one. A value that one side does not tell never forbids."""
    if (one.unit, one.pack_count) != (two.unit, two.pack_count):
        return Verdict.OTHER
    if one.gtin and two.gtin:
        return Verdict.SAME if one.gtin == two.gtin else Verdict.OTHER
    return _judge_number(one, two) if by_number else Verdict.SAME


def _judge_number(one: Good, two: Good) -> Verdict:
    """Of goods with one number of the vendor's: two lists may count from 1 both."""
    if (one.brand and two.brand and one.brand != two.brand) or (one.mpn and two.mpn and one.mpn != two.mpn):
        return Verdict.OTHER
    mine, theirs = _figures(one.title), _figures(two.title)
    if mine - theirs and theirs - mine:
        return Verdict.OTHER
    words, others = _words(one.title), _words(two.title)
    if len(words & others) >= _ALIKE * max(1, min(len(words), len(others))):
        return Verdict.SAME
    return Verdict.UNKNOWN


def matches(goods: Iterable[Good], *, others: Collection[int]) -> Iterator[Match]:
    """For each good the one offer of each other source that has a code of it; several of one source mean none. Goods in
    the order of their places give matches in that order.

    One walk over the others' goods for each `LOOKED_FOR`.
    """
    left = iter(goods)
    while part := list(islice(left, LOOKED_FOR)):
        yield from _matches(part, others)


def number_alike(found: Iterable[Match], known: Mapping[int, bool | None]) -> dict[int, bool | None]:
    """By other source whether it numbers goods as this one does; what is known stays."""
    counts: dict[int, Counter[Verdict]] = {}
    for match in found:
        if match.by_number:
            counts.setdefault(match.source_id, Counter())[match.verdict] += 1
    settled = dict(known)
    for source_id, said in counts.items():
        if known.get(source_id) is not None:
            continue
        same, other = said[Verdict.SAME], said[Verdict.OTHER]
        if max(same, other) >= SETTLED_BY:
            settled[source_id] = same >= AGREEING * (same + other) and same >= said[Verdict.UNKNOWN]
    return settled


def accepted(found: Iterable[Match], alike: Mapping[int, bool | None]) -> Joins:
    """{place: (source, offer)}: a code of the maker's before a number of the vendor's, the older offer first. The matches
    come in the order of their places.

    An offer that two goods of the file would be is neither's.
    """
    chosen = Joins()
    for place, said in groupby(found, key=attrgetter("place")):
        held = [(each.by_number, each.offer_id, each.source_id) for each in said if _holds(each, alike)]
        if held:
            _by_number, offer_id, source_id = min(held)
            chosen.add(place, source_id, offer_id)
    return chosen.without_rivals()


def _holds(match: Match, alike: Mapping[int, bool | None]) -> bool:
    if match.verdict == Verdict.OTHER:
        return False
    known = alike.get(match.source_id)
    return not match.by_number or not (known is False or (match.verdict == Verdict.UNKNOWN and known is None))


def goods_of(sources: Collection[int]) -> Iterator[tuple[int, Good]]:
    """(source, good) of all that these sources bring; the good's place is the offer."""
    items = SourceItem.objects.filter(source__in=sources, withdrawn=False).values_list(
        "source_id", "offer_id", "key", "offer__article", "offer__gtin", "offer__brand", "offer__mpn",
        "offer__unit", "offer__pack_count", "offer__title",
    )  # fmt: skip
    for source_id, offer_id, key, article, gtin, brand, mpn, unit, pack_count, title in items.iterator(
        chunk_size=5_000
    ):
        numbers = _numbers(key, article)
        codes = (numbers, gtin.lstrip("0"), _folded(brand), _folded(mpn))
        yield source_id, Good(offer_id, *codes, unit, pack_count, title)


def _matches(goods: Sequence[Good], others: Collection[int]) -> Iterator[Match]:
    wanted: dict[tuple[str, str], list[Good]] = {}
    for good in goods:
        for code in _codes(good):
            wanted.setdefault(code, []).append(good)
    # By good, source and kind of code: the offer and what it is like, None where there are several.
    found: dict[tuple[int, int, str], Good | None] = {}
    by_place = {good.place: good for good in goods}
    for source_id, theirs in goods_of(others) if wanted else ():
        for code in _codes(theirs):
            for mine in wanted.get(code, ()):
                place = (mine.place, source_id, code[0])
                before = found.get(place, theirs)
                found[place] = theirs if before is not None and before.place == theirs.place else None
    for (number, source_id, kind), other in sorted(found.items(), key=itemgetter(0)):
        if other is not None:
            by_number = kind == _NUMBER
            verdict = judge(by_place[number], other, by_number=by_number)
            yield Match(number, source_id, other.place, by_number, verdict)


def _codes(good: Good) -> Iterator[tuple[str, str]]:
    for number in good.numbers:
        yield _NUMBER, number
    if good.gtin:
        yield _BARCODE, good.gtin
    if good.brand and good.mpn:
        yield _PART, f"{good.brand} {good.mpn}"


def _numbers(key: str, article: str) -> tuple[str, ...]:
    said = {_folded(article)}
    for mark in _KEY_MARKS:
        if key.startswith(mark):
            said.add(_folded(key[len(mark) :]))
    return tuple(sorted(said - {""}))


@lru_cache(maxsize=16_384)
def _folded(code: str) -> str:
    return normalize_code(code) if code else ""


def _words(title: str) -> set[str]:
    return set(_WORDS.findall(title.casefold()))


def _figures(title: str) -> set[str]:
    return {said.replace(",", ".") for said in _FIGURES.findall(title)}
