"""Units of measure as price lists write them, to UN/ECE Recommendation 20 codes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# A piece is always H87: "C62" (one) means the same to buyers and would split a comparison.
_WORDS = {
    "H87": "шт штук штука штуки штуку штучно штк pcs pc pce piece pieces ea each item items unit units един ед "
    "единица од одиниця одиниць екз экз экземпляр c62 h87 796 шт-1 measure_pcs",
    "PK": "уп упак упаковка упаковки упаковок упк упаков пач пачка пачки пачок пачек pack packs pk pkg package 778",
    "PA": "пак пакет пакети пакеты пакетів пакетов packet пакетик пакування",
    "BX": "ящ ящик ящики ящиків ящиков короб короба коробов box boxes",
    "Z2": "кор коробка коробки коробок",
    "SET": "наб набір набор набори наборы наборів наборов набору комплект компл комплекти комплекты комплектів комплектов к-т ком-т к-кт кт кмп set sets kit комп гарнітур "
    "гарнитур 839 704",
    "PR": "пар пара пари пары pair pairs pr 715",
    "KGM": "кг кілограм килограмм кілограми кило kg kgs kilogram 166",
    "GRM": "г гр грам грамм грами граммы g gr gram 163",
    "TNE": "т тн тонна тонни тонны t ton tonne 168",
    "LTR": "л літр литр літри литры літрів литров l lt ltr liter litre 112",
    "MLT": "мл мілілітр миллилитр ml 111",
    "MTR": "м метр метри метры метрів метров m mtr meter metre 006 006м м/п",
    "LM": "мп м.п пог.м пог.метр погм пм п.м п/м погонний.метр погонный.метр м.пог м.погон пог 018",
    "CMT": "см сантиметр cm",
    "MMT": "мм миллиметр міліметр mm",
    "KMT": "км km",
    "MTK": "м2 м² м.кв кв.м квм кв.метр м.кв. sqm m2 m² 055 метр.квадратний",
    "MTQ": "м3 м³ м.куб куб.м кубм m3 m³ 113",
    "RO": "рул рулон рулони рулоны рулонів рулонов рол ролл roll rolls ролик 736",
    "RL": "бухта бухт бухти бухты бобіна катушка котушка моток мот",
    "ST": "арк аркуш аркуші аркушів лист листа листы листів листов sheet sheets",
    "BO": "пл пляш пляшка пляшки пляшок бут бутылка бутылки бутылок бутыль бутиль bottle 868",
    "JR": "бан банк банка банки банок jar",
    "CA": "каністра канистра каністр кан жестянка",
    "TU": "туб туба тюб тюбик тюбики тюбиків tube",
    "BG": "мішок мішки мішків мешок мешки мешков міш меш bag bags",
    "BJ": "відро відра відер ведро відр вед bucket",
    "CY": "балон баллон бал",
    "VI": "фл флакон флакони флаконів флаконов флак vial",
    "AM": "амп ампула",
    "U2": "таб таблетка табл",
    "T3": "тис.шт тыс.шт 1000шт",
    "DZN": "дюжина дюж dozen 641",
    "RM": "стопа стоп.пап ream",
    "BE": "пучок пуч букет зв'язка связка bundle",
    "PF": "пал палета паллета паллет палет піддон поддон pallet",
    "D64": "блок блоки блоків блоков бл block",
    "NMP": "паков паковання",
    "HUR": "год година час hour hours",
    "E48": "посл послуга услуга усл service",
    "MON": "міс місяць мес месяц month",
    "INH": "дюйм inch",
    "LO": "лот lot парт партія партия",
    "E27": "доза доз dose",
    "CG": "касета кассета кас",
    "CT": "карт картон картонка carton",
}
_BY_WORD = {word: code for code, words in _WORDS.items() for word in words.split()}
CODES = frozenset(_WORDS)
_PACKED = re.compile(
    r"^(?P<unit>[^\d(]+?)\s*[(\[]?\s*(?:по|x|х|×|=)?\s*(?P<count>\d{1,6})\s*(?P<base>шт|pcs|ед|арк|лист|пар)?"
    r"\.?\s*[)\]]?$",
    re.IGNORECASE,
)
_PIECES = r"(?:шт|штук|pcs|pieces|арк|аркушів|лист|листів|листов|л|пар|пари|пары|sheets|pairs)\.?"
_NAME_PACK = re.compile(
    r"(?:\(|,|\s)(?P<word>уп(?:ак(?:овка|\.)?)?|пач(?:ка)?|набір|набор|комплект|pack|set)\.?\s*(?:по\s*|з\s*|из\s*|x\s*|х\s*|×\s*|of\s*)?"
    r"(?P<count>\d{1,5})\s*(?:шт|pcs|штук|арк|лист|пар)(?![^\W\d_])",
    re.IGNORECASE,
)
# Only where the unit says that a pack is sold: "(500 арк.)", "100 шт/уп", "12х0,5л"
_COUNTED = re.compile(
    rf"\(\s*(?P<count>\d{{1,5}})\s*{_PIECES}\s*\)"
    rf"|(?:^|[\s,(])(?P<per>\d{{1,5}})\s*{_PIECES}\s*(?:/|в|у|in|per)\s*(?:уп|пач|pack|ящ|кор|наб|бл)",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?<![\d.,хx×*])(?P<count>\d{1,3})\s*[хx×*]\s*\d+(?:[.,]\d+)?\s*(?:л|мл|кг|г|гр|l|ml|kg|g)(?![^\W\d_])",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(
    r"(?:,|\bза|\bper|/)\s*(?:1\s*)?(?P<unit>кг|kg|м2|м²|м3|м³|кв\.?\s?м|пог\.?\s?м|м\.?п|шт|л|т|м|уп|пара|компл|рул|міш|меш)\.?\s*\)?$",
    re.IGNORECASE,
)
_NAMED = {"наб": "SET", "ком": "SET", "set": "SET"}


class UnitOfMeasure(NamedTuple):
    code: str  # UN/ECE, empty if not understood
    pack_count: int  # pieces in it, 1 if not told


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> UnitOfMeasure:  # noqa: PLR0911 - one kind of wording after the other
    """The unit that a cell means: "шт.", "уп. (10 шт)", "пач.", "кг", "PCE", "796"."""
    word = _plain(text)
    if not word:
        return UnitOfMeasure("", 1)
    if word in _BY_WORD:
        return UnitOfMeasure(_BY_WORD[word], 1)
    if text.strip().upper() in CODES:
        return UnitOfMeasure(text.strip().upper(), 1)
    head = re.sub(r"^1(?=\D)", "", word)
    if head in _BY_WORD:
        return UnitOfMeasure(_BY_WORD[head], 1)
    packed = _PACKED.match(text.strip().lower())
    if packed:
        unit = _BY_WORD.get(_plain(packed["unit"]), "")
        if unit:
            return UnitOfMeasure(unit, max(int(packed["count"]), 1))
    reversed_pack = re.match(r"^(\d{1,6})\s*(?:шт|pcs)\.?\s*(?:в|у|/|in)\s*(.+)$", text.strip().lower())
    if reversed_pack:
        unit = _BY_WORD.get(_plain(reversed_pack[2]), "")
        if unit:
            return UnitOfMeasure(unit, max(int(reversed_pack[1]), 1))
    first = re.split(r"[\s,;(/]+", text.strip().lower())[0]
    return UnitOfMeasure(_BY_WORD.get(_plain(first), ""), 1)


def pack_in_title(title: str) -> int:
    """Pieces in a good that is sold as a pack, if its name tells it ("упаковка 10 шт", "(500 арк.)"), else 0."""
    match = _NAME_PACK.search(title) or _COUNTED.search(title) or _TIMES.search(title)
    found = match.groupdict() if match else {}
    return int(found.get("count") or found.get("per") or 0)


def unit_in_title(title: str) -> UnitOfMeasure:
    """The unit of a good for which nothing else tells one: "Цвяхи 100 мм, кг", "Батарейки (уп. 4 шт)"."""
    match = _NAME_PACK.search(title)
    if match:
        return UnitOfMeasure(_NAMED.get(match["word"][:3].lower(), "PK"), max(int(match["count"]), 1))
    last = _LAST_WORD.search(title)
    return UnitOfMeasure(parse_unit(last["unit"]).code, 1) if last else UnitOfMeasure("", 1)


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", "", text.strip().lower().strip(".,;:()[]")).replace("ё", "е")
