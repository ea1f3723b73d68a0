"""Which words of searches may be shown to other people: words that goods or dictionaries have, and no names of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from core.text import lexicon
from core.text.folding import fold, is_cyrillic
from core.text.tokens import CODE, WORD
from search.analysis import all_terms, query_words
from search.engines import get_engine
from search.engines.base import QueryWord
from search.suggesting.fitness import is_fit

#: Grammemes of OpenCorpora: names, surnames, patronymics.
_OF_PEOPLE: Final = frozenset({"Name", "Surn", "Patr"})
#: Above this share of a form's readings it is a name before it is anything else (роза, любов are not).
_MOSTLY: Final = 0.5


def may_be_told(queries: Iterable[str]) -> set[str]:
    """Those of the queries that tell nothing about anybody: each word stands in a good that is on sale or, being no code,
    in a dictionary; none is first of all a person's name. Raises EngineUnavailable where nobody knows what goods have.
    """
    analysed = {words: query_words(words) for words in queries if is_fit(words)}
    if not analysed:
        return set()
    terms = {term for each in analysed.values() for term in all_terms(each)}
    _documents, used = get_engine().frequencies(sorted(terms))
    return {words for words, each in analysed.items() if each and all(_is_common(one, used) for one in each)}


def _is_common(word: QueryWord, used: Mapping[str, int]) -> bool:
    stands = any(used.get(term, 0) for term in word.terms)
    if word.kind == CODE:
        return stands
    if word.kind != WORD:
        return True  # a number or a measure; long numbers are no fit query
    names = [_is_name(term) for term in word.terms if is_cyrillic(term)]
    if (
        names
        and all(is_name for is_name, _is_known in names)
        and (any(known for _, known in names) or not stands)
    ):
        return False
    return stands or (is_cyrillic(fold(word.text)) and lexicon.knows(fold(word.text)))


def _is_name(term: str) -> tuple[bool, bool]:
    """Whether a lemma is first of all a name, and whether that is known rather than guessed by its ending."""
    readings = lexicon.russian().parse(term)
    every = sum(each.score for each in readings)
    named = sum(each.score for each in readings if _OF_PEOPLE & set(each.tag.grammemes))
    return bool(every) and named > _MOSTLY * every, bool(lexicon.russian().word_is_known(term))
