"""Keys that sort as a Ukrainian reader expects, in any database; digits by value."""

from __future__ import annotations

import re

from core.text.folding import fold_characters

# Places of the Ukrainian alphabet; Russian letters stand beside their relatives. The apostrophe does not count.
_ALPHABET = "абвгґдеєэжзиыіїйклмнопрстуфхцчшщъьюя"
_PLACES = {letter: chr(0xE000 + place) for place, letter in enumerate(_ALPHABET)} | {
    "ё": chr(0xE000 + 6) + "ё"
}
_TABLE = str.maketrans(_PLACES | {"'": "", "’": "", "ʼ": "", '"': "", "«": "", "»": ""})
_DIGITS = re.compile(r"\d+")
_BLANKS = re.compile(r"[\W_]+")
LENGTH = 200


def collation_key(text: str) -> str:
    """A string whose code point order is the order of `text` among others. Latin before Cyrillic, А2 before А10."""
    # ґ, ё and і keep their own places here, so only case and forms are folded.
    lowered = fold_characters(
        text.replace("Ґ", "\ue100").replace("ґ", "\ue100").replace("Ё", "\ue101").replace("ё", "\ue101")
    )
    lowered = lowered.replace("\ue100", "ґ").replace("\ue101", "ё")
    plain = _BLANKS.sub(" ", lowered.replace("'", "")).strip()
    counted = _DIGITS.sub(_digits, plain)
    return counted.translate(_TABLE)[:LENGTH]


def _digits(found: re.Match[str]) -> str:
    """Digits led by their count, so that longer numbers come later."""
    digits = found.group().lstrip("0") or "0"
    return f"{min(len(digits), 99):02d}{digits}"
