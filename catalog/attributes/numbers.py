"""Numbers of one name to attributes: each number to the one that it can be of, by words beside it and by limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from catalog.attributes.enums import NameRule
from catalog.attributes.rules import AttributeRule

#: Two measures that differ by less are one, told in two systems: 10 ft and 3.05 m.
SAME = 0.02
#: More numbers than that in one name are a table, not a name; and of more ways to read them none is certain.
MOST, MOST_WAYS = 6, 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number and what it could be: value by attribute. `beside`: attributes one of whose words stands next to it.

    `of_another`: it is said of something else unless a word beside it says otherwise. `converted`: another number may
    tell the same in the attribute's own unit, and then does.
    """

    options: dict[AttributeRule, float]
    beside: frozenset[AttributeRule] = frozenset()
    of_another: bool = False
    converted: bool = False

    def possible(self) -> dict[AttributeRule, float]:
        fitting = {attribute: value for attribute, value in self.options.items() if attribute.fits(value)}
        named = {attribute: value for attribute, value in fitting.items() if attribute in self.beside}
        if named or self.of_another:
            return named
        return {
            attribute: value
            for attribute, value in fitting.items()
            if attribute.name_rule == NameRule.ANYWHERE
        }


def assigned(candidates: Sequence[Candidate]) -> dict[AttributeRule, float]:
    """Attribute → value. Every number must find an attribute of its own; what differs between the ways in which that
    can be done is not told. Numbers that no attribute can have are passed over.
    """
    told: dict[AttributeRule, float] = {}
    for group in _apart(_distinct(candidates)):
        if len(group) > MOST or prod(map(len, group)) > MOST_WAYS:
            continue
        ways = list(_ways(group, frozenset()))
        if ways:
            certain = set(ways[0].items()).intersection(*(way.items() for way in ways[1:]))
            told.update(certain)
    return told


def _distinct(candidates: Sequence[Candidate]) -> list[dict[AttributeRule, float]]:
    """What each number can be, equal numbers once; where one was converted, the other is kept."""
    kept: list[dict[AttributeRule, float]] = []
    for candidate in sorted(candidates, key=lambda each: (each.converted, not each.beside)):
        options = candidate.possible()
        if not options:
            continue
        for known in kept:
            if known.keys() <= options.keys() and all(_same(known[each], options[each]) for each in known):
                break
        else:
            kept.append(options)
    return kept


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _apart(options: list[dict[AttributeRule, float]]) -> list[list[dict[AttributeRule, float]]]:
    """Numbers that could be of one attribute, together; those of different ones do not disturb each other."""
    groups: list[tuple[set[AttributeRule], list[dict[AttributeRule, float]]]] = []
    for each in options:
        near = [group for group in groups if not group[0].isdisjoint(each)]
        joined = (set(each).union(*(group[0] for group in near)), [each])
        for group in near:
            joined[1].extend(group[1])
            groups.remove(group)
        groups.append(joined)
    return [members for _attributes, members in groups]


def _ways(
    group: list[dict[AttributeRule, float]], taken: frozenset[AttributeRule]
) -> Iterator[dict[AttributeRule, float]]:
    """All ways to give each number of the group an attribute of its own."""
    if not group:
        yield {}
        return
    for attribute, value in group[0].items():
        if attribute not in taken:
            for rest in _ways(group[1:], taken | {attribute}):
                yield {attribute: value, **rest}
