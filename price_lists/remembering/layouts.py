"""Whole layouts as they are remembered: what each column means, and nothing of what stands in it. Pure."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from price_lists.mapping.memory import Remembered
from price_lists.mapping.model import ColumnGuess, Field, Mapping, TableMapping
from price_lists.mapping.recalling import SURE_WORDS, agree, answer_of
from price_lists.mapping.vocabulary import meaning_of
from price_lists.validation.numbers import NumberNotUnderstood, parse_price

#: Longer plans are of lists with hundreds of properties, which no two vendors share.
LONGEST = 4_000
_TABLE, _COLUMN = ";", "|"
_NAMES = frozenset({Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN})


def plan_of(mapping: Mapping) -> str:
    """The fields of all columns in their order; empty where nothing but headings could tell such a layout again."""
    if not mapping.is_table or not all(table.header_row and table.columns for table in mapping.tables):
        return ""
    tables = (
        _COLUMN.join(answer_of(column.field, column.kind) for column in table.columns)
        for table in mapping.tables
    )
    plan = _TABLE.join(tables)
    # a price for each size is confirmed for one file, not for all that have sizes
    return "" if len(plan) > LONGEST or Field.VARIANT_PRICE in plan else plan


def by_plan(guess: Mapping, said: Remembered) -> Mapping | None:
    """The mapping of a file as others confirmed its layout; None where its cells cannot be what that says, or where it
    is said otherwise than headings whose words are sure, unless the vendor's own people said so.

    The plan gives fields alone: currency, decimal mark, VAT and the kinds that only a heading tells are the file's own.
    """
    plans = said.answer.split(_TABLE)
    if len(plans) != len(guess.tables):
        return None
    tables = []
    for table, plan in zip(guess.tables, plans, strict=True):
        answers = plan.split(_COLUMN)
        if len(answers) != len(table.columns):
            return None
        if not said.own and any(
            _contradicts(column, answer) for column, answer in zip(table.columns, answers, strict=True)
        ):
            return None
        columns = tuple(
            _column(column, answer, said) for column, answer in zip(table.columns, answers, strict=True)
        )
        tables.append(replace(table, columns=columns))
        if not _is_likely(tables[-1]):
            return None
    return replace(guess, tables=tuple(tables))


def _column(column: ColumnGuess, answer: str, said: Remembered) -> ColumnGuess:
    field, _colon, kind = answer.partition(":")
    if answer == answer_of(column.field, column.kind):
        return replace(column, confidence=max(column.confidence, said.sureness))
    own = column.heading if field in {Field.ATTRIBUTE, Field.TIER_PRICE} else ""
    reason = _("so you confirmed this layout in another list")
    if not said.own:
        reason = ngettext(
            "so %(count)d vendor confirmed this layout",
            "so %(count)d vendors confirmed this layout",
            said.vendors,
        ) % {"count": said.vendors}
    return replace(column, field=field, kind=kind or own, confidence=said.sureness, reason=reason)


def _contradicts(column: ColumnGuess, answer: str) -> bool:
    """Whether a plan says otherwise than a heading whose words are sure: another field, kind of price or *the* price."""
    words = meaning_of(column.heading) if column.heading else None
    if words is None or words.weight < SURE_WORDS:
        return False
    field, _colon, kind = answer.partition(":")
    guessed, _colon, guessed_kind = answer_of(column.field, column.kind).partition(":")
    if kind and guessed_kind and kind != guessed_kind:
        return True
    if Field.PRICE in {field, guessed, words.field}:
        return field != guessed and not {field, guessed} <= {Field.ATTRIBUTE, Field.IGNORE}
    return not agree(guessed, field) and not agree(words.field, field)


def _is_likely(table: TableMapping) -> bool:
    """Whether names have letters and prices are prices, as far as the samples tell."""
    names = [sample for column in table.columns if column.field in _NAMES for sample in column.samples]
    price = table.first(Field.PRICE) or table.first(Field.DISCOUNT_PRICE)
    return (
        any(char.isalpha() for sample in names for char in sample)
        and price is not None
        and any(_is_price(sample, table.decimal) for sample in price.samples)
    )


def _is_price(text: str, decimal: str) -> bool:
    try:
        parse_price(text, decimal)
    except NumberNotUnderstood:
        return False
    return True
