"""One word to its terms: the lemmas it may have, spelt so that the languages of the row meet."""

from __future__ import annotations

import re
from functools import lru_cache

from core.text import lexicon, skeleton
from core.text.folding import is_cyrillic, is_latin, latin_twin

_UKRAINIAN_ONLY = re.compile("[іїє']")
_RUSSIAN_ONLY = re.compile("[ыэъ]")
_TO_RUSSIAN = str.maketrans({"і": "и", "ї": "и", "є": "е", "'": "ъ"})
_TO_UKRAINIAN = str.maketrans({"ы": "и", "э": "е", "ъ": "'"})
MAX_TERMS = 6

STOP_WORDS = frozenset(
    [
        "і",
        "й",
        "та",
        "або",
        "чи",
        "але",
        "для",
        "на",
        "не",
        "з",
        "із",
        "зі",
        "в",
        "у",
        "до",
        "від",
        "по",
        "при",
        "за",
        "під",
        "над",
        "про",
        "без",
        "що",
        "як",
        "це",
        "цей",
        "ця",
        "ці",
        "той",
        "та",
        "те",
        "їх",
        "його",
        "її",
        "и",
        "или",
        "а",
        "но",
        "не",
        "с",
        "со",
        "к",
        "ко",
        "от",
        "из",
        "об",
        "о",
        "во",
        "что",
        "как",
        "это",
        "этот",
        "эта",
        "эти",
        "тот",
        "их",
        "его",
        "ее",
        "у",
        "по",
        "при",
        "за",
        "под",
        "над",
        "про",
        "без",
        "для",
        "на",
        "в",
        "до",
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "for",
        "to",
        "in",
        "on",
        "with",
        "by",
        "from",
        "at",
        "as",
        "is",
        "are",
        "be",
        "this",
        "that",
        "it",
        "its",
        "your",
    ]
)


@lru_cache(maxsize=1 << 15)  # some 250 bytes each; chunks of text are remembered beside it
def word_terms(word: str) -> tuple[str, ...]:
    """All terms of a folded word (letters only), the likeliest first; at least one, at most six."""
    if not is_cyrillic(word):
        return (lexicon.english_stem(word),) if is_latin(word) and word.isascii() else (word,)
    if is_latin(word):
        return (word,)
    terms = (_known(word) or _unknown(word))[:MAX_TERMS]
    # ААА, НР, СЕ: short names are typed in either alphabet.
    twin = latin_twin(word) if len(word) <= 3 else None
    return terms if twin is None else (*terms, twin)


def _known(word: str) -> tuple[str, ...]:
    """Terms of a form that a lexicon has; of both languages where its letters do not decide."""
    ukrainian_spelt = _UKRAINIAN_ONLY.search(word) is not None
    russian_spelt = _RUSSIAN_ONLY.search(word) is not None
    terms: dict[str, None] = {}
    if not ukrainian_spelt:
        for lemma in lexicon.russian_lemmas(word):
            terms.update(dict.fromkeys(skeleton.of_russian(lemma)))
    if not russian_spelt:
        for lemma in lexicon.ukrainian_lemmas(word):
            terms.update(dict.fromkeys(skeleton.of_ukrainian(lemma)))
    return tuple(terms)


def _unknown(word: str) -> tuple[str, ...]:
    """Terms of a form that no lexicon has as spelt: by the other language's spelling, else without its ending."""
    for lookup, of_lemma, spelt in (
        (lexicon.ukrainian_lemmas, skeleton.of_ukrainian, word.translate(_TO_UKRAINIAN)),
        (lexicon.russian_lemmas, skeleton.of_russian, word.translate(_TO_RUSSIAN)),
    ):
        terms: dict[str, None] = {}
        for lemma in lookup(spelt):
            terms.update(dict.fromkeys(of_lemma(lemma)))
        if terms:
            return tuple(terms)
    bare = skeleton.letters(word)
    if bare in skeleton.pairs():
        # набір: all its other forms begin with набор, so the lexicon cannot tell that it is a lemma.
        return skeleton.of_ukrainian(word)
    stem = skeleton.stem(bare)
    found: dict[str, None] = {}
    if stem != bare:
        for lemma in lexicon.russian_lemmas(stem):
            found.update(dict.fromkeys(skeleton.of_russian(lemma)))
        for lemma in lexicon.ukrainian_lemmas(stem):
            found.update(dict.fromkeys(skeleton.of_ukrainian(lemma)))
    found[stem] = None
    return tuple(found)
