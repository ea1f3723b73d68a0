"""Attributes that a line requires, held against what offers tell: an offer that says otherwise is no match.

An offer that says nothing of an attribute stays: vendors leave out more than they deny. What is only wished for costs no
match: offers that have it come before others that are as close to the line's words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from catalog.attributes.current import known_rules
from catalog.attributes.reading import Fact, facts_of
from catalog.models import Offer

_AT_ONCE = 5_000
_FIELDS = ("id", "category_id", "title", "texts", "brand", "attributes", "facts", "pack_count")
#: Numbers that differ by less are the same: 0.5 mm and 1/2 mm.
_TOLERANCE = 1e-6


class Required(NamedTuple):
    """A typed attribute: `value` as the index holds it ("80", "blue"), `op` one of "=", ">=", "<="."""

    code: str
    op: str
    value: str


def required_of(wants: Iterable[Mapping[str, Any]]) -> tuple[Required, ...]:
    """The typed ones among a line's attributes that must be."""
    return _typed(wants, must=True)


def wished_of(wants: Iterable[Mapping[str, Any]]) -> tuple[Required, ...]:
    """The typed ones among those that are only wished for."""
    return _typed(wants, must=False)


def _typed(wants: Iterable[Mapping[str, Any]], *, must: bool) -> tuple[Required, ...]:
    return tuple(
        Required(want["code"], want.get("op") or "=", want["value"])
        for want in wants
        if bool(want.get("must")) is must and want.get("code") and want.get("value")
    )


class Denial(NamedTuple):
    """A required attribute, and what the offer says of it instead."""

    required: Required
    fact: Fact


def denied(
    required: Mapping[int, Sequence[Required]], pairs: Iterable[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Those of the pairs (line, offer) in which the offer says other than the line requires. One statement for 5,000."""
    return set(denials(required, pairs))


def denials(
    required: Mapping[int, Sequence[Required]], pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], list[Denial]]:
    """The same with what is denied."""
    refused: dict[tuple[int, int], list[Denial]] = {}
    for line, offer, facts in _facts(required, pairs):
        said = [
            Denial(each, fact)
            for each in required[line]
            if (fact := facts.get(each.code)) is not None and _denies(fact, each)
        ]
        if said:
            refused[line, offer] = said
    return refused


def granted(
    wished: Mapping[int, Sequence[Required]], pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """How many of a line's wishes the offer of each pair is known to meet, without those that meet none."""
    counts = {}
    for line, offer, facts in _facts(wished, pairs):
        met = sum(
            (fact := facts.get(each.code)) is not None and not _denies(fact, each) for each in wished[line]
        )
        if met:
            counts[line, offer] = met
    return counts


def _facts(
    asked: Mapping[int, Sequence[Required]], pairs: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int, dict[str, Fact]]]:
    """What the offer of each pair says of itself, for the pairs of lines that ask anything."""
    lines_of: dict[int, list[int]] = defaultdict(list)
    for line, offer_id in pairs:
        if line in asked:
            lines_of[offer_id].append(line)
    ids = sorted(lines_of)
    rules = known_rules()
    for start in range(0, len(ids), _AT_ONCE):
        for offer in Offer.objects.filter(pk__in=ids[start : start + _AT_ONCE]).only(*_FIELDS):
            facts = {fact.attribute.code: fact for fact in facts_of(offer, rules)}
            for line in lines_of[offer.pk]:
                yield line, offer.pk, facts


def _denies(fact: Fact, required: Required) -> bool:
    if fact.label.partition("=")[2] == required.value:
        return False
    if isinstance(fact.value, bool) or not isinstance(fact.value, float | int):
        return True
    try:
        asked = float(required.value)
    except ValueError:
        return False
    apart = fact.value - asked
    match required.op:
        case ">=":
            return apart < -_TOLERANCE
        case "<=":
            return apart > _TOLERANCE
        case _:
            return abs(apart) > max(_TOLERANCE, 0.005 * abs(asked))
