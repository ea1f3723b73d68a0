"""Whether a synonym can be taken: what would do harm or nothing is refused, with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.text.tokens import CODE, MEASURE, NUMBER, Token
from search.engines.base import SearchEngine
from search.errors import EngineUnavailable
from search.synonyms import own_list, told_words
from search.tuning.errors import StopWordRefused, SynonymRefused

#: Words on one side.
LONGEST: Final = 4
#: Words that synonyms join to each other, whichever way round; more is a chain that has lost its meaning.
JOINED: Final = 12
#: A word of more than this share of the offers tells nothing apart. Small catalogs have no such words.
COMMON: Final = 0.2
_LARGE_ENOUGH: Final = 1_000

_NO_WORD = _("“%(phrase)s” has no word that searching looks at.")
_TOO_LONG = _("“%(phrase)s” has more than %(most)s words.")
_A_NUMBER = _(
    "“%(word)s” is a number, a measure or an article number: another one means another good, so it has no synonyms."
)
_THE_SAME = _(
    "Searching takes “%(words)s” and “%(also)s” for one already, or one of them contains the other: nothing would change."
)
_A_CHAIN = _(
    "With it, %(count)s words would be joined to each other (at most %(most)s may): %(joined)s. Strike one of the others first."
)
_COMMON = _(
    "“%(phrase)s” is in %(count)s of %(total)s offers: nearly everything would answer. Take a word that says more."
)
_KNOWN = _("This synonym is there already.")


def check(*, words: str, also: str, others: Iterable[tuple[str, str]]) -> None:
    """Raises SynonymRefused. `others` are the pairs of phrases that are live or drafts."""
    asked, answered = _told(words, "words"), _told(also, "also")
    if _says(asked, answered) or _says(answered, asked):
        raise SynonymRefused("synonym_of_itself", _THE_SAME, field="also", words=words, also=also)
    others = list(others)
    for left, right in others:
        if _is(told_words(left), asked) and _is(told_words(right), answered):
            raise SynonymRefused("synonym_known", _KNOWN, field="also")
    joined = _joined(words, also, others)
    if len(joined) > JOINED:
        raise SynonymRefused(
            "synonym_chain", _A_CHAIN, field="also", count=len(joined), most=JOINED, joined=", ".join(joined)
        )


def check_common(*, words: str, also: str, both_ways: bool, engine: SearchEngine) -> None:
    """Raises SynonymRefused where a word that is to be found, too, is in a great part of the offers."""
    for field, phrase in (("also", also), *((("words", words),) if both_ways else ())):
        _not_common(field, phrase, told_words(phrase), engine)


def check_stop_word(*, word: str) -> None:
    """Raises StopWordRefused: one plain word that searching looks at."""
    told = told_words(word)
    if not told:
        said = _("Searching leaves “%(word)s” out already.")
        raise StopWordRefused("stop_word_known", said, field="word", word=word)
    if len(told) > 1:
        raise StopWordRefused("stop_word_many", _("One word at a time, please."), field="word")
    if told[0].kind in (NUMBER, MEASURE, CODE):
        said = _("“%(word)s” is a number, a measure or an article number: it says just what is wanted.")
        raise StopWordRefused("stop_word_number", said, field="word", word=word)


def _told(phrase: str, field: str) -> list[Token]:
    told = told_words(phrase)
    if not told:
        raise SynonymRefused("synonym_without_word", _NO_WORD, field=field, phrase=phrase)
    if len(told) > LONGEST:
        raise SynonymRefused("synonym_too_long", _TOO_LONG, field=field, phrase=phrase, most=LONGEST)
    for token in told:
        if token.kind in (NUMBER, MEASURE, CODE):
            raise SynonymRefused("synonym_of_number", _A_NUMBER, field=field, word=token.text)
    return told


def _says(one: Sequence[Token], other: Sequence[Token]) -> bool:
    """Whether what has the one has the other: each word of the other is among those of the one."""
    terms = {
        term for token in one for term in (*token.terms, *(term for part in token.parts for term in part))
    }
    return all(not terms.isdisjoint(token.terms) for token in other)


def _is(one: Sequence[Token], other: Sequence[Token]) -> bool:
    return len(one) == len(other) and all(
        not set(left.terms).isdisjoint(right.terms) for left, right in zip(one, other, strict=True)
    )


def _joined(words: str, also: str, others: Iterable[tuple[str, str]]) -> list[str]:
    """All phrases that hang together with these two by synonyms, operators' and the row's own; as first written."""
    names: dict[frozenset[str], str] = {}

    def key(phrase: str) -> frozenset[str]:
        found = frozenset(term for token in told_words(phrase) for term in token.terms)
        return next(
            (known for known in names if not found.isdisjoint(known) and _same_size(known, found)), found
        )

    beside: dict[frozenset[str], set[frozenset[str]]] = defaultdict(set)
    groups = [*((left, right) for left, right in others), *own_list(), (words, also)]
    for group in groups:
        keys = []
        for phrase in group:
            found = key(phrase)
            names.setdefault(found, phrase)
            keys.append(found)
        for one in keys:
            beside[one].update(keys)
    todo, seen = [key(words)], {key(words)}
    while todo:
        for near in beside[todo.pop()] - seen:
            seen.add(near)
            todo.append(near)
    return sorted(names[each] for each in seen)


def _same_size(one: frozenset[str], other: frozenset[str]) -> bool:
    """Alternatives of one word differ by a lemma or two; a phrase has many terms more."""
    return abs(len(one) - len(other)) <= 2


def _not_common(field: str, phrase: str, told: Sequence[Token], engine: SearchEngine) -> None:
    try:
        total, counts = engine.frequencies([term for token in told for term in token.terms])
    except EngineUnavailable:
        return  # a draft is tried before it goes live
    if total < _LARGE_ENOUGH or not told:
        return
    rarest = min(sum(counts.get(term, 0) for term in token.terms) for token in told)
    if rarest > total * COMMON:
        raise SynonymRefused(
            "synonym_common", _COMMON, field=field, phrase=phrase, count=min(rarest, total), total=total
        )
