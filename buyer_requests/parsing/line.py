"""One needed good from one line of free text: what, how many of which unit, at most how much each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from buyer_requests.parsing import words
from buyer_requests.parsing.amounts import NUMBER, Amount, find_amounts, to_decimal
from buyer_requests.parsing.types import ParsedLine, Remark
from buyer_requests.parsing.wishes import take_wishes

MAX_TEXT = 500
#: Nobody writes a longer line; patterns that look back and forth stay quick on it, whatever stands there.
MAX_SOURCE = 1000
MAX_QUANTITY = Decimal(100_000_000)
#: Stands for a part that was taken out, so that what stood before it still stands at the end.
_HOLE = "\x1f"
_UNIT_WORD = r"[^\W\d_]+(?:[.\-/][^\W\d_]+)*(?:[²³]|2(?!\d)|3(?!\d))?"
_COUNTED = re.compile(
    rf"(?<![\d.,/№#\w-])(?:(?P<low>\d+)[-–])?(?P<num>{NUMBER})\s*(?:\(\s*)?(?P<unit>{_UNIT_WORD})\.?",
)
_UNIT_FIRST = re.compile(
    r"(?<![\w])(?P<unit>шт|штук|уп|упак|пач|кор|короб|рул|компл|комплект|наб|набір|набор|пар|кг|pcs|pc|од|ед|ящ|pack|"
    rf"packs)\.?\s*[-–—:=]?\s*(?P<num>{NUMBER})(?=\s*(?:{_HOLE}|[;.)]*\s*$))",
    re.IGNORECASE,
)
_MARKED = re.compile(
    rf"(?<![^\W\d_])(?:{words.QUANTITY_MARKS})\s*[:=\-–—]?\s*(?P<num>{NUMBER})\s*(?P<unit>{_UNIT_WORD})?\.?",
    re.IGNORECASE,
)
_TIMES_AFTER = re.compile(
    rf"(?P<before>\S*?)(?:\s+|(?<=[,;)]))[xх×*]\s?(?P<num>\d+)(?:\s*(?P<unit>{_UNIT_WORD})\.?)?(?=\s*(?:{_HOLE}|[,;.(]|$))",
    re.IGNORECASE,
)
_TIMES_BEFORE = re.compile(r"^\s*(?P<num>\d{1,6})\s*[xх×*]\s+(?=[^\W\d_])", re.IGNORECASE)
_BARE_END = re.compile(
    rf"(?P<sep>\s[-–—]\s*|[:=|;]\s*|\.{{2,}}\s*|…\s*|,\s+|\s{{2,}}|_{{2,}}\s*)(?P<num>{NUMBER})(?=\s*(?:{_HOLE}\W*)*[;.]?\s*$)"
)
_BARE_LAST = re.compile(rf"(?P<word>[^\s\d]\S*)\s+(?P<num>\d{{1,5}})(?=\s*(?:{_HOLE}\W*)*[;.]?\s*$)")
_BARE_FIRST = re.compile(r"^\s*(?P<num>\d{1,5})\s+(?=[^\W\d_]{3,})")
_SPELT = re.compile(
    r"(?:^\s*|[-–—,:;]\s*)(?P<num>" + "|".join(sorted(words.NUMBER_WORDS, key=len, reverse=True)) + r")"
    rf"\s+(?P<rest>{_UNIT_WORD})",
    re.IGNORECASE,
)
_PACK_BEFORE = re.compile(
    r"(?:(?<![^\W\d_])(?<!/)(?:уп|упак|упаковк\w*|пач|пачк\w*|пачц\w*|набір|набор\w*|комплект\w*|компл|наб|pack|set|box|коробк\w*|коробц\w*|кор|"
    r"блок\w*|банк\w*|блістер\w*|блистер\w*)\.?\s*\(?\s*(?:по|з|із|из|с|of|в|x|х|-)?|(?<![^\W\d_])(?:по|на|до|от|від|з|із|of)|"
    r"[\dа-яіїєa-z]\s*[xх×*/+]|[≤≥<>±])\s*$",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"(?<![^\W\d_])(?<!уп\s)(?<!уп\.\s)(?<!пач\s)(?<!набір\s)(?<!набор\s)(?<!кор\.\s)по\s*$", re.IGNORECASE
)
_PACK_AFTER = re.compile(
    r"^\s*\.?\s*(?:/|\\|(?:в|у|на|per|in|a|кожн\w+|кажд\w+)\s+(?:кожн\w+\s+|кажд\w+\s+|a\s+|the\s+|1\s+)?)"
    r"(?:уп|упак|пач|наб|компл|кор|короб|ящ|рул|pack|pk|set|box|блок|блістер|блистер|бан|тюб|хв|мин|год|час|сек|роб|день|міс|мес)",
    re.IGNORECASE,
)
_STRONG = re.compile(rf"(?:\s[-–—]\s*|[-–—]\s+|[:;=|\t]\s*|\.{{2,}}\s*|…\s*|_{{2,}}\s*|{_HOLE}\s*)$")
_COMMA = re.compile(r"[,.(]\s*$")
_AT_END = re.compile(rf"^[.\s]*(?:\([^()]*\)|[\W{_HOLE}])*$")
_LATIN_MODEL = re.compile(r"[A-Za-z]|№|арт|код|модел|тип|розмір|размер|size|номер|серія|серия", re.IGNORECASE)
_PREPOSITION = re.compile(r"^(?:для|з|із|из|під|под|с|со|на|до|for|with)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Count:
    start: int
    end: int
    value: Decimal
    unit: str
    score: float
    is_range: bool = False


def parse_line(  # noqa: C901 - one field after the other
    source: str, *, number: int = 0, with_quantity: bool = True
) -> ParsedLine:
    """Read one line. With `with_quantity=False` (a cell of a table that has a quantity of its own) only a
    ceiling with its currency is taken out of the text.
    """
    wishes = take_wishes(_clean(source[: 4 * MAX_SOURCE]))
    text = wishes.text
    amounts = find_amounts(text)
    if not with_quantity:
        amounts = [amount for amount in amounts if amount.currency]
    holed = text
    for amount in amounts:
        holed = _punch(holed, amount.start, amount.end)
    counts = _counts(holed) if with_quantity else []
    best = max(counts, key=lambda count: (count.score, count.start), default=None)
    if best and best.score <= 2.5:
        best = None
    remarks: list[Remark] = []
    confidence = {"text": 0.95}
    quantity, unit = Decimal(1), ""
    name = holed
    if best:
        quantity, unit = best.value, best.unit
        confidence["quantity"] = _sureness(best, counts)
        confidence["unit"] = confidence["quantity"] if unit else 0.8
        if best.is_range:
            remarks.append(Remark.QUANTITY_RANGE)
            confidence["quantity"] = min(confidence["quantity"], 0.6)
        name = _punch(holed, best.start, best.end)
        left = _name(name)
        if unit and (not left or _PREPOSITION.match(left)):
            # "100 пакетів для сміття": the unit is the good itself.
            figures = re.match(rf"\s*(?:{NUMBER})\s*", holed[best.start :])
            name = _punch(holed, best.start, best.start + (figures.end() if figures else 0))
            unit = ""
            confidence["unit"] = 0.8
    elif with_quantity:
        remarks.append(Remark.QUANTITY_ASSUMED)
        confidence["quantity"] = 0.3
        confidence["unit"] = 0.8
    ceiling, currency = None, ""
    if amounts:
        ceiling, currency, sure, why = _ceiling(amounts, quantity, unit)
        confidence["ceiling"] = sure if ceiling is not None else 0.3
        remarks += why
    title = _name(name)
    if not re.search(r"[^\W\d_]{2,}", title):
        confidence["text"] = 0.4
    if wishes.gtin and not wishes.gtin_sure:
        confidence["gtin"] = 0.3
        remarks.append(Remark.GTIN_WRONG)
    return ParsedLine(
        text=title[:MAX_TEXT],
        quantity=quantity,
        unit=unit,
        ceiling=ceiling,
        currency=currency,
        confidence=confidence,
        remarks=tuple(remarks),
        source=source.strip()[:MAX_SOURCE],
        number=number,
        wants=tuple(wishes.wants),
        substitutes=wishes.substitutes,
        gtin=wishes.gtin,
        mpn=wishes.mpn,
        place=wishes.place,
        needed_by=wishes.needed_by,
    )


def has_count(line: ParsedLine) -> bool:
    """Whether the line names a quantity by itself."""
    return Remark.QUANTITY_ASSUMED not in line.remarks


def _clean(source: str) -> str:
    text = re.sub(r"[\u00a0\u202f\u2007\u2009]", " ", source.replace("\t", "  "))
    text = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\ufeff]", "", text)
    # Patterns that look for a sum try every mark of a run: four in a row part no better than one.
    text = re.sub(r"(?:[:=,–—-]\s*){4,}", ": ", text)
    return text.strip()[:MAX_SOURCE].strip()


def _punch(text: str, start: int, end: int) -> str:
    """The text with a part taken out, its length kept so that other places still hold."""
    return text[:start] + _HOLE * (end - start) + text[end:]


def _counts(text: str) -> list[_Count]:
    found = [count for match in _COUNTED.finditer(text) if (count := _counted(text, match))]
    for match in _MARKED.finditer(text):
        unit = words.unit_code(match["unit"] or "")
        found.append(
            _made(
                match.start(),
                match.end() if unit or not match["unit"] else match.end("num"),
                match["num"],
                unit,
                9,
            )
        )
    found += [
        _made(match.start(), match.end(), match["num"], words.unit_code(match["unit"]), 5)
        for match in _UNIT_FIRST.finditer(text)
        if not re.search(r"(?:\d\s*|(?<![^\W\d_])(?:в|у|по|per)\s+)$", text[: match.start()], re.IGNORECASE)
    ]
    for match in _TIMES_AFTER.finditer(text):
        if _in_one(match["before"], text[: match.start("before")]):
            continue  # "2 уп. х 500 арк": what is in one
        if (
            not re.match(r"\d", match["before"])
            or "/" in match["before"]
            or re.fullmatch(r"\d+(?:[.,]\d+)?(?:кг|г|л|мл|kg|g|l|ml)\.?", match["before"], re.IGNORECASE)
        ):
            unit = words.unit_code(match["unit"] or "")
            if not match["unit"] or (unit and unit not in words.SIZES | words.SHEETS | words.TINY):
                start = match.end("before")
                found.append(_made(start, match.end(), match["num"], unit, 6))
    if times := _TIMES_BEFORE.match(text):
        found.append(_made(times.start(), times.end(), times["num"], "", 6))
    if spelt := _SPELT.search(text):
        value = Decimal(words.NUMBER_WORDS[spelt["num"].lower()])
        unit = words.unit_code(spelt["rest"])
        end = spelt.end("rest") if unit else spelt.end("num")
        found.append(_Count(spelt.start("num"), end, value, unit, 5 if unit else 4))
    return [count for count in (found or _bare(text)) if 0 < count.value < MAX_QUANTITY]


def _counted(text: str, match: re.Match[str]) -> _Count | None:  # noqa: C901, PLR0912 - a branch for each hint
    """A number with a unit behind it, judged by the unit and by where it stands."""
    word = match["unit"]
    end = match.end()
    if "/" in word and words.unit_code(word.partition("/")[2]) and word.lower() not in {"м/п", "п/м"}:
        word = word.partition("/")[0]  # "100шт/уп": how many are in one
        end = match.start("unit") + len(word)
    unit = words.unit_code(word)
    if not unit and "." in match["unit"]:  # "10шт.ручка"
        head = match["unit"].partition(".")[0]
        unit, end = words.unit_code(head), match.start("unit") + len(head) + 1
    if not unit:
        return None
    start, figures = match.start(), match["num"]
    before, after = text[:start], text[end:]
    if re.search(r" [1-9]\d*$", figures) and not (
        not before.strip() or _STRONG.search(before) or _COMMA.search(before)
    ):
        # "зошит 96 100 шт": two numbers, not one in groups.
        head, figures = figures.rsplit(" ", 1)
        start += len(head) + 1
        before = text[:start]
    if unit in words.PIECES or unit in words.CONTAINERS:
        score = 3.0
    else:
        score = (
            1.0
            if unit in words.LOOSE
            else -0.5
            if unit in words.SIZES
            else -1.0
            if unit in words.SHEETS
            else -2.0
        )
    if _AT_END.match(after):
        score += 2
    if not before.strip():
        score += 2
    if _STRONG.search(before):
        score += 2
    elif _COMMA.search(before):
        score += 1
    if re.search(r"\([^)]*$", before):
        score -= 1
    if score > 3 and _AT_END.match(after) and _EACH.search(before):
        score = 2.6  # "олівці по 3 шт": perhaps of each kind, perhaps in a pack
    elif pack := _PACK_BEFORE.search(before):
        # "набір 12 шт" may mean either; "уп. по 12 шт" only one.
        score -= 2 if re.search(r"[^\W\d_]{3,}\s*$", pack.group()) else 4
    if _PACK_AFTER.match(after):
        score -= 4
    if re.match(r"^\s*\.?\s*[xх×*]\s*(?:по\s+)?\d", after):  # 100 м х 2
        score += 3 if unit in words.CONTAINERS and re.search(r"[^\W\d_]\.?\s*$", after) else -3
    if (times := re.search(r"(?P<word>\S+)\s*[xх×*]\s*(?:по\s+)?$", before)) and _in_one(
        times["word"], before[: times.start()]
    ):
        score -= 5
    if re.match(r"^\s*/\s*м|^2|^²", after):  # 80 г/м²
        score -= 4
    value = to_decimal(figures, is_money=unit not in words.LOOSE | words.SIZES)
    return None if value is None else _Count(start, end, value, unit, score, bool(match["low"]))


def _bare(text: str) -> list[_Count]:
    """A number without a unit: at the end after a mark, at the start before a word, or simply last."""
    if match := _BARE_END.search(text):
        weak = match["sep"].startswith((",", "  "))
        return [_made(match.start("num"), match.end(), match["num"], "", 3.5 if weak else 4.5)]
    if match := _BARE_FIRST.match(text):
        return [_made(match.start("num"), match.end("num"), match["num"], "", 4)]
    if (match := _BARE_LAST.search(text)) and not _LATIN_MODEL.search(match["word"]):
        return [_made(match.start("num"), match.end(), match["num"], "", 2.6)]
    return []


def _in_one(word: str, before: str) -> bool:
    """Whether a word is packing that is counted itself, so that a number behind it says what is in one."""
    return words.unit_code(word) in words.CONTAINERS and bool(re.search(r"\d\s*$", before))


def _made(start: int, end: int, figures: str, unit: str, score: float) -> _Count:
    return _Count(start, end, to_decimal(figures, is_money=False) or Decimal(0), unit, score)


def _sureness(best: _Count, counts: list[_Count]) -> float:
    """From the place's score, less where another number would do nearly as well."""
    sure = 0.97 if best.score >= 6 else 0.92 if best.score >= 5 else 0.85 if best.score >= 4 else 0.6
    if best.unit in words.LOOSE | words.SIZES | words.SHEETS | words.TINY:
        sure -= 0.2
    rivals = [
        other.score
        for other in counts
        if (other.start >= best.end or other.end <= best.start) and other.value != best.value
    ]
    if rivals and best.score - max(rivals) < 1:
        sure = min(sure, 0.65)
    return round(sure, 2)


def _ceiling(
    amounts: list[Amount], quantity: Decimal, unit: str
) -> tuple[Decimal | None, str, float, list[Remark]]:
    """The ceiling for one unit out of the sums that a line names: a unit's price goes before a total."""
    singles = [amount for amount in amounts if not amount.is_total]
    chosen = max(singles or amounts, key=lambda amount: (amount.confidence, -amount.start))
    currency = chosen.currency or next((amount.currency for amount in amounts if amount.currency), "")
    sure, remarks = chosen.confidence, []
    value = chosen.value / chosen.per_count
    if chosen.is_total:
        value /= quantity
        remarks.append(Remark.CEILING_FROM_TOTAL)
    elif chosen.per_unit and unit and chosen.per_unit != unit:
        remarks.append(Remark.CEILING_OTHER_UNIT)
        sure = min(sure, 0.5)
    if chosen.is_range:
        remarks.append(Remark.CEILING_RANGE)
    value = value.quantize(Decimal("0.0001"))
    if value <= 0:
        return None, "", 0.3, remarks
    return (
        value.normalize() if value != value.to_integral() else value.quantize(Decimal(1)),
        currency,
        sure,
        remarks,
    )


def _name(holed: str) -> str:
    """The good's name: what is left, without the marks that held the parts together."""
    text = re.sub(rf"\(\s*{_HOLE}+[\s.,;]*\)", " ", holed)
    text = re.sub(rf"{_HOLE}+\s*\.?\s*[xх×*]\s*(?:по\s+)?(?=\d)", _HOLE, text)
    text = re.sub(rf"[\s,;:=–—-]*{_HOLE}+(?:[\s.,;]*{_HOLE}+)*", _HOLE, text)
    while True:
        trimmed = text.strip(f" .,;:=|–—-_/\\…{_HOLE}\t")
        trimmed = _without_fillers(trimmed)
        if trimmed == text:
            break
        text = trimmed
    text = re.sub(rf"[ ]?{_HOLE}[ .,;:–—-]*", ", ", text)
    text = re.sub(r"\(\s*[,;]?\s*\)", " ", text)
    text = re.sub(r"\(\s*,\s*", "(", text)
    text = re.sub(r",?\s*\)", ")", text)
    text = re.sub(r"\.{4,}|…|_{3,}", " ", text)
    text = re.sub(r"\s{2,}", " ", text)
    if text.count("(") > text.count(")"):
        text = re.sub(r"\s*\((?=[^()]*$)", " ", text)
    return text.strip(" ,;:")


def _without_fillers(text: str) -> str:
    return words.FILLERS_END.sub("", words.FILLERS.sub("", text))
