"""What a title names, apart from what that is for, made of, comes with or is called; nothing about offers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from core.text import lexicon, skeleton
from core.text.folding import fold_word, is_cyrillic, is_latin
from core.text.tokens import STOP, WORD, Token, index_terms, term_list, tokens

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

#: English words that stand after a name without making another of it: a camera kit, a case black.
_AFTER_THE_NAME = frozenset(
    re.findall(
        r"\w+",
        """
        black white silver grey gray red blue green yellow pink purple brown gold orange beige transparent clear
        multicolor original compatible internal external portable wireless wired full new kit set pack bundle
        system pc series single double mini pro plus usb
        """,
    )
)

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


@lru_cache(maxsize=1)
def _accessories() -> frozenset[str]:
    """Goods that are for another one, and are called by its maker and model."""
    return frozenset(
        index_terms(
            "чохол чехол скло стекло плівка пленка кабель адаптер зарядка ремінець ремешок бампер накладка тримач"
            " держатель кріплення крепление підставка подставка запчастина запчасть кришка крышка шлейф"
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


#: Words of a title that are looked at first: where the name is complete within them, the others are left unread.
_FIRST_WORDS = 5
#: Titles of a good repeat its name: equal answers are kept once.
_answers: dict[Heads, Heads] = {}
_ANSWERS = 1 << 15


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


@lru_cache(maxsize=1 << 17)  # some 300 bytes each, for equal answers are one
def offered_heads(title: str, ignored: frozenset[str] = frozenset()) -> Heads:
    """The same without `latin`, which nobody asks of an offer: all that `naming` needs on its right, at a third of the cost.

    A title without a purpose is over as soon as its name is; one without a Cyrillic letter has no name to look for.
    """
    plain = _QUOTED.sub(lambda found: " " * len(found.group()), title)
    walk = _offered(plain, ignored)
    if not walk.own and (ignored or plain != title):
        again = _offered(title, frozenset())
        walk = again if again.own else walk
    answer = walk.answer()._replace(latin=frozenset())
    if len(_answers) >= _ANSWERS:
        _answers.clear()
    return _answers.setdefault(answer, answer)


def _offered(title: str, ignored: frozenset[str]) -> _Walk:
    if not _PURPOSE.isdisjoint(term_list(title)):
        return _walked(title, ignored)
    walk = _Walk(ignored, brief=True)
    if not is_cyrillic(title.lower()):
        return walk
    words = title.split(None, _FIRST_WORDS)
    if len(words) > _FIRST_WORDS and "<" not in title and "&" not in title:
        # The last of the first words may be part of another with what follows, so the walk has to end before it.
        begun = title[: len(title) - len(words[-1])]
        if _go(walk, begun, until=begun.rfind(words[-2])):
            return walk
        walk = _Walk(ignored, brief=True)
    _go(walk, title, until=len(title))
    return walk


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


def is_english_good(terms: Sequence[str]) -> bool:
    return not lexicon.english_stems_of_goods().isdisjoint(terms)


@lru_cache(maxsize=1 << 13)
def describing(
    title: str,
    brand: frozenset[str] = frozenset(),
    is_good: Callable[[Sequence[str]], bool] = is_english_good,
) -> frozenset[str]:
    """Terms of plain words of an English title that only describe what it names: laptop in "laptop lock, black", for
    English names a thing last. None of a title that has Cyrillic letters, which names it first.

    Nothing describes a maker (`brand` are its terms), and what comes first describes no name that is of no good
    (`is_good` by its terms): "Laptop Lenovo ThinkPad" names the thing first, as price lists do.
    """
    told = tokens(title)
    if any(is_cyrillic(token.text.lower()) for token in told):
        return frozenset()
    only: dict[str, bool] = {}
    for token, after in zip(told, [*told[1:], None], strict=True):
        describes = (
            after is not None
            and token.kind != STOP
            and after.kind == WORD
            and len(after.text) >= _SHORTEST
            and after.text.isalpha()
            and after.text.lower() not in _AFTER_THE_NAME
            and not title[token.end : after.start].strip()
            and brand.isdisjoint(after.terms)
            and not (token is told[0] and after.text[0].isupper() and not is_good(after.terms))
        )
        for term in token.terms:
            only[term] = only.get(term, True) and describes
    return frozenset(term for term, describes in only.items() if describes)


def is_accessory(offered: Heads) -> bool:
    """A glass or a case: who says a maker and a model alone means that, not what is for it."""
    return not _accessories().isdisjoint(offered.own)


def _walked(title: str, ignored: frozenset[str]) -> _Walk:
    walk = _Walk(ignored)
    _go(walk, title, until=len(title))
    return walk


def _go(walk: _Walk, title: str, *, until: int) -> bool:
    """Whether the walk was over within the words that end before `until`."""
    last = 0
    for token in tokens(title):
        if token.end > until:
            return False
        apart = bool(walk.own) and _ENDS.search(title, last, token.start) is not None
        last = token.end
        if not walk.step(token, apart=apart):
            return True
    return False


class _Walk:
    """Goes over the words of one title until the name is complete. A `brief` one is of a title that tells no purpose."""

    def __init__(self, ignored: frozenset[str], *, brief: bool = False) -> None:
        self.ignored = ignored
        self.brief = brief
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
            return not self.purpose and self._goes_on()
        if not self.brief:
            self.before += (*token.terms, *(term for part in token.parts for term in part), *token.extras)
            if token.kind == WORD and len(token.text) >= _SHORTEST and is_latin(token.text.lower()):
                self.latin += token.terms
        if apart and self.own:
            self.closed = True
        if self.closed or self.ignored.issuperset(token.terms):
            return self._goes_on()
        if not self.own:
            self._first(token)
        else:
            self._further(token)
        return self._goes_on()

    def _goes_on(self) -> bool:
        """Whether a further word can belong to the name or tell a purpose."""
        return not (self.closed and self.brief)

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


def is_adjective(word: str) -> bool:
    """Of a word as written, by the lexicons, and by its ending where they do not have it."""
    folded = fold_word(word.lower().replace("ё", "е").replace("ґ", "г"))
    return is_cyrillic(folded) and _adjective(folded)


@lru_cache(maxsize=1 << 14)
def _is_dictionary_form(word: str) -> bool:
    """Nominative singular, so a name beside a name; other forms depend on it (чохол телефону)."""
    folded = fold_word(word)
    lemmas = (*lexicon.russian_lemmas(folded), *lexicon.ukrainian_lemmas(folded))
    return folded in lemmas or (not lemmas and skeleton.spelt_ukrainian(folded) in skeleton.pairs())
