"""Lists of needed goods with what is to be understood of them: goods of our own wording, drawn with fixed seeds.

Two halves of goods and of ways to write: the reader was mended on `seen` alone; `kept` was written at once and never
looked at but for its figures. `shared` takes titles of real price lists where they lie, which are not part of the project.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

SHARED: Final = Path(
    os.environ.get("RYAD_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)
LANGUAGES: Final = ("uk", "ru", "en")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader should understand of one line. `must` and `wish` are words, in the list's language."""

    text: str
    quantity: Decimal
    unit: str
    unit_word: str
    ceiling: Decimal | None = None
    must: tuple[str, ...] = ()
    wish: tuple[str, ...] = ()
    substitutes: bool | None = None
    gtin: str = ""
    mpn: str = ""


@dataclass(frozen=True, slots=True)
class List:
    """Lines in one language, and what is said of all of them."""

    language: str
    lines: list[Wanted]
    place: str = ""
    day: tuple[int, int, int] | None = None
    seed: int = 0
    extra: dict[str, str] = field(default_factory=dict)


#: name in three languages | unit | attributes in three languages, after "/" (must), after "?" (wished)
_SEEN = """
Папір офісний А4 80 г/м²|Бумага офисная А4 80 г/м²|A4 office paper 80 gsm|PK|щільність: 80 г/м²;білизна: не менше 146 %|плотность: 80 г/м²;белизна: не менее 146 %|density: 80 gsm;whiteness: at least 146 %
Ручка кулькова синя 0,7 мм|Ручка шариковая синяя 0,7 мм|Ballpoint pen blue 0.7 mm|H87|колір чорнила: синій|цвет чернил: синий|ink colour: blue
Скоби №24/6 1000 шт|Скобы №24/6 1000 шт|Staples No. 24/6 1000 pcs|PK||||
Маркер перманентний чорний|Маркер перманентный черный|Permanent marker black|H87|товщина лінії: 2-3 мм|толщина линии: 2-3 мм|line width: 2-3 mm
Папка-реєстратор А4 75 мм|Папка-регистратор А4 75 мм|Lever arch file A4 75 mm|H87|ширина корінця: 75 мм|ширина корешка: 75 мм|spine width: 75 mm
Файли А4 40 мкм 100 шт/уп|Файлы А4 40 мкм 100 шт/уп|Punched pockets A4 40 micron|PK||||
Клей-олівець 21 г|Клей-карандаш 21 г|Glue stick 21 g|H87||||
Степлер металевий до 30 аркушів|Степлер металлический до 30 листов|Metal stapler for 30 sheets|H87|матеріал: метал|материал: металл|material: metal
Блок паперу для нотаток 90х90 мм|Блок бумаги для записей 90х90 мм|Memo cube 90x90 mm|H87||||
Стрічка клейка 48 мм х 66 м|Лента клейкая 48 мм х 66 м|Packing tape 48 mm x 66 m|RO||||
Мило рідке 5 л|Мыло жидкое 5 л|Liquid soap 5 l|H87|об'єм: 5 л|объем: 5 л|volume: 5 l
Пакети для сміття 60 л|Пакеты для мусора 60 л|Bin bags 60 l|RO|об'єм: від 60 л|объем: от 60 л|volume: from 60 l
Рукавички нітрилові розмір M|Перчатки нитриловые размер M|Nitrile gloves size M|PR||||
Миша комп'ютерна бездротова|Мышь компьютерная беспроводная|Wireless computer mouse|H87|інтерфейс: USB|интерфейс: USB|interface: USB
Кабель HDMI 2 м|Кабель HDMI 2 м|HDMI cable 2 m|H87|довжина: не менше 2 м|длина: не менее 2 м|length: at least 2 m
Картридж Canon 725|Картридж Canon 725|Toner cartridge Canon 725|H87||||
Вода питна 19 л|Вода питьевая 19 л|Drinking water 19 l|BO||||
Кава зернова 1 кг|Кофе в зернах 1 кг|Coffee beans 1 kg|PK|склад: 100 % арабіка|состав: 100 % арабика|blend: 100 % arabica
Цукор білий|Сахар белый|White sugar|KGM||||
Набір викруток 6 предметів|Набор отверток 6 предметов|Screwdriver set 6 pieces|SET||||
Стілець офісний чорний|Стул офисный черный|Office chair black|H87|навантаження: до 120 кг|нагрузка: до 120 кг|load: up to 120 kg
Лампа світлодіодна E27 10 Вт|Лампа светодиодная E27 10 Вт|LED bulb E27 10 W|H87|потужність: 10 Вт|мощность: 10 Вт|power: 10 W
"""
_KEPT = """
Зошит у клітинку 96 аркушів|Тетрадь в клетку 96 листов|Squared notebook 96 sheets|H87|обкладинка: картон|обложка: картон|cover: cardboard
Олівець графітний HB|Карандаш графитный HB|Graphite pencil HB|H87|твердість: HB|твердость: HB|hardness: HB
Ножиці канцелярські 21 см|Ножницы канцелярские 21 см|Office scissors 21 cm|H87|довжина: 21 см|длина: 21 см|length: 21 cm
Коректор-стрічка 5 мм х 8 м|Корректор-лента 5 мм х 8 м|Correction tape 5 mm x 8 m|H87||||
Конверт С4 крафт|Конверт С4 крафт|Envelope C4 kraft|H87|формат: С4|формат: С4|format: C4
Швидкозшивач пластиковий А4|Скоросшиватель пластиковый А4|Plastic report file A4|H87||||
Серветки вологі 100 шт|Салфетки влажные 100 шт|Wet wipes 100 pcs|PK||||
Папір туалетний двошаровий|Бумага туалетная двухслойная|Toilet paper two-ply|RO|шари: 2|слои: 2|layers: 2
Засіб для миття скла 750 мл|Средство для мытья стекол 750 мл|Glass cleaner 750 ml|BO|об'єм: 750 мл|объем: 750 мл|volume: 750 ml
Порошок пральний автомат|Порошок стиральный автомат|Laundry powder automat|KGM||||
Чай чорний 100 пакетиків|Чай черный 100 пакетиков|Black tea 100 bags|PK|кількість пакетиків у пачці: 100|количество пакетиков в пачке: 100|bags in a box: 100
Подовжувач 5 м на 4 розетки|Удлинитель 5 м на 4 розетки|Extension lead 5 m 4 sockets|H87|довжина: 5 м|длина: 5 м|length: 5 m
Клавіатура USB українська розкладка|Клавиатура USB украинская раскладка|USB keyboard Ukrainian layout|H87||||
Монітор 24" IPS|Монитор 24" IPS|Monitor 24" IPS|H87|роздільна здатність: 1920х1080|разрешение: 1920х1080|resolution: 1920x1080
Флешка USB 3.0 64 ГБ|Флешка USB 3.0 64 ГБ|USB 3.0 flash drive 64 GB|H87|ємність: не менше 64 ГБ|емкость: не менее 64 ГБ|capacity: at least 64 GB
Батарейки AA 4 шт|Батарейки AA 4 шт|AA batteries 4 pcs|PK||||
Мітла пластикова з держаком|Метла пластиковая с ручкой|Plastic broom with handle|H87||||
Відро 10 л з віджимом|Ведро 10 л с отжимом|Mop bucket 10 l|H87|об'єм: від 10 л|объем: от 10 л|volume: from 10 l
Дошка магнітна 60х90 см|Доска магнитная 60х90 см|Magnetic board 60x90 cm|H87|розмір: 60х90 см|размер: 60х90 см|size: 60x90 cm
Комплект рушників махрових|Комплект полотенец махровых|Set of terry towels|SET||||
Фарба водоемульсійна біла|Краска водоэмульсионная белая|White emulsion paint|LTR||||
Рукавиці робочі бавовняні|Перчатки рабочие хлопковые|Cotton work gloves|PR||||
"""
_UNIT_WORDS = {
    "uk": {"H87": "шт шт. штук", "PK": "уп уп. пач пачок", "RO": "рул. рулонів", "PR": "пар пари", "BO": "пляшок пляш.", "KGM": "кг кг.", "SET": "набір компл.", "LTR": "л літрів"},
    "ru": {"H87": "шт шт. штук", "PK": "уп уп. пач пачек", "RO": "рул. рулонов", "PR": "пар пары", "BO": "бутылок бут.", "KGM": "кг кг.", "SET": "набор компл.", "LTR": "л литров"},
    "en": {"H87": "pcs pc. pieces", "PK": "packs pack", "RO": "rolls roll", "PR": "pairs pair", "BO": "bottles bottle", "KGM": "kg kg", "SET": "sets set", "LTR": "l litres"},
}  # fmt: skip
_WISHES = {
    "uk": ("синій", "чорний", "українського виробника"),
    "ru": ("синий", "черный", "украинского производителя"),
    "en": ("blue", "black", "made in Ukraine"),
}
_PLACES = {
    "uk": "м. Полтава, вул. Шевченка, 12",
    "ru": "г. Днепр, ул. Рабочая, 5",
    "en": "12 Peace Avenue, Kharkiv",
}


@dataclass(frozen=True, slots=True)
class _Good:
    names: tuple[str, str, str]
    unit: str
    musts: tuple[tuple[str, ...], ...]


def _goods(table: str) -> list[_Good]:
    goods = []
    for row in table.strip().splitlines():
        uk, ru, en, unit, *asked = row.split("|")
        musts = tuple(tuple(part for part in text.split(";") if part) for text in asked[:3])
        goods.append(_Good((uk, ru, en), unit, musts))
    return goods


def lists_of(half: str, *, number: int, lines: int = 12, rich: bool = False) -> list[List]:
    """`number` lists in each language. `rich`: with attributes, codes and substitutes, for forms that have room for them."""
    if half == "shared":
        return _shared(number, lines)
    goods = _goods(_SEEN if half == "seen" else _KEPT)
    made = []
    for language in LANGUAGES:
        for seed in range(number):
            draw = random.Random(f"{half}-{language}-{seed}-{rich}")
            chosen = draw.sample(goods, min(lines, len(goods)))
            made.append(
                List(
                    language,
                    [_line(draw, good, language, rich=rich) for good in chosen],
                    place=_PLACES[language],
                    day=(2030, draw.randint(1, 12), draw.randint(1, 28)),
                    seed=seed,
                )
            )
    return made


def _line(draw: random.Random, good: _Good, language: str, *, rich: bool) -> Wanted:
    place = LANGUAGES.index(language)
    unit_word = draw.choice(_UNIT_WORDS[language][good.unit].split())
    quantity = Decimal(draw.choice([1, 2, 3, 5, 8, 10, 12, 15, 20, 24, 30, 48, 50, 100, 120, 250]))
    if good.unit in {"KGM", "LTR"} and draw.random() < 0.4:
        quantity += Decimal("0.5")
    ceiling = (
        Decimal(draw.choice([8, 12, 25, 38, 75, 120, 145, 260, 499, 1250])) if draw.random() < 0.6 else None
    )
    if ceiling is not None and draw.random() < 0.3:
        ceiling += Decimal("0.50")
    return Wanted(
        good.names[place],
        quantity,
        good.unit,
        unit_word,
        ceiling,
        must=good.musts[place] if rich and place < len(good.musts) else (),
        wish=(draw.choice(_WISHES[language]),) if rich and draw.random() < 0.25 else (),
        substitutes=draw.choice([None, None, True, False]) if rich else None,
        gtin=_gtin(draw) if rich and draw.random() < 0.2 else "",
        mpn=f"{draw.choice(['AX', 'BM', 'C'])}-{draw.randint(100, 9999)}"
        if rich and draw.random() < 0.2
        else "",
    )


def _gtin(draw: random.Random) -> str:
    body = f"482{draw.randint(0, 10**9 - 1):09d}"
    total = sum(int(figure) * (3 if place % 2 else 1) for place, figure in enumerate(body))
    return f"{body}{-total % 10}"


def _shared(number: int, lines: int) -> list[List]:
    """Real titles of two languages with drawn counts."""
    vocabulary = SHARED / "titles_vocab.tsv.gz"
    if not vocabulary.exists():
        return []
    with gzip.open(vocabulary, "rt", encoding="utf-8") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    kept = {
        "ru": ("zbest", "prosept", "5ka", "perek", "ilya"),
        "uk": ("ua_google_merchant_koritsa", "ua_feed_marketplaces"),
        "en": ("icecat", "Abt-Buy"),
    }
    made = []
    for language, sources in kept.items():
        titles = [
            title.strip()
            for source, of, title in rows
            if source in sources and of == language and 8 < len(title) < 90 and not set(title) & set('";|\t')
        ]
        for seed in range(number):
            draw = random.Random(f"shared-{language}-{seed}")
            chosen = [
                _line(draw, _Good((title,) * 3, "H87", ((), (), ())), language, rich=False)
                for title in draw.sample(titles, lines)
            ]
            made.append(List(language, chosen, place=_PLACES[language], day=(2030, 6, 15), seed=seed))
    return made


def halves(names: Sequence[str]) -> list[str]:
    return [name for name in names if name != "shared" or (SHARED / "titles_vocab.tsv.gz").exists()]
