"""What the columns' page asks about single words: stock and units that were not understood, spellings of brands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.enums import Availability
from core.units import UNIT_NAMES
from price_lists.mapping.memory import NOTHING, Memory, Remembered, Words
from price_lists.mapping.model import Field, Mapping
from price_lists.mapping.recalling import meaning_label
from price_lists.mapping.words import BRAND, KINDS, NOTHING_SAID, STOCK, UNIT, folded, is_answer
from price_lists.models import ImportRun
from price_lists.remembering.asking import asked_about
from price_lists.remembering.models import WordKind
from price_lists.remembering.offering import memory_for
from price_lists.remembering.unknown import Unknown, of_options
from price_lists.validation.units import CODES as UNIT_CODES

TITLES: dict[str, Any] = {
    STOCK: gettext_lazy("Stock: what do these words mean?"),
    UNIT: gettext_lazy("Units: what do these words mean?"),
    BRAND: gettext_lazy("Brands: are these one and the same?"),
}


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
    asked = list(asked_about(run, mapping).values())
    if not asked:
        return []
    memory = memory_for(run.vendor)
    said = of_options(mapping.options)
    # What others say is a proposal: once a person has answered, what they left open stays open.
    proposed = NOTHING if (run.inspection or {}).get("confirmed") else memory
    found = []
    for kind in KINDS:
        views = [_view(each, said, memory, proposed) for each in asked if each.kind == kind]
        if views:
            found.append((TITLES[kind], views))
    return found


def _view(each: Unknown, said: dict[tuple[str, str], str], memory: Memory, proposed: Memory) -> WordView:
    word = folded(each.kind, each.word)
    remembered = _words(memory, each.kind).get(word)
    proposal = _words(proposed, each.kind).get(word)
    answer = proposal.answer if proposal is not None and is_answer(each.kind, word, proposal.answer) else ""
    chosen = said.get((each.kind, word), answer)
    return WordView(
        kind=each.kind,
        word=each.word,
        rows=each.rows,
        chosen=chosen,
        choices=_choices(each, chosen),
        reason=_told(remembered) if remembered is not None and remembered.answer == chosen else "",
    )


def _words(memory: Memory, kind: str) -> Words:
    return {STOCK: memory.stock, UNIT: memory.units, BRAND: memory.brands}[kind]


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
