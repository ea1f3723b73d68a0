"""Limits by typed attributes in an address: `a.colour=black`, `a.density.min=70`; numbers in the unit that is shown.

Pure: which attributes there are is told by who reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.attributes.enums import AttributeKind
from catalog.attributes.rules import AttributeRule
from catalog.attributes.units import asked_in, unit_text
from core.text.measures import number_text
from search.query import FactLimit
from storefront.forms.amounts import measure_of, measure_text

#: More attributes than a category shows, and more values of one than anybody ticks.
MAX_FACTS = 16
MAX_VALUES = 30
#: Of all attributes together: each is a chip, and each chip an address with all the others.
MAX_TOLD = 120
#: Names that are looked at, and unknown ones that are said each by itself.
_MOST_NAMES = 64
_UNKNOWN_SAID = 3
#: Above every measure; engines take no larger numbers as labels.
_HIGHEST = 1e12
_NAME = re.compile(r"a\.([A-Za-z0-9_-]{1,40})(\.min|\.max)?")
_SIZE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?(x[0-9]{1,6}(\.[0-9]{1,3})?){1,3}")
_LONGEST = 60
Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class FactChoice:
    """What is chosen of one attribute. `values` are as facets give them, `low` and `high` in the base unit; the texts are
    what was typed into the fields.
    """

    rule: AttributeRule
    values: list[str] = field(default_factory=list)
    low: float | None = None
    high: float | None = None
    low_text: str = ""
    high_text: str = ""

    @property
    def limit(self) -> FactLimit:
        return FactLimit(self.rule.code, frozenset(self.values), self.low, self.high)

    @property
    def pairs(self) -> Pairs:
        """As an address has it."""
        name, one = f"a.{self.rule.code}", asked_in(self.rule.unit, self.rule.lowest)[1]
        pairs = [(name, address_value(self.rule, value)) for value in self.values]
        if self.low is not None:
            pairs.append((f"{name}.min", measure_text(self.low, one)))
        if self.high is not None:
            pairs.append((f"{name}.max", measure_text(self.high, one)))
        return pairs


def address_value(rule: AttributeRule, value: str) -> str:
    """A facet's value as an address has it: numbers in the unit that is shown."""
    if rule.kind is not AttributeKind.NUMBER:
        return value
    return measure_text(float(value), asked_in(rule.unit, rule.lowest)[1])


def parameters_of(code: str) -> frozenset[str]:
    """The parameters of one attribute."""
    return frozenset([f"a.{code}", f"a.{code}.min", f"a.{code}.max"])


def read_facts(
    data: QueryDict, known: Callable[[Iterable[str]], Mapping[str, AttributeRule]]
) -> tuple[dict[str, FactChoice], dict[str, str]]:
    """What is chosen by attribute, and what could not be understood, in words by parameter. `known` gives the attributes
    that there are of those that are named; it is asked only where any is.
    """
    told, left = _told(data)
    if not told:
        return {}, {}
    rules = known(told)
    chosen: dict[str, FactChoice] = {}
    errors: dict[str, str] = {}
    unknown: list[str] = []
    room = MAX_TOLD
    for code, given in told.items():
        rule = rules.get(code)
        if rule is None:
            unknown.append(code)
        elif len(chosen) == MAX_FACTS:
            left.append(code)
        else:
            choice = _read(rule, given[:room], errors)
            room -= len(choice.values)
            if choice.limit or choice.low_text or choice.high_text:
                chosen[code] = choice
    if len(unknown) > _UNKNOWN_SAID:
        unknown = [", ".join([*unknown[:_UNKNOWN_SAID], "…"])]
    for name in unknown:
        errors[f"a.{name}"] = _(
            "Goods here have no property “%(name)s”, so it was left out. Choose among the filters."
        ) % {"name": name}
    if left:
        errors[f"a.{left[0]}"] = _(
            "Only %(count)d properties can be chosen at once; the rest was left out."
        ) % {"count": MAX_FACTS}
    return chosen, errors


def _told(data: QueryDict) -> tuple[dict[str, Pairs], list[str]]:
    """What the address says by attribute; and the names past those that are looked at."""
    told: dict[str, Pairs] = {}
    left: list[str] = []
    for name in sorted(data):
        found = _NAME.fullmatch(name)
        if found is None:
            continue
        texts = (text.strip() for text in data.getlist(name)[:MAX_VALUES])
        given = [(found[2] or "", text) for text in texts if text]
        if not given:
            continue
        if found[1] in told or len(told) < _MOST_NAMES:
            told.setdefault(found[1], []).extend(given)
        else:
            left.append(found[1])
    return told, left


def _read(rule: AttributeRule, given: Pairs, errors: dict[str, str]) -> FactChoice:
    choice = FactChoice(rule)
    wrong = ""
    name, (unit, one) = rule.name_in(get_language() or ""), asked_in(rule.unit, rule.lowest)
    for end, text in given:
        if not end:
            value = _value(rule, text, one)
            if value is None:
                wrong = _(
                    "“%(value)s” is no value of “%(name)s”, so it was left out. Choose among the filters."
                ) % {
                    "value": text[:40],
                    "name": name,
                }
            elif value not in choice.values:
                choice.values.append(value)
            continue
        number = measure_of(text, rule.unit, one) if rule.kind is AttributeKind.NUMBER else None
        if number is None or number > _HIGHEST:
            number = None
            wrong = _(
                "%(name)s: “%(value)s” is not a number%(unit)s, so it was left out. Write one such as 80 or 1,5."
            ) % {
                "name": name,
                "value": text[:40],
                "unit": f" ({unit_text(unit)})" if unit else "",
            }
        if end == ".min":
            choice.low, choice.low_text = number, text[:20]
        else:
            choice.high, choice.high_text = number, text[:20]
    if choice.low is not None and choice.high is not None and choice.low > choice.high:
        wrong = _(
            "%(name)s: the lowest is above the highest, so it was left out. Swap the two or change one."
        ) % {"name": name}
        choice.low = None
    choice.values.sort()
    if wrong:
        errors[f"a.{rule.code}"] = wrong
    return choice


def _value(rule: AttributeRule, text: str, one: float) -> str | None:
    """As facets give it; None where the attribute has no such value."""
    match rule.kind:
        case AttributeKind.CHOICE:
            return text if text in rule.choices else None
        case AttributeKind.YES_NO:
            return text if text in {"yes", "no"} else None
        case AttributeKind.NUMBER:
            number = measure_of(text, rule.unit, one)
            return None if number is None or number > _HIGHEST else number_text(number)
        case AttributeKind.SIZE:
            return text if _SIZE.fullmatch(text) else None
    return text if len(text) <= _LONGEST and text.isprintable() else None
