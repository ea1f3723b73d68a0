"""In what state a good is, by its vendor's columns and by the words of its name: pure. What says nothing is new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Final

from catalog.enums import Condition
from core import text

#: Headings of columns and parameters that tell it: YML's <condition>, Google's g:condition, «Стан», «Состояние товара».
_HEADING = re.compile(
    r"^(?:g:)?(?:(?:product|item|offer)[ _-]?)?condition(?:[ _-]?type)?$"
    r"|^(?:стан|состояние|стану|якість|уцінка|уценка)(?: (?:товару?|товара|виробу|продукту|изделия|пристрою|устройства))?$"
    r"|^(?:б/у|б/в|бу)$"
)
_YES: Final = frozenset(["так", "да", "yes", "true", "1", "+", "є", "есть"])

_WORD = r"(?<![^\W_])"
_END = r"(?![^\W_])"
#: Signs in a name. What negates them («не б/у», «без уцінки») or speaks of what the good is for is left out below.
_USED = re.compile(
    rf"{_WORD}(?:б\s?[/\\]\s?[ув]|б\.\s?[ув]\.){_END}|{_WORD}(?:вживан|уживан|ужив\.|вжив\.)(?!н)\w*"
    rf"|{_WORD}подержан\w*|{_WORD}(?:second|секонд|сек\.?)[\s-]?(?:hand|хенд|хэнд){_END}|{_WORD}pre[\s-]?owned{_END}"
    r"|^\s*used\s(?!to\b|for\b|with\b|in\b|by\b|as\b)|[(\[]\s*used(?:\s*[-,–]?\s*\w+)?\s*[)\]]|[-–,]\s*used\s*$"
    rf"|(?:^|[(\[,]\s*)бу(?=\s*(?:$|[)\],]))|\sбу\s*$|^\s*бу\s",
    re.IGNORECASE,
)
_REFURBISHED = re.compile(
    rf"{_WORD}(?:refurb(?:ished)?|remanufactured|recertified|ремануфактур\w*|рефабіш\w*|рефербиш\w*|рефурбіш\w*|рефурбиш\w*)"
    rf"{_END}|[(\[]\s*renewed[^)\]]*[)\]]|[-–,]\s*renewed\s*$|^\s*renewed\s[-–:]"
    rf"|{_WORD}(?:відновлен|восстановлен)(?:ий|а|е|і|ого|ої|их|ый|ая|ое|ые|ой|ых){_END}",
    re.IGNORECASE,
)
_MARKED_DOWN = re.compile(
    rf"{_WORD}(?:уцін(?:к|ен)|уцен(?:к|ен|ён))\w*|{_WORD}open[\s-]box{_END}|{_WORD}некондиц\w*"
    rf"|{_WORD}(?:вітринн|витринн)\w+\s+(?:зразок|образец|екземпляр|экземпляр)|{_WORD}ex[\s-]display{_END}"
    rf"|{_WORD}(?:пошкоджен|повреждённ|поврежденн|пом'ят|пом’ят|помят)\w*\s+(?:упаков|коробк)\w*"
    rf"|{_WORD}(?:упаков|коробк)\w*\s+(?:пошкоджен|повреждённ|поврежденн|повреждена|пом'ят|пом’ят|помят)\w*",
    re.IGNORECASE,
)
#: Juices, milk and leather are made anew of what they were; that is no repair.
_MADE_ANEW = re.compile(
    r"сік|соки?\b|соку|нектар|молок|вершк|сливк|шкір|кож[аиу]|волос|напі|напит|концентрат|пюре|яблу|яблоч|апельс|томат|фрукт"
    r"|сировин|сырь|вугіл|угол|деревин|древесин|каучук|целюлоз|целлюлоз|крем|шампун|бальзам|маск",
    re.IGNORECASE,
)
#: Right before a sign: the sign is denied, or said of something else.
_DENIED = re.compile(
    r"(?<![^\W_])(?:не|без|для|від|от|під|под|проти|против|not|no|for|from)\s*$", re.IGNORECASE
)
#: Names with none of these words, as analysed, are done with: most of them. Whatever a sign may be spelt like.
_SAMPLES: Final = """
    б/у б/в б\\у б\\в б.у. б.в. б у в бу б вживаний вживана вживане вживані вживаного вжив уживаний уживана уживані ужив
    подержанный подержанная подержанное подержанные second-hand second hand секонд-хенд секонд хенд хэнд сек pre-owned
    preowned pre owned used refurbished refurb remanufactured recertified renewed ремануфактурений рефабішед рефербишед
    рефурбішед рефурбишед рефурбиш рефурбіш відновлений відновлена відновлене відновлені восстановленный восстановленная
    восстановленное восстановленные уцінка уцінки уцінений уцінена уцінене уцінені уценка уценки уценённый уцененный
    уценённая уцененная уценённые уцененные open-box open box некондиція некондиційний некондиция некондиционный
    вітринний вітринна витринный витринная ex-display display пошкоджена пошкоджений поврежденная повреждённая поврежден
    повреждена пом'ята пом'ятий помятая помятый
"""


@cache
def suspects() -> frozenset[str]:
    """Words as analysed, of which a name that says another condition than new has one."""
    terms = (term for sample in _SAMPLES.split() for term in text.term_list(sample))
    return frozenset(term for term in terms if len(term) > 1 or term == "б")


_VALUES: Final[tuple[tuple[re.Pattern[str], Condition], ...]] = (
    (re.compile(r"refurb|renew|recert|reman|відновл|восстановл|реф[аеу]р?б|restored"), Condition.REFURBISHED),
    (
        re.compile(
            r"showcase|reduction|open[ -]?box|уцін|уцен|вітрин|витрин|некондиц|пошкодж|поврежд|damaged|дефект|display"
        ),
        Condition.MARKED_DOWN,
    ),
    (
        re.compile(
            r"^(?:used|like ?new|as ?new|pre-?owned|second[ -]?hand)|вживан|уживан|подерж|^б\s?[/\\.]?\s?[ув]\b|"
            r"^б\.\s?[ув]\.|^(?:як|как) нов|користув|пользован|ношен|секонд"
        ),
        Condition.USED,
    ),
    (
        re.compile(r"^(?:new|brand[ -]?new|нов(?:ий|а|е|і|ый|ая|ое|ые|инка)|новий з|с бирк|з бирк)"),
        Condition.NEW,
    ),
)
#: The worse comes first: of several signs it is what a buyer must know.
_SIGNS: Final = (
    (Condition.USED, _USED),
    (Condition.REFURBISHED, _REFURBISHED),
    (Condition.MARKED_DOWN, _MARKED_DOWN),
)


def condition_of(
    titles: Iterable[str], columns: Mapping[str, object], *, words: Iterable[str] | None = None
) -> Condition:
    """What a name says holds over a column that says «new»: whole feeds say so of all that is in them. `words` are the
    analysed words of the titles, where somebody has them: to look for signs takes longer than to see that there are none.
    """
    for heading, value in columns.items():
        if isinstance(value, str) and _tells(heading):
            said = _value(heading, value)
            if said not in (None, Condition.NEW):
                return said
    if words is not None and suspects().isdisjoint(words):
        return Condition.NEW
    return next(
        (found for found in map(condition_by_name, titles) if found is not Condition.NEW), Condition.NEW
    )


def condition_by_name(title: str) -> Condition:
    """By the words of a name alone."""
    for condition, sign in _SIGNS:
        for found in sign.finditer(title):
            if _DENIED.search(title, 0, found.start()):
                continue
            if (
                condition is Condition.REFURBISHED
                and "новлен" in found[0].lower()
                and _MADE_ANEW.search(title)
            ):
                continue
            return condition
    return Condition.NEW


def says_new(heading: str, value: str) -> bool:
    """Whether a column says only what whole feeds say of all that is in them."""
    return _tells(heading) and _value(heading, value) is Condition.NEW


@lru_cache(maxsize=1 << 12)
def _tells(heading: str) -> bool:
    return _HEADING.match(text.fold(heading).strip(" .:*")) is not None


@lru_cache(maxsize=1 << 12)
def _value(heading: str, value: str) -> Condition | None:
    told = text.fold(value).strip(" .:")
    if told in _YES:
        # A column that asks: «Уцінка: так», «Б/в: да».
        told = text.fold(heading).strip(" .:*")
    return next((condition for pattern, condition in _VALUES if pattern.search(told)), None)
