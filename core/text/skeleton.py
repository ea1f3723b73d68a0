"""A spelling in which Ukrainian and Russian cognates are the same letters: офісний and офисный are офисний."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_PAIRS = Path(__file__).resolve().parent / "data" / "uk_ru.tsv"

# Letters that the two alphabets write differently for one sound, or that carry softness only.
_LETTERS = str.maketrans(
    {"і": "и", "ї": "и", "ы": "и", "є": "е", "э": "е", "ё": "е", "ґ": "г", "ь": "", "ъ": "", "'": ""}
)
_DOUBLED = re.compile("([бвгджзклмнпрстфхцчшщ])\\1+")  # ванна, класс: doubled in one language only
# Ukrainian endings of lemmas and what stands there in Russian, before letters are folded.
_UKRAINIAN_ENDINGS = (
    ("ння", "ние"),
    ("ття", "тие"),
    ("лля", "лие"),
    ("ість", "ость"),
    ("увати", "овать"),
    ("ювати", "евать"),
    ("ати", "ать"),
    ("яти", "ять"),
    ("ити", "ить"),
    ("іти", "еть"),
    ("ький", "кий"),
)
_ENDINGS = (
    *("иями", "ями", "ами", "ими", "ого", "его", "ому", "ему", "ией", "иям", "иях", "ів", "ах", "ях", "ов"),
    *(
        "ев",
        "ей",
        "ой",
        "ий",
        "ая",
        "яя",
        "ое",
        "ее",
        "ою",
        "ею",
        "ую",
        "юю",
        "ам",
        "ям",
        "ом",
        "ем",
        "их",
        "им",
    ),
    *("ию", "ии", "ия", "а", "я", "у", "ю", "и", "е", "о", "й"),
)


def letters(word: str) -> str:
    """The skeleton of a form as written."""
    if word.endswith("ой") and len(word) >= 5:
        # простой and простий; Russian itself wavers (беспроводной, беспроводный).
        word = word[:-2] + "ий"
    return _DOUBLED.sub(r"\1", word.translate(_LETTERS))


def of_ukrainian(lemma: str) -> tuple[str, ...]:
    """Skeletons of a Ukrainian lemma: of Russian words that mean the same, else its own."""
    own = spelt_ukrainian(lemma)
    return pairs().get(own, (own,))


def spelt_ukrainian(lemma: str) -> str:
    """The skeleton of a Ukrainian lemma as written, its ending as Russian would have it."""
    for ending, russian in _UKRAINIAN_ENDINGS:
        if lemma.endswith(ending) and len(lemma) > len(ending) + 2:
            return letters(lemma[: -len(ending)] + russian)
    return letters(lemma)


def of_russian(lemma: str) -> tuple[str, ...]:
    return (letters(lemma),)


def stem(skeleton: str) -> str:
    """The skeleton of an unknown form without its likely ending, at least four letters."""
    for ending in _ENDINGS:
        if skeleton.endswith(ending) and len(skeleton) - len(ending) >= 4:
            return skeleton[: -len(ending)]
    return skeleton


@cache
def pairs() -> dict[str, tuple[str, ...]]:
    """Ukrainian skeleton → skeletons to use for it. Built by `core.text.lexicon.build`."""
    table: dict[str, tuple[str, ...]] = {}
    if _PAIRS.exists():
        for line in _PAIRS.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                source, targets = line.split("\t")
                table[source] = tuple(targets.split(" "))
    return table
