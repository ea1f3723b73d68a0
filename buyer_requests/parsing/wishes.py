"""What a line asks of its good besides words: attributes that must or should be, substitutes, codes, a place, a day.

Pure text work. Which typed attribute of which category is meant is decided where categories are known
(`buyer_requests.drafting.understanding`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from buyer_requests.parsing.days import find_day
from buyer_requests.parsing.types import Want
from price_lists.validation.gtin import GtinNotTaken, parse_gtin

MOST_WANTS = 20
_WORD = r"(?<![^\W_])"
#: Many patterns begin with marks before a word and are tried from each mark of a run: a long one is shortened first.
_RUN = re.compile(r"([\s,;.(–—-]{3})[\s,;.(–—-]+([\s,;.(–—-]{3})")
_END = r"(?![^\W_])"

_NO_SUBSTITUTES = re.compile(
    rf"{_WORD}(?:без\s+(?:аналог\w+|замін\w*|замен\w*|еквівалент\w*|эквивалент\w*)|"
    r"(?:аналог\w*|замін\w*|замен\w*|еквівалент\w*|эквивалент\w*)\s+(?:не\s+\w+|заборонен\w+|запрещен\w+)|"
    r"не\s+(?:аналог\w*|замінюв\w+|заменять)|(?:тільки|лише|только|строго|виключно)\s+(?:оригінал\w*|оригинал\w*|ця|цей|це|именно)|"
    r"no\s+(?:substitut\w+|analog\w*|equivalents?|replacements?)|(?:substitutes?|equivalents?)\s+(?:are\s+)?not\s+\w+|"
    rf"originals?\s+only){_END}",
    re.IGNORECASE,
)
_SUBSTITUTES = re.compile(
    rf"{_WORD}(?:(?:або|чи|или|/|та)\s*(?:її\s+|його\s+|его\s+)?(?:аналог\w*|еквівалент\w*|эквивалент\w*|подібн\w+|схож\w+|похож\w+)"
    r"(?:\s+за\s+(?:якістю|характеристиками))?|"
    r"(?:можна|можливі|можливий|можно|возможны|возможен|допускаються|допускається|допускаются)\s+(?:аналог\w*|замін\w*|замен\w*)|"
    r"(?:аналог\w*|замін\w+|замен\w+|еквівалент\w*|эквивалент\w*)\s+(?:можлив\w+|можна|допуска\w+|возможн\w+|можно|ок|ok)|"
    r"or\s+(?:an?\s+)?(?:equivalent|equal|similar|analog\w*|substitute)|(?:substitutes?|equivalents?|analog\w*)\s+(?:are\s+)?"
    rf"(?:ok|okay|welcome|allowed|accepted|fine)){_END}",
    re.IGNORECASE,
)
_GTIN = re.compile(
    rf"{_WORD}(?:gtin|ean(?:-?13|-?8)?|upc|штрих[\s-]*код|barcode|ш/к|шк)\s*[:№#=]?\s*(?P<code>\d{{8,14}}|\d{{1,3}}(?:[ -]\d{{3,6}}){{2,4}})(?!\d)",
    re.IGNORECASE,
)
_BARE_GTIN = re.compile(r"(?<![\w.,/-])(?P<code>\d{13})(?![\w]|[.,]\d)")
_MPN = re.compile(
    rf"{_WORD}(?:артикул|арт|код\s+(?:виробника|производителя|товару|товара)|парт(?:-|\s)?номер|p/?n|mpn|sku|part\s*(?:no|number|#)|"
    r"article|art)(?:\.|\b)\s*[:№#=]?\s*(?P<code>(?=[\w./-]*\d)[A-Za-zА-Яа-яІіЇїЄє0-9][\w./-]{2,40}[\w])",
    re.IGNORECASE,
)
_WISHED = (
    r"(?:дуже\s+)?бажан[оаийі]+|бажано|желательно|предпочтительно|переважно|краще|лучше|по\s+можливості|по\s+возможности|"
    r"preferably|ideally|preferred|nice\s+to\s+have|if\s+possible|якщо\s+(?:є|можна)|если\s+(?:есть|можно)"
)
_WISH_PART = re.compile(
    rf"[\s,;.(–—-]*{_WORD}(?:{_WISHED})[\s:,–—-]*(?P<said>[^;()\x1f]{{2,120}})\)?", re.IGNORECASE
)
_WISHED_IN = re.compile(rf"{_WORD}(?:{_WISHED}){_END}[\s:,]*", re.IGNORECASE)
#: What is wished for of which the name stands before the wish: "колір бажано синій".
_PROPERTY_BEFORE = re.compile(
    r"[\s,;.(–—-]+(?P<key>колір|цвет|розмір|размер|матеріал|материал|бренд|виробник|производитель|марка|фірма|фирма|форма|формат|"
    r"colou?r|size|material|brand|make)\s*[:–—-]?\s*$",
    re.IGNORECASE,
)
#: A wish with which a line begins is about the word behind it; the good itself follows.
_FIRST_WORD = re.compile(r"\s*[:–—-]?\s*(?P<word>[^\W\d_][\w'’ʼ-]*)\s+(?=[^\W\d_]{3})")
_MUST_PART = re.compile(
    rf"[\s,;.(–—-]*{_WORD}(?:обов['’]?язков[оаі]+|обязательно|must\s+(?:be|have)|required|з\s+обов['’]язковою)[\s:,–—-]*"
    r"(?P<said>[^;()\x1f]{2,120})\)?",
    re.IGNORECASE,
)
_STRENGTH = re.compile(
    rf"{_WORD}(?:обов['’]?язков\w+|обязательн\w+|must(?:\s+be)?|required){_END}[\s:,]*", re.IGNORECASE
)
#: "key: value", the key of at most four words without figures.
_PAIR = re.compile(
    r"^(?P<key>[^\W\d_][^\W_'’ʼ -]{1,18}(?:[ -][^\W\d_'’ʼ]{1,18}){0,3})\s*(?::|\s[–—-]\s)\s*(?P<value>.{1,160})$",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*[;\n•]+\s*|(?<=[^\W\d_]{3})\.\s+(?=[^\W\d_])|(?<=[\d%²³)])\.\s+(?=[A-ZА-ЯІЇЄҐ\d])|,\s+(?=[^\W\d_][^,;:.]{2,40}:\s)"
)
_COUNT = re.compile(
    r"^(?:[–—-]\s*)?\d[\d ]*(?:[.,]\d+)?\s*(?:шт|уп|пач|pcs|компл|кор|pack|наб|рул|пар|од|ед|box|set|кг|pc|ящ|бан|пляш|бут)[^\W\d_]*\.?(?:\s|$|[,;–—-])",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[,.]?\s+[-–—]\s*|[,.]\s*)\d[\d ]*\s*(?:шт|уп|пач|pcs|компл|кор|pack|наб|рул|пар|box|set)[^\W\d_]*\.?(?:[\s,;–—-].*)?$|"
    r"[,.]?\s+(?:до|по|не\s+дорожче|не\s+дороже|up\s+to|max)\s+[$€]?\d[\d .,]*\s*(?:грн|₴|uah|usd|eur|\$|€).*$",
    re.IGNORECASE,
)
#: Keys that are no properties of a good.
_NO_PROPERTY = re.compile(
    rf"{_WORD}(?:кільк|к-?с?ть|колич|кол-?во|кол\.|qty|quantity|ціна|цена|price|ceiling|бюджет|сума|сумма|всього|разом|итого|total|"
    r"артикул|арт|код|ean|gtin|штрих|примітк|примечан|наприклад|например|тип\s+товару|назва|название|найменування|наименование|"
    r"до|не\s+дорожче|max|макс|шт|уп)",
    re.IGNORECASE,
)
_LEAST = re.compile(
    rf"{_WORD}(?:не\s+(?:менш[е]?|меньше|менее|нижче|ниже|коротш\w+)(?:\s+(?:ніж|за|чем))?|мін(?:імум|імальн\w+|\.)?|"
    r"мин(?:имум|имальн\w+|\.)?|min(?:imum|\.)?|at\s+least|not\s+less\s+than|no\s+less\s+than|від|от|from|≥|>=|>)\s*(?=\d)|[≥>]=?\s*(?=\d)",
    re.IGNORECASE,
)
_MOST = re.compile(
    rf"{_WORD}(?:не\s+(?:більш[е]?|больше|более|вище|выше)(?:\s+(?:ніж|за|чем))?|макс(?:имум|имальн\w+|\.)?|max(?:imum|\.)?|"
    r"at\s+most|not\s+more\s+than|no\s+more\s+than|up\s+to|до)\s*(?=\d)|[≤<]=?\s*(?=\d)",
    re.IGNORECASE,
)
_NEEDED_BY = re.compile(
    rf"[\s,;(–—-]*{_WORD}(?:потріб\w*\s+до|потрібно\s+на|нужн\w*\s+(?:до|к)|надо\s+(?:до|к)|"
    r"(?:(?:термін|строк|срок|дата)\s+)?(?:поставк\w+|постачання|доставк\w+|отримання|получения)\s*[:–—-]?\s*(?:до|не\s+пізніше|не\s+позднее|к|по)?|"
    r"не\s+пізніше|не\s+позднее|(?:needed|required|deliver\w*)\s+(?:by|before|until|on)|by|"
    r"(?:термін|строк|срок)\s*[:–—-]\s*(?:до|по|к)?)\s*(?=\d|[^\W\d_]+\s+\d)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rf"[\s,;(–—-]*{_WORD}(?:(?:місце|адреса|место|адрес)\s+(?:поставк\w+|доставк\w+|постачання|відвантаження)|доставка\s*(?:в|у|до|на|:)|"
    r"(?:delivery|deliver|ship)\s+(?:to|address)\s*:?|самовивіз\s*:?|поставка\s+(?:в|у|до))\s*[:–—-]?\s*(?P<said>[^;\n()\x1f]{3,160})",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Wishes:
    """What was found and the text that is left of the line. `substitutes` is None where nothing was said."""

    text: str
    wants: list[Want] = field(default_factory=list)
    substitutes: bool | None = None
    gtin: str = ""
    gtin_sure: bool = True
    mpn: str = ""
    needed_by: date | None = None
    place: str = ""


def take_wishes(source: str, *, today: date | None = None) -> Wishes:
    """Takes what is no part of the good's name, quantity or price out of a line of text."""
    found = Wishes(_RUN.sub(r"\1\2", source))
    _take_substitutes(found)
    _take_codes(found)
    _take_day(found, today)
    _take_place(found)
    for pattern, must in ((_WISH_PART, False), (_MUST_PART, True)):
        while len(found.wants) < MOST_WANTS and (match := pattern.search(found.text)):
            if not must and _began_with_wish(found, match):
                continue
            said = match["said"]
            # A quantity or a price behind it is none of the wish's.
            cut = re.search(
                r"[,.]?\s+[-–—]\s+\d|,\s*\d+\s*(?:шт|уп|пач|pcs|компл|кор)|[,.]?\s+(?:до|по)\s+\d+[\d.,]*\s*(?:грн|₴|uah)",
                said,
                re.IGNORECASE,
            )
            kept = said[cut.start() :] if cut else ""
            said = said[: cut.start()] if cut else said
            before = found.text[: match.start()]
            if named := None if must else _PROPERTY_BEFORE.search(before):
                said, before = f"{named['key']} {said}", before[: named.start()]
            if want := want_of(said, must=must):
                found.wants.append(want)
            found.text = f"{before} {kept} {found.text[match.end() :]}".strip()
    _take_properties(found)
    found.text = re.sub(r"\(\s*[,;]?\s*\)", " ", found.text)
    return found


def _began_with_wish(found: Wishes, match: re.Match[str]) -> bool:
    """Whether a line began so ("бажано білий папір А4, 5 пачок"): only the word behind the wish is wished for, the good stands behind it."""
    if re.search(r"[^\W_]", found.text[: match.start()]):
        return False
    first = _FIRST_WORD.match(found.text, match.start("said"))
    want = want_of(first["word"], must=False) if first else None
    if first is None or want is None:
        return False
    found.wants.append(want)
    found.text = found.text[first.end() :]
    return True


def want_of(said: str, *, must: bool = True) -> Want | None:
    """One attribute from its words: how it is compared, and whether it is only wished for."""
    text = " ".join(said.split()).strip(" .,;:()–—-•*\x1f")
    if _WISHED_IN.search(text):
        must = False
        text = _WISHED_IN.sub("", text)
    text = _STRENGTH.sub("", text).strip(" .,;:()–—-")
    if not re.search(r"[^\W_]", text):
        return None
    op = ">=" if _LEAST.search(text) else "<=" if _MOST.search(text) else "="
    return Want(text=text[:200], must=must, op=op)


def wants_of(details: str) -> list[Want]:
    """Requirements written as sentences, rows or after semicolons, each an attribute."""
    parts = re.split(r"[;\n•]+|\.\s+(?=[^\W\d_])|,\s+(?=[^\W\d_][^,;:]{2,40}:)", details)
    return [want for part in parts if (want := want_of(part))][:MOST_WANTS]


def bare_value(text: str) -> str:
    """An attribute's words without those that only say how to compare: "не менше 80 г/м²" is "80 г/м²"."""
    return " ".join(_MOST.sub(" ", _LEAST.sub(" ", text)).split())


def _take_substitutes(found: Wishes) -> None:
    for pattern, says in ((_NO_SUBSTITUTES, False), (_SUBSTITUTES, True)):
        if match := pattern.search(found.text):
            found.substitutes = says
            before, after = found.text[: match.start()], found.text[match.end() :]
            found.text = re.sub(r"\(\s*\)", " ", f"{before} {after}").strip(" ,;")
            return


def _take_codes(found: Wishes) -> None:
    for pattern, named in ((_GTIN, True), (_BARE_GTIN, False)):
        match = pattern.search(found.text)
        if not match:
            continue
        digits = re.sub(r"\D", "", match["code"])
        code, right = code_of(digits)
        if not right and not named:
            continue
        found.gtin, found.gtin_sure = code, right
        found.text = _without(found.text, match)
        break
    if match := _MPN.search(found.text):
        found.mpn = match["code"][:64]
        found.text = _without(found.text, match)


def code_of(digits: str) -> tuple[str, bool]:
    """A GTIN as it is stored, and whether its check digit holds; ("", False) for what cannot be one."""
    digits = re.sub(r"[\s-]", "", digits)
    if not (digits.isascii() and digits.isdigit()) or not 8 <= len(digits) <= 14:
        return "", False
    try:
        return parse_gtin(digits), True
    except GtinNotTaken:
        return digits, False


def _without(text: str, match: re.Match[str]) -> str:
    before, after = text[: match.start()].rstrip(" ,;:("), text[match.end() :].lstrip(" )")
    glue = " " if after[:1] in {",", ";", ".", "-", "–", "—", ""} else ", " if before else ""
    return f"{before}{glue}{after}".strip(" ,;")


def _take_day(found: Wishes, today: date | None) -> None:
    if not (match := _NEEDED_BY.search(found.text)):
        return
    day = find_day(found.text[match.end() :], today=today)
    if day is None:
        return
    found.needed_by = day.value
    found.text = f"{found.text[: match.start()]} {found.text[match.end() + day.end :].lstrip(' )')}".strip(
        " ,;("
    )


def _take_place(found: Wishes) -> None:
    if match := _PLACE.search(found.text):
        found.place = match["said"].strip(" .,;:–—-")[:160]
        found.text = f"{found.text[: match.start()]} {found.text[match.end() :]}".strip(" ,;(")


def _take_properties(found: Wishes) -> None:
    """Behind the name, what is set apart by semicolons, full stops or as "key: value" is asked of the good."""
    parts = [part for part in _PARTS.split(found.text) if part.strip()]
    if not parts:
        return
    first, rest = parts[0], parts[1:]
    pair = _PAIR.match(first)
    if (
        rest
        and pair
        and not _NO_PROPERTY.match(pair["key"])
        and (_PAIR.match(pair["value"]) or _bounded(pair["value"]))
    ):
        # As in «Ноутбук: RAM не менше 16 ГБ; колір: чорний».
        first, rest = pair["key"], [pair["value"], *rest]
    if not any(_is_property(part) for part in rest):
        return
    kept = [first]
    for part in rest:
        said, count = _apart(part)
        if _COUNT.match(said) or not _is_property(said) or len(found.wants) >= MOST_WANTS:
            kept.append(part)
            continue
        if want := want_of(said):
            found.wants.append(want)
        if count:
            kept.append(count)
    found.text = " — ".join(part.strip(" ,.;") for part in kept)


def _is_property(part: str) -> bool:
    pair = _PAIR.match(part)
    if pair:
        return not _NO_PROPERTY.match(pair["key"])
    return bool(_bounded(part)) and not _NO_PROPERTY.match(part) and not _COUNT.match(part)


def _bounded(part: str) -> bool:
    return bool(
        _LEAST.search(part)
        or re.search(r"[≤≥]|не\s+(?:більш|больше|вище|выше)|max|макс", part, re.IGNORECASE)
    )


def _apart(part: str) -> tuple[str, str]:
    """A property and the count or price that stands behind it."""
    cut = _TAIL.search(part)
    return (part[: cut.start()], part[cut.start() :]) if cut else (part, "")
