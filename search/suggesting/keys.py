"""What has been typed so far, and what else the same keys or sounds may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from core import text
from core.text.typing_slips import other_alphabet, other_layouts
from search.analysis import all_terms, document_frequency, query_words
from search.engines.base import SearchEngine
from search.ladder import Ladder
from search.query import StepCode

#: Tried once a run of letters: without what stands in front, each of its letters would be a beginning to try.
_LETTERS = re.compile(r"(?<![^\W\d_])[^\W\d_]++$")
#: What is looked at of a text, which may come from anybody and be of any length; far beyond what is answered.
_READ = 1_000
_CORRECTING = frozenset([StepCode.LAYOUT, StepCode.TRANSLITERATED, StepCode.SPELLING])
#: A beginning with a slip is compared with words that share so many letters, of which so many are looked at.
_SURE_LETTERS, _LOOKED_AT = 2, 300
_SLIPS_FROM, _TWO_SLIPS_FROM = 4, 8


@dataclass(frozen=True, slots=True)
class Typed:
    """`head` are the words that are complete, `start` is the beginning of the last one as typed, '' where a blank or a
    figure ends the text. `text` is all of it.
    """

    text: str
    head: str
    start: str
    ends_with_blank: bool = False

    @classmethod
    def read(cls, typed: str) -> Typed:
        typed = typed[:_READ]
        tidy = " ".join(text.clean(typed).split())
        if not tidy or typed[-1:].isspace():
            return cls(tidy, tidy, "", ends_with_blank=True)
        found = _LETTERS.search(tidy)
        start = found.group() if found else ""
        return cls(tidy, tidy[: len(tidy) - len(start)].strip() if start else tidy, start)

    def with_figures(self) -> Typed | None:
        """The same with a last word that has figures as a beginning («папір A4 8»), None where there is none."""
        head, _, last = self.text.rpartition(" ")
        if self.start or not head or self.ends_with_blank or not any(letter.isdigit() for letter in last):
            return None
        return Typed(self.text, head, last)

    def completed(self, word: str) -> str:
        """The text with its last word as `word`, which keeps the letters that are typed where they are its own."""
        before = self.text[: len(self.text) - len(self.start)]
        if text.fold(word).startswith(text.fold(self.start)) and len(text.fold(self.start)) == len(
            self.start
        ):
            return before + self.start + word[len(self.start) :]
        return before + word


def in_other_keys(typed: Typed) -> Iterator[Typed]:
    """In another layout as a whole; then by sound, the last word in each way it may be spelt."""
    blank = " " if typed.ends_with_blank else ""
    for variant in other_layouts(typed.text):
        yield Typed.read(variant + blank)
    last = typed.start or typed.text.rpartition(" ")[2]
    if len(last) < 2 or not last.isalpha():
        return
    before = typed.text[: len(typed.text) - len(last)]
    heads = [before]
    if before:
        heads.append("".join(next(iter(other_alphabet(word))) + " " for word in before.split()))
    for variant in other_alphabet(last):
        if variant != last.lower():
            for head in dict.fromkeys(heads):
                yield Typed.read(head + variant + blank)


def corrected(engine: SearchEngine, typed: Typed) -> Iterator[Typed]:
    """With slips of the hand mended: complete words by the ladder that searches use, the last one by its beginning."""
    head = _mended(engine, typed.head) if typed.head else ""
    if not typed.start:
        if head and head != typed.head:
            yield Typed(head, head, "", typed.ends_with_blank)
        return
    before = f"{head} " if head else ""
    if head != typed.head:
        yield Typed.read(before + typed.start)
    for start in nearest_beginnings(engine, text.fold(typed.start)):
        yield Typed.read(before + start)
    whole = _mended(engine, typed.text)
    if whole != typed.text:
        yield Typed.read(whole)


def nearest_beginnings(engine: SearchEngine, start: str, *, limit: int = 2) -> list[str]:
    """What `start` may have been meant to be: beginnings of known words, fewest slips first, then commonest."""
    if len(start) < _SLIPS_FROM:
        return []
    most = 2 if len(start) >= _TWO_SLIPS_FROM else 1
    near: dict[str, tuple[int, int]] = {}
    for word, count in engine.completions(start[:_SURE_LETTERS], limit=_LOOKED_AT):
        slips, meant = min(
            (OSA.distance(start, word[:length], score_cutoff=most), word[:length])
            for length in range(len(start) - 1, len(start) + 2)
        )
        if slips <= most:
            best = near.get(meant)
            near[meant] = (slips, -count) if best is None else (slips, best[1] - count)
    return sorted(near, key=lambda meant: (near[meant], meant))[:limit]


def _mended(engine: SearchEngine, words: str) -> str:
    """The words as the ladder corrects them, else as they are."""
    typed = query_words(words)
    if not typed:
        return words
    _, frequencies = engine.frequencies(all_terms(typed))
    if all(document_frequency(word, frequencies) for word in typed):
        return words
    for reading in Ladder(engine, words).readings():
        if any(step.code in _CORRECTING for step in reading.steps):
            return reading.text
    return words
