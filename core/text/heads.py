"""What a title names, apart from what that is for, made of, comes with or is called; nothing about offers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from core.text import lexicon, skeleton
from core.text.folding import fold_word, is_cyrillic, is_latin
from core.text.tokens import STOP, WORD, Token, index_terms, tokens

#: Words after which a purpose or a fitting partner is named.
_PURPOSE = frozenset(["для", "під", "под", "до", "к", "for", "fits"])
#: First parts of compounds that describe the second; elsewhere the first part is the thing: клей-олівець.
_DESCRIBING = re.compile(
    r"текст|тонер|крафт|фото|в[іи]део|ауд[іи]о|м[іи]н[іи]|макс[иі]|м[іи]кро|смарт|веб|б[іи]знес|[еэ]ко|авто|гель"
    r"|термо|прес+|штрих|супер"
)
_ADJECTIVE_LEMMA = ("ий", "ій", "ый", "ой")
#: For words that no lexicon has.
_ADJECTIVE = re.compile(
    r"(?:ий|ій|ый|ой|ая|яя|ое|ее|ова|ева|єва|ська|цька|на|ня|ове|еве|не|ські|цькі|ові|ні|ые|ие)$"
)
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|(?<!\S)\"[^\W\d][^\"]*\"")
_ENDS = re.compile(r"[,;:()/+]|\s[-–—]\s")  # what comes next is another phrase
_SHORTEST = 3

HEAD, BESIDE, NOT = 1.0, 0.5, 0.0


@lru_cache(maxsize=1)
def _holders() -> frozenset[str]:
    """Words that hold or count what they stand before: a set of pens, a pack of paper.

    Made when first asked for: their terms take the lexicons, which no process should wait for while it starts.
    """
    return frozenset(
        index_terms(
            "набір комплект пачка упаковка пара рулон блок коробка пакет ящик партія серія набор комплект пара рулон"
        )
    )


class Heads(NamedTuple):
    """Terms of what one title names.

    `own` name the good; `beside` is a second name for it, or another part of its compound name. Both are empty
    where that cannot be told. `latin` are the plain words in Latin letters before a purpose, `before` all terms
    before it, None where the title tells no purpose.
    """

    own: frozenset[str]
    beside: frozenset[str]
    latin: frozenset[str]
    before: frozenset[str] | None


@lru_cache(maxsize=1 << 13)  # some 1.4 KB each
def heads(title: str, ignored: frozenset[str] = frozenset()) -> Heads:
    """What `title` names. Words all of whose terms are `ignored` (a brand, words of asking) are passed over.

    Ukrainian and Russian titles begin with the name, maybe with adjectives or a maker in Latin letters before
    it; of titles in Latin letters only `before` is told.
    """
    plain = _QUOTED.sub(lambda found: " " * len(found.group()), title)
    walk = _walked(plain, ignored)
    if not walk.own and (ignored or plain != title):
        # The name is in quotes, or is a word of the brand.
        again = _walked(title, frozenset())
        walk = again if again.own else walk
    return walk.answer()


def naming(wanted: Heads, offered: Heads) -> float:
    """How an offered title stands to what is wanted: HEAD where it is that, BESIDE where it is another name of
    it, NOT where it only mentions it.
    """
    asked = wanted.own | wanted.beside
    if not asked or not offered.own:
        # A maker, a model, a size; or a title in Latin letters: whatever is not merely for it.
        asked = asked or wanted.latin
        return HEAD if not asked or offered.before is None or not asked.isdisjoint(offered.before) else NOT
    if not asked.isdisjoint(offered.own):
        return HEAD
    return BESIDE if not asked.isdisjoint(offered.beside) else NOT


def _walked(title: str, ignored: frozenset[str]) -> _Walk:
    walk = _Walk(ignored)
    last = 0
    for token in tokens(title):
        apart = _ENDS.search(title, last, token.start) is not None
        last = token.end
        if not walk.step(token, apart=apart):
            break
    return walk


class _Walk:
    """Goes over the words of one title until the name is complete."""

    def __init__(self, ignored: frozenset[str]) -> None:
        self.ignored = ignored
        self.adjectives: list[str] = []
        self.own: list[str] = []
        self.beside: list[str] = []
        self.before: list[str] = []
        self.latin: list[str] = []
        self.purpose = False  # what stands before it is all told
        self.closed = False  # the phrase of the name is over
        self.skip = False  # the next noun is only the object of a preposition
        self.held = False  # a set of …: the next noun names the good, too

    def step(self, token: Token, *, apart: bool) -> bool:
        """False where nothing further can matter."""
        if token.kind == STOP:
            self._preposition(token)
            return not self.purpose
        self.before += (*token.terms, *(term for part in token.parts for term in part), *token.extras)
        if token.kind == WORD and len(token.text) >= _SHORTEST and is_latin(token.text.lower()):
            self.latin += token.terms
        if apart and self.own:
            self.closed = True
        if self.closed or self.ignored.issuperset(token.terms):
            return True
        if not self.own:
            self._first(token)
        else:
            self._further(token)
        return True

    def _preposition(self, token: Token) -> None:
        if token.terms[0] in ("і", "и", "та", "and"):
            return
        if self.own:
            self.closed = True
        else:
            self.skip = True
        if token.terms[0] in _PURPOSE and self.before:
            self.purpose = True

    def _first(self, token: Token) -> None:
        if not _is_noun(token):
            if _is_adjective(token):
                self.adjectives += token.terms
            return
        if self.skip:
            self.skip = False
            return
        self._name(token)
        self.held = not _holders().isdisjoint(token.terms)

    def _further(self, token: Token) -> None:
        """After the name: what a set holds, or a second name beside it (стрічка скотч)."""
        if _is_adjective(token):
            return
        if self.held and _is_noun(token):
            self.held = False
            self._name(token)
            return
        # Anything else that is no such name ends the phrase: a maker, a size.
        self.closed = True
        if _is_noun(token) and not token.parts and token.text.islower() and _is_dictionary_form(token.text):
            self.beside += token.terms

    def _name(self, token: Token) -> None:
        self.own += token.terms
        pieces = [piece for piece in re.split(r"[-/._+&]+", token.text) if piece]
        if len(pieces) != len(token.parts):
            self.own += (term for part in token.parts for term in part)
            return
        described = not is_cyrillic(pieces[0].lower()) or _DESCRIBING.fullmatch(pieces[0].lower()) is not None
        for place, part in enumerate(token.parts):
            (self.own if (place == 0) is not described else self.beside).extend(part)

    def answer(self) -> Heads:
        # Adjectives are kept: «морожене», «пральна» may be the name itself.
        own = frozenset((*self.own, *self.adjectives))
        before = frozenset(self.before) if self.purpose else None
        return Heads(own, frozenset(self.beside), frozenset(self.latin), before)


def _is_noun(token: Token) -> bool:
    """A word that may name a good: in Cyrillic, not too short, no adjective."""
    letters = fold_word(token.text.lower())
    if not is_cyrillic(letters) or (token.kind != WORD and not token.parts) or len(letters) < _SHORTEST:
        return False
    return not _is_adjective(token)


@lru_cache(maxsize=1 << 15)
def _adjective(word: str) -> bool:
    lemmas = (*lexicon.russian_lemmas(word), *lexicon.ukrainian_lemmas(word))
    if lemmas:
        return any(lemma.endswith(_ADJECTIVE_LEMMA) for lemma in lemmas)
    return skeleton.spelt_ukrainian(word) not in skeleton.pairs() and _ADJECTIVE.search(word) is not None


def _is_adjective(token: Token) -> bool:
    word = fold_word(token.text.lower().replace("ё", "е").replace("ґ", "г"))
    return token.kind == WORD and not token.parts and is_cyrillic(word) and _adjective(word)


@lru_cache(maxsize=1 << 14)
def _is_dictionary_form(word: str) -> bool:
    """Nominative singular, so a name beside a name; other forms depend on it (чохол телефону)."""
    folded = fold_word(word)
    lemmas = (*lexicon.russian_lemmas(folded), *lexicon.ukrainian_lemmas(folded))
    return folded in lemmas or (not lemmas and skeleton.spelt_ukrainian(folded) in skeleton.pairs())
