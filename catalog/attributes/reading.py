"""Facts of an offer: the values of its category's attributes: as a person set them, else from the vendor's columns, else
its name, else its pack.

Nothing that is read is stored: facts follow from what the offer holds and from the rules, so a changed attribute holds at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.attributes.columns import read_columns
from catalog.attributes.current import TreeRules, known_rules
from catalog.attributes.enums import AttributeKind, NameRule, Source
from catalog.attributes.names import Value, read_name
from catalog.attributes.rules import AttributeRule, CategoryRules
from catalog.attributes.told import read_stored
from catalog.attributes.units import shown, shown_size
from catalog.models import Offer
from core.text import tokens
from core.text.measures import number_text
from core.text.tokens import MEASURE


@dataclass(frozen=True, slots=True)
class Fact:
    """One value. `value` is a number in the attribute's base unit, the code of a choice, yes or no, sides in mm, or
    text. `headings` are the vendor's columns that said it.
    """

    attribute: AttributeRule
    value: Value
    source: Source
    headings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """As the index holds it: "colour=black", "density=80", "wireless=yes"."""
        match self.value:
            case bool():
                told = "yes" if self.value else "no"
            case tuple():
                told = "x".join(number_text(side) for side in self.value)
            case float() | int():
                told = number_text(self.value)
            case _:
                told = self.value
        return f"{self.attribute.code}={told}"

    @property
    def name(self) -> str:
        """The attribute's name in the reader's language."""
        return self.attribute.name_in(get_language() or "")

    @property
    def text(self) -> str:
        """The value in the reader's language, with its unit."""
        match self.value:
            case bool():
                return _("yes") if self.value else _("no")
            case tuple():
                return shown_size(self.value, "mm")
            case float() | int():
                return shown(self.value, self.attribute.unit)
        if self.attribute.kind == AttributeKind.CHOICE:
            return self.attribute.choices[self.value].name_in(get_language() or "")
        return self.value


def facts_of(offer: Offer, tree: TreeRules | None = None) -> tuple[Fact, ...]:
    """Typed values of an offer by the attributes of its category, in the order in which they are shown.

    For pages, comparisons and filters. Needs `category_id`, `title`, `texts`, `brand`, `attributes`, `facts`, `pack_count`
    of the offer and asks the database nothing, unless the rules have changed since this process last used them. Who reads many
    offers gives the `known_rules`, for to know them asks the cache.
    """
    return read_offer((known_rules() if tree is None else tree).of(offer.category_id), offer)


def read_offer(rules: CategoryRules, offer: Offer) -> tuple[Fact, ...]:
    """The same by given rules."""
    if not rules:
        return ()
    told = offer.texts.values() if isinstance(offer.texts, dict) else ()
    return read_facts(
        rules,
        titles=(offer.title, *(str(each.get("title") or "") for each in told if isinstance(each, dict))),
        columns=offer.attributes if isinstance(offer.attributes, dict) else {},
        brand=offer.brand,
        pack_count=offer.pack_count,
        people=offer.facts if isinstance(offer.facts, dict) else {},
    )


def read_facts(
    rules: CategoryRules,
    *,
    titles: Iterable[str],
    columns: Mapping[str, object],
    brand: str = "",
    pack_count: int = 1,
    people: Mapping[str, object] | None = None,
) -> tuple[Fact, ...]:
    """The same of plain values, by given rules. Titles are translations of each other: the first that tells anything is
    read. `people` is `Offer.facts`: what a person set, above all else; None there means that nothing is to be told.
    """
    if not rules:
        return ()
    said = read_columns(rules, columns) if columns and rules.headings else {}
    titles = tuple(dict.fromkeys(title for title in titles if title))
    named = _read_names(rules, titles, brand)
    own, silent = _of_people(rules, people) if people else ({}, frozenset())
    facts: list[Fact] = []
    for attribute in rules.attributes:
        if attribute.code in silent:
            continue
        if attribute.code in own:
            # The columns that it stands above are not shown beside it.
            headings = said.get(attribute.code, (None, ()))[1]
            facts.append(Fact(attribute, own[attribute.code], Source.PERSON, headings))
        elif attribute.code in said:
            value, headings = said[attribute.code]
            if value is not None:
                facts.append(Fact(attribute, value, Source.COLUMN, headings))
        elif attribute.code in named:
            facts.append(Fact(attribute, named[attribute.code], Source.NAME))
        elif attribute.unit == "pc" and pack_count > 1 and _counts_pieces(attribute, titles, pack_count):
            facts.append(Fact(attribute, float(pack_count), Source.PACK))
    return tuple(facts)


def _read_names(rules: CategoryRules, titles: Iterable[str], brand: str) -> dict[str, Value]:
    for title in titles:
        if named := read_name(rules, title, brand=brand):
            return named
    return {}


def _of_people(rules: CategoryRules, people: Mapping[str, object]) -> tuple[dict[str, Value], frozenset[str]]:
    """What people set, and of what they said that nothing is to be told. A value that means nothing any more is passed
    over, and the offer is read as without it.
    """
    own = {
        each.code: value
        for each in rules.attributes
        if each.code in people and (value := read_stored(each, people[each.code])) is not None
    }
    return own, frozenset(code for code, value in people.items() if value is None)


def _counts_pieces(attribute: AttributeRule, titles: tuple[str, ...], pack_count: int) -> bool:
    """Not where the name says that these are sheets, pages or millilitres: of a ream the pack counts sheets."""
    if attribute.name_rule == NameRule.NEVER or not attribute.fits(float(pack_count)):
        return False
    count = str(pack_count)
    return not any(
        token.kind == MEASURE and count in token.extras and f"{count}pc" not in token.terms
        for title in titles
        for token in tokens(title)
    )
