"""Names without what should not stand in them: as little as possible is changed, and never down to nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from core.text.entities import resolved
from price_lists.title_rules.detecting import Span, found
from price_lists.title_rules.enums import Rule

#: Letters and figures that a name must keep to be one.
_LEAST = 3
_SPACE = re.compile(r"\s+")
_EMPTY_BRACKETS = re.compile(r"\(\s*[,;:.\-–—]*\s*\)|\[\s*[,;:.\-–—]*\s*\]|«\s*»|“\s*”|\{\s*\}")
#: Several question marks behind a gap are a word whose letters are lost.
_BEFORE_MARK = re.compile(r"\s+([,;:)\]»]|[!?](?![!?]))|([(\[«])\s+")
_DOUBLED = re.compile(r"([,;:])(?:\s*[,;:])+|(\s[\-–—])(?:\s*[\-–—])+(?=\s)")
_BEGIN, _END = " ,;:|/•·–—", " ,;:|/•·–—-_=*#~"
_LOOSE_PLUS = re.compile(r"\s\+\Z")
_WORD = re.compile(r"[^\W\d_]+")
#: Capitals that stay: short words may be marks and abbreviations, and so may any that nobody can speak.
_SHORT = 3
_CYRILLIC_VOWEL = re.compile("[АЕИОУЫЭЮЯІЇЄЁ]")
_CYRILLIC = re.compile("[А-ЯІЇЄҐЁ]")
#: Three letters with a vowel in the middle are mostly a word: чай, ніж, мед.
_SPOKEN = re.compile("[БВГҐДЖЗЙКЛМНПРСТФХЦЧШЩ][АЕИОУЫЭЮЯІЇЄЁ][БВГҐДЖЗЙКЛМНПРСТФХЦЧШЩЬ]")


def cleaned(name: str, rules: Collection[Rule], *, brand: str = "") -> str:
    """The name without what these rules find; the name as it is where next to nothing would be left of it."""
    better = name
    if Rule.HTML in rules:
        better = _without(_unescaped(better), Rule.HTML, brand, " ")
    for rule in (Rule.LINK, Rule.PHONE, Rule.PROMOTION):
        if rule in rules:
            better = _without(better, rule, brand, " ")
    if Rule.MARKS in rules:
        better = _replaced(better, found(better, (Rule.MARKS,)).get(Rule.MARKS, ()), _one_mark)
    if Rule.SHOUTING in rules:
        better = _spoken(better, brand)
    if better == name:
        return name
    better = _tidy(better)
    return better if sum(letter.isalnum() for letter in better) >= _LEAST else name


def _without(name: str, rule: Rule, brand: str, instead: str) -> str:
    return _replaced(name, found(name, (rule,), brand=brand).get(rule, ()), lambda _text: instead)


def _replaced(name: str, spans: Iterable[Span], instead: Callable[[str], str]) -> str:
    parts, last = [], 0
    for start, end in spans:
        parts += [name[last:start], instead(name[start:end])]
        last = end
    return "".join([*parts, name[last:]])


def _unescaped(name: str) -> str:
    """Entities that were escaped twice or three times; what is an angle bracket then stays one."""
    for _again in range(2):
        said = _replaced(name, found(name, (Rule.HTML,)).get(Rule.HTML, ()), _entity)
        if said == name:
            break
        name = said
    return name


def _entity(text: str) -> str:
    return resolved(text) if text.startswith("&") else text


def _one_mark(text: str) -> str:
    """A question or a call is told once; a pause or rule of dots or dashes is a space, and so are pictures."""
    first = text[0]
    if first in "!?":
        return "?" if "?" in text and "!" not in text else "!"
    return first if first in ",;:+" else " "


def _spoken(name: str, brand: str) -> str:
    """Cyrillic words in small letters; Latin ones may be names of makers and models and stay as they are."""
    spans = found(name, (Rule.SHOUTING,), brand=brand).get(Rule.SHOUTING)
    if not spans:
        return name
    own: dict[str, str] = {word.casefold(): word for word in _WORD.findall(brand)}
    first = next((match.start() for match in _WORD.finditer(name)), 0)

    def quieter(match: re.Match[str]) -> str:
        word: str = match[0]
        if word.casefold() in own:
            return own[word.casefold()]
        if not word.isupper() or not _CYRILLIC.search(word):
            return word
        if match.start() == first:
            return word if _stays(name, match) else word.capitalize()
        return word if _stays(name, match) else word.lower()

    return _WORD.sub(quieter, name)


def _stays(name: str, match: re.Match[str]) -> bool:
    """Abbreviations, letters of models (А-12, 3М) and short words, unless everybody knows them as words."""
    word = match[0]
    beside = name[match.start() - 1 : match.start()] + name[match.end() : match.end() + 1]
    if any(letter.isdigit() for letter in beside):
        return True
    if len(word) <= _SHORT and word.lower() not in _LITTLE_WORDS and not _SPOKEN.fullmatch(word):
        return True
    return not _CYRILLIC_VOWEL.search(word) or word in _ABBREVIATIONS


_LITTLE_WORDS = frozenset(
    {
        "для",
        "від",
        "от",
        "до",
        "з",
        "із",
        "зі",
        "с",
        "со",
        "в",
        "у",
        "на",
        "і",
        "и",
        "й",
        "та",
        "по",
        "під",
        "под",
        "без",
        "за",
        "при",
        "над",
        "або",
        "или",
        "не",
        "як",
        "шт",
        "мл",
        "кг",
        "гр",
        "см",
        "мм",
        "м",
        "л",
        "г",
    }
)
_ABBREVIATIONS = frozenset(
    {
        "ГОСТ",
        "ЭПРА",
        "ЕПРА",
        "УАЗ",
        "КАМАЗ",
        "КРАЗ",
        "БЕЛАЗ",
        "ВАЗ",
        "ГАЗ",
        "ЗАЗ",
        "ЗІЛ",
        "ЗИЛ",
        "МАЗ",
        "ПАЗ",
        "ЛАЗ",
        "НАТО",
        "АКПП",
        "МКПП",
        "ЛДСП",
        "ХДФ",
        "СИП",
        "СІП",
        "ЛЕД",
    }
)


def _tidy(name: str) -> str:
    """No gaps, empty brackets or loose marks where something was taken out."""
    for _again in range(2):
        name = _EMPTY_BRACKETS.sub(" ", name)
        name = _DOUBLED.sub(_group, name)
        name = _BEFORE_MARK.sub(_group, name)
        name = _LOOSE_PLUS.sub("", _SPACE.sub(" ", name).lstrip(_BEGIN).rstrip(_END))
    return name


def _group(match: re.Match[str]) -> str:
    """What of a match stays: the group that is there."""
    return str(match[1] or match[2])
