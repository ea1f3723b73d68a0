"""Words of a file that its reading did not understand, and spellings of one brand: what a person is asked about. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as MappingType
from typing import Any, NamedTuple

from price_lists.mapping.memory import Memory, Words
from price_lists.mapping.model import Mapping
from price_lists.mapping.words import (
    BRAND,
    KINDS,
    LONGEST,
    NOTHING_SAID,
    STOCK,
    UNIT,
    answers,
    folded,
    is_answer,
    letters_of,
    with_answers,
)
from price_lists.rows import OfferRow, RowIssue

#: Of each kind, those that stand in most rows.
SHOWN = 10
#: By which code a reading says that it did not understand a word.
CODES = {"stock_not_understood": STOCK, "unknown_unit": UNIT}


class Unknown(NamedTuple):
    """A word as written, in how many of the rows looked at, and for a brand what it may be a spelling of."""

    kind: str
    word: str
    rows: int
    known_as: tuple[str, ...] = ()


def unknown_words(read: Iterable[OfferRow | RowIssue], known_brands: Words | None = None) -> list[Unknown]:
    """What rows as read leave open, most frequent first, at most SHOWN of each kind."""
    counts: dict[str, Counter[str]] = {STOCK: Counter(), UNIT: Counter()}
    written: dict[tuple[str, str], str] = {}
    brands: Counter[str] = Counter()
    for each in read:
        if isinstance(each, OfferRow):
            if each.brand:
                brands[each.brand] += 1
        elif (kind := CODES.get(each.code)) and (word := folded(kind, each.value)):
            written.setdefault((kind, word), each.value.strip()[:LONGEST])
            counts[kind][word] += 1
    found = [
        Unknown(kind, written[kind, word], rows)
        for kind, words in counts.items()
        for word, rows in words.most_common(SHOWN)
    ]
    return found + _spellings(brands, known_brands or {})


def explained(mapping: Mapping, unknown: Sequence[Unknown], memory: Memory) -> Mapping:
    """The mapping with what is remembered of these words; what a person said for this list stays."""
    of_kind: dict[str, Words] = {STOCK: memory.stock, UNIT: memory.units, BRAND: memory.brands}
    said = {}
    for each in unknown:
        word = folded(each.kind, each.word)
        remembered = of_kind[each.kind].get(word)
        if remembered is not None and word not in answers(mapping.options, each.kind):
            said[each.kind, word] = remembered.answer
    return with_answers(mapping, said) if said else mapping


def without_others(mapping: Mapping, memory: Memory) -> Mapping:
    """A fresh guess without what only other vendors said of its words: nobody will look at it before it is read."""
    own = memory.own()
    of_kind: dict[str, Words] = {STOCK: own.stock, UNIT: own.units, BRAND: own.brands}
    theirs = [(kind, word) for kind, word in of_options(mapping.options) if word not in of_kind[kind]]
    return with_answers(mapping, dict.fromkeys(theirs, "")) if theirs else mapping


def only_asked(mapping: Mapping, found: Mapping, asked: Collection[tuple[str, str]]) -> Mapping:
    """The mapping with answers for words that were asked about, or had one in `found`, alone."""
    before = of_options(found.options)
    others = [key for key in of_options(mapping.options) if key not in before and key not in asked]
    return with_answers(mapping, dict.fromkeys(others, "")) if others else mapping


def from_problems(rows: Iterable[tuple[str, str, int]]) -> list[Unknown]:
    """The same of a reading's kept problems: (code, value, how many)."""
    return [Unknown(CODES[code], value[:LONGEST], number) for code, value, number in rows if code in CODES]


def words_to_json(unknown: Iterable[Unknown]) -> list[list[Any]]:
    return [[each.kind, each.word, each.rows, list(each.known_as)] for each in unknown]


def words_from_json(data: Iterable[Sequence[Any]]) -> list[Unknown]:
    return [Unknown(kind, word, rows, tuple(known)) for kind, word, rows, known in data]


def said_of(pairs: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """(kind, word, answer) as a form sends them, those that can be one; an empty answer takes one back."""
    return {
        (kind, word): answer
        for kind, word, answer in pairs
        if kind in KINDS and 0 < len(word) <= LONGEST and (not answer or is_answer(kind, word, answer))
    }


def of_options(options: MappingType[str, str]) -> dict[tuple[str, str], str]:
    """All that is explained: (kind, folded word) -> answer."""
    return {(kind, word): answer for kind in KINDS for word, answer in answers(options, kind).items()}


def _spellings(brands: Counter[str], known: Words) -> list[Unknown]:
    """Brands that the file, or people elsewhere, write in another way: the rarer spelling is asked about."""
    same: dict[str, list[str]] = defaultdict(list)
    for brand, _rows in brands.most_common():
        same[letters_of(brand)].append(brand)
    found = []
    for spellings in same.values():
        for brand in spellings:
            others = list(dict.fromkeys(other for other in spellings if other != brand))
            remembered = known.get(brand)
            if remembered is not None and _is_another(brand, remembered.answer):
                others = list(dict.fromkeys([remembered.answer, *others]))
            elif brand == spellings[0]:
                continue
            found.append(Unknown(BRAND, brand[:LONGEST], brands[brand], tuple(others[:5])))
    return sorted(found, key=lambda each: -each.rows)[:SHOWN]


def _is_another(brand: str, answer: str) -> bool:
    return answer not in {brand, NOTHING_SAID} and is_answer(BRAND, brand, answer)
