"""Columns and parameters of a price list read as values: «Об'єм, мл: 500», «Колір: чорний», <param name="Вага">."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from catalog.attributes.enums import AttributeKind
from catalog.attributes.memories import Memories, is_heading_of_any
from catalog.attributes.names import Value, shaded, sides_of
from catalog.attributes.numbers import SAME
from catalog.attributes.parts import names_a_part
from catalog.attributes.rules import AttributeRule, CategoryRules, exact_terms, heading_keys
from catalog.attributes.sketch import measure_of
from catalog.attributes.units import CONVERTED, CONVERTED_IN_COLUMNS
from core.text import clean, fold, tokens
from core.text.measures import UNITS, measures_of
from core.text.tokens import MEASURE, NUMBER

#: «Об'єм, мл», «Вага (кг)», «Ширина [мм]», «Довжина, см.»
_UNIT_IN_HEADING = re.compile(r"^(.*?)(?:\s*[,;:]\s*|\s*[(\[]\s*|\s+)([^\s,;:()\[\]]{1,12}?)\.?\s*[)\]]?\s*$")
_RANGE = re.compile(r"\d\s?(?:-|–|—|\.\.+|…|до|to)\s?\d")
_SIDES = re.compile(r"(\d[\d.]*(?:x\d[\d.]*)+)mm$")
_YES = frozenset(["так", "да", "yes", "є", "есть", "true", "+", "1", "y", "т", "д", "наявний", "присутній"])
_NO = frozenset(
    [
        "ні",
        "нет",
        "no",
        "немає",
        "нема",
        "відсутній",
        "отсутствует",
        "false",
        "-",
        "–",
        "—",
        "0",
        "n",
        "н",
        "без",
    ]
)
LONGEST_TEXT = 120


def read_columns(
    rules: CategoryRules, columns: Mapping[str, object]
) -> dict[str, tuple[Value | None, tuple[str, ...]]]:
    """Code of the attribute → (its value, the headings that say it). The value is None where the vendor says something
    under the attribute's own name that is not understood: then nothing else is to be guessed in its place, and what is
    said is shown as it is. Under a further word for it («Тип») something else may be meant.
    """
    found: dict[str, tuple[Value | None, tuple[str, ...]]] = {}
    vague: list[tuple[str, str, str]] = []
    for heading, said in _of_parts_last(columns):
        if not isinstance(said, str | int | float) or isinstance(said, bool) or said == "":
            continue
        attribute, key, unit = _attribute(rules, str(heading))
        if attribute is None:
            continue
        text = str(said)
        if rules.memories and attribute in rules.memories and is_heading_of_any(heading):
            vague.append((heading, text, unit))
            continue
        value = (read_value if len(text) <= LONGEST_TEXT else read_value.__wrapped__)(attribute, text, unit)
        known, headings = found.get(attribute.code, (None, ()))
        if value is None:
            if key in attribute.own_headings:
                found.setdefault(attribute.code, (None, ()))
        elif known is None:
            found[attribute.code] = (value, (str(heading),))
        elif value == known:
            found[attribute.code] = (known, (*headings, str(heading)))
    if rules.memories:
        _read_vague_memories(rules.memories, vague, found)
    return found


def _of_parts_last(columns: Mapping[str, object]) -> list[tuple[str, object]]:
    """«Колір корпусу» is the good's colour where nothing else is: of a pen, the colour of its ink may be told, too."""
    return sorted(
        ((str(heading), said) for heading, said in columns.items()),
        key=lambda each: names_a_part(each[0]),
    )


def _read_vague_memories(
    memories: Memories,
    vague: list[tuple[str, str, str]],
    found: dict[str, tuple[Value | None, tuple[str, ...]]],
) -> None:
    """«Обсяг пам'яті»: by a word in the cell, else the one that no other column tells, else by size."""
    for heading, said, unit in vague:
        if len(said) > LONGEST_TEXT:
            continue
        told = memories.told_by(f"{heading} {said}")
        values = {each: read_value(each, said, unit) for each in memories if told in (None, each)}
        left = {each: value for each, value in values.items() if value is not None and each.code not in found}
        chosen = next(iter(left)) if len(left) == 1 else None
        if chosen is None and left:
            size = next(iter(left.values()))
            chosen = memories.of_size(size) if isinstance(size, float) else None
        if chosen is not None:
            found[chosen.code] = (left[chosen], (heading,))


@lru_cache(maxsize=1 << 13)  # cells repeat: some 400 bytes each
def read_value(attribute: AttributeRule, said: str, unit: str = "") -> Value | None:
    """What a cell says; `unit` is a spelling of a unit from its heading, for numbers without one of their own."""
    said = " ".join(clean(said).split())
    match attribute.kind:
        case AttributeKind.NUMBER:
            return _number(attribute, said, unit)
        case AttributeKind.CHOICE:
            return _choice(attribute, said)
        case AttributeKind.YES_NO:
            word = fold(said).strip(" .")
            return True if word in _YES else False if word in _NO else None
        case AttributeKind.SIZE:
            return _size(said, unit)
        case _:
            return said[:LONGEST_TEXT] or None


def _attribute(rules: CategoryRules, heading: str) -> tuple[AttributeRule | None, str, str]:
    """(attribute, by which key, unit in the heading)."""
    for keys, unit in _readings(heading):
        for key in keys:
            if key in rules.headings:
                return rules.headings[key], key, unit
    return None, "", ""


@lru_cache(maxsize=1 << 12)
def _readings(heading: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """(keys, unit): the heading as it is, and without a unit at its end."""
    as_it_is = (heading_keys(heading), "")
    found = _UNIT_IN_HEADING.match(heading)
    if found is None or not found[1].strip():
        return (as_it_is,)
    unit = fold(found[2]).rstrip(".")
    if unit not in UNITS:
        return (as_it_is,)
    return (as_it_is, (heading_keys(found[1]), unit))


def _number(attribute: AttributeRule, said: str, unit: str) -> float | None:
    if _RANGE.search(said):
        return None
    factors = {
        attribute.unit: 1.0,
        **CONVERTED.get(attribute.unit, {}),
        **CONVERTED_IN_COLUMNS.get(attribute.unit, {}),
    }
    values: list[tuple[bool, float]] = []  # those that need no conversion come first
    others: list[str] = []  # figures that are no measure of this attribute
    for token in tokens(said):
        if token.kind == NUMBER:
            others.append(token.terms[0])
        elif token.kind == MEASURE:
            read = _measured(token.terms, factors)
            values += read
            others += [] if read else [""]
    if not values and len(others) == 1 and others[0]:
        values = _bare(attribute, others[0], unit, factors)
    values.sort()
    if not values or any(abs(value - values[0][1]) > SAME * values[0][1] for _converted, value in values):
        return None
    return values[0][1] if attribute.fits(values[0][1]) else None


def _measured(terms: tuple[str, ...], factors: Mapping[str, float]) -> list[tuple[bool, float]]:
    for term in terms:
        value, unit = measure_of(term)
        if unit in factors and value:
            return [(factors[unit] != 1.0, round(value * factors[unit], 6))]
    return []


def _bare(
    attribute: AttributeRule, digits: str, unit: str, factors: Mapping[str, float]
) -> list[tuple[bool, float]]:
    """A number alone: in the unit of its heading, else in the attribute's own where that is allowed."""
    if unit:
        read = [each for each in measures_of(digits, unit) if each.unit in factors]
        return [(False, round(each.value * factors[each.unit], 6)) for each in read[:1]]
    return [(False, float(digits))] if attribute.bare or not attribute.unit else []


def _choice(attribute: AttributeRule, said: str) -> str | None:
    """The one choice that the cell names; where a longer phrase stands, its words are no choices of their own."""
    found = [frozenset((*exact_terms(token), *shaded(token))) for token in tokens(said)]
    codes: set[str] = set()
    at = 0
    while at < len(found):
        longest = 0
        here: set[str] = set()
        for choice in attribute.choices.values():
            for phrase in choice.phrases:
                size = len(phrase)
                if size < longest or not all(
                    not terms.isdisjoint(told)
                    for terms, told in zip(phrase, found[at : at + size], strict=False)
                ):
                    continue
                if at + size > len(found):
                    continue
                if size > longest:
                    longest, here = size, set()
                here.add(choice.code)
        codes |= here
        at += longest or 1
    return next(iter(codes)) if len(codes) == 1 else None


def _size(said: str, unit: str) -> tuple[float, ...] | None:
    told = said if not unit or any(sign.isalpha() for sign in said.rstrip()[-2:]) else f"{said} {unit}"
    sides = {
        found[1]
        for token in tokens(told)
        for term in token.terms
        if (found := _SIDES.match(term)) is not None
    }
    return sides_of(next(iter(sides))) if len(sides) == 1 else None
