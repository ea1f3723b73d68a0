"""The slips that real price lists are full of: letters of the other alphabet, swapped letters, cp1251's gaps."""

from __future__ import annotations

import re

from marketplace.demo.catalogue import chance

_LOOKALIKES = str.maketrans({"і": "i", "с": "c", "о": "o", "а": "a", "е": "e", "р": "p", "х": "x"})
_WORD = re.compile(r"[а-яіїєґ]{5,}")
# What a 1C export to cp1251 turns the letters into that this code page lacks.
_CP1251 = str.maketrans({"×": "x", "²": "2", "à": "a", "è": "e", "·": "*", "µ": "u"})


def typed(text: str, key: str) -> str:
    """A name as tired hands type it: now and then a Latin letter in a word, or two letters swapped."""
    luck = chance(key, "slip")
    words = list(_WORD.finditer(text))
    if not words or luck > 0.15:
        return text
    word = words[int(chance(key, "word") * len(words)) % len(words)]
    wrong = _homoglyph(word[0]) if luck < 0.11 else _swapped(word[0])
    return text[: word.start()] + wrong + text[word.end() :]


def cyrillic_formats(text: str) -> str:
    """А4 with the Cyrillic letter, as it is usually typed."""
    return re.sub(r"\bA(?=[3-6]\b)", "А", text)


def to_cp1251(text: str) -> str:
    return text.translate(_CP1251)


def _homoglyph(word: str) -> str:
    for place, letter in enumerate(word):
        twin = letter.translate(_LOOKALIKES)
        if twin != letter:
            return word[:place] + twin + word[place + 1 :]
    return word


def _swapped(word: str) -> str:
    middle = len(word) // 2
    return word[:middle] + word[middle + 1] + word[middle] + word[middle + 2 :]
