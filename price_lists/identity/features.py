"""How two records agree, as numbers that mean the same in any trade; -1 stands for «not known»."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from price_lists.identity.facts import Facts
from price_lists.identity.statistics import Weighed

MISSING = -1.0
#: Two words by sound count as one above this likeness.
_ALIKE = 0.84
_SHORTEST_CODE = 4

#: Feature → what a person is told that it is about; in the order that the learnt weights know.
TOPICS = {
    "cover_left": "words",
    "cover_right": "words",
    "cosine": "words",
    "jaccard": "words",
    "rarest_left": "words",
    "rarest_right": "words",
    "rest_left": "words",
    "rest_right": "words",
    "words_left": "words",
    "words_right": "words",
    "soft_pairs": "words",
    "gram_cosine": "spelling",
    "gram_left": "spelling",
    "gram_right": "spelling",
    "ratio": "spelling",
    "sorted_ratio": "spelling",
    "set_ratio": "spelling",
    "partial_ratio": "spelling",
    "start": "spelling",
    "first_word": "words",
    "codes_left": "model",
    "codes_right": "model",
    "code_same": "model",
    "code_alike": "model",
    "code_inside": "model",
    "code_missing": "model",
    "code_rarity": "model",
    "numbers_same": "number",
    "numbers_left": "number",
    "numbers_right": "number",
    "number_rarity": "number",
    "measures_same": "measure",
    "measures_differ": "measure",
    "measures_single": "measure",
    "measure_ratio": "measure",
    "pieces": "pack",
    "colours": "colour",
    "sizes": "measure",
    "brand": "brand",
    "brand_inside": "brand",
    "mpn": "model",
    "mpn_inside": "model",
    "gtin": "gtin",
    "price_ratio": "price",
    "description_left": "description",
    "description_right": "description",
    "description_jaccard": "description",
    "everything_left": "words",
    "everything_right": "words",
    "order": "words",
}
NAMES = tuple(TOPICS)


class Shared(NamedTuple):
    """Which words of two titles meet, for features, vetoes and reasons alike."""

    pairs: dict[str, str]  # left word -> right word
    soft: frozenset[str]  # left words met by likeness only
    left: tuple[str, ...]  # unmet
    right: tuple[str, ...]


def meet(left: Facts, right: Facts) -> Shared:
    """Word by word: by any common term, then by sound, then written together («dvd 2930» and «dvd2930»)."""
    pairs: dict[str, str] = {}
    theirs = right.alternatives
    for term, word in left.alternatives.items():
        if word not in pairs and (met := theirs.get(term)) is not None:
            pairs[word] = met
    taken = set(pairs.values())
    rest_left = [word for word in left.counts if word not in pairs]
    rest_right = [word for word in right.counts if word not in taken]
    soft: dict[str, str] = {}
    if rest_left and rest_right:
        soft = _by_sound(left, right, rest_left, rest_right)
        pairs.update(soft)
        taken.update(soft.values())
    return Shared(
        pairs,
        frozenset(soft),
        tuple(word for word in rest_left if word not in soft and not _glued(word, right)),
        tuple(word for word in rest_right if word not in taken and not _glued(word, left)),
    )


def _by_sound(left: Facts, right: Facts, mine: Sequence[str], theirs: Sequence[str]) -> dict[str, str]:
    free = {word: key for word in theirs if (key := right.keys.get(word)) and len(key) >= _SHORTEST_CODE}
    pairs: dict[str, str] = {}
    for word in mine:
        key = left.keys.get(word, "")
        if len(key) < _SHORTEST_CODE:
            continue
        best, found = _ALIKE, ""
        for other, their in free.items():
            if their[0] != key[0] or abs(len(their) - len(key)) > 4:
                continue
            likeness = 1.0 if their == key else JaroWinkler.similarity(key, their, prefix_weight=0.05)
            if likeness > best:
                best, found = likeness, other
        if found:
            pairs[word] = found
            del free[found]
    return pairs


def _glued(word: str, other: Facts) -> bool:
    return len(word) >= _SHORTEST_CODE and word in other.compact


def features(one: Weighed, two: Weighed, shared: Shared | None = None) -> list[float]:
    """The features of one pair in the order of `NAMES`."""
    left, right = one.facts, two.facts
    shared = shared or meet(left, right)
    rest_left = [one.words[word] for word in shared.left]
    rest_right = [two.words[word] for word in shared.right]
    miss_left, miss_right = sum(rest_left), sum(rest_right)
    cover_left = 1 - miss_left / one.total if one.total else MISSING
    cover_right = 1 - miss_right / two.total if two.total else MISSING
    met = (one.total - miss_left + two.total - miss_right) / 2
    squares_met = one.squares - sum(value * value for value in rest_left)
    squares = math.sqrt(one.squares * two.squares)
    union = met + miss_left + miss_right
    mine, theirs = left.spelling, right.spelling
    return [
        cover_left,
        cover_right,
        min(squares_met / squares, 1.5) if squares else MISSING,
        met / union if union else MISSING,
        max(rest_left, default=0.0),
        max(rest_right, default=0.0),
        miss_left,
        miss_right,
        len(left.counts),
        len(right.counts),
        len(shared.soft),
        *_grams(one, two),
        fuzz.ratio(mine, theirs) / 100,
        fuzz.ratio(left.sorted_spelling, right.sorted_spelling) / 100,
        fuzz.token_set_ratio(mine, theirs) / 100,
        fuzz.partial_ratio(mine, theirs) / 100,
        _start(mine, theirs),
        float(bool(left.words and right.words and shared.pairs.get(left.words[0]) == right.words[0])),
        *_codes(left, right, one, two),
        *_numbers(left, right, one),
        *_measures(left, right),
        _sets(left.pieces, right.pieces),
        _sets(left.colours, right.colours),
        _sets(left.sizes, right.sizes),
        *_brand(left, right),
        *_mpn(left, right),
        MISSING if not left.gtin or not right.gtin else float(left.gtin == right.gtin),
        price_ratio(left, right),
        *_description(one, two, shared),
        _order(left, right, shared),
    ]


def price_ratio(left: Facts, right: Facts) -> float:
    """The lower price as a part of the higher one."""
    one, two = left.record.price, right.record.price
    if not one or not two or one < 0 or two < 0 or left.record.currency != right.record.currency:
        return MISSING
    return min(one, two) / max(one, two)


def _grams(one: Weighed, two: Weighed) -> tuple[float, float, float]:
    left, right = one.gram_total, two.gram_total
    if not left or not right:
        return MISSING, MISSING, MISSING
    weights = one.grams
    common = sum([weights[gram] for gram in weights.keys() & two.grams.keys()])
    return common / math.sqrt(left * right), common / left, common / right


def _start(one: str, two: str) -> float:
    """How much of the shorter title both begin with."""
    shortest = min(len(one), len(two))
    if not shortest:
        return MISSING
    at = 0
    while at < shortest and one[at] == two[at]:
        at += 1
    return at / shortest


def _codes(left: Facts, right: Facts, one: Weighed, two: Weighed) -> tuple[float, ...]:
    mine, theirs = left.models, right.models
    if not mine and not theirs:
        return 0.0, 0.0, 0.0, MISSING, MISSING, 0.0, 0.0
    same = mine & theirs
    inside = {code for code in mine if code in right.compact or code in right.description_compact}
    inside |= {code for code in theirs if code in left.compact or code in left.description_compact}
    alike = MISSING
    if mine and theirs:
        alike = max(_code_likeness(code, each) for code in mine for each in theirs)
    # A part number that stands in no title is as rare as can be.
    rarest = max((one.words.get(code) or two.words.get(code, 1.0) for code in inside), default=0.0)
    missing = len((mine | theirs) - inside - same)
    return (
        len(mine),
        len(theirs),
        len(same),
        alike,
        len(inside),
        missing,
        rarest,
    )


def _code_likeness(one: str, two: str) -> float:
    if one == two:
        return 1.0
    shorter, longer = sorted((one, two), key=len)
    if shorter in longer:
        return 0.9 + 0.1 * len(shorter) / len(longer)
    return 0.9 * JaroWinkler.similarity(one, two)


def _numbers(left: Facts, right: Facts, one: Weighed) -> tuple[float, ...]:
    same = left.numbers & right.numbers
    only_left = left.numbers - right.figures
    only_right = right.numbers - left.figures
    return (
        len(same),
        len(only_left),
        len(only_right),
        max((one.words[number] for number in same), default=0.0),
    )


def _measures(left: Facts, right: Facts) -> tuple[float, ...]:
    same = differ = single = 0
    ratio = MISSING
    for unit, values in left.measures.items():
        theirs = right.measures.get(unit)
        if theirs is None:
            single += 1
        elif values & theirs:
            same += 1
            ratio = max(ratio, 1.0)
        else:
            differ += 1
            near = max(min(a, b) / max(a, b) if max(a, b) else 1.0 for a in values for b in theirs)
            ratio = near if ratio == MISSING else min(ratio, near)
    single += sum(unit not in left.measures for unit in right.measures)
    return same, differ, single, ratio


def _sets(mine: frozenset[int] | frozenset[str], theirs: frozenset[int] | frozenset[str]) -> float:
    """1 equal, 0.5 overlapping, 0 apart, -1 where one tells nothing."""
    if not mine or not theirs:
        return MISSING
    if mine == theirs:
        return 1.0
    return 0.5 if mine & theirs else 0.0


def _brand(left: Facts, right: Facts) -> tuple[float, float]:
    likeness = MISSING
    if left.brand and right.brand:
        one, two = left.brand_key, right.brand_key
        likeness = 1.0 if one == two else JaroWinkler.similarity(one, two)
        if one in two or two in one:
            likeness = max(likeness, 0.95)
    inside = MISSING
    for mine, theirs in ((left, right), (right, left)):
        if mine.brand:
            words = set(mine.brand.split())
            found = sum(word in theirs.alternatives or word in theirs.compact for word in words) / len(words)
            inside = max(inside, found)
    return likeness, inside


def _mpn(left: Facts, right: Facts) -> tuple[float, float]:
    same = inside = MISSING
    if left.mpn and right.mpn:
        same = _code_likeness(left.mpn, right.mpn)
    for mine, theirs in ((left, right), (right, left)):
        if len(mine.mpn) >= 3:
            inside = max(inside, float(mine.mpn in theirs.compact or mine.mpn in theirs.description_compact))
    return same, inside


def _description(one: Weighed, two: Weighed, shared: Shared) -> tuple[float, ...]:
    """How much of a title stands in the other's description, and in all of the other's words."""
    mine, theirs = one.facts.description_words, two.facts.description_words
    both = MISSING
    if mine and theirs:
        common = len(mine & theirs)
        both = common / (len(mine) + len(theirs) - common)
    unmet_left = sum([one.words[word] for word in shared.left if word not in theirs])
    unmet_right = sum([two.words[word] for word in shared.right if word not in mine])
    return (
        _part(one, theirs) if theirs else MISSING,
        _part(two, mine) if mine else MISSING,
        both,
        1 - unmet_left / one.total if one.total else MISSING,
        1 - unmet_right / two.total if two.total else MISSING,
    )


def _part(weighed: Weighed, words: frozenset[str]) -> float:
    if not weighed.total:
        return MISSING
    return sum([value for word, value in weighed.words.items() if word in words]) / weighed.total


def _order(left: Facts, right: Facts, shared: Shared) -> float:
    """Which part of the words that meet stand in the same order."""
    places = {word: place for place, word in enumerate(right.words)}
    at = [places[met] for word in left.words if (met := shared.pairs.get(word)) in places]
    if len(at) < 2:
        return MISSING
    return sum(a < b for a, b in pairwise(at)) / (len(at) - 1)
