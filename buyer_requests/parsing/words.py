"""The words of lists in Ukrainian, Russian and English: units, markers of a quantity, of a ceiling, of a total."""

from __future__ import annotations

import re
from functools import lru_cache

from price_lists.validation.units import parse_unit

# Forms that stand after a number in a sentence and never in a price list's unit column.
_MORE_FORMS = {
    "H87": "штучок штучки штуку штуки штуками одиниць одиниці одиниця единицы единиц екземплярів экземпляров "
    "items pieces units nos",
    "PK": "упаковочок упаковку упаковці упаковкою упаковками пачками пачка пачку пачечок уп-к упак-к packets packages пачк",
    "RM": "reams стопи стопу стоп стопок",
    "PA": "пакети пакетика пакетиків пакетиков пакета sachets sachet",
    "BX": "ящика ящиків ящиков короба коробів коробов ящ-к cases case cartons",
    "Z2": "коробку коробками кор-к коробочок коробочек короб-к",
    "SET": "набором комплектом набора наборів наборов наборами комплекта комплектів комплектов комплектами к-та к-тів к-тов kits",
    "PR": "пару парами",
    "KGM": "кілограма кілограмів килограмма килограммов kilo kilos",
    "GRM": "грама грамів грамма граммов",
    "TNE": "тон тонн тонну tons tonnes",
    "LTR": "літру литра liters litres",
    "MTR": "метра meters metres",
    "RO": "рулона рулонів рулонов рулону ролл роли ролів рол-ів рулончиків",
    "RL": "бобін бобины бобин катушек котушок мотків мотков мотки бухти reels reel spool spools",
    "ST": "аркуша аркушів аркушами листа листами арк-ів",
    "BO": "пляшку пляшок бутылки бутылку бутылок бутилок бутлів бутля bottles",
    "JR": "банок банку jars cans can",
    "CA": "каністри каністр каністру канистры канистр канистру",
    "TU": "тюбиків тюбиков тюбика туби tubes",
    "BG": "мішків мішки мешков мешка мешки",
    "BJ": "відра відер ведра buckets",
    "CY": "балони балонів балона баллоны баллонов баллона",
    "VI": "флакони флаконів флакона флаконы флаконов",
    "DZN": "дюжини дюжини дюжину dozens",
    "BE": "пучків букетів",
    "PF": "палети палету палет поддона поддонов pallets",
    "D64": "блоків блоков блока блоки блоку",
    "CG": "касет кассет",
}
_BY_FORM = {form: code for code, forms in _MORE_FORMS.items() for form in forms.split()}
#: Words that are a unit in a unit column but an item's own name inside a sentence.
_NAMES = frozenset(
    [
        "картон",
        "карт",
        "лот",
        "lot",
        "парт",
        "партія",
        "партия",
        "ролик",
        "комп",
        "год",
        "година",
        "час",
        "hour",
        "hours",
        "доза",
        "доз",
        "посл",
        "послуга",
        "услуга",
        "service",
        "міс",
        "місяць",
        "мес",
        "месяц",
        "month",
        "таблетка",
        "таб",
        "табл",
        "ампула",
        "амп",
        "сантиметр",
        "дюйм",
        "inch",
        "item",
        "ас",
    ]
)

PIECES = frozenset({"H87"})
#: Kinds of packing: a number of pieces before them says what is in one.
CONTAINERS = frozenset(
    [
        "PK",
        "PA",
        "BX",
        "Z2",
        "SET",
        "RM",
        "BO",
        "JR",
        "CA",
        "TU",
        "BG",
        "BJ",
        "CY",
        "VI",
        "PF",
        "D64",
        "CG",
        "DZN",
        "T3",
        "CT",
        "BE",
        "NMP",
        "RO",
        "RL",
        "PR",
        "U2",
        "AM",
    ]
)
#: What is bought loose, by measure; in a name these also say a size.
LOOSE = frozenset(["KGM", "TNE", "MTK", "MTQ", "LM", "KMT"])
SIZES = frozenset(["LTR", "MTR"])
SHEETS = frozenset({"ST"})
TINY = frozenset(["GRM", "MLT", "MMT", "CMT", "INH", "HUR", "MON", "E27", "E48"])


@lru_cache(maxsize=4096)
def unit_code(word: str) -> str:
    """UN/ECE code of the unit that a word after a number means, '' if it means none."""
    plain = word.lower().replace("ё", "е").strip(".,;:()")
    if not plain or plain in _NAMES:
        return ""
    if plain in _BY_FORM:
        return _BY_FORM[plain]
    code = parse_unit(plain).code
    # parse_unit forgives a tail ("шт/уп"): here the word must mean the unit by itself.
    return code if code and not plain.isdigit() else ""


CURRENCIES = {
    "UAH": r"грн|гривень|гривні|гривен|гривны|гривна|гривня|гривнів|гривнi|uah|₴",
    "USD": r"usd|us\$|\$|доларів|долари|доллара|долларов|доллары|долара|долар|доллар|долл|дол|dollars?|у\.?\s?[ео]\.?",
    "EUR": r"eur|€|євро|евро|euros?",
    "PLN": r"pln|zł|злотих|злотых",
    "GBP": r"gbp|£|pounds?",
    "RUB": r"rub|₽|рублей|рублів|рубля|руб",
}
CURRENCY = "|".join(f"(?P<{code}_{{n}}>(?:{words})(?![^\\W\\d_])\\.?)" for code, words in CURRENCIES.items())

#: Said before an amount that the price must not pass.
CEILING_MARKS = (
    r"не\s+дорожче(?:\s+(?:ніж|за|від))?|не\s+дороже(?:\s+чем)?|не\s+більше(?:\s+(?:ніж|за))?|не\s+больше(?:\s+чем)?|"
    r"не\s+вище|не\s+выше|не\s+понад|не\s+более|макс(?:имум|имально|имальна|имальная|\.)?(?:\s+ціна|\s+цена)?|"
    r"максимум|max(?:imum|\.)?(?:\s+price)?|up\s+to|under|below|not\s+more\s+than|no\s+more\s+than|at\s+most|"
    r"less\s+than|в\s+межах|у\s+межах|в\s+пределах|within|гранична\s+ціна|предельная\s+цена|дешевше(?:\s+за)?|"
    r"дешевле|≤|<=|<|до"
)
#: Said before a price that is expected; taken as the ceiling, too.
PRICE_MARKS = (
    r"(?:по\s+)?цін(?:а|і|ою)(?:\s+(?:до|за\s+(?:од(?:иницю|\.)?|шт(?:уку|\.)?)))?|(?:по\s+)?цен(?:а|е|ой)"
    r"(?:\s+(?:до|за\s+(?:ед(?:иницу|\.)?|шт(?:уку|\.)?)))?|price|за\s+ціною(?:\s+до)?|"
    r"орієнтовно|ориентировочно|приблизно\s+по|примерно\s+по|десь\s+по|где-то\s+по|по|за|@|at|for|~|≈"
)
#: The amount is for the whole line.
TOTAL_BEFORE = (
    r"(?:всього|усього|разом|загалом|итого|всего|вместе|total|in\s+total|сума|суму|сумма|сумму|на\s+суму|на\s+сумму|"
    r"бюджет(?:\s+на\s+(?:все|всё))?|budget|загальн\w+\s+(?:сума|суму|вартість)|общ\w+\s+(?:сумма|стоимость))"
)
TOTAL_AFTER = (
    r"за\s+(?:все|всё|всі|весь|всю|усе|усі|всех|усю)(?:\s+(?:партію|партию|разом|вместе|кількість|количество))?|"
    r"на\s+(?:все|всё|усе)|разом|всього|усього|загалом|итого|всего|вместе|в\s+сумі|у\s+сумі|в\s+сумме|"
    r"за\s+парт(?:ію|ию)|in\s+total|total|for\s+(?:all|everything|the\s+lot)|altogether|overall"
)
QUANTITY_MARKS = (
    r"кількість|кіл(?:-ть|ьк)?\.?|к-?с?ть|количество|кол(?:-?во)?\.?|quantity|qty\.?|count|потрібно|нужно|треба|надо|"
    r"необхідно|need"
)
#: Talk around a line that is no part of the good's name.
FILLERS = re.compile(
    r"^(?:(?:we\s+|i\s+)?need|looking\s+for|please|потрібн[оаиі]|треба|необхідн[оаиі]|нужн[оаы]|надо|необходимо|"
    r"куплю|купимо|купим|шукаю|ищу|шукаємо|хочемо|прошу|ще|еще|ещё|також|также|та|і|и|and|of)\s+",
    re.IGNORECASE,
)
FILLERS_END = re.compile(
    r"[\s,;(–—-]+(?:(?:we\s+)?need(?:ed)?|потрібн[оаиі]|треба|необхідн[оаиі]|нужн[оаы]|надо|необходимо|please|"
    r"будь\s+ласка|пожалуйста|в\s+кількості|у\s+кількості|в\s+количестве|кількість|количество|кол-во|к-сть|qty|"
    r"приблизно|примерно|около|близько|всього|всего|по|за|x|х|×|штук)[\s.:]*$",
    re.IGNORECASE,
)

NUMBER_WORDS = {
    "один": 1, "одна": 1, "одне": 1, "одно": 1, "одну": 1, "one": 1,
    "два": 2, "дві": 2, "две": 2, "two": 2, "пара": 2,
    "три": 3, "three": 3, "чотири": 4, "четыре": 4, "four": 4, "п'ять": 5, "п’ять": 5, "пять": 5, "five": 5,
    "шість": 6, "шесть": 6, "six": 6, "сім": 7, "семь": 7, "seven": 7, "вісім": 8, "восемь": 8, "eight": 8,
    "дев'ять": 9, "дев’ять": 9, "девять": 9, "nine": 9, "десять": 10, "ten": 10, "десяток": 10,
    "дюжина": 12, "dozen": 12, "twelve": 12, "п'ятнадцять": 15, "п’ятнадцять": 15, "пятнадцать": 15, "fifteen": 15,
    "двадцять": 20, "двадцать": 20, "twenty": 20, "тридцять": 30, "тридцать": 30, "thirty": 30,
    "сорок": 40, "forty": 40, "п'ятдесят": 50, "п’ятдесят": 50, "пятьдесят": 50, "fifty": 50, "сто": 100,
    "hundred": 100,
}  # fmt: skip

TOTAL_ROW = re.compile(
    r"^\W*(?:всього|усього|разом|загалом|итого|всего|total|subtotal|grand\s+total|sum|сума|сумма|підсумок|до\s+сплати|"
    r"к\s+оплате|загальна\s+(?:сума|вартість)|общая\s+(?:сумма|стоимость)|у?\s?в?\s?т\.?\s?ч\.?\s+(?:пдв|ндс)|пдв|ндс|vat)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
#: What a list is called, above its first line.
TITLE_ROW = re.compile(
    r"^\W*(?:(?:технічн|техническ)\w+\s+(?:завдання|задание|вимоги|требования|специфікація|спецификация)|заявка|заявление|"
    r"(?:список|перелік|перечень|реєстр|специфікаці[яї]|спецификаци[яи])(?:\s|$)|(?:додаток|приложение|annex|appendix)\s*(?:№|no\.?)?\s*\d|"
    r"(?:замовлення|заказ|заявка)\s+(?:на|від|от|№)|(?:bill\s+of\s+quantities|shopping\s+list|purchase\s+(?:list|order|request)|request\s+for\s+quotation|"
    r"list\s+of\s+(?:required\s+|needed\s+)?(?:goods|items|products|supplies)|technical\s+specification|rfq)(?![^\W\d_]))",
    re.IGNORECASE,
)
TALK_ROW = re.compile(
    r"^\W*(?:добр(?:ий|ого|ый|ое|ое)\s+(?:день|дня|ранку|ранок|вечір|вечора|утро|вечер)|доброго|вітаю|вітаємо|"
    r"здравствуйте|привіт|привет|шановн\w+|уважаем\w+|hello|hi|dear|good\s+(?:day|morning|afternoon)|"
    r"з\s+повагою|с\s+уважением|дякую|дякуємо|спасибо|заздалегідь|заранее|thanks|thank\s+you|(?:best|kind)\s+regards|"
    r"regards|sincerely|тел(?:ефон)?\.?[\s:+]|tel\.?[\s:+]|моб\.?[\s:+]|phone[\s:]|e-?mail[\s:]|доставка\s*:|адреса\s+доставки|"
    r"адрес\s+доставки|delivery\s+(?:to|address)|контакт\w*\s*:|директор\s|бухгалтер\s|чекаємо|ждем|ждём|"
    r"прошу\s+(?:надати|вислати|прислати|порахувати|выслать|прислать|посчитать)|просимо\s+(?:надати|вислати)|"
    r"(?:надішліть|пришліть|вышлите|пришлите)\s)",
    re.IGNORECASE,
)
