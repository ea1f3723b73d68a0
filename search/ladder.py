"""How a query may be read, one rung after another: as typed, other words for the same, other layout, other
alphabet or spelling, fewer words.

Each reading says what it did. Whether a reading found anything relevant is for the caller to judge.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core import text
from core.text.typing_slips import other_alphabet, other_layouts
from search.analysis import (
    all_terms,
    allowed_slips,
    can_be_misspelt,
    document_frequency,
    is_a_word,
    needed_frequency,
    query_words,
    weighed,
    whole_code,
)
from search.engines.base import QueryWord, SearchEngine
from search.query import Step, StepCode
from search.synonyms import synonyms

PARTIAL_SHARE = 0.66  # of the query's information that a partial hit must have
MAX_PARTIAL_WORDS = 8  # more words than that: subsets without one or two of them
MAX_JOINED = 16  # letters of two words that may also be one («power bank»)
SPLIT_FROM = 8  # letters of a word that may also be two


@dataclass(frozen=True, slots=True)
class Reading:
    """Words with weights, the sets of places of which one must be met (() = all), and the steps that led here."""

    text: str
    words: tuple[QueryWord, ...]
    groups: tuple[tuple[int, ...], ...]
    code: str
    steps: tuple[Step, ...]


class Ladder:
    """The readings of one query over one engine."""

    def __init__(self, engine: SearchEngine, words: str) -> None:
        self.engine = engine
        self.typed = " ".join(words.split())

    def readings(self, *, exact: bool = False) -> Iterator[Reading]:
        typed = query_words(self.typed)
        if not typed:
            return
        documents, frequencies = self._frequencies(typed)
        yield self._reading(self.typed, typed, documents, frequencies, (Step(StepCode.AS_TYPED),))
        if exact:
            return
        widened = self._widened(weighed(typed, documents, frequencies))
        if widened is not None:
            yield Reading(self.typed, widened, (), "", (Step(StepCode.SYNONYMS),))
        unknown = [word for word in typed if not document_frequency(word, frequencies)]
        corrected: tuple[tuple[QueryWord, ...], str, tuple[Step, ...]] | None = None
        if unknown:
            corrected = self._layout(typed, frequencies) or self._word_by_word(typed, frequencies)
            if corrected is not None:
                words, spelt, steps = corrected
                documents, frequencies = self._frequencies(words)
                yield self._reading(spelt, words, documents, frequencies, steps)
        base, spelt, steps = corrected or (typed, self.typed, ())
        partial = self._partial(base, spelt, steps, documents, frequencies)
        if partial is not None:
            yield partial

    def _frequencies(self, words: tuple[QueryWord, ...]) -> tuple[int, Mapping[str, int]]:
        return self.engine.frequencies(all_terms(words))

    def _reading(
        self,
        spelt: str,
        words: tuple[QueryWord, ...],
        documents: int,
        frequencies: Mapping[str, int],
        steps: tuple[Step, ...],
    ) -> Reading:
        base = weighed(words, documents, frequencies)
        return Reading(spelt, base, (), whole_code(spelt, base), steps)

    def _widened(self, words: tuple[QueryWord, ...]) -> tuple[QueryWord, ...] | None:
        """The words with their synonyms, «power bank» also as powerbank, «powerbank» also as power bank; None
        where that adds nothing that the catalog has.
        """
        out = [
            replace(word, parts=word.parts or self._halves(word), weaker=self._known(synonyms(word.terms)))
            for word in words
        ]
        for place, (left, right) in enumerate(itertools.pairwise(words)):
            whole = left.text + right.text
            if not (left.text.isalpha() and right.text.isalpha() and len(whole) <= MAX_JOINED):
                continue
            for word in query_words(whole)[:1]:
                # One word that stands for both.
                joined = self._known(word.terms)
                for each in (place, place + 1):
                    out[each] = replace(out[each], weaker=(*out[each].weaker, *joined))
        return tuple(out) if tuple(out) != words else None

    def _known(self, terms: tuple[str, ...]) -> tuple[str, ...]:
        if not terms:
            return ()
        _, counts = self.engine.frequencies(terms)
        return tuple(term for term in terms if counts[term])

    def _halves(self, word: QueryWord) -> tuple[tuple[str, ...], ...]:
        """Two words that one long word may be, both known and together likelier than by chance."""
        if word.parts or word.kind != "word" or len(word.text) < SPLIT_FROM:
            return ()
        spelt = text.fold(word.text)
        pairs = [(query_words(spelt[:at]), query_words(spelt[at:])) for at in range(4, len(spelt) - 3)]
        pairs = [(left, right) for left, right in pairs if left and right]
        terms = [term for left, right in pairs for term in (*left[0].terms, *right[0].terms)]
        if not terms:
            return ()
        _, counts = self.engine.frequencies([*terms, *word.terms])
        own = max(counts.get(term, 0) for term in word.terms)
        best: tuple[int, tuple[tuple[str, ...], ...]] = (0, ())
        for left, right in pairs:
            both = min(document_frequency(left[0], counts), document_frequency(right[0], counts))
            if both > max(best[0], own):
                best = (both, (left[0].terms, right[0].terms))
        return best[1]

    def _layout(
        self, typed: tuple[QueryWord, ...], frequencies: Mapping[str, int]
    ) -> tuple[tuple[QueryWord, ...], str, tuple[Step, ...]] | None:
        """The whole query in another layout, if that makes more of its words known."""
        known = sum(1 for word in typed if document_frequency(word, frequencies))
        best: tuple[float, int, tuple[QueryWord, ...], str] | None = None
        for variant in other_layouts(self.typed):
            words = query_words(variant)
            if not words:
                continue
            _, counts = self._frequencies(words)
            found = [document_frequency(word, counts) for word in words]
            share = sum(1 for each in found if each) / len(found)
            if (
                share > known / len(typed)
                and share >= 0.5
                and (best is None or (share, sum(found)) > best[:2])
            ):
                best = (share, sum(found), words, variant)
        if best is None:
            return None
        step = Step(StepCode.LAYOUT, {"from": self.typed, "to": best[3]})
        return best[2], best[3], (step,)

    def _word_by_word(
        self, typed: tuple[QueryWord, ...], frequencies: Mapping[str, int]
    ) -> tuple[tuple[QueryWord, ...], str, tuple[Step, ...]] | None:
        words: list[QueryWord] = []
        steps: list[Step] = []
        in_company = any(document_frequency(word, frequencies) for word in typed)
        for word in typed:
            found = None
            if not document_frequency(word, frequencies) and can_be_misspelt(word):
                found = self._transliterated(word) or self._respelt(word, in_company=in_company)
            if found is None:
                words.append(word)
                continue
            code, better = found
            steps.append(Step(code, {"from": word.text, "to": better.text}))
            words.append(better)
        if not steps:
            return None
        return tuple(words), " ".join(word.text for word in words), tuple(steps)

    def _transliterated(self, word: QueryWord) -> tuple[StepCode, QueryWord] | None:
        options = [each for variant in other_alphabet(word.text) for each in query_words(variant)[:1]]
        _, counts = self._frequencies(tuple(options))
        known = max(options, key=lambda each: document_frequency(each, counts), default=None)
        if known is not None and document_frequency(known, counts):
            return StepCode.TRANSLITERATED, known
        for each in options:
            # By ear, names lose a letter or two on the way: эпсон, кенон.
            near = self._nearest(each.text, most=1) if len(each.text) >= 5 else None
            if near is not None:
                return StepCode.TRANSLITERATED, near
        return None

    def _respelt(self, word: QueryWord, *, in_company: bool) -> tuple[StepCode, QueryWord] | None:
        if is_a_word(word):
            return None
        documents, _ = self.engine.frequencies(())
        least = needed_frequency(word, documents)
        # Beside words that are known, a wrong guess finds nothing; alone, it would find rubbish.
        near = self._nearest(word.text, most=allowed_slips(word), least=least / 10 if in_company else least)
        return None if near is None else (StepCode.SPELLING, near)

    def _nearest(self, word: str, *, most: int, least: float = 1) -> QueryWord | None:
        """The likeliest known word: fewest slips first, then most offers. The first letter is right, or has
        changed places with the second.
        """
        folded = text.fold(word)
        for distance in range(1, most + 1):
            for found, count in self.engine.similar_words(folded, distance=distance):
                if count >= least and (found[0] == folded[0] or found[:2] == folded[1::-1]):
                    return next(iter(query_words(found)), None)
        return None

    def _partial(
        self,
        words: tuple[QueryWord, ...],
        spelt: str,
        steps: tuple[Step, ...],
        documents: int,
        frequencies: Mapping[str, int],
    ) -> Reading | None:
        """Any set of words that carries enough of the information; what is missing is said."""
        if len(words) < 2:
            return None
        base = weighed(words, documents, frequencies)
        places = range(len(base))
        smallest = 1 if len(base) <= MAX_PARTIAL_WORDS else len(base) - 2
        groups: list[tuple[int, ...]] = []
        for size in range(smallest, len(base)):
            for group in itertools.combinations(places, size):
                enough = sum(base[place].weight for place in group) >= PARTIAL_SHARE
                present = all(document_frequency(base[place], frequencies) for place in group)
                if enough and present and not any(set(smaller) <= set(group) for smaller in groups):
                    groups.append(group)
        if not groups:
            return None
        always = set.intersection(*(set(group) for group in groups))
        missing = ", ".join(base[place].text for place in places if place not in always)
        step = Step(StepCode.PARTIAL, {"missing": missing})
        return Reading(spelt, base, tuple(groups), "", (*steps, step))
