"""What one word of a query that nobody uses may have been meant as, by what the catalog has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from string import ascii_lowercase

from core import text
from core.text import respelling
from core.text.typing_slips import DOUBLED, LOST, are_neighbours, other_alphabet, slip_likelihood
from search import phrases
from search.analysis import (
    all_terms,
    allowed_slips,
    can_be_misspelt,
    document_frequency,
    is_a_word,
    needed_frequency,
    query_words,
)
from search.engines.base import QueryWord, SearchEngine
from search.query import StepCode
from search.synonyms import own_list

MOST_OTHERWISE = 8  # spellings whose other words are asked for
FIRST_LETTER = 0.2  # what a correction of the first letter is worth beside another one
SHORTEST_OF_BUYERS = 5  # letters of a slip of what buyers call things
SHORTEST_FIRST = 6  # letters of a word in Latin letters whose first letter is looked for


@cache
def buyers_words() -> frozenset[str]:
    """What buyers call things, folded, also where no good is called so."""
    told = {text.fold(word) for line in own_list() for word in line if " " not in word}
    return phrases.vocabulary().union(told, respelling.names_by_ear())


class Speller:
    """Over one engine; `otherwise` gives the terms of other words for one."""

    def __init__(self, engine: SearchEngine, otherwise: Callable[[QueryWord], tuple[str, ...]]) -> None:
        self.engine = engine
        self._otherwise = otherwise

    def transliterated(self, word: QueryWord) -> tuple[StepCode, QueryWord] | None:
        if word.kind != "word" or len(word.text) < respelling.SHORTEST_SPELT:
            return None
        known = self._likeliest(self._spelt_otherwise(word))
        return None if known is None else (StepCode.TRANSLITERATED, known)

    def _spelt_otherwise(self, word: QueryWord) -> list[QueryWord]:
        """A word in the other alphabet; names by ear as they are written."""
        folded, names = text.fold(word.text), respelling.names_by_ear()
        heard = names.get(folded)
        spellings = [heard] if heard else list(other_alphabet(word.text))
        spellings += [names.get(each, each) for each in respelling.in_cyrillic(folded)]
        known = [each for spelt in spellings for each in query_words(spelt)[:1]]
        # «wwww» is no «в»: a letter said again and again folds to one.
        return [each for each in known if any(len(term) > 1 for term in each.terms)]

    def nearly_transliterated(self, word: QueryWord) -> tuple[StepCode, QueryWord] | None:
        """By ear, names lose a letter or two on the way: эпсон, кенон."""
        if is_a_word(word):
            return None
        for each in self._spelt_otherwise(word):
            near = self._nearest(each.text, most=1) if len(each.text) >= 5 else None
            if near is not None:
                return StepCode.TRANSLITERATED, near
        return None

    def respelt(self, word: QueryWord, *, in_company: bool) -> tuple[StepCode, QueryWord] | None:
        if is_a_word(word):
            return None
        if word.parts and "-" in word.text:
            return self._respelt_compound(word, in_company=in_company)
        better = self._likeliest(self.meant(word, in_company=in_company), typed=text.fold(word.text))
        if better is None and allowed_slips(word) > 1:
            documents, _ = self.engine.frequencies(())
            better = self._nearest(word.text, most=2, least=needed_frequency(word, documents))
        return None if better is None else (StepCode.SPELLING, better)

    def meant(self, word: QueryWord, *, in_company: bool) -> list[QueryWord]:
        """What may have been meant by a word with one slip: as goods are called; and as they are called in another
        language, for the word itself may stand nowhere.
        """
        documents, _ = self.engine.frequencies(())
        least = needed_frequency(word, documents)
        # Beside words that are known, a wrong guess finds nothing; alone, it would find rubbish.
        near = self._near(word.text, distance=1, least=least / 10 if in_company else least)
        folded, names = text.fold(word.text), respelling.names_by_ear()
        spellings = list(respelling.one_slip_away(folded)) if len(folded) >= respelling.SHORTEST else []
        spellings += respelling.by_sound(folded)
        if len(folded) >= SHORTEST_OF_BUYERS:
            spellings += [each for each in buyers_words() if respelling.is_one_slip(folded, each)]
        if not near and not spellings:
            spellings = list(respelling.small_one_slip_away(folded)) or self._first_mended(folded)
        return near + [each for spelt in spellings for each in query_words(names.get(spelt, spelt))[:1]]

    def _first_mended(self, folded: str) -> list[str]:
        """A word in Latin letters that begins with the key beside, or lost its first letter: engines look for words that
        begin as typed. Only what stands so in some title. Of Cyrillic ones the lexicons tell.
        """
        if not folded.isascii() or not SHORTEST_FIRST <= len(folded) <= respelling.LONGEST:
            return []
        spelt = [each + folded[1:] for each in ascii_lowercase if are_neighbours(folded[0], each)]
        spelt += [each + folded for each in ascii_lowercase]
        words = {each: query_words(each)[0] for each in spelt}
        _, counts = self.engine.frequencies(all_terms(tuple(words.values())))
        known = [each for each, word in words.items() if document_frequency(word, counts)]
        return [each for each in known if any(self.engine.similar_words(each, distance=0))]

    def _respelt_compound(self, word: QueryWord, *, in_company: bool) -> tuple[StepCode, QueryWord] | None:
        """клей-каранда: the part that nobody knows."""
        pieces = word.text.split("-")
        for place, piece in enumerate(pieces):
            for part in query_words(piece)[:1]:
                if self._known(part.terms) or not can_be_misspelt(part):
                    continue
                found = self.respelt(part, in_company=in_company)
                if found is not None:
                    spelt = "-".join((*pieces[:place], found[1].text, *pieces[place + 1 :]))
                    return StepCode.SPELLING, query_words(spelt)[0]
        return None

    def by_likelihood(self, options: Sequence[QueryWord], *, typed: str) -> list[QueryWord]:
        """Those that some good has, most first. First letters are seldom wrong."""
        if not options:
            return []
        _, counts = self.engine.frequencies(all_terms(tuple(options)))

        def likely(word: QueryWord) -> float:
            count = float(document_frequency(word, counts))
            if not typed:
                return count
            right = word.text[:1] == typed[:1]
            return count * slip_likelihood(typed, text.fold(word.text)) * (1.0 if right else FIRST_LETTER)

        return sorted(filter(likely, options), key=likely, reverse=True)

    def _likeliest(self, options: Sequence[QueryWord], *, typed: str = "") -> QueryWord | None:
        """The one that most goods have, by itself or by other words for it; None where no good has any."""
        if known := self.by_likelihood(options, typed=typed):
            return known[0]
        # Each of them asks the engine once more.
        others = {word.text: self._otherwise(word) for word in options[:MOST_OTHERWISE]}
        terms = [term for found in others.values() for term in found]
        if not terms:
            return None
        _, counts = self.engine.frequencies(terms)
        best = max(others, key=lambda told: max((counts[term] for term in others[told]), default=0))
        if not any(counts[term] for term in others[best]):
            return None
        return next(word for word in options if word.text == best)

    def _nearest(self, word: str, *, most: int, least: float = 1) -> QueryWord | None:
        """The likeliest known word: fewest slips first, then most offers."""
        for distance in range(1, most + 1):
            for near in self._near(word, distance=distance, least=least):
                return near
        return None

    def _near(self, word: str, *, distance: int, least: float) -> list[QueryWord]:
        """Known words, most offers first. The first letter is right, or has changed places with the second. Slips that
        hands make often need fewer offers to be believed.
        """
        folded = text.fold(word)
        found: list[QueryWord] = []
        for spelt, count in self.engine.similar_words(folded, distance=distance):
            if spelt[0] != folded[0] and spelt[:2] != folded[1::-1]:
                continue
            chance = slip_likelihood(folded, spelt) if distance == 1 else 0.0
            often = 100 if chance >= DOUBLED else 20 if chance >= LOST else 1
            if count * often >= least:
                found += query_words(spelt)[:1]
        return found

    def _known(self, terms: tuple[str, ...]) -> bool:
        _, counts = self.engine.frequencies(terms)
        return any(counts[term] for term in terms)
