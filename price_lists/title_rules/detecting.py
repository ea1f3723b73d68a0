"""What stands in a name that should not: places of phones, links, shouting, promotion, marks and HTML. Pure.

Nearly every name is in order, so a look that costs a microsecond or two comes first (`suspicious`) and lets all names
through that have nothing of the kind; the rest is looked at in earnest (`found`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from core.text.entities import resolved
from price_lists.title_rules.enums import Rule

#: Raise it when names would be cleaned into something else than before.
RULES_VERSION = 2
Span = tuple[int, int]

# --- phones -----------------------------------------------------------------------------------------------------------
_MOBILE = r"0(?:39|50|63|66|67|68|73|75|77|89|9[1-9])"
_CITY = r"0(?:3[1-8]|4[1-8]|5[1-7]|6[1259])"
_S = r"[\s\-–—.]"
_SEVEN = rf"(?:\d{{3}}{_S}\d{{2}}{_S}?\d{{2}}|\d{{2}}{_S}\d{{2}}{_S}\d{{3}}|\d{{2}}{_S}\d{{3}}{_S}\d{{2}}|\d{{3}}{_S}\d{{4}})"
_BEFORE = r"(?<![\w+/№#])(?<!\d[.,\-–])(?<![a-zа-яіїєґ][\-–])"
_AFTER = r"(?!\w)(?![.,\-–/]\d)"
_WORD = (
    r"(?<!\w)(?:тел(?:ефон(?:уйте)?)?|моб(?:ільний|ильный)?|tel|phone|вайбер|viber|вацап|ватсап|whats\s?app|telegram|телеграм|тг|tg"
    r"|дзвоніть|телефонуйте|звоните|замовлення|заказ)(?!\w)[\s.:()№\-–]{0,4}|[☎✆📞📱]\ufe0f?\s?"
)
_PHONES = tuple(
    re.compile(pattern)
    for pattern in (
        # a word that says so, then any number of the length of one
        rf"(?:{_WORD})(?:(?:\+|8{_S}?\(?|\(?0)\d(?:[\s()\-–—.]{{0,2}}\d){{5,12}}|\d{{2,3}}[\-–]\d{{2}}[\-–]\d{{2}}){_AFTER}",
        rf"(?:{_WORD})?{_BEFORE}\(?(?:{_MOBILE}|{_CITY}|0800)\)?{_S}{{0,2}}{_SEVEN}{_AFTER}",
        rf"(?:{_WORD})?{_BEFORE}(?:{_MOBILE}{_S}|(?<![\w])(?<=т\. ){_MOBILE}|(?<=т\.){_MOBILE})\d{{7}}{_AFTER}",
        rf"(?:{_WORD})?{_BEFORE}0{_S}?800{_S}\d{{3}}{_S}\d{{3}}{_AFTER}",
        rf"(?:{_WORD})?{_BEFORE}8{_S}\(?(?:{_MOBILE}|{_CITY})\)?{_S}?{_SEVEN}{_AFTER}",
        rf"(?:{_WORD})?{_BEFORE}\(0\d{{3,4}}\){_S}?(?:\d{{1,2}}{_S}\d{{2}}{_S}\d{{2}}|\d{{5,6}}){_AFTER}",
        rf"(?:{_WORD})?{_BEFORE}(?:\+7|8){_S}?\(?(?:9\d\d|800|495|499|812)\)?{_S}?\d{{3}}{_S}\d{{2}}{_S}?\d{{2}}{_AFTER}",
        rf"(?:{_WORD})?{_BEFORE}\+[1-9]\d{{0,2}}[\s(\-–]{{0,2}}\d{{1,4}}(?:[\s)\-–.]{{1,2}}\d{{2,4}}){{2,4}}{_AFTER}",
    )
)
#: 380 and nine figures, however grouped; without a plus or a gap it may be a part number or a barcode.
_NATIONAL = re.compile(
    rf"(?:{_WORD})?{_BEFORE}(\+?3\s?8{_S}?[\s(\-–]{{0,2}}(0\d\d)[\s)\-–—.]{{0,3}}\d(?:{_S}{{0,2}}\d){{6}}){_AFTER}"
)
_CODE = re.compile(rf"{_MOBILE}|{_CITY}|0800")
_PLUS = re.compile(rf"{_BEFORE}\+(?:380\d{{9}}|7[3489]\d{{9}}){_AFTER}")
_LONG_NUMBER = re.compile(r"[+(0-9][0-9 ()\-–—.\xa0]{7}")
#: How a number that is dialled begins, or a short one is grouped.
_DIALLED = re.compile(
    r"(?<![\d.,])(?:\+\d|\(?0[ \-]?[3-9]\d|8[ (\-–.\xa0]|3 ?8[ (\-–.\xa00])[0-9 ()\-–—.\xa0]{5}|\d\d[\-–]\d\d[\-–]\d\d(?!\d)"
)

# --- links ------------------------------------------------------------------------------------------------------------
_TLD = (
    r"(?:com\.ua|in\.ua|net\.ua|org\.ua|kiev\.ua|kyiv\.ua|lviv\.ua|dp\.ua|od\.ua|biz\.ua|pp\.ua|ua|com|net|org|ru|info|biz|by|kz"
    r"|pl|eu|shop|store|online|site|укр|рф)"
)
_MESSENGERS = (
    "telegram|телеграм|тг|tg|viber|вайбер|instagram|insta|інстаграм|инстаграм|інста|инста|facebook|фейсбук"
)
_LINKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"https?:/{1,2}\S+",
        r"(?<!\w)www\.[\w\-]+\.[^\s,;()]+",
        r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)*\.[a-zа-яіїє]{2,}",
        r"(?<![\w.])(?:t\.me|wa\.me|vk\.com|fb\.com|instagram\.com|facebook\.com|tiktok\.com)/[\w.+\-]+",
        rf"(?<!\w)(?:{_MESSENGERS})(?!\w)\s?[:\-–]?\s?@[\w.]{{3,}}",
        r"(?<![\w@.&/\-\"”»])@[a-zа-яіїєґ][\w]*[_.]?[\w]{3,}(?![\w@])",
    )
)
_DOMAIN = re.compile(
    rf"(?<![\w@.\-/])([\w\-]{{2,}}(?:\.[\w\-]{{2,}})?\.{_TLD})(?![\w\-]|\.\w)(?:/[^\s,;()]*)?"
)
#: Makers whose name is a domain.
_DOMAIN_BRANDS = frozenset({"startech.com", "amazon.com", "booking.com", "cars.com", "be.com"})
_DOTTED = re.compile(rf"\.(?:{_TLD}(?!\w)|me/)", re.IGNORECASE)

# --- shouting ---------------------------------------------------------------------------------------------------------
_CAPS = "A-ZА-ЯІЇЄҐЁ"
#: A word in capitals, or with a hyphen; codes and models have figures, slashes or dots at their sides.
_LOUD = re.compile(rf"(?<![\w\-/.&+@])[{_CAPS}]{{4,}}(?:['’ʼ\-][{_CAPS}]{{2,}})*(?![\w\-/&+@]|\.\w)")
# Written out: four classes take half the time of one class four times.
_FOUR_CAPS = re.compile(4 * f"[{_CAPS}]")
_TWICE_CAPS = re.compile(rf"[{_CAPS}]{{4}}.*[^{_CAPS}][{_CAPS}]{{4}}")
_CYRILLIC = re.compile("[А-яІіЇїЄєҐґЁё]")
_CYRILLIC_VOWEL = re.compile("[АЕИОУЫЭЮЯІЇЄЁ]")
_LATIN_VOWEL = re.compile("[AEIOUY]")
_WORDS = re.compile(r"[^\W\d_]+")
#: Of the letters, of Cyrillic ones where there are any; and words in capitals that differ.
_LOUD_SHARE, _LEAST_CYRILLIC, _LEAST_LATIN = 0.7, 2, 3

# --- promotion --------------------------------------------------------------------------------------------------------
_PROMOTED = re.compile(
    r"(?<!\w)(?:"
    r"(?:знижк(?:а|и|у|ою|ами)|скидк(?:а|и|у|ой|ами))(?:(?: до)? ?[\-–]? ?\d\d? ?%)?(?: на вс[еіё])?|акці[яюйї]|акци[яюей]|акции|акційн(?:а|ий|е|і) (?:ціна|пропозиція)"
    r"|акционн(?:ая|ое|ые) (?:цена|предложение)|розпродажа?|распродажа|ліквідація(?: складу)?|ликвидация(?: склада)?"
    r"|хіт продаж[уів]{0,2}|хит продаж|супер[ \-]?ціна|супер[ \-]?цена|найкраща ціна|лучшая цена|низька ціна|низкая цена"
    r"|краща ціна|гаряча ціна|горячая цена|ціна знижена|цена снижена|оптова ціна|оптовая цена|ціна за|цена за|ціна[:\-]|цена[:\-]"
    r"|безкоштовна доставка|бесплатная доставка|безплатна доставка|доставка безкоштовно|доставка бесплатно"
    r"|[ву] подарунок|(?<=\+ )подарунок|(?<=\+)подарунок|в подарок|(?<=\+ )подарок|(?<=\+)подарок|подарунок до|подарок к"
    r"|купи зараз|купите сейчас|black friday(?: 20\d\d)?|чорна п['’ʼ]?ятниця"
    r"|черная пятница|best price|low price|special offer|free shipping|free delivery|hot sale|big sale|on sale|sale!|best ?seller"
    r"|limited offer"
    r")(?!\w)"
)
#: Elsewhere it may be what a cloth or a cheese is made of.
_PERCENT_OFF = re.compile(
    r"\A[\-–−][1-9]\d\s?%(?!\w)|[(\[{*!][\-–−]\s?[1-9]\d\s?%[)\]}*!]|(?<=\s)[\-–−][1-9]\d%!"
    r"|(?:(?:sale )?up ?to )?\d\d? ?% off(?!\w)"
)
_PERCENT_HINT = re.compile(r"% ?(?:off|[)\]}*!])|\A[\-–−]")
_MONEY = re.compile(
    r"(?<![\w.,])(?:\d[\d\s]{0,6}(?:[.,]\d{1,2})?\s?(?:грн|₴|uah)(?!\w)|[₴]\s?\d[\d\s]*)\.?(?:\s?/\s?\w+)?"
)
#: Goods whose name tells a sum because that is what they are.
_SUMS = re.compile(
    r"карт|сертифікат|сертификат|ваучер|скретч|поповн|пополн|gift|card|certificate|voucher|монет|банкнот|купюр|номінал"
    r"|номинал|ігров|валют|сувенір|сувенир|магніт|прикол"
)

# --- marks ------------------------------------------------------------------------------------------------------------
_PICTURES = (
    "\u2600-\u263f\u2641\u2643-\u2668\u266c\u2670-\u2714\u2717-\u27bf\u25ba\u25b6\u25c4\u25c0\u2b50\u2b55\u203c\u2049\U0001f000-\U0001faff"
    "\ue000-\uf8ff"
)
_MARKS = re.compile(
    r"!{2,}[!?]*|(?<=[\w)»”\"])[!?]{2,}|(?<=[\w)»”\"])\s?!(?:\s!)+|[*#=~_^|\\•·]{3,}|(?<!\d)\.{4,}|[,;:]{3,}|[\-–—]{4,}"
    rf"|[{_PICTURES}]\ufe0f?(?:[\s\u200d]*[{_PICTURES}]\ufe0f?)*"
)
_CALLS = re.compile(r"[!?]\s?[!?]")
_REPEATED = re.compile(r"([*#=~_^|\\•·.,;:\-–—])\1\1(?:(?<![.\-–—])|\1)")
_PICTURE = re.compile(rf"[{_PICTURES}]")

# --- HTML -------------------------------------------------------------------------------------------------------------
_ENTITY = re.compile(r"&[#a-zA-Z]")
_TAGS = "br|p|b|i|u|a|div|span|strong|em|font|li|ul|ol|td|tr|th|table|tbody|img|h[1-6]|sup|sub|script|style"
_HTML = re.compile(
    rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?(?:>|$)|<!--|-->|&(?:[a-z]{{2,8}}\d{{0,2}}|#\d{{2,6}}|#x[0-9a-f]{{2,5}});"
    r"|&nbsp(?!\w)|&quot(?!\w)|&amp(?!\w)",
    re.IGNORECASE,
)


def _phone_hint(name: str) -> bool:
    number = _LONG_NUMBER.search(name)
    return number is not None and _DIALLED.search(name, number.start()) is not None


def _link_hint(name: str) -> bool:
    return (
        "@" in name
        or ":/" in name
        or ("." in name and ("ww." in name or "WW." in name or _DOTTED.search(name) is not None))
    )


def _shouting_hint(name: str) -> bool:
    return _FOUR_CAPS.search(name) is not None and _TWICE_CAPS.search(name) is not None


def _promotion_hint(name: str) -> bool:
    """Written out, not looped: that takes a fourth of the time."""
    low = name.lower()
    if not name.isascii() and (
        (
            "ц" in low
            and (
                "акц" in low
                or "ціна" in low
                or "цена" in low
                or "квідац" in low
                or "квидац" in low
                or "ятниц" in low
            )
        )
        or "знижк" in low
        or "скидк" in low
        or "продаж" in low
        or "кошто" in low
        or "платн" in low
        or "подар" in low
        or "купи" in low
        or "грн" in low
        or "₴" in low
    ):
        return True
    if "e" in low and (
        "free" in low
        or "sale" in low
        or "price" in low
        or ("er" in low and ("offer" in low or "seller" in low))
    ):
        return True
    if "friday" in low or "uah" in low:
        return True
    return "%" in low and _PERCENT_HINT.search(low) is not None


def _marks_hint(name: str) -> bool:
    return (
        _REPEATED.search(name) is not None
        or (("!" in name or "?" in name) and _CALLS.search(name) is not None)
        or (not name.isascii() and _PICTURE.search(name) is not None)
    )


def _html_hint(name: str) -> bool:
    if "&" in name and _ENTITY.search(name) is not None:
        return True
    return "<" in name or "-->" in name


#: What a name must have for each rule to look at it in earnest.
_HINTS: dict[Rule, Callable[[str], object]] = {
    Rule.PHONE: _phone_hint,
    Rule.LINK: _link_hint,
    Rule.SHOUTING: _shouting_hint,
    Rule.PROMOTION: _promotion_hint,
    Rule.MARKS: _marks_hint,
    Rule.HTML: _html_hint,
}


def suspicious(rules: Collection[Rule]) -> Callable[[str], bool]:
    """The quick look for these rules: false only of names in which `found` would find nothing."""
    if frozenset(rules) == frozenset(Rule):
        return _is_suspicious
    hints = [_HINTS[rule] for rule in Rule if rule in rules]
    return lambda name: any(hint(name) for hint in hints)


def _is_suspicious(name: str) -> bool:
    """All hints in one call: every row of an import comes through here."""
    return (
        (
            (number := _LONG_NUMBER.search(name)) is not None
            and _DIALLED.search(name, number.start()) is not None
        )
        or ("." in name and ("ww." in name or "WW." in name or _DOTTED.search(name) is not None))
        or "@" in name
        or ":/" in name
        or (_FOUR_CAPS.search(name) is not None and _TWICE_CAPS.search(name) is not None)
        or _REPEATED.search(name) is not None
        or (("!" in name or "?" in name) and _CALLS.search(name) is not None)
        or (not name.isascii() and _PICTURE.search(name) is not None)
        or ("&" in name and _ENTITY.search(name) is not None)
        or "<" in name
        or "-->" in name
        or _promotion_hint(name)
    )


def found(name: str, rules: Collection[Rule] = frozenset(Rule), *, brand: str = "") -> dict[Rule, list[Span]]:
    """By rule, the places in the name that it is about, in order and without overlap. `brand` is no fault of a name."""
    suspected = [rule for rule in Rule if rule in rules and _HINTS[rule](name)]
    if not suspected:
        return {}
    low = name.lower()
    if len(low) != len(name):  # some capitals have no small letter of one character; places must agree
        low = name
    places = {rule: _merged(_FINDERS[rule](name, low, brand)) for rule in suspected}
    return {rule: spans for rule, spans in places.items() if spans}


def _merged(spans: Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _phones(_name: str, low: str, _brand: str) -> Iterator[Span]:
    for pattern in _PHONES:
        for match in pattern.finditer(low):
            yield match.span()
    for match in _PLUS.finditer(low):
        yield match.span()
    for match in _NATIONAL.finditer(low):
        number = match[1]
        is_told = number.startswith("+") or match.start() < match.start(1) or not number.isdecimal()
        if _CODE.fullmatch(match[2]) and (is_told or not _is_upc(number)):
            yield match.span()


def _is_upc(number: str) -> bool:
    """Whether twelve figures are a barcode: the last one is the check digit of the others."""
    if len(number) != 12:
        return False
    figures = [int(figure) for figure in number]
    return (3 * sum(figures[0:11:2]) + sum(figures[1:11:2]) + figures[11]) % 10 == 0


def _links(name: str, low: str, brand: str) -> Iterator[Span]:
    if "@" in low or "/" in low or "www." in low:
        for pattern in _LINKS:
            for match in pattern.finditer(low):
                yield match.span()
    for dot in _DOTTED.finditer(low):
        start = dot.start()
        while start and (low[start - 1].isalnum() or low[start - 1] in "-_."):
            start -= 1
        domain = _DOMAIN.match(low, start)
        if domain is not None and not _is_brand(name[domain.start() : domain.end()], domain[1], brand):
            yield domain.span()


def _is_brand(written: str, domain: str, brand: str) -> bool:
    """Makers call themselves by their domain (StarTech.com), and products end like one (Basic.NET)."""
    if domain in _DOMAIN_BRANDS or (brand and domain in brand.lower()):
        return True
    return domain.endswith(".net") and written.endswith(".NET") and not written.isupper()


def _shouting(name: str, _low: str, brand: str) -> Iterator[Span]:
    """Where a name has Cyrillic words, those in Latin capitals are makers and models and count for nothing."""
    own = {word.casefold() for word in _WORDS.findall(brand)} if brand else set()
    words = [word for word in _WORDS.findall(name) if word.casefold() not in own]
    cyrillic = [word for word in words if _CYRILLIC.search(word)]
    loud = [
        match.span()
        for match in _LOUD.finditer(name)
        if match[0].casefold() not in own
        and (_CYRILLIC_VOWEL.search(match[0]) if cyrillic else _is_latin_word(match[0]))
    ]
    if len({name[start:end] for start, end in loud}) < (_LEAST_CYRILLIC if cyrillic else _LEAST_LATIN):
        return
    letters = "".join(cyrillic or words)
    if sum(map(str.isupper, letters)) >= _LOUD_SHARE * len(letters):
        yield from loud


def _is_latin_word(word: str) -> bool:
    """Rather a word than a code: SATA, HDMI and SDRAM are none."""
    return len(word) > 4 and len(_LATIN_VOWEL.findall(word)) > 1


def _promotion(_name: str, low: str, _brand: str) -> Iterator[Span]:
    for match in _PROMOTED.finditer(low):
        yield match.span()
    for match in _PERCENT_OFF.finditer(low):
        yield match.span()
    if not _SUMS.search(low):
        for match in _MONEY.finditer(low):
            yield match.span()


def _marks(name: str, _low: str, _brand: str) -> Iterator[Span]:
    for match in _MARKS.finditer(name):
        yield match.span()


def _html(name: str, _low: str, _brand: str) -> Iterator[Span]:
    for match in _HTML.finditer(name):
        if match[0][0] != "&" or resolved(match[0]) != match[0]:
            yield match.span()


_FINDERS: dict[Rule, Callable[[str, str, str], Iterator[Span]]] = {
    Rule.PHONE: _phones,
    Rule.LINK: _links,
    Rule.SHOUTING: _shouting,
    Rule.PROMOTION: _promotion,
    Rule.MARKS: _marks,
    Rule.HTML: _html,
}
