"""The one table of what a search document holds; engines generate their schemas from it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from catalog.enums import PriceBasis


class Kind(enum.Enum):
    WORDS = "words"  # terms of core.text, as often as they stand there; alternatives side by side
    TERMS = "terms"  # the same, each once
    CODES = "codes"  # normalised codes, matched whole
    NUMBER = "number"  # unsigned
    SIGNED = "signed"
    LABEL = "label"  # one exact string, counted as it is
    SOURCE = "source"  # kept to be read back, not searched


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a document. `many`: several values; `filters`: by single values; `ranges`: from and to, for which
    a column does; `sorts`: results can be ordered by it.
    """

    name: str
    kind: Kind
    many: bool = False
    filters: bool = False
    ranges: bool = False
    counts: bool = False
    sorts: bool = False


#: Which field holds the price for a basis. A document without such a price has no value there, and comes last.
PRICES: dict[PriceBasis, str] = {
    basis: "price" if basis is PriceBasis.UNIT else f"price_{basis.value}" for basis in PriceBasis
}

FIELDS: tuple[Field, ...] = (
    Field("id", Kind.NUMBER, filters=True, sorts=True),
    Field("version", Kind.NUMBER),
    Field("digest", Kind.NUMBER),  # Document.digest, by which index and database are compared
    Field(
        "alive", Kind.NUMBER, filters=True
    ),  # 0: a tombstone, kept so that a late older write cannot revive it
    Field("group", Kind.SIGNED),
    Field("vendor", Kind.NUMBER, filters=True, counts=True),
    Field(
        "supply", Kind.NUMBER, filters=True
    ),  # by which offers whose vendor has not confirmed them are left out
    Field("categories", Kind.NUMBER, many=True, filters=True, counts=True),
    Field("brand", Kind.LABEL, filters=True, counts=True),
    Field("availability", Kind.LABEL, filters=True, counts=True),
    # Its own way of taking part; mostly it has none, and its vendor's holds.
    Field("participation", Kind.LABEL, filters=True, counts=True),
    Field("condition", Kind.LABEL, filters=True, counts=True),
    *(Field(name, Kind.NUMBER, ranges=True, counts=True, sorts=True) for name in PRICES.values()),
    # Typed values, "colour=black", "density=80": numbers in base units.
    Field("facts", Kind.LABEL, many=True, filters=True, counts=True),
    # Each word of an offer stands in one of the next four: what it is called, what it is by other marks (brand,
    # kind, codes), what is told about it, what its attributes say. The first three answer a query.
    Field("title_words", Kind.WORDS),
    Field("tag_words", Kind.TERMS),
    Field("description_words", Kind.WORDS),
    Field("attribute_words", Kind.TERMS),
    Field(
        "spellings", Kind.TERMS, counts=True
    ),  # words of titles and brands as written, for correcting what is typed
    Field("codes", Kind.CODES, many=True, filters=True),
    Field("source", Kind.SOURCE),  # Document.source as one JSON list, for the re-ranker
)

WORD_FIELDS = ("title_words", "tag_words", "description_words", "attribute_words")
#: What an OpenSearch index hands back of a found document; the rest is only searched.
READ_BACK = ("group", "source", *PRICES.values())


def opensearch_mapping() -> dict[str, object]:
    """The same table as an OpenSearch mapping; words arrive analysed, so only blanks divide them."""
    return {
        "dynamic": "strict",
        "_source": {"includes": list(READ_BACK)},
        "properties": {field.name: _opensearch_type(field) for field in FIELDS},
    }


_TYPES: dict[Kind, dict[str, object]] = {
    Kind.WORDS: {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
    # A list has no length to speak of: found is found.
    Kind.TERMS: {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False},
    Kind.CODES: {"type": "keyword", "doc_values": False},
    Kind.NUMBER: {"type": "long"},
    Kind.SIGNED: {"type": "long"},
    Kind.LABEL: {"type": "keyword"},
    Kind.SOURCE: {"type": "object", "enabled": False},
}


def _opensearch_type(field: Field) -> dict[str, object]:
    if field.kind is Kind.TERMS and field.counts:
        return {"type": "keyword"}
    if field.kind is Kind.NUMBER and field.filters and not field.sorts:
        # An id, only ever compared for equality: postings beat the tree that ranges need.
        return {"type": "keyword"}
    told = dict(_TYPES[field.kind])
    if field.kind in {Kind.NUMBER, Kind.SIGNED} and not (field.filters or field.ranges):
        told["index"] = False
        if field.name in READ_BACK:
            told["doc_values"] = False
    return told
