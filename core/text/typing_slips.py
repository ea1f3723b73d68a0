"""What a hand may have meant: the same keys in another layout, the same sounds in another alphabet."""

from __future__ import annotations

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_UKRAINIAN_KEYS = "йцукенгшщзхїфівапролджєячсмитьбю'"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_UKRAINIAN = str.maketrans(_LATIN_KEYS, _UKRAINIAN_KEYS)
_TO_RUSSIAN = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_FROM_UKRAINIAN = str.maketrans(_UKRAINIAN_KEYS, _LATIN_KEYS)
_FROM_RUSSIAN = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)

# Longest first. Latin as people type it by ear, not by a standard.
_TO_CYRILLIC = (
    *(("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш")),
    *(("yu", "ю"), ("ju", "ю"), ("iu", "ю"), ("ya", "я"), ("ja", "я"), ("ia", "я"), ("ye", "е"), ("je", "е")),
    *(("yi", "и"), ("yo", "ё"), ("jo", "ё"), ("ck", "к"), ("ph", "ф"), ("oo", "у"), ("ee", "и"), ("x", "кс")),
    *zip("abcdefghijklmnopqrstuvwyz'", "абцдефгхийклмнопкрстуввызь", strict=True),
)
_TO_LATIN = dict(zip("абвгґдеєэёзиіыїйклмнопрстуфхц", "abvggdeeeeziiyiyklmnoprstufhc", strict=True)) | {
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ю": "yu",
    "я": "ya",
    "ь": "",
    "ъ": "",
    "'": "",
}


_ROWS = tuple(
    (keys[:12], keys[12:-1][:11], keys[23:-1]) for keys in (_LATIN_KEYS, _UKRAINIAN_KEYS, _RUSSIAN_KEYS)
)

SWAPPED, DOUBLED, NEXT_KEY, LOST, OTHER = 1.0, 1.0, 0.5, 0.3, 0.15


def slip_likelihood(typed: str, meant: str) -> float:
    """How likely a hand that means one word types the other, beside other words that are one slip away: few words are
    a swap away, many with some letter more. For words one slip apart; others get the least.
    """
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, other = typed[start:], meant[start:]
    if len(rest) == len(other) and rest:
        if rest[:2] == other[1::-1] and rest[2:] == other[2:]:
            return SWAPPED
        return NEXT_KEY if rest[1:] == other[1:] and are_neighbours(rest[0], other[0]) else OTHER
    if rest[1:] == other and start and rest[:1] == typed[start - 1]:
        return DOUBLED
    return LOST if rest == other[1:] or rest[1:] == other else OTHER


def are_neighbours(one: str, other: str) -> bool:
    """Whether two letters' keys touch, on a keyboard that has both."""
    for rows in _ROWS:
        places = [(row, keys.find(letter)) for letter in (one, other) for row, keys in enumerate(rows)]
        found = [place for place in places if place[1] >= 0]
        if len(found) == 2:
            (row, column), (beside, at) = sorted(found)
            # The keys of a row stand half a key to the right of those above.
            return abs(column - at) == 1 if row == beside else beside - row == 1 and column - at in (0, 1)
    return False


def other_layouts(text: str) -> tuple[str, ...]:
    """`text` as the same keys would give in the other layouts; without those that change nothing."""
    lowered = text.lower()
    tables = (_TO_UKRAINIAN, _TO_RUSSIAN) if _is_latin(lowered) else (_FROM_UKRAINIAN, _FROM_RUSSIAN)
    variants = (lowered.translate(table) for table in tables)
    return tuple(dict.fromkeys(variant for variant in variants if variant != lowered))


def other_alphabet(word: str) -> tuple[str, ...]:
    """A word as it sounds, in the other alphabet: kanctovary → канцтовары, самсунг → samsung."""
    lowered = word.lower()
    if not _is_latin(lowered):
        plain = "".join(_TO_LATIN.get(letter, letter) for letter in lowered)
        return tuple(
            dict.fromkeys((plain, plain.replace("ks", "x"), plain.replace("k", "c"), plain.replace("v", "w")))
        )
    out: list[str] = []
    at = 0
    while at < len(lowered):
        for latin, cyrillic in _TO_CYRILLIC:
            if lowered.startswith(latin, at):
                out.append(cyrillic)
                at += len(latin)
                break
        else:
            out.append(lowered[at])
            at += 1
    spelt = "".join(out)
    # y is й after a vowel, ы or и after a consonant; c is к before a, o, u.
    variants = (
        spelt,
        spelt.replace("ы", "й"),
        spelt.replace("ы", "и"),
        "".join(
            "к" if letter == "ц" and spelt[i + 1 : i + 2] in ("а", "о", "у", "") else letter
            for i, letter in enumerate(spelt)
        ),
    )
    return tuple(dict.fromkeys(variants))


def _is_latin(text: str) -> bool:
    return any("a" <= letter <= "z" for letter in text)
