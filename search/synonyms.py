"""Synonyms of the row's own list: other words for one thing, which find but count less."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from core import text

_LIST = Path(__file__).resolve().parent / "synonyms.tsv"


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Term → terms of its synonyms."""
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        terms = [tuple(text.index_terms(word)) for word in line.split("\t")]
        for place, own in enumerate(terms):
            others = [term for other, group in enumerate(terms) if other != place for term in group]
            for term in own:
                table[term].update(dict.fromkeys(others))
    return {term: tuple(found) for term, found in table.items()}


def synonyms(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Terms of other words for what `terms` may mean, without themselves."""
    table = _table()
    found = dict.fromkeys(other for term in terms for other in table.get(term, ()))
    return tuple(other for other in found if other not in terms)
