"""Attributes in the form in which offers are read by them: words as terms, choices and units looked up at once.

Pure: rows go in as plain values, so the same rules serve pages, the index, an operator's trial and tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from catalog.attributes.enums import AttributeKind, NameRule
from catalog.attributes.memories import memories_of
from catalog.attributes.units import CONVERTED
from core.text import fold, tokens
from core.text.tokens import STOP, Token

#: Words of one phrase: for each the terms that stand for it.
Phrase = tuple[frozenset[str], ...]
LANGUAGES = ("uk", "ru", "en")


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """A value of a list with the phrases that mean it."""

    code: str
    names: Mapping[str, str]
    phrases: tuple[Phrase, ...]

    def name_in(self, language: str) -> str:
        return _named(self.names, language, self.code)


@dataclass(frozen=True, slots=True, eq=False)
class AttributeRule:
    """One attribute. Values and limits are in `unit`, the base unit of `core.text.measures`; '' counts things."""

    code: str
    names: Mapping[str, str]
    kind: AttributeKind
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    bare: bool = False
    name_rule: NameRule = NameRule.ANYWHERE
    phrases: tuple[Phrase, ...] = ()
    headings: frozenset[str] = frozenset()
    own_headings: frozenset[str] = frozenset()  # of its names: no other attribute is meant by them
    choices: Mapping[str, ChoiceRule] = field(default_factory=dict)

    def name_in(self, language: str) -> str:
        return _named(self.names, language, self.code)

    def fits(self, value: float) -> bool:
        """Whether a number can be this attribute's at all."""
        return (self.lowest is None or value >= self.lowest) and (
            self.highest is None or value <= self.highest
        )


#: Stands for a word beside which either kind of memory may be meant.
ANY_MEMORY = AttributeRule(code="", names={}, kind=AttributeKind.NUMBER)


class CategoryRules:
    """The attributes of one category in the order in which they are shown, with what is looked up while reading."""

    __slots__ = (
        "attributes", "by_unit", "choices", "counted", "headings", "memories", "not_facets", "not_sold_by", "required",
        "sizes", "vocabulary", "words",
    )  # fmt: skip

    def __init__(
        self,
        attributes: Sequence[AttributeRule],
        *,
        not_sold_by: Iterable[str] = (),
        not_facets: Iterable[str] = (),
        required: Iterable[str] = (),
    ) -> None:
        self.attributes = tuple(attributes)
        #: Codes of what results cannot be narrowed by, and of what a good is not complete without.
        self.not_facets, self.required = frozenset(not_facets), frozenset(required)
        #: Codes of what the goods hold or how long they are, which is not how much of them one buys.
        self.not_sold_by = frozenset(not_sold_by)
        #: Heading → attribute; of two with one heading the first shown.
        self.headings: dict[str, AttributeRule] = {}
        #: Unit that is read → (attribute, factor to its own unit), for names.
        self.by_unit: dict[str, list[tuple[AttributeRule, float]]] = {}
        #: First term of a phrase → (phrase, attribute), of the words that stand beside a value.
        self.words: dict[str, list[tuple[Phrase, AttributeRule]]] = {}
        #: First term of a phrase → (phrase, attribute, choice).
        self.choices: dict[str, list[tuple[Phrase, AttributeRule, str]]] = {}
        self.sizes: list[AttributeRule] = []
        #: Numbers that stand beside a word and have no unit («3 шари», «25 пакетиків»).
        self.counted: set[AttributeRule] = set()
        #: Both kinds of memory, where the category has both.
        self.memories = memories_of(attributes)
        units = {each.unit for each in attributes}
        for attribute in attributes:
            for heading in attribute.headings:
                self.headings.setdefault(heading, attribute)
            if attribute.name_rule != NameRule.NEVER:
                self._read_names_by(attribute, units)
        #: Terms of all phrases: a word without any of them, and without figures, says nothing here.
        self.vocabulary = frozenset(
            term.rstrip("+")
            for table in (self.words, self.choices)
            for rows in table.values()
            for row in rows
            for word in row[0]
            for term in word
        )
        for table in (self.words, self.choices):
            for found in table.values():
                found.sort(key=lambda row: -len(row[0]))  # type: ignore[index]  # both begin with the phrase

    def _read_names_by(self, attribute: AttributeRule, units: set[str]) -> None:
        for phrase in attribute.phrases:
            for term in phrase[0]:
                self.words.setdefault(term, []).append((phrase, attribute))
        for choice in attribute.choices.values():
            for phrase in choice.phrases:
                for term in phrase[0]:
                    self.choices.setdefault(term, []).append((phrase, attribute, choice.code))
        if attribute.kind == AttributeKind.SIZE:
            self.sizes.append(attribute)
        elif attribute.kind == AttributeKind.NUMBER:
            self._read_numbers_by(attribute, units)

    def _read_numbers_by(self, attribute: AttributeRule, units: set[str]) -> None:
        if attribute.bare or not attribute.unit:
            self.counted.add(attribute)
        if not attribute.unit:
            return
        read = {attribute.unit: 1.0, **CONVERTED.get(attribute.unit, {})}
        if attribute.unit == "gsm" and "g" not in units:
            read["g"] = 1.0  # «папір А4 80 г»: where nothing is weighed, that is how thick it is
        for unit, factor in read.items():
            self.by_unit.setdefault(unit, []).append((attribute, factor))

    def __bool__(self) -> bool:
        return bool(self.attributes)


NO_RULES = CategoryRules(())


def attribute_rule(
    *,
    code: str,
    names: Mapping[str, str],
    kind: str,
    unit: str = "",
    lowest: float | None = None,
    highest: float | None = None,
    bare: bool = False,
    name_rule: str = NameRule.ANYWHERE,
    words: str = "",
    choices: Iterable[tuple[str, Mapping[str, str], str]] = (),
) -> AttributeRule:
    """The rule of an attribute as stored; `choices` are (code, names, words)."""
    told = [*names.values(), *split_words(words)]
    return AttributeRule(
        code=code,
        names=names,
        kind=AttributeKind(kind),
        unit=unit,
        lowest=lowest,
        highest=highest,
        bare=bare,
        name_rule=NameRule(name_rule),
        phrases=phrases(told),
        headings=frozenset(key for each in told for key in heading_keys(each)),
        own_headings=frozenset(key for each in names.values() for key in heading_keys(each)),
        choices={
            code: ChoiceRule(
                code, choice_names, phrases([*choice_names.values(), *split_words(choice_words)])
            )
            for code, choice_names, choice_words in choices
        },
    )


def split_words(words: str) -> list[str]:
    """Comma-separated words, one by one. A comma between two figures belongs to a number."""
    out: list[str] = []
    for part in words.replace("\n", ",").split(","):
        if out and part[:1].isdigit() and out[-1][-1:].isdigit():
            out[-1] += f",{part}"
        elif part.strip():
            out.append(part.strip())
    return [each.strip() for each in out]


def phrases(words: Iterable[str]) -> tuple[Phrase, ...]:
    """Each as the terms of its words, doubles once."""
    found: dict[Phrase, None] = {}
    for each in words:
        phrase = tuple(frozenset(exact_terms(token)) for token in tokens(each))
        if phrase:
            found[phrase] = None
    return tuple(found)


def exact_terms(token: Token) -> tuple[str, ...]:
    """Terms of a token; with the plus that tells A3+ from A3."""
    if token.text.endswith("+"):
        return tuple(f"{term}+" for term in token.terms)
    return token.terms


@lru_cache(maxsize=1 << 12)
def heading_keys(heading: str) -> tuple[str, ...]:
    """By what a heading is found: as written, and by its words whatever their endings; stop words do not count."""
    written = fold(heading).strip(" .:,;*")
    terms = " ".join(token.terms[0] for token in tokens(heading) if token.kind != STOP)
    return tuple(dict.fromkeys(key for key in (written, terms) if key))


def _named(names: Mapping[str, str], language: str, code: str) -> str:
    for each in (language, *LANGUAGES):
        if names.get(each):
            return names[each]
    return code
