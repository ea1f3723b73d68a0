"""What one record says, read once: words, numbers, measures, pack counts, codes, colours and spellings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum import ean

from core.text import normalize_code, tokens
from core.text.tokens import CODE, MEASURE, NUMBER, STOP, WORD, Token
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
_NONE: frozenset[str] = frozenset()
DESCRIBED = 2000  # letters of a description that are read


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """One record as compared. `words` keep their order and repeat; a word is its first term.

    `measures` are values by base unit (g, ml, mm...), every reading of an ambiguous unit among them; `numbers` are
    bare ones; `models` hold letters and figures; `keys` are sound keys of words by which another alphabet is met.
    """

    record: Record
    words: tuple[str, ...]
    alternatives: dict[str, str]  # every term of a word -> the word
    counts: dict[str, int]
    shown: dict[str, str]
    measures: dict[str, frozenset[float]]
    amounts: tuple[str, ...]  # the measures as written
    numbers: frozenset[str]
    figures: frozenset[str]  # the numbers, and those within measures and codes
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
    full = digits.zfill(14)
    # 02, 04 and 2 begin what shops number themselves: another shop's means another good.
    if not ean.is_valid(digits) or full[1] == "2" or full[1:3] in ("02", "04"):
        return ""
    return full


def read_facts(record: Record) -> Facts:
    """Everything that comparing needs of one record; costs some 50 µs, so keep it while the record is compared often."""
    title = _SEAM.sub(" ", record.title)
    words = _Words(title)
    sizes = {found.group() for found in _LETTER_SIZE.finditer(title)} if "X" in title else set()
    colours = set(words.colours)
    for name, value in record.attributes.items():
        sizes.update(found.group() for found in _LETTER_SIZE.finditer(value.upper()))
        if vocabulary.names_colour(name):
            colours.update(filter(None, (vocabulary.colour(token.terms) for token in tokens(value))))
    told = words.figures
    pieces = {int(next(filter(None, found.groups()))) for found in _PIECES.finditer(title)} if told else set()
    spelling = _NOT_ALNUM.sub(" ", title.lower()).strip()
    mpn = normalize_code(record.mpn) if record.mpn else ""
    models = {code for code in words.codes if len(code) >= SHORTEST_MODEL}
    if len(mpn) >= SHORTEST_MODEL:
        models.add(mpn)
    brand = " ".join(token.terms[0] for token in tokens(record.brand)) if record.brand else ""
    description = record.description[:DESCRIBED]
    return Facts(
        record=record,
        words=tuple(words.order),
        alternatives=words.alternatives,
        counts=words.counts,
        shown=words.shown,
        measures=_measures(title, words.measures) if told else {},
        amounts=tuple(words.amounts),
        numbers=frozenset(words.numbers),
        figures=frozenset(told),
        pieces=frozenset([record.pack_count] if record.pack_count else pieces),
        colours=frozenset(colours),
        keys={word: vocabulary.sound(word) for word in words.plain},
        compact="".join(words.compact),
        spelling=spelling,
        sorted_spelling=" ".join(sorted(spelling.split())),
        models=frozenset(models),
        sizes=frozenset(words.sizes | sizes),
        brand=brand,
        brand_key=vocabulary.sound(brand.replace(" ", "")) if brand else "",
        mpn=mpn,
        gtin=valid_gtin(record.gtin) if record.gtin else "",
        description_words=frozenset(token.terms[0] for token in tokens(description))
        if description
        else _NONE,
        description_compact=normalize_code(description) if description else "",
    )


class _Words:
    """What the tokens of a title say, sorted by kind."""

    def __init__(self, title: str) -> None:
        self.order: list[str] = []
        self.alternatives: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.shown: dict[str, str] = {}
        self.plain: dict[str, None] = {}
        self.measures: dict[str, set[float]] = {}
        self.amounts: list[str] = []
        self.numbers: set[str] = set()
        self.figures: set[str] = set()
        self.compact: list[str] = []
        self.codes: set[str] = set()
        self.sizes: set[str] = set()
        self.colours: set[str] = set()
        for token in tokens(title):
            if token.kind == STOP:
                self.compact.append(token.terms[0])
                continue
            if token.kind == CODE:
                self.compact.append(token.terms[0])  # in one alphabet
            else:
                self.compact.append(
                    token.text.lower() if token.text.isalnum() else _plain_letters(token.text)
                )
            if token.parts and token.kind == WORD:
                # A compound is its parts: стоп-линия, «стоп линия».
                for piece, part in zip(_NOT_ALNUM.split(token.text), token.parts, strict=False):
                    self._add(part, piece)
                    self._plain(part)
            else:
                self._add(token.terms, token.text)
                self._sort(token)

    def _add(self, terms: tuple[str, ...], text: str) -> None:
        term = terms[0]
        self.order.append(term)
        self.counts[term] = self.counts.get(term, 0) + 1
        self.shown.setdefault(term, text)
        for each in terms:
            self.alternatives.setdefault(each, term)

    def _plain(self, terms: tuple[str, ...]) -> None:
        if terms[0].isalpha():
            self.plain[terms[0]] = None
            if colour := vocabulary.colour(terms):
                self.colours.add(colour)

    def _sort(self, token: Token) -> None:
        term = token.terms[0]
        self.figures.update(extra for extra in token.extras if extra[0].isdigit())
        if token.kind == WORD:
            self._plain(token.terms)
        elif token.kind == NUMBER:
            self.numbers.add(term)
            self.figures.add(term)
        elif token.kind == CODE:
            self.codes.add(term)
            self.figures.update(part[0] for part in token.parts if part[0].isdigit())
            if _PAPER.fullmatch(term):
                self.sizes.add(term)
        elif token.kind == MEASURE:
            self.amounts.append(token.text)
            for reading in token.terms:
                found = _MEASURE.match(reading)
                if found is None or not found[2]:
                    continue
                if "x" in found[2]:
                    self.sizes.add(reading)
                else:
                    self.measures.setdefault(found[2], set()).add(float(found[1]))


def _plain_letters(text: str) -> str:
    return _NOT_ALNUM.sub("", text.lower())


def _measures(title: str, found: dict[str, set[float]]) -> dict[str, frozenset[float]]:
    """With the sums: 4х100 г is met by 400 г."""
    for match in _TIMES.finditer(title):
        times, value, unit = match.groups()
        for reading in vocabulary.readings(value, unit):
            found.setdefault(reading.unit, set()).update(
                (round(reading.value * int(times), 6), round(reading.value, 6))
            )
    return {unit: frozenset(values) for unit, values in found.items()}
