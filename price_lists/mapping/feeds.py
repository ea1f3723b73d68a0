"""The mapping of a feed: its elements have names, so nothing is guessed, only looked up."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from price_lists.mapping.model import ColumnGuess, Field, TableMapping
from price_lists.mapping.separators import guess_separator
from price_lists.readers.base import COLUMN_CAP, FeedReader, Peek
from price_lists.readers.limits import NAME_BYTES

_CURRENCY_SUFFIX = re.compile(r"price(?:[ro]|_)?(uah|usd|eur|rub|pln)\Z", re.IGNORECASE)
_SAMPLES = 3


def column_of(reader: FeedReader, name: str, index: int, samples: tuple[str, ...] = ()) -> ColumnGuess:
    """What one element means; also for elements that only turn up far down in a feed."""
    field, kind = reader.field_of(name)
    currency = _CURRENCY_SUFFIX.search(name)
    guessed = getattr(reader, "by_name", False)
    return ColumnGuess(
        index=index,
        heading=name,
        field=str(field),
        confidence=0.5 if field == Field.IGNORE else 0.9 if guessed else 1.0,
        reason=_("nothing that is known")
        if field == Field.IGNORE
        else _("the name says so")
        if guessed
        else _("the format says so"),
        samples=samples,
        kind=kind,
        currency=currency[1].upper() if currency else "",
    )


def feed_table(reader: FeedReader, peek: Peek) -> TableMapping:
    """One table with a column for each element that the first records have."""
    samples: dict[str, list[str]] = {}
    categories: list[str] = []
    for _number, cells in peek.sheets[0].rows:
        for name, value in zip(cells[::2], cells[1::2], strict=True):
            if name not in samples and (len(samples) >= COLUMN_CAP or len(name) > NAME_BYTES):
                continue
            known = samples.setdefault(name, [])
            text = value.strip()[:80]
            if text and len(known) < _SAMPLES and text not in known:
                known.append(text)
            if reader.field_of(name)[0] == Field.CATEGORY:
                categories.append(value)
    columns = tuple(
        column_of(reader, name, index, tuple(known)) for index, (name, known) in enumerate(samples.items())
    )
    return TableMapping(
        columns=columns,
        currency=peek.currency,
        vat=str(peek.details.get("vat", "")),
        category_separator=guess_separator(categories, []),
    )
