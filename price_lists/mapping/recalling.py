"""What people confirmed elsewhere about a heading, weighed against what its words say. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from price_lists.labels import LABELS, PRICE_KINDS
from price_lists.mapping.candidates import Candidate
from price_lists.mapping.memory import Memory, Remembered
from price_lists.mapping.model import Field, Mapping
from price_lists.mapping.price_words import Meaning
from price_lists.mapping.vocabulary import meaning_of, plain

#: From this certainty on the words of a heading are not overruled by what is remembered.
SURE_WORDS = 0.7
#: What a sure guess comes down to where people read the heading otherwise: below it nothing is applied unasked.
DOUBTED = 0.5
#: A remembered price's place among several, as `price_words` ranks them; a further price is the last to be *the* price.
_RANKS = {"retail": 0.0, "": 2.0, "recommended": 3.0, "no_vat": 4.0, "wholesale": 6.0}
_FURTHER = 7.0
#: Which of them a column is depends on the columns beside it, so one is no contradiction of another.
_FAMILIES = tuple(
    frozenset(family)
    for family in (
        {Field.PRICE, Field.TIER_PRICE, Field.VARIANT_PRICE},
        {Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN},
        {Field.DESCRIPTION, Field.DESCRIPTION_UK, Field.DESCRIPTION_RU, Field.DESCRIPTION_EN},
        {Field.SOURCE_ID, Field.ARTICLE, Field.MPN},
        {Field.STOCK, Field.AVAILABILITY},
        {Field.BRAND, Field.MAKER},
        {Field.ATTRIBUTE, Field.IGNORE},
    )
)


def answer_of(field: str, kind: str) -> str:
    """A column's field as it is remembered, with the kind of price where that is one of the known ones."""
    if kind in PRICE_KINDS and field in {Field.PRICE, Field.TIER_PRICE}:
        return f"{field}:{kind}"
    return field


def recall(candidate: Candidate, memory: Memory) -> None:
    """Gives the candidate what is remembered of its heading; it becomes its meaning where the words tell none surely."""
    said = memory.headings.get(plain(candidate.heading)) if candidate.heading else None
    if said is None or said.answer.partition(":")[0] not in set(Field):
        return
    candidate.recalled = said
    if candidate.meaning is None or candidate.meaning.weight < SURE_WORDS:
        candidate.meaning, candidate.by_memory = _meaning(said), True


def explain(candidates: list[Candidate]) -> None:
    """After everything is settled: says where memory decided, and doubts what people read otherwise."""
    for candidate in candidates:
        if candidate.recalled is None or not candidate.look.fill:
            continue
        field = Field(candidate.recalled.answer.partition(":")[0])
        if candidate.by_memory and agree(candidate.field, field):
            candidate.reason = told(candidate.heading, candidate.recalled)
            candidate.confidence = min(candidate.confidence or 1.0, candidate.recalled.sureness)
        elif (
            not candidate.by_memory
            and candidate.meaning is not None
            and agree(candidate.field, candidate.meaning.field)
            and not agree(candidate.field, field)
        ):
            candidate.confidence = min(candidate.confidence, DOUBTED)
            candidate.reason = _("%(reason)s, but %(other)s") % {
                "reason": candidate.reason,
                "other": told(candidate.heading, candidate.recalled),
            }


def told(heading: str, said: Remembered) -> str:
    """In words: 7 vendors read “Опт. від 10” as wholesale price."""
    words = {"heading": heading, "meaning": meaning_label(said.answer)}
    if said.own:
        return _("in another list you read “%(heading)s” as %(meaning)s") % words
    return ngettext(
        "%(count)d vendor reads “%(heading)s” as %(meaning)s",
        "%(count)d vendors read “%(heading)s” as %(meaning)s",
        said.vendors,
    ) % {**words, "count": said.vendors}


def meaning_label(answer: str) -> str:
    """A remembered field in words: "wholesale price", "Barcode"."""
    field, _colon, kind = answer.partition(":")
    return str(PRICE_KINDS.get(kind) or LABELS.get(field, field))


def headings_of(mapping: Mapping) -> dict[str, tuple[str, str]]:
    """What a person's confirmation of the columns says of their headings: folded heading -> (as written, answer).

    A column that nobody chose and that is read as a mere property, or not at all, tells nothing. Nor does a heading
    that stands over two columns with different meanings.
    """
    found: dict[str, tuple[str, str]] = {}
    torn: set[str] = set()
    for table in mapping.tables if mapping.is_table else ():
        for column in table.columns:
            chosen = column.confidence >= 1
            if not column.heading or (column.field in {Field.ATTRIBUTE, Field.IGNORE} and not chosen):
                continue
            word, answer = plain(column.heading), answer_of(column.field, column.kind)
            if not word or len(word) > 120 or column.field == Field.VARIANT_PRICE:
                continue
            if found.setdefault(word, (column.heading, answer))[1] != answer:
                torn.add(word)
    return {word: said for word, said in found.items() if word not in torn}


def _meaning(said: Remembered) -> Meaning:
    name, _colon, kind = said.answer.partition(":")
    field = Field(name)
    if field == Field.TIER_PRICE:  # where it is the only price of a file it is the price
        return Meaning(Field.PRICE, said.sureness, kind, max(_RANKS.get(kind, 0.0), _FURTHER))
    return Meaning(field, said.sureness, kind, _RANKS.get(kind, 2.0) if field == Field.PRICE else 0)


def decided_by_others(mapping: Mapping, memory: Memory) -> bool:
    """Whether other vendors' word may have settled one of the headings: one that does not tell its meaning itself."""
    headings = (column.heading for table in mapping.tables for column in table.columns if column.heading)
    said = ((heading, memory.headings.get(plain(heading))) for heading in headings)
    return any(each is not None and not each.own and not is_sure(heading) for heading, each in said)


def is_sure(heading: str) -> bool:
    """Whether the words of a heading tell its meaning by themselves."""
    meaning = meaning_of(heading) if heading else None
    return meaning is not None and meaning.weight >= SURE_WORDS


def agree(one: str, other: str) -> bool:
    """Whether two fields are the same, or differ only by the columns beside them."""
    return one == other or any(one in family and other in family for family in _FAMILIES)
