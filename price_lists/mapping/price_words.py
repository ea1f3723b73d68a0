"""What the heading of a price column says: whose price, from how many, with VAT or not, for which unit."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from price_lists.mapping.model import Field
from price_lists.validation.units import CODES, parse_unit


class Meaning(NamedTuple):
    field: Field
    weight: float  # how surely the words mean it, 0 to 1
    kind: str = ""
    rank: float = 0  # among prices: the lower, the more it is the price that a buyer pays


_MONEY = r"(?:грн|гривень|гривнях|гривні|гривня|гривна|гривнах|uah|usd|eur|pln|euro|євро|евро|руб|рублей|rub|дол|долл|доларів|долларов|у е|у о|уе|zł|\$|€|₴)"
_MONEY_WORD = re.compile(rf"(?<![^\W\d_]){_MONEY}(?![^\W\d_])")
_PRICE = re.compile(
    r"\b(?:цін[аиуоюі]*|цiн[аиу]*|цен[аыуойе]*|(?:unit)?prices?(?:uah|usd|eur)?|спец ?цін\w*|спец ?цен\w*|вартіст\w*|стоимост\w*|прайс(?:ова|овая)?)\b|^ц\b"
)
_PIECE = r"(?:шт|штук\w*|од|ед|одиниц\w*|единиц\w*|уп|упак\w*|пач\w*|ящ\w*|короб\w*|pcs?|pieces?|units?|кг|м|т|пар\w*|рул\w*|л|компл\w*)"
_MORE = r"(?:більше|более|больше|вище|выше|more|over)"
_FROM = re.compile(
    rf"(?:\b(?:від|вiд|от|from|понад|свыше|при|{_MORE})|>=?|≥) ?(\d[\d ]*)(?! ?(?:\d|до |to |тис|тыс|k\b|%|{_MONEY}\b|[$€₴]))"
)
_PLUS = re.compile(rf"\b(\d+) ?{_PIECE}? ?\+")
_AND_MORE = re.compile(rf"\b(\d+) ?{_PIECE} (?:(?:и|і|та|й|and|or) )?{_MORE}")
_SPAN = re.compile(
    r"\b(\d{1,5}) ?(?:[-–—]|до|to| ) ?(\d{1,5}) ?(?:шт|штук\w*|уп|упак\w*|пач\w*|ящ\w*|pcs?|pieces?|од|ед)\b"
)
_PIECES = re.compile(
    r"(?:^|за |per |при )(?P<count>\d{1,5}) ?(?:шт|штук\w*|уп|упак\w*|пач\w*|ящ\w*|pcs?|pieces?)$"
)
SUM = re.compile(
    rf"(?:(?:\b(?:від|вiд|от|from|понад|свыше|до|при|for|order|сум[аиіе]|на)|>=?|≥) ?)\d[\d ]*(?:тис|тыс|k)? ?{_MONEY}(?:(?= )|$)"
)
_QUANTITY_WORDS = re.compile(
    rf"\d+|\b(?:від|вiд|от|from|до|to|понад|свыше|при|и|і|та|and|or|{_MORE}|{_PIECE}|за)\b|[-–—+>≥=]"
)
_PURCHASE = re.compile(
    r"\b(?:собіварт|себестоим|закуп|вхідн|входн|purchase|buying|bought|cost price)|^(?:ціна |цена )?(?:вхід|вход)$"
)
_OLD = re.compile(
    r"\b(?:стар|old|oldprice|попередн|предыдущ|прежн|перекресл|зачеркн|звичайн|обычн|regular|list price|(?:до|без|before|without) (?:урахуванн\w* |учета )?(?:знижк|скидк|discount|акц))"
)
_REDUCED = re.compile(
    r"\b(?:акц|промо|promo|sale|special|спец|розпрод|распрод|уцен|уцін|(?:зі|із|з|со|с|with|after|по) (?:урахуванн\w* |учетом )?(?:знижк|скидк|discount)|discount)"
)
NO_VAT = re.compile(
    r"(?:\b(?:без|не вкл\w*|excl\w*|ex|without|net of|w o|less)) ?(?:урахування |учета )?(?:пдв|ндс|vat)|(?:пдв|ндс|vat) (?:не вкл|excl)"
)
VAT = re.compile(
    r"(?:\b(?:з|із|зі|с|со|вкл\w*|incl?\w*|with|в т ч|у т ч|в тому числі|в том числе)) ?(?:урахуванням |учетом )?(?:\d+ ?% ?)?(?:пдв|ндс|vat)|(?:пдв|ндс|vat) (?:вкл|incl)"
)
_TRADE = r"(?:опт|гурт|дилер|диллер|ділер|партн|wholesale|dealer|b2b|крупн|мелк|мілк|дрібн|vip|drop|дроп|дистриб|distrib|reseller|реселл?ер|монтажн|інсталят|инсталл?ят|installer)"
_WHOLESALE = re.compile(rf"\b{_TRADE}|\b(?:велик|колонк|кол \d|trade price)")
_WHOLESALE_ALONE = re.compile(
    rf"^(?:(?:крупн|великий|больш|велик|малый|малий|середн|средн|мелк|мілк|дрібн|small|big)\w* )?(?:{_TRADE})\w*(?: \d| (?:опт|гурт|прайс|ціна|цена|price)\w*)*$"
)
_RECOMMENDED = re.compile(
    r"\b(?:ррц|рц|мрц|мррц|rrp|msrp|rrc|рекоменд\w*|recommended|suggested)\b|^recommend"
)
_RETAIL = re.compile(
    r"\b(?:розн|роздр|retail|кінцев|конечн|продаж|реаліз|реализ|selling|для клієнт|для клиент|для покупц)"
)
_RETAIL_ALONE = re.compile(r"^(?:розн|роздр|retail)\w*\b")
_PACKS = (
    r"(?:уп|упак\w*|пач\w*|ящ\w*|короб\w*|блок\w*|палет\w*|паллет\w*|pack\w*|box\w*|коробк\w*|міш\w*|меш\w*)"
)
_PER_PACK = re.compile(rf"(?:за|per|при покупці|при покупке|/) ?(?:1 )?{_PACKS}$")
_PER = re.compile(
    rf"(?:\b(?:за|per)\s*|/\s*|{_MONEY}\.?\s+)(?P<count>1000|100|10|1|тис\.?|тыс\.?)?\s*(?P<unit>[^\W\d_][^\s,;()/]*[23²³]?)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def without_money(words: str) -> str:
    """A plain heading without currencies and without sums from which a price holds."""
    return " ".join(_MONEY_WORD.sub(" ", SUM.sub(" ", words)).split())


def price_meaning(words: str) -> Meaning | None:  # noqa: C901, PLR0911, PLR0912 - one kind of price a branch
    """The kind of price that a plain heading names; None if it names none."""
    bare = without_money(words)
    if not bare:
        threshold = SUM.search(words)
        return Meaning(Field.PRICE, 0.6, "quantity" if threshold else "", 7 if threshold else 2)
    priced = bool(_PRICE.search(bare))
    plain_kind = " ".join(NO_VAT.sub(" ", VAT.sub(" ", bare)).split())
    if priced and re.search(r"\b(?:доставк|delivery|shipping)", bare):
        return None
    if _PURCHASE.search(bare) and (priced or len(bare) < 25):
        return Meaning(Field.PRICE, 0.8, "purchase", 8)
    if (priced and _OLD.search(bare)) or bare in {"oldprice", "old"}:
        return Meaning(Field.OLD_PRICE, 0.95)
    if priced and _REDUCED.search(bare):
        return Meaning(Field.DISCOUNT_PRICE, 0.9)
    trade = bool(_WHOLESALE.search(bare) if priced else _WHOLESALE_ALONE.match(_without_quantity(bare)))
    if NO_VAT.search(bare) and (priced or trade or len(bare) <= 20 or _RETAIL.search(bare)):
        return Meaning(Field.PRICE, 0.95, "no_vat", 6.5 if trade else 4)
    if priced and _PER_PACK.search(plain_kind):
        return Meaning(Field.PRICE, 0.75, "pack", 7)
    least = quantity_of(words)
    if least > 1 and (priced or trade or _is_quantity_alone(bare)):
        return Meaning(Field.PRICE, 0.75, "quantity", 7)
    if trade:
        return Meaning(Field.PRICE, 0.85, "wholesale", 6)
    if _RECOMMENDED.search(bare) and not bare.startswith("рц "):
        return Meaning(Field.PRICE, 0.85, "recommended", 3)
    if (priced and _RETAIL.search(bare)) or _RETAIL_ALONE.match(bare):
        return Meaning(Field.PRICE, 0.95, "retail", 0)
    if VAT.search(bare) and (priced or len(bare) <= 20):
        return Meaning(Field.PRICE, 0.98, "vat", 1)
    if SUM.search(words) and (priced or bare in {"при", "замовлення", "заказ", "order"}):
        return Meaning(Field.PRICE, 0.75, "quantity", 7)
    if least == 1 and _is_quantity_alone(bare):
        return Meaning(Field.PRICE, 0.75, "", 2)
    if priced:
        if re.match(r"^(?:вартіст|стоимост)", bare):
            return Meaning(Field.PRICE, 0.8, "cost", 5)
        sure = bare.startswith(("ціна", "цiна", "цена", "price", "unit price", "your price", "our price", "current", "прайс", "актуальн", "наша", "ваша", "нова", "новая", "поточн", "текущ", "priceuah", "net price")) or len(bare) < 6  # fmt: skip
        return Meaning(Field.PRICE, 0.95 if sure else 0.75, "", 2 if sure else 3)
    return Meaning(Field.PRICE, 0.8, "cost", 5) if re.match(r"^cost\b", bare) else None


def quantity_of(words: str) -> int:
    """The least quantity from which the price of a plain heading holds; 0 if none is told."""
    text = without_money(words)
    for pattern in (_AND_MORE, _FROM, _PLUS, _SPAN, _PIECES):
        match = pattern.search(text)
        if match:
            return int(match[1].replace(" ", "") or 0)
    return 0


def _is_quantity_alone(bare: str) -> bool:
    """Whether a heading is nothing but a quantity: "від 10 шт", "10+", "10 49 шт", "1 шт"."""
    return not _without_quantity(bare)


def _without_quantity(bare: str) -> str:
    """The rest of a heading: "опт від 5 шт" gives "опт"; "опт 2" stays, for it tells no quantity."""
    if not quantity_of(bare):
        return bare
    return " ".join(_QUANTITY_WORDS.sub(" ", re.sub(r"(\d)(?=[^\W\d_])", r"\1 ", bare)).split())


@lru_cache(maxsize=1024)
def unit_in_heading(heading: str) -> tuple[str, int]:
    """The unit and how many of it a price is for: "Ціна, грн/м2", "за 100 шт"; ("", 1) if not told."""
    text = heading.lower().replace("ё", "е")
    for match in _PER.finditer(text):
        code = parse_unit(match["unit"].strip(".")).code
        if code not in CODES or match["unit"].strip(".") in {
            "од",
            "ед",
            "одиницю",
            "единицу",
            "unit",
            "один",
            "item",
        }:
            continue
        count = (match["count"] or "1").strip(".")
        if code == "H87" and (count == "1000" or count.startswith("т")):
            return "T3", 1
        return ("PK", int(count)) if code == "H87" and count not in {"1", "тис", "тыс"} else (code, 1)
    return "", 1
