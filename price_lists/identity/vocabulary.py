"""Closed word lists of product identity: colours, and letters by their sound."""

from __future__ import annotations

import re
from functools import lru_cache

from core.text import index_terms
from core.text.folding import fold_characters
from core.text.measures import UNITS, Measure, measures_of

_COLOURS = {
    "black": "black чорний чёрный черный blk",
    "white": "white білий белый wht",
    "red": "red червоний красный",
    "blue": "blue синій синий navy",
    "light blue": "голубой блакитний cyan",
    "green": "green зелений зелёный зеленый",
    "yellow": "yellow жовтий жёлтый желтый",
    "orange": "помаранчевий оранжевый оранжевий",
    "pink": "pink рожевий розовый",
    "violet": "purple violet фіолетовий фиолетовый бузковий сиреневый",
    "brown": "brown коричневий коричневый",
    "grey": "grey gray сірий серый graphite",
    "silver": "silver сріблястий серебристый срібний серебряный",
    "gold": "gold золотий золотой золотистий золотистый",
    "beige": "beige бежевий бежевый",
    "magenta": "magenta пурпурный пурпуровий",
    "turquoise": "turquoise бірюзовий бирюзовый",
    "transparent": "transparent прозорий прозрачный clear",
    "burgundy": "burgundy бордовий бордовый",
}
_NAMES_COLOUR = re.compile(r"colou?r|цвет|кол[иі]р", re.IGNORECASE)

_SOUNDS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "e", "ё": "e", "э": "e",
        "ж": "j", "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "ы": "i", "к": "k", "л": "l", "м": "m",
        "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts",
        "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "'": "", "ю": "iu", "я": "ia",
    }
)  # fmt: skip
_LATIN_SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("qu", "kv"),
    ("th", "t"),
    ("oo", "u"),
    ("ee", "i"),
    ("ou", "u"),
    ("x", "ks"),
    ("w", "v"),
    ("y", "i"),
    ("q", "k"),
    ("ce", "se"),
    ("ci", "si"),
    ("dj", "j"),
    ("dg", "j"),
    ("c", "k"),
    ("kh", "h"),
    ("zh", "j"),
)
_DOUBLED = re.compile(r"(.)\1+")
_SOFT_END = re.compile(r"(?<=[a-z]{3})e$")


@lru_cache(maxsize=1 << 15)
def sound(word: str) -> str:
    """`word` in Latin letters by sound; Latin words lose what their spelling alone tells apart."""
    key = word.lower()
    if not key.isascii():
        key = key.translate(_SOUNDS)
    key = key.replace("ch", "\x01")
    for spelt, spoken in _LATIN_SOUNDS:
        key = key.replace(spelt, spoken)
    key = key.replace("\x01", "ch")
    return _SOFT_END.sub("", _DOUBLED.sub(r"\1", key))


@lru_cache(maxsize=1)
def _colour_terms() -> dict[str, str]:
    table: dict[str, str] = {}
    for name, spellings in _COLOURS.items():
        for term in index_terms(spellings):
            table.setdefault(term, name)
    return table


def colour(terms: tuple[str, ...]) -> str:
    """The colour that a word names, or ''."""
    table = _colour_terms()
    for term in terms:
        if term in table:
            return table[term]
    return ""


def names_colour(attribute: str) -> bool:
    return _NAMES_COLOUR.search(attribute) is not None


def readings(value: str, unit: str) -> tuple[Measure, ...]:
    """All readings of a number with a unit as written."""
    folded = fold_characters(unit)
    return measures_of(value, folded) if folded in UNITS else ()
