"""Typed attributes as filters and results tell them: which there are, and values in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.attributes.current import TreeRules, known_rules
from catalog.attributes.enums import AttributeKind, Source
from catalog.attributes.names import Value
from catalog.attributes.reading import Fact
from catalog.attributes.rules import AttributeRule
from catalog.attributes.units import shown
from catalog.models import Category


@lru_cache(maxsize=2)  # of the rules that hold, and of those before
def _by_code(tree: TreeRules) -> Mapping[str, AttributeRule]:
    return {each.code: each for rules in tree.by_category.values() for each in rules.attributes}


def attributes_by_code() -> Mapping[str, AttributeRule]:
    """Every attribute that a category has."""
    return _by_code(known_rules())


def attributes_within(category: Category | None, codes: frozenset[str]) -> dict[str, AttributeRule]:
    """Of these the ones that goods of the category, or of one below it, can have; without a category, any goods."""
    tree = known_rules()
    known = _by_code(tree)
    found = {code: known[code] for code in codes if code in known}
    if category is None:
        return found
    own = {each.code for each in tree.of(category.pk).attributes}
    if not found.keys() <= own:
        below = Category.objects.filter(path__startswith=category.path).values_list("pk", flat=True)
        own |= {each.code for pk in below for each in tree.of(pk).attributes}
    return {code: rule for code, rule in found.items() if code in own}


def value_text(rule: AttributeRule, value: str) -> str:
    """A facet's value in the reader's language, with its unit. What the attribute no longer has stays as it is."""
    told: Value = value
    try:
        match rule.kind:
            case AttributeKind.NUMBER:
                told = float(value)
            case AttributeKind.SIZE:
                told = tuple(float(side) for side in value.split("x"))
            case AttributeKind.YES_NO:
                told = value == "yes"
            case AttributeKind.CHOICE if value not in rule.choices:
                return value
    except ValueError:
        return value
    return Fact(rule, told, Source.NAME).text


def range_text(rule: AttributeRule, low: float | None, high: float | None) -> str:
    """From where to where, in words."""
    if low is None or high is None:
        if low is not None:
            return _("from %(value)s") % {"value": shown(low, rule.unit)}
        return _("up to %(value)s") % {"value": shown(high, rule.unit)} if high is not None else ""
    return f"{shown(low, rule.unit)} – {shown(high, rule.unit)}"


def name_of(rule: AttributeRule) -> str:
    """The attribute's name in the reader's language."""
    return rule.name_in(get_language() or "")
