"""The tantivy schema from the table of fields, and documents in its form."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
import tantivy

from search.documents import Document
from search.fields import FIELDS, PRICES, Kind


@cache
def schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        match field.kind:
            case Kind.WORDS:
                builder.add_text_field(field.name, tokenizer_name="whitespace", index_option="freq")
            case Kind.TERMS:
                builder.add_text_field(field.name, tokenizer_name="whitespace", index_option="basic")
            case Kind.CODES:
                builder.add_text_field(field.name, tokenizer_name="raw", index_option="basic")
            case Kind.LABEL:
                builder.add_text_field(
                    field.name, tokenizer_name="raw", index_option="basic", fast=field.counts
                )
            case Kind.NUMBER:
                builder.add_unsigned_field(field.name, indexed=field.filters, fast=True)
            case Kind.SIGNED:
                builder.add_integer_field(field.name, indexed=field.filters, fast=True)
            case Kind.SOURCE:
                # Stored only: the raw tokenizer would index it, so it goes as bytes.
                builder.add_bytes_field(field.name, stored=True)
    return builder.build()


def to_tantivy(document: Document) -> Any:
    row = tantivy.Document()
    row.add_unsigned("id", document.id)
    row.add_unsigned("version", document.version)
    row.add_unsigned("alive", 0 if document.deleted else 1)
    row.add_unsigned("digest", document.digest)
    if document.deleted:
        return row
    row.add_integer("group", document.group)
    row.add_unsigned("vendor", document.vendor)
    row.add_unsigned("supply", document.supply)
    for category in document.categories:
        row.add_unsigned("categories", category)
    if document.brand:
        row.add_text("brand", document.brand)
    if document.availability:
        row.add_text("availability", document.availability)
    if document.participation:
        row.add_text("participation", document.participation)
    row.add_text("condition", document.condition)
    if document.price is not None:
        row.add_unsigned("price", document.price)
    for basis, price in document.unit_prices:
        row.add_unsigned(PRICES[basis], price)
    row.add_text("title_words", " ".join(document.title_words))
    row.add_text("tag_words", " ".join(document.tag_words))
    row.add_text("description_words", " ".join(document.description_words))
    row.add_text("attribute_words", " ".join(document.attribute_words))
    row.add_text("spellings", " ".join(document.spellings))
    for fact in document.facts:
        row.add_text("facts", fact)
    for code in document.codes:
        row.add_text("codes", code)
    row.add_bytes(
        "source",
        orjson.dumps(document.source),
    )
    return row
