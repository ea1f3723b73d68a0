"""Characters: case, compatibility forms, look-alike letters, apostrophes; with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.text.entities import resolved

# Folded one to one after lower-casing. ё and ґ are spelling variants in real price lists.
_ONE_TO_ONE = {
    "ё": "е",
    "ґ": "г",
    "’": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "‘": "'",
    "′": "'",
    "ʹ": "'",
    "″": '"',
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "×": "x",
    "⁄": "/",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "™": " ",
    "®": " ",
    "©": " ",
    "ı": "i",
    "ß": "ss",
}
_TABLE = str.maketrans(_ONE_TO_ONE)

# Letters that look alike, most by their capitals, as typed by hands that forget the layout. Lower-cased.
_TO_LATIN = str.maketrans("авекмнорстухіјѕԁһց", "abekmhopctyxijsdhg")
_TO_CYRILLIC = str.maketrans("abekmhopctyxi", "авекмнорстухі")
_LIKE_LATIN = frozenset("авекмнорстухіјѕԁһց")
_LIKE_CYRILLIC = frozenset("abekmhopctyxi")

# NUL, lone surrogates, soft hyphen, zero-width and direction marks carry no meaning and break databases.
_JUNK = re.compile("[\x00\ud800-\udfff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--.{0,2000}?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,24});")
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-z]")
_DIGIT = re.compile(r"\d")


def clean(text: str) -> str:
    """`text` without NUL, lone surrogates and invisible marks: safe for databases, engines and pages."""
    return _JUNK.sub("", text)


def has_markup(text: str) -> bool:
    return ("<" in text and _TAG.search(text) is not None) or (
        "&" in text and _ENTITY.search(text) is not None
    )


def without_markup(text: str) -> str:
    """Tags become blanks of their length, so that offsets of what remains stay true; entities stay."""
    return _TAG.sub(lambda found: " " * len(found.group()), text) if "<" in text else text


def unescaped(text: str) -> tuple[str, list[int] | None]:
    """Entities resolved, and for each character of the answer its offset in `text` (None: unchanged)."""
    if "&" not in text or _ENTITY.search(text) is None:
        return text, None
    out: list[str] = []
    origin: list[int] = []
    at = 0
    for found in _ENTITY.finditer(text):
        out.append(text[at : found.start()])
        origin.extend(range(at, found.start()))
        meant = resolved(found.group())
        out.append(meant)
        origin.extend([found.start()] * len(meant))
        at = found.end()
    out.append(text[at:])
    origin.extend(range(at, len(text) + 1))
    return "".join(out), origin


def fold_characters(text: str) -> str:
    """Lower case, NFKC, one-to-one folds. Look-alikes need whole words: see `fold_word`."""
    if text.isascii():
        return text.lower().replace("\x00", "").replace("`", "'")
    # Signs that NFKC would spell out as letters (™ as TM) go first.
    text = _JUNK.sub("", text).translate(_TABLE)
    text = unicodedata.normalize("NFKC", text).lower().translate(_TABLE)
    return unicodedata.normalize("NFKC", text)


def fold_with_origin(text: str) -> tuple[str, list[int] | None]:
    """`fold_characters` and, where lengths differ, each folded character's offset in `text` (one more at the end)."""
    folded = fold_characters(text)
    if len(folded) == len(text) and (
        text.isascii() or (unicodedata.is_normalized("NFKC", text) and not _JUNK.search(text))
    ):
        return folded, None
    out: list[str] = []
    origin: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        # A base and its combining marks fold together (и + ̆ is й).
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = fold_characters(text[start:end])
        out.append(piece)
        origin.extend([start] * len(piece))
        start = end
    origin.append(len(text))
    return "".join(out), origin


def fold_word(word: str) -> str:
    """One folded word with look-alike letters brought to one alphabet.

    Mixed alphabets: to the one in which every letter can be written, else to that of most letters where the
    rest look alike, else left. With digits (А4, М8, С45) Cyrillic look-alikes become Latin.
    """
    return word if word.isascii() else _one_alphabet(word)


@lru_cache(maxsize=1 << 14)
def _one_alphabet(word: str) -> str:
    if _CYRILLIC.search(word) is None:
        return word
    cyrillic = [letter for letter in word if "\u0400" <= letter <= "\u052f"]
    latin = [letter for letter in word if "a" <= letter <= "z"]
    cyrillic_fits = _LIKE_LATIN.issuperset(cyrillic)
    if latin:
        latin_fits = _LIKE_CYRILLIC.issuperset(latin)
        if cyrillic_fits and (not latin_fits or len(latin) >= len(cyrillic)):
            return word.translate(_TO_LATIN)
        if latin_fits:
            return word.translate(_TO_CYRILLIC)
        return word
    if cyrillic_fits and _DIGIT.search(word):
        return word.translate(_TO_LATIN)
    return word


def latin_twin(word: str) -> str | None:
    """The Latin word that a Cyrillic one looks like letter by letter (ААА, НР), else None."""
    return word.translate(_TO_LATIN) if _LIKE_LATIN.issuperset(word) else None


def fold(text: str) -> str:
    """The form in which two spellings of one text are equal: for keys and comparisons, not for showing.

    Runs of blanks become one blank, outer blanks go.
    """
    if has_markup(text):
        text = resolved(without_markup(text))
    folded = " ".join(fold_characters(text).split())
    if folded.isascii():
        return folded
    return _WORD.sub(lambda found: fold_word(found.group()), folded)


def is_cyrillic(word: str) -> bool:
    return _CYRILLIC.search(word) is not None


def is_latin(word: str) -> bool:
    return _LATIN.search(word) is not None
