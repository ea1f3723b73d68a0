"""The contract of a search engine: what it is asked, what it answers, what it may be unable to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from catalog.enums import PriceBasis
from search.documents import Document
from search.query import Facets, FactLimit, Limit, Sort

if TYPE_CHECKING:
    from catalog.freshness import Expired
    from vendors.delivery import Delivery


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
    """Limits in the engine's terms. Prices in 1/10,000 of the base currency for `basis`, both ends included.

    `deliveries` are the vendors who take money for delivery, where the ceiling is to hold with it. `serving` are the
    vendors that serve the region asked for, `pickup` those with a pickup point in it. `modes` says who takes part how;
    who is in none of them only lists.
    """

    min_price: int | None = None
    max_price: int | None = None
    vendors_in: frozenset[int] = frozenset()
    vendors_out: frozenset[int] = frozenset()
    hidden_vendors: frozenset[int] = frozenset()  # never shown, whatever is asked
    expired: tuple[Expired, ...] = ()  # nor are these
    category: int | None = None
    availability: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    facts: tuple[FactLimit, ...] = ()
    basis: PriceBasis = PriceBasis.UNIT
    deliveries: tuple[Delivery, ...] | None = None
    serving: frozenset[int] | None = None
    pickup: frozenset[int] | None = None
    participation: frozenset[str] = frozenset()
    modes: tuple[tuple[str, frozenset[int]], ...] = ()
    condition: frozenset[str] = frozenset()
    offers: frozenset[int] = frozenset()  # these alone, where any are named

    def open(self) -> Filters:
        """Without the limits that are asked for."""
        return Filters(
            hidden_vendors=self.hidden_vendors, expired=self.expired, modes=self.modes, basis=self.basis
        )

    @property
    def are_set(self) -> bool:
        """Whether anything is asked for."""
        return self != self.open()


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """`groups` are sets of word places of which a document must have one set whole; () means all words.

    An all-blank query (no words, no code) finds everything within the filters. `code` is the whole query read
    as one code: a document that has it is found whatever its words. `count_facts` are the attributes to count, also
    where other facets are not asked for; with them it is counted which bases of prices there are.
    """

    words: tuple[QueryWord, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    code: str = ""
    filters: Filters = field(default_factory=Filters)
    told: bool = False  # only what title, brand, kind, codes and description say, not attributes
    missed: Limit | None = None  # this one limit is turned round: what is found misses it and no other
    missed_fact: str = ""  # of which attribute, where that limit is Limit.FACT; what is found tells it
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 24
    with_facets: bool = True
    count_facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A found document with what the re-ranker needs. `participation` is its own; `basis_price` is that of the query."""

    id: int
    group: int
    score: float
    price: int | None
    title: str
    brand: str
    kind: str
    availability: str
    codes: tuple[str, ...] = ()
    supply: int = 0
    categories: tuple[int, ...] = ()  # from the top of the tree down
    vendor: int = 0
    condition: str = ""
    participation: str = ""
    basis_price: int | None = None


def candidate(source: Sequence[Any], **values: Any) -> Candidate:
    """From what an engine kept (`Document.source`) and what it tells of a hit."""
    title, kind, brand, availability, codes, supply, categories, vendor, condition, participation = source
    return Candidate(
        title=title,
        kind=kind,
        brand=brand,
        availability=availability,
        codes=tuple(codes),
        supply=supply,
        categories=tuple(categories),
        vendor=vendor,
        condition=condition,
        participation=participation,
        **values,
    )


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    total: int
    candidates: tuple[Candidate, ...]
    facets: Facets


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that the engine will never take as it is, with the engine's own reason."""

    id: int
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class BulkReport:
    """What became of the documents of one write: each is written, refused as old, or rejected."""

    written: int = 0
    refused_as_old: int = 0
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """What the live index holds of one offer; `digest` is `Document.digest`, 0 for a tombstone."""

    id: int
    version: int
    alive: bool
    digest: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over what can be found: cheap to have, and hardly equal by chance."""

    documents: int
    ids: int
    versions: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """`documents` counts what can be found, `tombstones` what is kept against late writes. `previous` is the
    generation that a rollback would bring back.
    """

    exists: bool
    documents: int = 0
    generation: str = ""
    building: str = ""
    previous: str = ""
    tombstones: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What callers may rely on; a lacking one is worked around or shown as missing."""

    facets: bool = True
    spelling: bool = True
    concurrent_writers: bool = False  # else one writer at a time, others wait
    deepest: int | None = None  # offset that pages cannot pass; None: any page costs about the same


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

    def completions(self, prefix: str, *, limit: int = 10) -> Sequence[tuple[str, int]]:
        """Words of titles and brands, as written and folded, that begin with `prefix`, with the number of
        documents that have each; most frequent first.
        """
        ...

    def write(self, documents: Sequence[Document], *, visible: bool = True) -> BulkReport:
        """Adds or replaces; older versions are refused. `visible`: when it returns, a search that starts later
        sees it; otherwise that may take a second.
        """
        ...

    def stored(
        self,
        *,
        after: int = 0,
        limit: int = 10_000,
        generation: str = "",
        ids: Sequence[int] | None = None,
    ) -> Sequence[Stored]:
        """What the live index (or another generation) holds, tombstones too, by rising id: of `ids`, at most 10,000
        of them, or the next `limit` above `after`.
        """
        ...

    def totals(self, *, generation: str = "") -> Totals:
        """Of the live index or another generation; compared with the database's own."""
        ...

    def begin_rebuild(self) -> str:
        """Opens an empty index beside the live one; from now on `write` goes to both. Raises RebuildRunning."""
        ...

    def write_rebuild(self, generation: str, documents: Sequence[Document]) -> BulkReport: ...

    def finish_rebuild(self, generation: str) -> None:
        """Makes it the live one in a single step; the one it replaces is kept for `roll_back`, older ones go."""
        ...

    def abandon_rebuild(self, generation: str) -> None: ...

    def roll_back(self) -> str:
        """Makes the previous generation live again, and the live one previous; returns the live one's name.
        Raises NothingToRollBack. What was written meanwhile is missing from it: verify and mend afterwards.
        """
        ...

    def sweep_tombstones(self, ids: Sequence[int]) -> int:
        """Forgets these tombstones, which no late write can meet any more; returns how many there were."""
        ...

    def status(self) -> IndexStatus: ...
