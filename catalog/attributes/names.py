"""An offer's name read as values of its category's attributes: one walk over its tokens.

Better nothing than something wrong: where a name allows two readings (two colours, more measures than attributes they
could be of, a range, a bundle), the attribute has no value from it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from catalog.attributes.enums import AttributeKind, NameRule
from catalog.attributes.memories import is_any_memory
from catalog.attributes.numbers import Candidate, assigned
from catalog.attributes.parts import is_of_a_part
from catalog.attributes.rules import ANY_MEMORY, AttributeRule, CategoryRules, Phrase, exact_terms
from catalog.attributes.signs import (
    ADJECTIVE,
    AND,
    APART,
    CLAUSE,
    DECIMAL,
    IN_A_PACK,
    JOINED,
    MEMORIES,
    NOT,
    OF_ANOTHER,
    QUOTED,
    RANGE,
    RATE,
    SHADE,
    SIDES,
    SPELT,
    SPELT_FIRST,
    THOUSANDS,
    TIMES,
)
from catalog.attributes.sketch import measure_of, sketch
from core.text import tokens
from core.text.remembering import Remembered
from core.text.tokens import CODE, MEASURE, NUMBER, STOP, WORD, Token

Value = float | str | bool | tuple[float, ...]


def read_name(rules: CategoryRules, title: str, *, brand: str = "") -> dict[str, Value]:
    """Code of the attribute → its value, of those that the name tells."""
    return _Name(rules, title, brand).values()


class _Name:
    """One walk. `told` are choices beside a word of their attribute: they win over those that stand elsewhere."""

    def __init__(self, rules: CategoryRules, title: str, brand: str) -> None:
        self.rules = rules
        self.title = title
        self.brand = brand
        self.tokens = sketch(rules, title)
        self.numbers: list[Candidate] = []
        self.told: dict[AttributeRule, set[str]] = defaultdict(set)
        self.chosen: dict[AttributeRule, set[str]] = defaultdict(set)
        self.mixed: set[AttributeRule] = set()
        self.flags: dict[AttributeRule, bool] = {}
        self.sizes: set[str] = set()
        # Where words of attributes end and begin, by the number of their last and first token.
        self.ending: dict[int, set[AttributeRule]] = defaultdict(set)
        self.beginning: dict[int, set[AttributeRule]] = defaultdict(set)

    @cached_property
    def out(self) -> frozenset[int]:
        """Numbers of the tokens in which no choice is looked for. Asked for only where one was found."""
        return _kept_out(self.title, self.tokens, self.brand)

    def values(self) -> dict[str, Value]:
        if self.rules.words:
            self._find_words()
        times = [found.span() for found in TIMES.finditer(self.title)] if self.rules.by_unit else []
        self._bundles()
        self._walk(times)
        numbers = assigned(self.numbers)
        out: dict[str, Value] = {}
        for attribute in self.rules.attributes:
            value: Value | None = None
            match attribute.kind:
                case AttributeKind.NUMBER:
                    value = numbers.get(attribute)
                case AttributeKind.CHOICE:
                    value = self._choice(attribute)
                case AttributeKind.YES_NO:
                    value = self.flags.get(attribute)
                case AttributeKind.SIZE if len(self.sizes) == 1 and attribute.name_rule != NameRule.NEVER:
                    value = sides_of(next(iter(self.sizes)))
            if value is not None:
                out[attribute.code] = value
        return out

    # Words ------------------------------------------------------------------------------------------------

    def _find_words(self) -> None:
        words, memories = self.rules.words, self.rules.memories or ()
        vague: list[tuple[int, int]] = []
        for at, token in enumerate(self.tokens):
            for term in token.terms:
                for phrase, attribute in words.get(term, ()):
                    if self._stands(phrase, at):
                        if attribute in memories and is_any_memory(phrase):
                            vague.append((at, at + len(phrase) - 1))
                            continue
                        self.ending[at + len(phrase) - 1].add(attribute)
                        self.beginning[at].add(attribute)
                        if attribute.kind == AttributeKind.YES_NO and at not in self.out:
                            self._flag(at, attribute)

        for first, last in vague:
            if self.ending[last].isdisjoint(memories):  # «оперативна пам'ять» is told already
                self.ending[last].add(ANY_MEMORY)
                self.beginning[first].add(ANY_MEMORY)

    def _flag(self, at: int, attribute: AttributeRule) -> None:
        before = self.tokens[at - 1].text.lower() if at else ""
        says = before not in NOT
        # Said both ways it says nothing of its own: the first word stands.
        self.flags.setdefault(attribute, says)

    def _stands(self, phrase: Phrase, at: int) -> bool:
        if at + len(phrase) > len(self.tokens):
            return False
        return all(
            not terms.isdisjoint(exact_terms(token))
            for terms, token in zip(phrase, self.tokens[at : at + len(phrase)], strict=True)
        )

    def _beside(self, first: int, last: int) -> frozenset[AttributeRule]:
        """Attributes one of whose words stands right before these tokens or right behind them."""
        if not self.ending:
            return frozenset()
        found: set[AttributeRule] = set()
        before = first - 1
        if before >= 0 and not APART.search(self._between(before, first).replace("(", "")):
            found |= self.ending.get(before, set())
            if self.tokens[before].kind == STOP:
                found |= self.ending.get(before - 1, set())
        if last + 1 < len(self.tokens) and not APART.search(self._between(last, last + 1)):
            found |= self.beginning.get(last + 1, set())
        return frozenset(found)

    def _between(self, one: int, other: int) -> str:
        return self.title[self.tokens[one].end : self.tokens[other].start]

    # The walk ---------------------------------------------------------------------------------------------

    def _walk(self, times: list[tuple[int, int]]) -> None:
        for at, token in enumerate(self.tokens):
            if token.kind == WORD:
                if self.rules.counted and token.text.lower().startswith(SPELT_FIRST):
                    self._count_joined(*_spelt(token.text.lower()))
            elif token.kind != STOP and not any(a <= token.start < b for a, b in times):
                self._number(at, token)
        if self.rules.choices:
            self._walk_choices()

    def _walk_choices(self) -> None:
        """Passes over what a preposition takes: its adjectives and colours, and what they are joined to."""
        of_another = skipped = complete = False
        behind = 0  # of a phrase that is read already
        for at, token in enumerate(self.tokens):
            word = token.text.lower()
            if of_another and CLAUSE.search(self._between(at - 1, at)):
                of_another = False
            if at < behind or word in AND:
                continue
            if token.kind == STOP and word in OF_ANOTHER:
                of_another, skipped, complete = True, False, False
                continue
            if of_another and complete and self.tokens[at - 1].text.lower() not in AND:
                of_another = False
            length = self._choices_at(at, token, keep=not of_another) if token.terms else 0
            behind = at + max(length, 1)
            if length:
                skipped = True
            elif skipped or not ADJECTIVE.search(word):
                complete = True

    def _choices_at(self, at: int, token: Token, *, keep: bool) -> int:
        """Notes what is chosen by the words from here on; returns how many tokens say it."""
        table = self.rules.choices
        longest = 0
        for term in exact_terms(token):
            for phrase, attribute, code in table.get(term, ()):
                if len(phrase) >= longest and self._stands(phrase, at) and at not in self.out:
                    longest = len(phrase)
                    self._choose(at, phrase, attribute, code, keep=keep)
        if not longest and token.parts and token.kind == WORD:
            return self._compound(at, token, keep=keep)
        return longest

    def _choose(self, at: int, phrase: Phrase, attribute: AttributeRule, code: str, *, keep: bool) -> None:
        if self._is_of_a_part(at, at + len(phrase) - 1):
            return
        if attribute in self._beside(at, at + len(phrase) - 1):
            self.told[attribute].add(code)
            return
        if not keep or attribute.name_rule == NameRule.BESIDE or self._in_a_proper_name(at):
            return
        if len(phrase) == 1:
            shortest = min(map(len, phrase[0]))
            figures = all(term.isdigit() for term in phrase[0])
            if (shortest == 1 or figures) and not self._numbered(at):
                return  # S, M, L and bare numbers mean too much
        self.chosen[attribute].add(code)

    def _in_a_proper_name(self, at: int) -> bool:
        """Чёрная Коллекция in a title whose other words are small is a name. The first word is no evidence."""
        if not at or at + 1 >= len(self.tokens):
            return False
        token, after = self.tokens[at], self.tokens[at + 1]
        return (
            token.kind == after.kind == WORD
            and token.text.istitle()
            and after.text.istitle()
            and not token.text.isascii()
            and not after.text.isascii()
            and self._between(at, at + 1) == " "
            and sum(each.kind == WORD and each.text.islower() for each in self.tokens) > 1
        )

    def _is_of_a_part(self, first: int, last: int) -> bool:
        return is_of_a_part(self.title, self.tokens, first, last, self.rules.choices)

    def _numbered(self, at: int) -> bool:
        start = self.tokens[at].start
        return self.tokens[at].kind == NUMBER and self.title[:start].rstrip()[-1:] == "№"

    def _compound(self, at: int, token: Token, *, keep: bool) -> int:
        """Темно-синій is a shade of blue; of чорно-білий nobody can say which."""
        table = self.rules.choices
        parts = [
            {
                (attribute, code)
                for term in part
                for phrase, attribute, code in table.get(term, ())
                if len(phrase) == 1
            }
            for part in token.parts
        ]
        met = set().union(*parts)
        if not met or at in self.out:
            return 0
        keep = keep and not self._is_of_a_part(at, at)
        if keep:
            if shaded(token):
                for attribute, code in parts[1]:
                    self.chosen[attribute].add(code)
            else:
                self.mixed.update(attribute for attribute, _code in met)
        return 1

    def _choice(self, attribute: AttributeRule) -> str | None:
        codes = self.told.get(attribute) or (
            set() if attribute in self.mixed else self.chosen.get(attribute, set())
        )
        return next(iter(codes)) if len(codes) == 1 else None

    # Numbers ----------------------------------------------------------------------------------------------

    def _number(self, at: int, token: Token) -> None:
        if token.kind == MEASURE:
            self._measure(at, token)
        elif self.rules.counted:
            self._count(at, token)

    def _measure(self, at: int, token: Token) -> None:
        if DECIMAL.search(self.title, 0, token.start):
            return  # Fungi0,5л: torn from the figures before it
        after = self.title[token.end : token.end + 5]
        if RATE.match(after) and not IN_A_PACK.match(after):
            return  # Gb/s, мл/год
        if THOUSANDS.search(token.text) or self._in_range(at):
            return
        options: dict[AttributeRule, float] = {}
        converted = True
        for term in token.terms:
            if found := SIDES.match(term):
                self.sizes.add(found[1])
            value, unit = measure_of(term)
            for attribute, factor in self.rules.by_unit.get(unit, ()):
                options.setdefault(attribute, round(value * factor, 6))
                converted = converted and factor != 1.0
        if options:
            beside = self._beside(at, at)
            if ANY_MEMORY in beside:
                beside = self._of_any_memory(beside, options)
            self.numbers.append(
                Candidate(options, beside, of_another=self._is_of_another(at), converted=converted)
            )

    def _of_any_memory(
        self, beside: frozenset[AttributeRule], options: dict[AttributeRule, float]
    ) -> frozenset[AttributeRule]:
        """«Пам'ять 16 ГБ» beside no other word for one of them: by size."""
        memories = self.rules.memories
        if memories is None or not beside.isdisjoint(memories) or memories.working not in options:
            return beside
        chosen = memories.of_size(options[memories.working])
        return beside if chosen is None else beside | {chosen}

    def _count(self, at: int, token: Token) -> None:
        """A number without a unit counts beside a word of its attribute: 3 шари, 3-шаровий, діагональ 15,6."""
        if token.kind == NUMBER:
            beside = self._beside(at, at) & self.rules.counted
            if beside and not self._in_range(at) and not THOUSANDS.search(token.text):
                value = float(token.terms[0])
                self.numbers.append(Candidate(dict.fromkeys(beside, value), beside))
            return
        if joined := JOINED.match(token.text):
            self._count_joined(float(joined[1]), joined[2])

    def _count_joined(self, value: float, word: str) -> None:
        named = {
            attribute
            for token in tokens(word)[:1]
            for term in token.terms
            for phrase, attribute in self.rules.words.get(term, ())
            if len(phrase) == 1 and attribute in self.rules.counted
        }
        if named:
            self.numbers.append(Candidate(dict.fromkeys(named, value), frozenset(named)))

    def _bundles(self) -> None:
        """25х2 г are 25 pieces; 8/256 ГБ are two memories."""
        for units, pattern in (("pc", TIMES), ("gb", MEMORIES)):
            attributes = self.rules.by_unit.get(units)
            if attributes:
                for found in pattern.finditer(self.title):
                    value = float(found[1])
                    self.numbers.append(Candidate({each: value * factor for each, factor in attributes}))

    def _in_range(self, at: int) -> bool:
        """5-10 кг and 1/2": between two numbers stands nothing but the sign of a range or of a fraction."""
        before = self.tokens[at - 1] if at else None
        if before is None or before.kind not in (NUMBER, CODE) or not before.text.isdecimal():
            return False
        between = self._between(at - 1, at)
        if not between or not RANGE.fullmatch(between):
            return False
        start = self.tokens[at].start
        return not any(found.start() <= start < found.end() for found in MEMORIES.finditer(self.title))

    def _is_of_another(self, at: int) -> bool:
        return bool(at) and self.tokens[at - 1].text.lower() in OF_ANOTHER


def shaded(token: Token) -> tuple[str, ...]:
    """Terms of what a compound is a shade of: темно-синій is a blue; nothing of any other word."""
    is_shade = len(token.parts) == 2 and token.kind == WORD and SHADE.match(re.split(r"\W", token.text)[0])
    return token.parts[1] if is_shade else ()


def _spelt(word: str) -> tuple[float, str]:
    """«двошаровий» as (2, «шаровий»)."""
    first = next(each for each in SPELT_FIRST if word.startswith(each))
    return float(SPELT[first]), word[len(first) :].lstrip("-")


def sides_of(text: str) -> tuple[float, ...]:
    """«100x150» as (100.0, 150.0)."""
    return tuple(float(side) for side in text.split("x"))


_brands: Remembered[list[tuple[str, ...]]] = Remembered(
    lambda brand: [token.terms for token in tokens(brand)], entries=1 << 12
)


def _kept_out(title: str, found: list[Token], brand: str) -> frozenset[int]:
    """Numbers of the tokens in which no choice is looked for: what stands in quotes, and the brand."""
    out: set[int] = set()
    if any(mark in title for mark in '«“„"'):
        spans = [quoted.span() for quoted in QUOTED.finditer(title)]
        out.update(at for at, token in enumerate(found) if any(a <= token.start < b for a, b in spans))
    if brand:
        named = _brands[brand]
        for at in range(len(found) - len(named) + 1):
            if named and all(
                not set(terms).isdisjoint(token.terms)
                for terms, token in zip(named, found[at : at + len(named)], strict=True)
            ):
                out.update(range(at, at + len(named)))
    return frozenset(out)
