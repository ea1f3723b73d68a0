"""What a word that nobody uses may have been meant as: other spellings that the lexicons know, nearest first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from core.text import lexicon, skeleton
from core.text.folding import is_cyrillic, is_latin

_BY_EAR = Path(__file__).resolve().parent / "data" / "by_ear.tsv"
MOST_SPELLINGS = 256  # tried of one word in Latin letters
SHORTEST = 4  # letters of a word that may have a slip
LONGEST = 24  # letters of a word that is respelt; longer ones are none of a shop, and each letter costs more
SHORTEST_SPELT = 3  # letters of a word that may be spelt in the other alphabet
LONGEST_SMALL = 12  # letters of a diminutive that may have a slip
_LETTERS = "абвгдежзийклмнопрстуфхцчшщьюяіїєыэ'"

# What Latin letters may stand for in words typed without a Cyrillic keyboard, likeliest first: by the passport rules of
# Ukraine, by those of Russia, and by ear.
_SOUNDS: dict[str, tuple[str, ...]] = {
    "shch": ("щ",),
    "zgh": ("зг",),
    "sch": ("щ", "сч"),
    "ckh": ("цх",),
    "iia": ("ія",),
    "iya": ("ія", "ия"),
    "yia": ("ия", "ія"),
    "yya": ("ия",),
    "iiu": ("ію",),
    "iyu": ("ію", "ию"),
    "iie": ("іє",),
    "iye": ("іє", "ие"),
    "yie": ("иє",),
    "oie": ("оє", "ое"),
    "aia": ("ая",),
    "zh": ("ж", "зг"),
    "kh": ("х",),
    "ts": ("ц", "тс"),
    "ch": ("ч",),
    "sh": ("ш",),
    "yu": ("ю",),
    "ju": ("ю",),
    "iu": ("ю", "ію"),
    "ya": ("я",),
    "ja": ("я",),
    "ia": ("я", "ія", "иа"),
    "ye": ("є", "е"),
    "je": ("є", "е"),
    "ie": ("є", "ие", "іє"),
    "yo": ("е", "йо"),
    "jo": ("е", "йо"),
    "iy": ("ий", "ій"),
    "yy": ("ий", "ый"),
    "ij": ("ий", "ій"),
    "yj": ("ий", "ый"),
    "yi": ("ї", "ий", "ії", "ый"),
    "ii": ("ії", "ий", "ій"),
    "oi": ("ої", "ой"),
    "ai": ("ай", "аї"),
    "ei": ("ей",),
    "ui": ("уй",),
    "ck": ("к",),
    "ph": ("ф",),
    "oo": ("у",),
    "ee": ("и", "і"),
    "x": ("кс",),
    "h": ("г", "х"),
    "g": ("г",),
    "i": ("і", "и", "й"),
    "y": ("и", "ы", "й"),
    "j": ("й", "ж", "дж"),
    "e": ("е", "э"),
    "c": ("ц", "к"),
    "w": ("в", "ш"),
    "q": ("к",),
    "'": ("ь", "'"),
} | {latin: (cyrillic,) for latin, cyrillic in zip("abdfklmnoprstuvz", "абдфклмнопрстувз", strict=True)}
_LONGEST = max(map(len, _SOUNDS))
#: After these a soft sign, which the passport rules leave out, may have stood.
_SOFT = frozenset("лнтсцдз")

#: Ends of Ukrainian and Russian diminutives, and of what they are diminutives of.
_DIMINUTIVES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ечечка", ("ечка",)),
    ("ечка", ("ка", "ця", "ца")),
    ("очка", ("ка", "")),
    ("ічка", ("іця", "ічка")),
    ("ичка", ("иця", "ица", "ка")),
    ("енька", ("а", "я")),
    ("онька", ("а",)),
    ("ичок", ("ик",)),
    ("ечок", ("ок", "ець", "")),
    ("очок", ("ок", "")),
    ("ячок", ("як",)),
    ("чик", ("ець", "ц", "")),
    ("ик", ("",)),
    ("ок", ("",)),
    ("ечко", ("о", "е", "це")),
    ("ко", ("о",)),
    ("ка", ("ь", "а", "я", "")),
)


#: Two letters for the sound of one.
_WRITTEN_APART = (("йа", "я"), ("йу", "ю"), ("йо", "е"), ("йе", "е"), ("йі", "ї"), ("шч", "щ"))


def by_sound(word: str) -> tuple[str, ...]:
    """A folded word with one letter for what sounds so: йандекс → яндекс."""
    return tuple(word.replace(two, one) for two, one in _WRITTEN_APART if two in word)


@cache
def names_by_ear() -> dict[str, str]:
    """What is written → the name in Latin letters that it tells by ear."""
    lines = _BY_EAR.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {line[0]: line[1] for line in pairs}


@lru_cache(maxsize=1 << 10)
def in_cyrillic(word: str) -> tuple[str, ...]:
    """Words of the lexicons that a folded word in Latin letters may spell, likeliest first."""
    if not is_latin(word) or is_cyrillic(word) or not SHORTEST_SPELT <= len(word) <= LONGEST:
        return ()
    return tuple(
        dict.fromkeys(each for each in itertools.islice(_spelt(word), MOST_SPELLINGS) if known(each))
    )


def known(word: str) -> bool:
    """A word of either language; the lexicons cannot tell lemmas unlike all their forms (олівець), the pairs can."""
    return lexicon.knows(word) or skeleton.spelt_ukrainian(word) in skeleton.pairs() or word in names_by_ear()


def is_one_slip(typed: str, meant: str) -> bool:
    """Whether one slip of the hand lies between two words."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, other = typed[start:], meant[start:]
    if len(rest) == len(other):
        return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    longer, shorter = (rest, other) if len(rest) > len(other) else (other, rest)
    return longer[1:] == shorter


def _spelt(word: str) -> Iterator[str]:
    """All readings, those with few unlikely choices first."""
    pieces: list[tuple[str, ...]] = []
    at = 0
    while at < len(word):
        for length in range(min(_LONGEST, len(word) - at), 0, -1):
            found = _SOUNDS.get(word[at : at + length])
            if found is not None:
                pieces.append(_softened(found, word, at + length))
                at += length
                break
        else:
            return  # a digit or a foreign letter: nothing that was spelt
    open_places = [place for place, found in enumerate(pieces) if len(found) > 1]
    base = [found[0] for found in pieces]
    # First none of the unlikely, then one anywhere, then two …
    for count in range(len(open_places) + 1):
        for places in itertools.combinations(open_places, count):
            for choice in itertools.product(*(pieces[place][1:] for place in places)):
                spelt = list(base)
                for place, piece in zip(places, choice, strict=True):
                    spelt[place] = piece
                yield "".join(spelt)


def _softened(found: tuple[str, ...], word: str, end: int) -> tuple[str, ...]:
    """With a soft sign where one may have been left out: before a consonant and at the end."""
    if found[0][-1] in _SOFT and (end == len(word) or word[end] not in "aeiouyj'"):
        return (*found, found[0] + "ь")
    return found


@lru_cache(maxsize=1 << 10)
def one_slip_away(word: str) -> tuple[str, ...]:
    """Words of the lexicons from which a folded Cyrillic word differs by one slip of the hand: two letters that
    changed places, a doubled or further letter, a wrong one, a lost one.
    """
    if not is_cyrillic(word) or is_latin(word) or not SHORTEST <= len(word) <= LONGEST:
        return ()
    return tuple(dict.fromkeys(each for each in _slips(word) if known(each)))


@lru_cache(maxsize=1 << 10)
def small_one_slip_away(word: str) -> tuple[str, ...]:
    """The same of diminutives that the lexicons know only by what they are diminutives of: зошмтик, зошитик."""
    if not is_cyrillic(word) or is_latin(word) or not SHORTEST < len(word) <= LONGEST_SMALL:
        return ()
    return tuple(dict.fromkeys(each for each in _slips(word) if bases(each)))


def _slips(word: str) -> Iterator[str]:
    places = range(len(word))
    for at in places[:-1]:
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in places:
        yield word[:at] + word[at + 1 :]
    for at in places:
        for letter in _LETTERS:
            if letter != word[at]:
                yield word[:at] + letter + word[at + 1 :]
    for at in range(len(word) + 1):
        for letter in _LETTERS:
            yield word[:at] + letter + word[at:]


@lru_cache(maxsize=1 << 10)
def bases(word: str) -> tuple[str, ...]:
    """Words of the lexicons of which a folded word may be a diminutive: ручечка → ручка, зошитик → зошит."""
    found: list[str] = []
    for ending, others in _DIMINUTIVES:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3:
            found += [stem + other for other in others if known(stem + other)]
    return tuple(dict.fromkeys(each for each in found if each != word))
