"""What hands make of a query: slips, the wrong layout, the other alphabet; from a seed, so always the same.

Nothing here knows how the search mends them: keyboards, ways of writing by ear and brands as heard are tables of this
module. Article numbers and other words with digits stay as they are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping

SEED = 20_261_123
_WORD = re.compile(r"[^\W\d_]{4,}")
_HAS_DIGIT = re.compile(r"\S*\d\S*")
_CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)

_KEYBOARDS = {
    "uk": ("йцукенгшщзхї", "фівапролджє", "ячсмитьбю"),
    "ru": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    "en": ("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,."),
}
#: Ukrainian by the passport rules, Russian as people write it in messages.
_UKRAINIAN_LATIN = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
        [
            "a",
            "b",
            "v",
            "h",
            "g",
            "d",
            "e",
            "ie",
            "zh",
            "z",
            "y",
            "i",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "-",
            "iu",
            "ia",
            "-",
        ],
        strict=True,
    )
)
_RUSSIAN_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "c",
            "ch",
            "sh",
            "sch",
            "-",
            "y",
            "-",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
#: Brands and foreign words as Ukrainian and Russian buyers write them by ear.
BY_EAR: Mapping[str, tuple[str, ...]] = {
    "honor": ("хонор",),
    "samsung": ("самсунг",),
    "xiaomi": ("ксиоми", "сяоми"),
    "redmi": ("редми", "редмі"),
    "apple": ("эпл", "епл"),
    "iphone": ("айфон",),
    "maxvi": ("максви",),
    "dahua": ("дахуа",),
    "hikvision": ("хиквижн", "хиквижин"),
    "colgate": ("колгейт",),
    "splat": ("сплат",),
    "milka": ("милка", "мілка"),
    "lavazza": ("лавацца", "лаваца"),
    "victorinox": ("викторинокс", "вікторинокс"),
    "snowball": ("сноубол",),
    "airtex": ("айртекс",),
    "dirol": ("дирол",),
    "greenfield": ("гринфилд", "грінфілд"),
    "nescafe": ("нескафе",),
    "jacobs": ("якобс",),
    "whiskas": ("вискас", "віскас"),
    "felix": ("феликс", "фелікс"),
    "kinder": ("киндер", "кіндер"),
    "snickers": ("сникерс", "снікерс"),
    "pampers": ("памперс",),
    "huggies": ("хаггис", "хагіс"),
    "fairy": ("фейри", "фейрі"),
    "domestos": ("доместос",),
    "palmolive": ("палмолив",),
    "nivea": ("нивея", "нівея"),
    "garnier": ("гарньер", "гарньє"),
    "zewa": ("зева",),
    "bosch": ("бош",),
    "lipton": ("липтон", "ліптон"),
    "barilla": ("барилла", "барілла"),
    "heinz": ("хайнц",),
    "lays": ("лейс",),
    "ritter sport": ("риттер спорт",),
    "borofone": ("борофон",),
    "hoco": ("хоко",),
    "micro": ("микро",),
    "usb": ("юсб",),
    "watch": ("вотч",),
    "note": ("нот", "ноут"),
    "hdmi": ("хдми",),
}


def language_of(query: str, told: str) -> str:
    """Of a query whose set says `told`: which keyboard it was typed on; '' for a mixture."""
    cyrillic, latin = bool(_CYRILLIC.search(query)), bool(_LATIN.search(query))
    if cyrillic and latin:
        return ""
    if cyrillic:
        return "uk" if told == "uk" or re.search("[іїєґ']", query) else "ru"
    return "en" if latin else ""


def misspelt(query: str, chance: random.Random) -> str | None:
    """One slip in one plain word: a neighbour's key, a swap, a doubled or a lost letter; first letters are hit less."""
    words = [found for found in _WORD.finditer(query) if not _in_code(query, found)]
    if not words:
        return None
    word = chance.choices(words, [len(each.group()) for each in words])[0]
    letters = word.group()
    for _ in range(20):
        at = chance.choices(range(len(letters)), [0.3, *([1.0] * (len(letters) - 1))])[0]
        slip = chance.choice(("neighbour", "swap", "double", "lose"))
        slipped = _slipped(letters, at, slip, chance)
        if slipped.lower() != letters.lower():
            return query[: word.start()] + slipped + query[word.end() :]
    return None


def _in_code(query: str, word: re.Match[str]) -> bool:
    return any(
        code.start() <= word.start() and word.end() <= code.end() for code in _HAS_DIGIT.finditer(query)
    )


def _slipped(letters: str, at: int, slip: str, chance: random.Random) -> str:
    if slip == "double":
        return letters[:at] + letters[at] + letters[at:]
    if slip == "lose":
        return letters[:at] + letters[at + 1 :]
    if slip == "swap":
        at = min(at, len(letters) - 2)
        return letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
    near = _neighbours(letters[at].lower(), "uk" if re.search("[іїєґ]", letters) else "ru")
    return letters[:at] + chance.choice(near) + letters[at + 1 :] if near else letters


def _neighbours(letter: str, layout: str) -> list[str]:
    rows = _KEYBOARDS["en" if _LATIN.match(letter) else layout]
    near = []
    for row_number, row in enumerate(rows):
        place = row.find(letter)
        if place < 0:
            continue
        near += [row[each] for each in (place - 1, place + 1) if 0 <= each < len(row)]
        for other in (row_number - 1, row_number + 1):
            if 0 <= other < len(rows):
                near += [rows[other][each] for each in (place - 1, place) if 0 <= each < len(rows[other])]
    return [each for each in near if each.isalpha()]


def in_wrong_layout(query: str, language: str) -> str | None:
    """The whole query with the layout not switched. Only queries without digits and of one alphabet: a hand that
    types a code in the other alphabet switches.
    """
    if language not in _KEYBOARDS or any(letter.isdigit() for letter in query):
        return None
    here = "".join(_KEYBOARDS[language])
    there = "".join(_KEYBOARDS["ru" if language == "en" else "en"])
    typed = query.lower().replace("ґ", "г").replace("ё", "е")
    mapped = dict(zip(here, there, strict=True)) | ({"'": "`"} if language != "en" else {})
    if any(letter not in mapped and letter != " " for letter in typed):
        return None
    return "".join(mapped.get(letter, letter) for letter in typed)


def in_latin(query: str, language: str) -> str | None:
    """Cyrillic words in Latin letters; what has digits stays."""
    table = {"uk": _UKRAINIAN_LATIN, "ru": _RUSSIAN_LATIN}.get(language)
    if table is None or not _WORD.search(query):
        return None
    return " ".join(
        word if _HAS_DIGIT.fullmatch(word) else "".join(map(_letter(table), word))
        for word in query.lower().split()
    )


def _letter(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda letter: table.get(letter, letter).replace("-", "") if letter in table else letter


def by_ear(query: str, chance: random.Random) -> str | None:
    """Brands and foreign words in Cyrillic letters."""
    heard = query.lower()
    for brand, spellings in BY_EAR.items():
        heard = re.sub(rf"\b{brand}\b", lambda _, told=spellings: chance.choice(told), heard)
    return heard if heard != query.lower() else None


def variants(queries: Iterable[tuple[str, str]], seed: int = SEED) -> dict[str, list[tuple[str, str]]]:
    """{kind of slip: [(query, what was typed instead)]} of (query, language) pairs; two slips of each query."""
    chance = random.Random(seed)
    made: dict[str, list[tuple[str, str]]] = {
        "typo": [],
        "layout": [],
        "in_latin": [],
        "by_ear": [],
    }
    for query, told in queries:
        language = language_of(query, told)
        ways: tuple[tuple[str, Callable[[], str | None]], ...] = (
            ("typo", lambda query=query: misspelt(query, chance)),
            ("typo", lambda query=query: misspelt(query, chance)),
            ("layout", lambda query=query, language=language: in_wrong_layout(query, language)),
            ("in_latin", lambda query=query, language=language: in_latin(query, language)),
            ("by_ear", lambda query=query: by_ear(query, chance)),
        )
        for kind, way in ways:
            typed = way()
            if typed and typed != query and (query, typed) not in made[kind]:
                made[kind].append((query, typed))
    return made
