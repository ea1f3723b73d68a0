"""What the columns' page asks about single words: stock and units that were not understood, spellings of brands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.enums import Availability
from core.units import UNIT_NAMES
from price_lists.mapping.memory import Memory, Remembered
from price_lists.mapping.model import Field, Mapping
from price_lists.mapping.recalling import meaning_label
from price_lists.mapping.words import BRAND, KINDS, NOTHING_SAID, STOCK, UNIT, folded
from price_lists.models import ImportRun, RowProblem
from price_lists.remembering.models import WordKind
from price_lists.remembering.offering import memory_for
from price_lists.remembering.unknown import CODES, SHOWN, Unknown, from_problems, of_options, words_from_json
from price_lists.validation.units import CODES as UNIT_CODES

TITLES: dict[str, Any] = {
    STOCK: gettext_lazy("Stock: what do these words mean?"),
    UNIT: gettext_lazy("Units: what do these words mean?"),
    BRAND: gettext_lazy("Brands: are these one and the same?"),
}
#: Words that are explained already and may be explained otherwise, beside those asked about.
_SHOWN_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class WordView:
    """A word with its select; `chosen` is the answer so far, empty where there is none."""

    kind: str
    word: str
    rows: int
    chosen: str
    choices: list[tuple[str, Any]]
    reason: str


def words_context(run: ImportRun, mapping: Mapping) -> list[tuple[Any, list[WordView]]]:
    """(title, words) for each kind that has any."""
    asked = _asked(run, mapping)
    if not asked:
        return []
    memory = memory_for(run.vendor)
    said = of_options(mapping.options)
    found = []
    for kind in KINDS:
        views = [_view(each, said, memory) for each in asked if each.kind == kind]
        if views:
            found.append((TITLES[kind], views))
    return found


def _asked(run: ImportRun, mapping: Mapping) -> list[Unknown]:
    """What the first rows left open, what the whole reading did if there was one, and what is explained already."""
    problems = RowProblem.objects.filter(run=run, code__in=CODES).order_by().values_list("code", "value")
    counted = problems.annotate(number=Count("pk")).order_by("-number", "value")[: 4 * SHOWN]
    asked: dict[tuple[str, str], Unknown] = {}
    for each in from_problems(counted):
        if sum(other.kind == each.kind for other in asked.values()) < SHOWN:
            asked.setdefault((each.kind, folded(each.kind, each.word)), each)
    for each in words_from_json((run.inspection or {}).get("words", [])):
        asked.setdefault((each.kind, folded(each.kind, each.word)), each)
    for key in list(of_options(mapping.options))[:_SHOWN_ANSWERS]:
        asked.setdefault(key, Unknown(key[0], key[1], 0))
    return list(asked.values())


def _view(each: Unknown, said: dict[tuple[str, str], str], memory: Memory) -> WordView:
    word = folded(each.kind, each.word)
    chosen = said.get((each.kind, word), "")
    remembered = {STOCK: memory.stock, UNIT: memory.units, BRAND: memory.brands}[each.kind].get(word)
    return WordView(
        kind=each.kind,
        word=each.word,
        rows=each.rows,
        chosen=chosen,
        choices=_choices(each, chosen),
        reason=_told(remembered) if remembered is not None and remembered.answer == chosen else "",
    )


def _choices(each: Unknown, chosen: str) -> list[tuple[str, Any]]:
    if each.kind == STOCK:
        states = (Availability.IN_STOCK, Availability.TO_ORDER, Availability.NONE)
        return [(state.value, state.label) for state in states] + [(NOTHING_SAID, _("Says nothing of stock"))]
    if each.kind == UNIT:
        units = sorted(
            ((code, str(UNIT_NAMES.get(code, code))) for code in UNIT_CODES), key=lambda unit: unit[1]
        )
        return [*units, (NOTHING_SAID, _("Is no unit"))]
    brands = dict.fromkeys([*each.known_as, *([chosen] if chosen and chosen != NOTHING_SAID else [])])
    return [(brand, _("is “%(brand)s”") % {"brand": brand}) for brand in brands] + [
        (NOTHING_SAID, _("Stays as it is written"))
    ]


def _told(said: Remembered) -> str:
    if said.own:
        return _("as you said for another list")
    return ngettext("so %(count)d vendor says", "so %(count)d vendors say", said.vendors) % {
        "count": said.vendors
    }


def answer_label(kind: str, answer: str) -> str:
    """What is remembered of a word, in words for operators."""
    if kind == WordKind.HEADING:
        return meaning_label(answer)
    if kind == WordKind.LAYOUT:
        return ", ".join(
            meaning_label(field)
            for table in answer.split(";")
            for field in table.split("|")
            if field and field not in {Field.IGNORE, Field.ATTRIBUTE}
        )
    if answer == NOTHING_SAID:
        return _("nothing")
    if kind == STOCK:
        return str(Availability(answer).label) if answer in Availability.values else answer
    return str(UNIT_NAMES.get(answer, answer)) if kind == UNIT else answer
