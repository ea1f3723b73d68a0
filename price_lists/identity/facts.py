"""What one record says, read once: words, numbers, measures, pack counts, codes, colours and spellings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from stdnum import ean

from core.text import normalize_code, tokens
from core.text.tokens import CODE, MEASURE, NUMBER, STOP, WORD
from price_lists.identity import vocabulary
from price_lists.identity.records import Record

#: «ИрисаCrystal», «ULTRAконцентрат»: two alphabets of three letters each are two words.
_SEAM = re.compile(r"(?<=[а-яіїєґё]{3})(?=[A-Za-z]{3})|(?<=[A-Za-z]{3})(?=[А-Яа-яІіЇїЄєҐґЁё]{3})")
_NOT_ALNUM = re.compile(r"[\W_]+")
_MEASURE = re.compile(r"([\d.]+)(\D.*)?$")
#: «25 пак», «10 капсул», «4х100 г», «x12», «24 шт», «pack of 6», «6-pack», «2 шт/уп».
_PIECES = re.compile(
    r"(?<![\w.,])(\d{1,5})\s?-?\s?(?:шт\w{0,3}|pcs?|pieces?|ea|count|ct|пак\w{0,7}|капс\w{0,4}|таб\w{0,6}|рулон\w{0,3}"
    r"|пар[аиы]?|саше|pack|pk|pairs?|rolls?|sheets?|штук\w?|уп\.?|упак\w{0,5})(?!\w)"
    r"|(?:pack|box|set|case)\s?of\s?(\d{1,4})(?!\w)"
    r"|(?<![\w.,])(\d{1,3})\s?[xх×*]\s?\d+(?:[.,]\d+)?\s?(?:г|гр|кг|мл|л|g|kg|ml|l|oz)(?!\w)",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?<![\w.,])(\d{1,3})\s?[xх×*]\s?(\d+(?:[.,]\d+)?)\s?(г|гр|кг|мл|л|g|kg|ml|l|oz)(?!\w)", re.IGNORECASE
)
_LETTER_SIZE = re.compile(r"(?<![\w'-])(?:[2-6]?X{1,3}L|[2-6]?X{1,2}S)(?![\w'-])")
_PAPER = re.compile(r"[abc][0-9]")
SHORTEST_MODEL = 4


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """One record as compared. `words` keep their order and repeat; a word is its first term.

    `measures` are values by base unit (g, ml, mm...), every reading of an ambiguous unit among them; `numbers` are
    bare ones; `codes` hold letters and figures; `keys` are sound keys of words by which another alphabet is met.
    """

    record: Record
    words: tuple[str, ...]
    alternatives: dict[str, str]  # every term of a word -> the word
    counts: dict[str, int]
    kinds: dict[str, str]
    shown: dict[str, str]
    measures: dict[str, frozenset[float]]
    numbers: frozenset[str]
    codes: frozenset[str]
    pieces: frozenset[int]
    colours: frozenset[str]
    keys: dict[str, str]
    compact: str
    spelling: str
    sorted_spelling: str
    models: frozenset[str]  # codes long enough to name a model, the part number among them
    sizes: frozenset[str]
    brand: str
    brand_key: str
    mpn: str
    gtin: str
    description_words: frozenset[str]
    description_compact: str


def valid_gtin(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 figures with a right check digit, as 14 figures; else ''."""
    digits = _NOT_ALNUM.sub("", text.removesuffix(".0"))
    if not digits.isdigit() or len(digits) not in (8, 12, 13, 14) or not digits.strip("0"):
        return ""
    return digits.zfill(14) if ean.is_valid(digits) else ""


@lru_cache(maxsize=1 << 16)
def sound_key(word: str) -> str:
    """A rough Latin spelling by sound: либресс and libresse, бондюэль and bonduelle come near each other."""
    return vocabulary.sound(word)


def read_facts(record: Record) -> Facts:
    """Everything `compare` needs of one record; costs some 50 µs, so keep it while the record is compared often."""
    title = _SEAM.sub(" ", record.title)
    words: list[str] = []
    alternatives: dict[str, str] = {}
    counts: dict[str, int] = {}
    kinds: dict[str, str] = {}
    shown: dict[str, str] = {}
    measures: dict[str, set[float]] = {}
    numbers: set[str] = set()
    codes: set[str] = set()
    colours: set[str] = set()
    sizes: set[str] = set()
    for token in tokens(title):
        if token.kind == STOP:
            continue
        term = token.terms[0]
        if token.parts and token.kind == WORD:
            # A compound is its parts: стоп-линия, «стоп линия».
            for piece, part in zip(_NOT_ALNUM.split(token.text), token.parts, strict=False):
                _word(part, piece, words, alternatives, counts, kinds, shown)
                if colour := vocabulary.colour(part):
                    colours.add(colour)
            continue
        _word(token.terms, token.text, words, alternatives, counts, kinds, shown)
        kinds[term] = token.kind
        if token.kind == MEASURE:
            for reading in token.terms:
                found = _MEASURE.match(reading)
                if found and found[2]:
                    if "x" in found[2]:
                        sizes.add(reading)
                    else:
                        measures.setdefault(found[2], set()).add(float(found[1]))
        elif token.kind == NUMBER:
            numbers.add(term)
        elif token.kind == CODE:
            codes.add(term)
            if _PAPER.fullmatch(term):
                sizes.add(term)
        elif token.kind == WORD and (colour := vocabulary.colour(token.terms)):
            colours.add(colour)
    sizes.update(found.group().upper() for found in _LETTER_SIZE.finditer(title))
    pieces = {int(next(filter(None, found.groups()))) for found in _PIECES.finditer(title)}
    for found in _TIMES.finditer(title):
        # 4х100 г is met by 400 г.
        times, value, unit = found.groups()
        for reading in vocabulary.readings(value, unit):
            measures.setdefault(reading.unit, set()).add(round(reading.value * int(times), 6))
            measures[reading.unit].add(reading.value)
    if record.pack_count:
        pieces = {record.pack_count}
    for name, value in record.attributes.items():
        if vocabulary.names_colour(name):
            for token in tokens(value):
                if colour := vocabulary.colour(token.terms):
                    colours.add(colour)
    for value in record.attributes.values():
        sizes.update(found.group().upper() for found in _LETTER_SIZE.finditer(value))
    spelling = " ".join(_NOT_ALNUM.split(title.lower())).strip()
    mpn = normalize_code(record.mpn)
    models = {code for code in codes if len(code) >= SHORTEST_MODEL}
    if len(mpn) >= SHORTEST_MODEL:
        models.add(mpn)
    brand = " ".join(word for token in tokens(record.brand) for word in token.terms[:1])
    return Facts(
        record=record,
        words=tuple(words),
        alternatives=alternatives,
        counts=counts,
        kinds=kinds,
        shown=shown,
        measures={unit: frozenset(values) for unit, values in measures.items()},
        numbers=frozenset(numbers),
        codes=frozenset(codes),
        pieces=frozenset(pieces),
        colours=frozenset(colours),
        keys={word: sound_key(word) for word in counts if kinds[word] == WORD},
        compact=normalize_code(title),
        spelling=spelling,
        sorted_spelling=" ".join(sorted(spelling.split())),
        models=frozenset(models),
        sizes=frozenset(sizes),
        brand=brand,
        brand_key=sound_key(brand.replace(" ", "")) if brand else "",
        mpn=mpn,
        gtin=valid_gtin(record.gtin),
        description_words=frozenset(
            term for token in tokens(record.description[:2000]) for term in token.terms[:1]
        ),
        description_compact=normalize_code(record.description[:2000]),
    )


def _word(
    terms: tuple[str, ...],
    text: str,
    words: list[str],
    alternatives: dict[str, str],
    counts: dict[str, int],
    kinds: dict[str, str],
    shown: dict[str, str],
) -> None:
    term = terms[0]
    words.append(term)
    counts[term] = counts.get(term, 0) + 1
    kinds.setdefault(term, CODE if any(letter.isdigit() for letter in term) else WORD)
    shown.setdefault(term, text)
    for each in terms:
        alternatives.setdefault(each, term)
