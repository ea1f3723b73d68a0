"""Documents as OpenSearch takes them: a line that says where and in which version, and a line of JSON."""

from __future__ import annotations

from typing import Any

import orjson

from search.documents import Document, tombstone
from search.engines.labels import sortable
from search.fields import PRICES

LARGEST_ID = (1 << 63) - 1
#: Stands in a text that has no words. BM25 compares a text's length with the average, which Lucene takes over
#: the documents that have the field: so all have it, as in the embedded engine. No analysed term looks like it.
NO_WORDS = "∅"


def bulk_lines(document: Document) -> bytes:
    """Raises TypeError, ValueError or OverflowError for what cannot be told in JSON, such as half a UTF-16 pair."""
    if not 0 < document.id <= LARGEST_ID:
        raise ValueError("id out of range")
    # external_gte: the same version again is taken, so that a repeated delivery is no error.
    head = b'{"index":{"_id":"%d","version":%d,"version_type":"external_gte"}}\n' % (
        document.id,
        document.version,
    )
    return b"%s%s\n" % (head, orjson.dumps(columns(document)))


def witness_lines(offer_id: int) -> bytes:
    """A tombstone that every version of the offer replaces and that replaces none: 201 or 409 where the shard writes."""
    head = b'{"index":{"_id":"%d","version":0,"version_type":"external"}}\n' % offer_id
    return b"%s%s\n" % (head, orjson.dumps(columns(tombstone(offer_id=offer_id, version=0))))


def columns(document: Document) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": document.id,
        "version": document.version,
        "digest": document.digest,
        "alive": "0" if document.deleted else "1",
    }
    if document.deleted:
        return row
    row |= {
        "group": document.group,
        "vendor": str(document.vendor),
        "supply": str(document.supply),
        "categories": [str(each) for each in document.categories],
        "condition": document.condition,
        "title_words": " ".join(document.title_words) or NO_WORDS,
        "tag_words": " ".join(document.tag_words),
        "description_words": " ".join(document.description_words) or NO_WORDS,
        "attribute_words": " ".join(document.attribute_words),
        "spellings": document.spellings,
        "codes": document.codes,
        "facts": [sortable(each) for each in document.facts],
        "source": document.source,
    }
    if document.brand:
        row["brand"] = document.brand
    if document.availability:
        row["availability"] = document.availability
    if document.participation:
        row["participation"] = document.participation
    if document.price is not None:
        row["price"] = document.price
    row |= {PRICES[basis]: price for basis, price in document.unit_prices}
    return row
