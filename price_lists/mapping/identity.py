"""Whether a feed's identifiers really tell its goods apart, and what does if they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from itertools import islice

from price_lists.mapping.model import Field
from price_lists.readers.limits import NAME_BYTES, NAMES
from price_lists.rows import RawRow

BY_ID = ""
BY_LINK = "id+link"  # one identifier stands at "1 kg" and "200 g", each with a page of its own
_LIMIT = 50_000
_NAMES = (Field.TITLE, Field.TITLE_UK, Field.TITLE_RU)
_LOOKED_AT = frozenset({Field.SOURCE_ID, Field.URL, *_NAMES})
_PROOF = 3  # a single clash is a slip, for which the last one wins


def identity_of(records: Iterable[RawRow], field_of: Callable[[str], str]) -> str:
    """BY_LINK if several identifiers stand at goods with other names and other links, else BY_ID.

    Looks at the first 50,000 records as they stand; `field_of` gives the field of an element's name.
    """
    seen: dict[str, list[tuple[int, int]]] = {}
    fields: dict[str, str] = {}
    clashes = 0
    for record in islice(records, _LIMIT):
        found: dict[str, str] = {}
        for name, value in zip(record.cells[::2], record.cells[1::2], strict=True):
            field = fields.get(name)
            if field is None:
                if len(name) > NAME_BYTES or len(fields) >= NAMES:
                    continue
                field = fields[name] = field_of(name)
            if field in _LOOKED_AT:
                found.setdefault(field, value)
        identifier, link = found.get(Field.SOURCE_ID), found.get(Field.URL)
        if not identifier or not link:
            continue
        facts = (hash(tuple(found.get(field, "") for field in _NAMES)), hash(link))
        known = seen.setdefault(identifier[:NAME_BYTES], [])
        if facts in known:
            continue
        if any(facts[1] == other[1] for other in known):
            return BY_ID  # one page, two names: a correction, not two goods
        if known and all(facts[0] != other[0] for other in known):
            clashes += 1
        known.append(facts)
    return BY_LINK if clashes >= _PROOF else BY_ID


def joined_id(identifier: str, url: str) -> str:
    """The source id under BY_LINK; stable as long as the link is."""
    return f"{identifier}#{blake2b(url.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"
