"""Text analysis: what a word is, for documents, queries, request lines and product matching alike."""

from core.text.collation import collation_key
from core.text.folding import clean, fold
from core.text.measures import Measure, parse_measure
from core.text.tokens import (
    Token,
    document_terms,
    index_terms,
    normalize_code,
    search_text,
    term_list,
    tokens,
)

__all__ = [
    "Measure",
    "Token",
    "clean",
    "collation_key",
    "document_terms",
    "fold",
    "index_terms",
    "normalize_code",
    "parse_measure",
    "search_text",
    "term_list",
    "tokens",
]
