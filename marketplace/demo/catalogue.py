"""The demo row's goods, read from the hand-made tables in catalogue/: one row with variants is several goods."""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = HERE / "catalogue"
SECTIONS = ("office", "paper", "writing", "printing", "electronics", "household", "kitchen")

# What an English name makes of measures written for Ukrainian readers.
_ENGLISH_MEASURES = (
    (r"(\d)\s*мкм", r"\1 µm"),
    (r"(\d)\s*мм", r"\1 mm"),
    (r"(\d)\s*см", r"\1 cm"),
    (r"(\d)\s*мл", r"\1 ml"),
    (r"(\d)\s*ГБ", r"\1 GB"),
    (r"(\d)\s*ТБ", r"\1 TB"),
    (r"(\d)\s*Вт", r"\1 W"),
    (r"(\d)\s*кг", r"\1 kg"),
    (r"(\d)\s*арк\.", r"\1 sheets"),
    (r"(\d)\s*шт\.", r"\1 pcs"),
    (r"(\d)\s*г\b", r"\1 g"),
    (r"(\d)\s*л\b", r"\1 l"),
    (r"(\d)\s*м\b", r"\1 m"),
    (r"А(?=[3-6]\b)", "A"),
)
# Facts that a variant's own name tells better than the row it stands in.
_TOLD_BY_NAME = {
    "volume": re.compile(r"(?<![\d×])(\d+(?:,\d+)? (?:мл|л))\b"),
    "weight": re.compile(r"(?<![\d×])(\d+(?:,\d+)? (?:кг|г))\b(?!/)"),
    "layers": re.compile(r"\b(\d)-шаров"),
    "power": re.compile(r"\b(\d+(?:,\d+)? Вт)\b"),
    "socket": re.compile(r"\b(E14|E27)\b"),
    "length": re.compile(r"(?<![\d,])(\d+(?:,\d+)? м)\b"),
    "memory": re.compile(r"\b(\d+ [ГТ]Б)\b"),
    "diagonal": re.compile(r"(?<![\d,])(\d+(?:,\d+)?\")"),
    "density": re.compile(r"\b(\d+ г/м²)"),
    "sheets": re.compile(r"\b(\d+) арк"),
    "pieces": re.compile(r"\b(\d+ шт\.)"),
    "dim": re.compile(r"(?<![\d×])(\d+ × \d+ [см]м)\b"),
}


@dataclass(frozen=True, slots=True)
class Brand:
    slug: str
    name: str
    gtin: str  # first seven digits of its barcodes
    country_uk: str
    country_ru: str
    site: str


@dataclass(frozen=True, slots=True)
class Good:
    """One real-world good. `price` is a plausible retail price in UAH; every vendor makes its own of it."""

    key: str
    category: str  # slug in categories.json
    brand: Brand
    mpn: str
    gtin: str
    name_uk: str
    name_ru: str
    name_en: str  # often empty, as in life
    attributes_uk: tuple[tuple[str, str], ...]
    attributes_ru: tuple[tuple[str, str], ...]
    description_uk: str
    description_ru: str
    unit: str
    pack: int
    price: Decimal
    vendors: str  # letters of the vendors that may carry it
    photo_type: str
    colour: str

    @property
    def photo(self) -> str:
        return f"{self.photo_type}-{self.colour}-{self.brand.slug}.svg"


def table(name: str) -> list[dict[str, str]]:
    """Rows of one of the hand-made tables."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def brands() -> dict[str, Brand]:
    return {row["slug"]: Brand(**row) for row in table("brands")}


@cache
def colours() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in table("colours")}


@cache
def goods() -> tuple[Good, ...]:
    """All goods in the order of the tables; the same on every machine."""
    taken: set[str] = set()
    return tuple(good for section in SECTIONS for row in table(section) for good in _expand(row, taken))


def chance(*parts: object) -> float:
    """A number from 0 to 1 that depends on `parts` alone: goods added later change nobody else's luck."""
    return zlib.crc32("|".join(map(str, parts)).encode()) / 0xFFFFFFFF


def gtin_of(prefix: str, mpn: str, taken: set[str]) -> str:
    """A free GTIN-13 below the maker's prefix with its check digit (GS1 General Specifications, 7.9)."""
    number = zlib.crc32(mpn.encode())
    while True:
        body = f"{prefix}{number % 100_000:05d}"
        if body not in taken:
            taken.add(body)
            return body + check_digit(body)
        number += 1


def check_digit(body: str) -> str:
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def _expand(row: dict[str, str], taken: set[str]) -> Iterator[Good]:
    for text in (row["variants"] or "").split("|"):
        parts = text.split(";")
        suffix, colour, value_uk, value_ru, price, more = parts + [""] * (6 - len(parts))
        brand = brands()[row["brand"]]
        mpn = row["mpn"].replace("*", suffix)
        key = re.sub(r"[^a-z0-9]+", "-", f"{brand.slug}-{mpn}".lower()).strip("-")
        shade = colours()[colour or row["colour"]]
        facts = _facts(row["attrs"], value_uk, value_ru) | _facts(more.replace(", ", "; "), "", "")
        unit, _, pack = (facts.pop("unit", (row["unit"], ""))[0]).partition(":")
        name_uk = _name(row["name_uk"], brand.name, value_uk, shade, "uk")
        name_ru = _name(row["name_ru"], brand.name, value_ru or value_uk, shade, "ru")
        for fact, told in _TOLD_BY_NAME.items():
            found = told.findall(name_uk)
            if fact in facts and len(found) == 1:
                facts[fact] = (found[0], found[0])
        if colour and "{c" in row["name_uk"]:
            facts["colour"] = (shade["uk_m"], shade["ru_m"])
        yield Good(
            key=key,
            category=row["category"],
            brand=brand,
            mpn=mpn,
            gtin=gtin_of(brand.gtin, mpn, taken),
            name_uk=name_uk,
            name_ru=name_ru,
            name_en=_english(row["name_en"], brand.name, value_uk, shade),
            attributes_uk=tuple((_label(fact, "uk"), value[0]) for fact, value in facts.items()),
            attributes_ru=tuple((_label(fact, "ru"), value[1]) for fact, value in facts.items()),
            description_uk=_types()[row["type"]]["uk"],
            description_ru=_types()[row["type"]]["ru"],
            unit=unit,
            pack=int(pack or 1),
            price=Decimal(price or row["price"]),
            vendors=row["vendors"],
            photo_type=row["type"],
            colour=shade["key"],
        )


@cache
def _labels() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in table("attributes")}


@cache
def _types() -> dict[str, dict[str, str]]:
    return {row["type"]: row for row in table("types")}


def _label(fact: str, language: str) -> str:
    return _labels()[fact][language]


def _facts(text: str, value_uk: str, value_ru: str) -> dict[str, tuple[str, str]]:
    facts = {}
    for part in filter(None, (text or "").split("; ")):
        fact, _, value = part.partition("=")
        uk, _, ru = value.partition("~")
        facts[fact] = (uk.replace("{v}", value_uk), (ru or uk).replace("{v}", value_ru or value_uk))
    return facts


def _name(pattern: str, brand: str, value: str, shade: dict[str, str], language: str) -> str:
    text = pattern.replace("{b}", brand).replace("{v}", value)
    for gender in "mfnp":
        text = text.replace(f"{{c{gender}}}", shade[f"{language}_{gender}"])
    return text


def _english(pattern: str, brand: str, value: str, shade: dict[str, str]) -> str:
    """The English name, or nothing where part of it is told in Ukrainian only."""
    text = re.sub(r"\{c[mfnp]\}", shade["en"], pattern or "").replace("{b}", brand).replace("{v}", value)
    for found, english in _ENGLISH_MEASURES:
        text = re.sub(found, english, text)
    return "" if re.search(r"[Ѐ-ӿ]", text) else text
