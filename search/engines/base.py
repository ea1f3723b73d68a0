"""The contract of a search engine: what it is asked, what it answers, what it may be unable to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from search.documents import Document
from search.query import Facets, Limit, Sort


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of a query. A document has it if it has one of `terms`, or a term of each of `parts`, or, counting
    less, one of `weaker` (synonyms, the word written together with its neighbour).
    """

    text: str
    terms: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...] = ()
    kind: str = "word"
    weaker: tuple[str, ...] = ()
    weight: float = 1.0  # share of the query's information, set once frequencies are known


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits in the engine's terms. Prices in 1/10,000 of the base currency, both ends included."""

    min_price: int | None = None
    max_price: int | None = None
    vendors_in: frozenset[int] = frozenset()
    vendors_out: frozenset[int] = frozenset()
    hidden_vendors: frozenset[int] = frozenset()  # never shown, whatever is asked
    category: int | None = None
    availability: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """`groups` are sets of word places of which a document must have one set whole; () means all words.

    An all-blank query (no words, no code) finds everything within the filters. `code` is the whole query read
    as one code: a document that has it is found whatever its words.
    """

    words: tuple[QueryWord, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    code: str = ""
    filters: Filters = field(default_factory=Filters)
    told: bool = False  # only what title, brand, kind, codes and description say, not attributes
    missed: Limit | None = None  # this one limit is turned round: what is found misses it and no other
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 24
    with_facets: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A found document with what the re-ranker needs."""

    id: int
    group: int
    score: float
    price: int | None
    title: str
    brand: str
    kind: str
    availability: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    total: int
    candidates: tuple[Candidate, ...]
    facets: Facets


@dataclass(frozen=True, slots=True)
class BulkReport:
    written: int = 0
    refused_as_old: int = 0


@dataclass(frozen=True, slots=True)
class IndexStatus:
    exists: bool
    documents: int = 0
    generation: str = ""
    building: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What callers may rely on; a lacking one is worked around or shown as missing."""

    facets: bool = True
    spelling: bool = True
    concurrent_writers: bool = False


class SearchEngine(Protocol):
    """Every method may raise `search.errors.EngineUnavailable`."""

    name: str
    capabilities: Capabilities

    def search(self, query: EngineQuery) -> EngineAnswer: ...

    def frequencies(self, terms: Iterable[str]) -> tuple[int, Mapping[str, int]]:
        """(number of documents, documents with each term)."""
        ...

    def similar_words(self, word: str, *, distance: int) -> Sequence[tuple[str, int]]:
        """Words of titles and brands, as written and folded, within an edit distance (a swap of neighbours is
        one slip), with the number of documents that have each; most frequent first.
        """
        ...

    def write(self, documents: Sequence[Document]) -> BulkReport:
        """Adds or replaces; when it returns, a search that starts later sees it. Older versions are refused."""
        ...

    def begin_rebuild(self) -> str:
        """Opens an empty index beside the live one; from now on `write` goes to both."""
        ...

    def write_rebuild(self, generation: str, documents: Sequence[Document]) -> BulkReport: ...

    def finish_rebuild(self, generation: str) -> None:
        """Makes it the live one in a single step and drops the old."""
        ...

    def abandon_rebuild(self, generation: str) -> None: ...

    def status(self) -> IndexStatus: ...
