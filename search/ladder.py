"""How a query may be read, one rung after another: as typed, other words for the same, other layout, other
alphabet or spelling, fewer words.

Each reading says what it did. Whether a reading found anything relevant is for the caller to judge.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core import text
from core.text import respelling, skeleton
from core.text.tokens import CODE
from core.text.typing_slips import other_layouts
from search import phrases
from search.analysis import (
    SHORTEST_CODE,
    all_terms,
    as_measures,
    can_be_misspelt,
    document_frequency,
    query_words,
    weighed,
    whole_code,
)
from search.curation.matching import NO_STOPS, StopTable
from search.engines.base import QueryWord, SearchEngine
from search.query import Step, StepCode
from search.spelling import Speller
from search.synonyms import NO_SYNONYMS, SynonymTable, synonyms

PARTIAL_SHARE = 0.66  # of the query's information that a partial hit must have
MAX_PARTIAL_WORDS = 8  # more words than that: subsets without one or two of them
MAX_JOINED = 16  # letters of two words that may also be one («power bank»)
SPLIT_FROM, MOST_SPLIT = 8, 48  # letters of a word that may also be two
SHORT_PREFIX = re.compile("[^\\W\\d_]{1,3}")  # of an article
MOST_GUESSES = 3  # tried of one misspelt word beside others
SELDOM = 20  # times as many offers have what a word is a diminutive of
MOST_RESPELT = 12  # words of one question that are looked for among other spellings


@dataclass(frozen=True, slots=True)
class Reading:
    """Words with weights, the sets of places of which one must be met (() = all), and the steps that led here."""

    text: str
    words: tuple[QueryWord, ...]
    groups: tuple[tuple[int, ...], ...]
    code: str
    steps: tuple[Step, ...]


class Ladder:
    """The readings of one query over one engine. `table` holds operators' synonyms, which each of them has, `stops` the
    words that they leave out; `language` is that of the page.
    """

    def __init__(
        self,
        engine: SearchEngine,
        words: str,
        table: SynonymTable = NO_SYNONYMS,
        stops: StopTable = NO_STOPS,
        language: str = "",
    ) -> None:
        self.engine = engine
        self.table = table
        self.stops = stops
        self.language = language
        self.typed = " ".join(words.split())
        self._speller = Speller(engine, self._otherwise)

    def readings(self, *, exact: bool = False) -> Iterator[Reading]:
        typed = self.stops.kept(query_words(self.typed), self.language)
        if not typed:
            return
        documents, frequencies = self._frequencies(typed)
        yield self._reading(self.typed, typed, documents, frequencies, (Step(StepCode.AS_TYPED),))
        if exact:
            return
        widened = self._widened(self._weighed(typed, documents, frequencies))
        if widened is not None:
            yield Reading(self.typed, widened, (), "", (Step(StepCode.SYNONYMS),))
        unknown = [word for word in typed if not document_frequency(word, frequencies)]
        corrected: tuple[tuple[QueryWord, ...], str, tuple[Step, ...]] | None = None
        if unknown:
            corrected = self._layout(typed, frequencies) or self._word_by_word(typed, frequencies)
            if corrected is not None:
                words, spelt, steps = corrected
                documents, frequencies = self._frequencies(words)
                reading = self._reading(spelt, words, documents, frequencies, steps)
                yield reading
                widened = self._widened(reading.words)
                if widened is not None:
                    yield Reading(spelt, widened, (), "", (*steps, Step(StepCode.SYNONYMS)))
            for words, spelt, steps in self._in_company(typed, frequencies):
                yield self._reading(spelt, words, *self._frequencies(words), steps)
        for words, spelt, steps in (*self._by_ear(typed), *self._shorter_codes(typed)):
            yield self._reading(spelt, words, *self._frequencies(words), steps)
        base, spelt, steps = corrected or (typed, self.typed, ())
        partial = self._partial(base, spelt, steps, documents, frequencies)
        if partial is not None:
            yield partial

    def _frequencies(self, words: tuple[QueryWord, ...]) -> tuple[int, Mapping[str, int]]:
        return self.engine.frequencies(all_terms(words))

    def _weighed(
        self, words: tuple[QueryWord, ...], documents: int, frequencies: Mapping[str, int]
    ) -> tuple[QueryWord, ...]:
        """A word that operators give others to weighs what it says by itself."""
        return self.table.widened(weighed(words, documents, frequencies), self.language)

    def _reading(
        self,
        spelt: str,
        words: tuple[QueryWord, ...],
        documents: int,
        frequencies: Mapping[str, int],
        steps: tuple[Step, ...],
    ) -> Reading:
        base = self._weighed(words, documents, frequencies)
        return Reading(spelt, base, (), whole_code(spelt, base), steps)

    def _widened(self, words: tuple[QueryWord, ...]) -> tuple[QueryWord, ...] | None:
        """The words with their synonyms, «power bank» also as powerbank, «powerbank» also as power bank; None
        where that adds nothing that the catalog has.
        """
        out = [
            replace(
                word,
                parts=word.parts or self._halves(word),
                weaker=(*word.weaker, *self._known(self._otherwise(word))),
            )
            for word in words
        ]
        self._add_phrases(out)
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

    def _otherwise(self, word: QueryWord) -> tuple[str, ...]:
        """Synonyms; of a word that hardly anybody uses also what it is a diminutive of."""
        found = dict.fromkeys(synonyms(word.terms))
        if word.kind == "word":
            folded = text.fold(word.text)
            if skeleton.spelt_ukrainian(folded) in skeleton.pairs():
                # A Ukrainian lemma that is a Russian word, too, was read as that: оцет, кава.
                found.update(dict.fromkeys(skeleton.of_ukrainian(folded)))
            for base in respelling.bases(folded):
                terms = query_words(base)[0].terms
                if self._is_rarer(word.terms, terms):
                    found.update(dict.fromkeys((*terms, *synonyms(terms))))
        for said in phrases.said_otherwise([word.terms]):
            found.update(dict.fromkeys(term for other in said.others for term in other[0] if len(other) == 1))
        if word.kind == "number":
            found.update(dict.fromkeys(as_measures(word)))
        return tuple(term for term in found if term not in word.terms)

    def _is_rarer(self, terms: tuple[str, ...], others: tuple[str, ...]) -> bool:
        """Whether goods are called by the others, and but for a mention or two not by the terms."""
        _, counts = self.engine.frequencies((*terms, *others))
        own = sum(counts[term] for term in terms)
        return not own or own * SELDOM <= sum(counts[term] for term in others)

    def _add_phrases(self, words: list[QueryWord]) -> None:
        """Another single word stands for each word of a phrase, another phrase for a single word."""
        for said in phrases.said_otherwise([word.terms for word in words]):
            places = range(said.start, said.end)
            for other in said.others:
                if len(other) == 1 or len(other) == len(places):
                    for place in places:
                        terms = other[0] if len(other) == 1 else other[place - said.start]
                        weaker = (*words[place].weaker, *self._known(terms))
                        words[place] = replace(words[place], weaker=tuple(dict.fromkeys(weaker)))
                elif len(places) == 1:
                    word = words[said.start]
                    if not word.parts and all(self._known(terms) for terms in other):
                        words[said.start] = replace(word, parts=other)

    def _known(self, terms: tuple[str, ...]) -> tuple[str, ...]:
        if not terms:
            return ()
        _, counts = self.engine.frequencies(terms)
        return tuple(term for term in terms if counts[term])

    def _halves(self, word: QueryWord) -> tuple[tuple[str, ...], ...]:
        """Two words that one long word may be, both known and together likelier than by chance."""
        if word.parts or word.kind != "word" or not SPLIT_FROM <= len(word.text) <= MOST_SPLIT:
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
            words = tuple(self._named(word) for word in self.stops.kept(query_words(variant), self.language))
            if not words:
                continue
            _, counts = self._frequencies(words)
            found = [
                document_frequency(word, counts) or len(self._known(self._otherwise(word))) for word in words
            ]
            share = sum(1 for each in found if each) / len(found)
            if (
                share > known / len(typed)
                # What falls to pieces in the other layout was not typed in it.
                and share >= (0.5 if len(words) <= len(typed) else 1)
                and (best is None or (share, sum(found)) > best[:2])
            ):
                best = (share, sum(found), words, variant)
        if best is None:
            return None
        step = Step(StepCode.LAYOUT, {"from": self.typed, "to": best[3]})
        return best[2], best[3], (step,)

    def _named(self, word: QueryWord) -> QueryWord:
        """A name that Cyrillic letters tell by ear, as it is written."""
        name = respelling.names_by_ear().get(text.fold(word.text))
        return word if name is None or self._known(word.terms) else query_words(name)[0]

    def _word_by_word(
        self, typed: tuple[QueryWord, ...], frequencies: Mapping[str, int]
    ) -> tuple[tuple[QueryWord, ...], str, tuple[Step, ...]] | None:
        words: list[QueryWord] = []
        steps: list[Step] = []
        in_company = any(document_frequency(word, frequencies) for word in typed)
        in_latin = self._spelt_in_latin(typed, frequencies)
        tried = [word for word in typed if in_latin or not document_frequency(word, frequencies)]
        del tried[MOST_RESPELT:]
        for word in typed:
            found = self._speller.transliterated(word) if word in tried else None
            if found is None and word in tried and can_be_misspelt(word):
                found = self._speller.respelt(
                    word, in_company=in_company
                ) or self._speller.nearly_transliterated(word)
            if found is None:
                words.append(word)
                continue
            code, better = found
            steps.append(Step(code, {"from": word.text, "to": better.text}))
            words.append(better)
        if not steps:
            return None
        return tuple(words), " ".join(word.text for word in words), tuple(steps)

    def _spelt_in_latin(self, typed: tuple[QueryWord, ...], frequencies: Mapping[str, int]) -> bool:
        """More of the words are Cyrillic ones in Latin letters than are known as they stand: so all may be."""
        latin = [word for word in typed if word.kind == "word" and word.text.isascii()]
        spelt = [word for word in latin if respelling.in_cyrillic(text.fold(word.text))]
        known = sum(1 for word in latin if document_frequency(word, frequencies))
        return len(latin) > 1 and len(spelt) > known

    def _in_company(
        self, typed: tuple[QueryWord, ...], frequencies: Mapping[str, int]
    ) -> Iterator[tuple[tuple[QueryWord, ...], str, tuple[Step, ...]]]:
        """The one word of several that nobody uses as other ones that may go with the rest: мешко, a surname, beside
        кондитерский. Whether one does is for the caller to see: all words must be found together.
        """
        unknown = [place for place, word in enumerate(typed) if not document_frequency(word, frequencies)]
        if len(unknown) != 1 or len(typed) < 2 or not can_be_misspelt(typed[unknown[0]]):
            return
        (place,) = unknown
        word = typed[place]
        options = {each.terms: each for each in self._speller.meant(word, in_company=True)}
        for better in self._speller.by_likelihood(list(options.values()), typed=text.fold(word.text))[
            :MOST_GUESSES
        ]:
            words = (*typed[:place], better, *typed[place + 1 :])
            step = Step(StepCode.SPELLING, {"from": word.text, "to": better.text})
            yield words, " ".join(each.text for each in words), (step,)

    def _by_ear(
        self, typed: tuple[QueryWord, ...]
    ) -> Iterator[tuple[tuple[QueryWord, ...], str, tuple[Step, ...]]]:
        """Names told in Cyrillic letters that are words, too: мілка, a shallow one, beside chocolate."""
        names = respelling.names_by_ear()
        told = [names.get(text.fold(word.text)) for word in typed]
        if len(typed) > 1 and any(told):
            words = tuple(
                word if name is None else query_words(name)[0] for word, name in zip(typed, told, strict=True)
            )
            steps = tuple(
                Step(StepCode.TRANSLITERATED, {"from": word.text, "to": name})
                for word, name in zip(typed, told, strict=True)
                if name is not None
            )
            yield words, " ".join(word.text for word in words), steps

    def _shorter_codes(
        self, typed: tuple[QueryWord, ...]
    ) -> Iterator[tuple[tuple[QueryWord, ...], str, tuple[Step, ...]]]:
        """An article without the letters that its maker puts before it: SM-A065F, which vendors call A065F. No figure
        of it changes.
        """
        for place, word in enumerate(typed):
            head, _, rest = word.text.partition("-")
            if word.kind != CODE or self._known(word.terms) or not SHORT_PREFIX.fullmatch(head):
                continue
            for shorter in query_words(rest)[:1]:
                if len(rest) >= SHORTEST_CODE and not rest.isdigit() and self._known(shorter.terms):
                    words = (*typed[:place], shorter, *typed[place + 1 :])
                    step = Step(StepCode.PARTIAL, {"missing": head})
                    yield words, " ".join(each.text for each in words), (step,)

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
        base = self._weighed(words, documents, frequencies)
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
