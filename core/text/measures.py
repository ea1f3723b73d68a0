"""Numbers and units: 0,5мм, 0.5 mm and ½-inch style notations brought to one term; nothing about offers."""

from __future__ import annotations

import re
from typing import NamedTuple


class Measure(NamedTuple):
    """A value in the base unit of its kind (`mm`, `g`, `ml`, `gb`...)."""

    value: float
    unit: str

    @property
    def term(self) -> str:
        return f"{number_text(self.value)}{self.unit}"


def _units() -> dict[str, tuple[tuple[float, str], ...]]:
    table = {
        "mm": "mm:1 cm:10 dm:100 m:1000 km:1000000 мм:1 см:10 дм:100 м:1000 км:1000000"
        " миллиметр*:1 міліметр*:1 сантиметр*:10 метр*:1000 mtr:1000",
        "in": "\":1 inch:1 inches:1 in:1 дюйм*:1 '':1",
        "ft": "ft:1 feet:1 foot:1",
        "g": "mg:0.001 g:1 gr:1 kg:1000 мг:0.001 г:1 гр:1 кг:1000 грам*:1 грамм*:1 килограмм*:1000 кілограм*:1000"
        " lb:453.592 lbs:453.592 oz:28.3495 gram:1 grams:1",
        "ml": "ml:1 cl:10 dl:100 l:1000 мл:1 л:1000 литр*:1000 літр*:1000 liter:1000 litre:1000 liters:1000"
        " litres:1000 миллилитр*:1 мілілітр*:1 ltr:1000",
        "gsm": "г/м2:1 гр/м2:1 g/m2:1 gsm:1 г/кв.м:1 г/м:1 гр/м:1 g/qm:1",
        "m2": "м2:1 m2:1 кв.м:1 sqm:1",
        "m3": "м3:1 m3:1 куб.м:1",
        "w": "w:1 kw:1000 вт:1 квт:1000 watt:1 watts:1 ватт:1 ват:1",
        "va": "va:1 kva:1000 ва:1 ква:1000",
        "v": "v:1 kv:1000 в:1 кв:1000 volt:1 вольт:1",
        "a": "a:1 а:1 amp:1 ампер:1",
        "mah": "mah:1 ah:1000 мач:1 маг:1 ач:1000 аг:1000 ма*ч:1 mah):1",
        "hz": "hz:1 khz:1e3 mhz:1e6 ghz:1e9 гц:1 кгц:1e3 мгц:1e6 ггц:1e9",
        "gb": "gb:1 tb:1000 гб:1 тб:1000 gbyte:1 гигабайт*:1 гігабайт*:1 терабайт*:1000",
        "mb": "mb:1 мб:1 kb:0.001 кб:0.001",
        "gbps": "gbps:1 gbit/s:1 гбит/с:1 гбіт/с:1 mbps:0.001 mbit/s:0.001 мбит/с:0.001 мбіт/с:0.001",
        "lm": "lm:1 лм:1 люмен*:1 lumen:1 lumens:1",
        "db": "db:1 дб:1",
        "rpm": "rpm:1 об/мин:1 об/хв:1",
        "dpi": "dpi:1",
        "mp": "mp:1 мп:1 mpx:1 мпикс:1 megapixel:1 megapixels:1 мегапиксел*:1",
        "pc": "шт:1 штук*:1 pcs:1 pc:1 pce:1 pieces:1 piece:1 pc(s):1 pk:1",
        "sheet": "арк:1 аркуш*:1 листов:1 лист:1 листа:1 листів:1 sheet:1 sheets:1 л:1",
        "pack": "уп:1 упак:1 упаков*:1 пач:1 пачка:1 пачки:1 пачок:1 пачек:1 pack:1 packs:1",
        "page": "стр:1 страниц*:1 сторін*:1 стор:1 pages:1",
        "%": "%:1",
        "min": "мин:1 хв:1 min:1 minutes:1",
        "bar": "bar:1 бар:1",
    }
    units: dict[str, tuple[tuple[float, str], ...]] = {}
    for base, spellings in table.items():
        for spelling in spellings.split():
            name, factor = spelling.rsplit(":", 1)
            for each in _forms(name):
                units[each] = (*units.get(each, ()), (float(factor), base))
    return units


def _forms(name: str) -> tuple[str, ...]:
    """`name`, or for a starred stem the endings that follow a number."""
    if not name.endswith("*"):
        return (name.replace("*", ""), name.replace("*", "·")) if "*" in name else (name,)
    stem = name[:-1]
    endings = ("", "а", "и", "ы", "ів", "ов", "і", "ей", "я", "ка", "ки", "ок", "ка", "лей", "ль", "ля")
    return tuple(stem + ending for ending in endings)


UNITS = _units()
# Between a number and these a blank may stand; the others count only when glued («2 в 1», «5 a»).
_GLUED_ONLY = frozenset(["в", "а", "a", "in", "v", "кв", "ft", "min", "''", "m", "pk", "l", "г", "м", "w"])
_SPACED_TOO = frozenset(["г", "м", "w", "v", "l", "m"])
SPACED_UNITS = frozenset(UNITS) - (_GLUED_ONLY - _SPACED_TOO)

NUMBER = r"(?:\d{1,3}(?:\s000)+(?!\d)|\d+(?:[.,]\d+)?)"
UNIT = "|".join(sorted((re.escape(unit) for unit in UNITS), key=len, reverse=True))
_MEASURE = re.compile(rf"({NUMBER})\s?({UNIT})(?![^\W_])")


def number_text(value: float) -> str:
    """12.50 → '12.5', 500.0 → '500'; never an exponent."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6f}".rstrip("0").rstrip(".")


def normal_number(digits: str) -> str:
    """A number as written ('0,50') in its one form ('0.5'); leading zeros of a whole number are kept."""
    plain = "".join(digits.split())
    return plain if plain.isdigit() else number_text(_value(plain))


def _value(digits: str) -> float:
    return float("".join(digits.split()).replace(",", "."))


def measures_of(digits: str, unit: str) -> tuple[Measure, ...]:
    """All readings of a number with a unit: «л» is litres or sheets."""
    value = _value(digits)
    return tuple(Measure(round(value * factor, 9), base) for factor, base in UNITS[unit])


def parse_measure(text: str) -> Measure | None:
    """The first number with a unit in `text`, in the base unit of its kind; None where there is none."""
    from core.text.folding import fold_characters

    found = _MEASURE.search(fold_characters(text))
    return measures_of(found.group(1), found.group(2))[0] if found else None
