"""What a search asks and what it answers: frozen values shared by pages, API, commands and engines.

Nothing here touches the database or an engine. Offers, vendors, categories are ids; names are resolved by
whoever shows them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from core.money import Money

MAX_PAGE_SIZE = 100
MAX_WORDS_LENGTH = 400


class Sort(enum.StrEnum):
    """The orders a result list can have; ties always break by offer id."""

    RELEVANCE = "relevance"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"


class StepCode(enum.StrEnum):
    """What a rung of the ladder did; the page says it in words."""

    AS_TYPED = "as_typed"
    SYNONYMS = "synonyms"  # other words for the same, or words written together or apart
    LAYOUT = "layout"  # from, to: typed with the wrong keyboard layout
    TRANSLITERATED = "transliterated"  # from, to: typed in the other alphabet
    SPELLING = "spelling"  # from, to
    PARTIAL = "partial"  # missing: words that not every hit has
    NOTHING = "nothing"  # something shares a word, but nothing relevant


class Limit(enum.StrEnum):
    """The limits that an alternative can miss."""

    MAX_PRICE = "max_price"
    MIN_PRICE = "min_price"
    VENDORS_IN = "vendors_in"
    VENDORS_OUT = "vendors_out"
    CATEGORY = "category"
    AVAILABILITY = "availability"
    BRAND = "brand"


class Notice(enum.StrEnum):
    """Set when the answer did not come from the engine as it should."""

    ENGINE_UNAVAILABLE = "engine_unavailable"  # answered from the database: no facets, no corrections


class Why(enum.StrEnum):
    """Reasons for a hit and its place, most important first in `Hit.why`, which is never empty."""

    CODE = "code"  # the article, MPN or GTIN as typed
    ALL_WORDS = "all_words"
    SOME_WORDS = "some_words"  # no offer has them all
    WITHIN_LIMITS = "within_limits"  # nothing was asked by words
    CORRECTED = "corrected"  # has the words as corrected: layout, alphabet, spelling
    OTHER_WORDS = "other_words"  # has other words for the same
    NAMED = "named"  # it is what the words name, not something for it
    IN_TITLE = "in_title"
    DESCRIBED = "described"  # some of the words stand only in its description, attributes or another language
    TOGETHER = "together"  # the words stand next to each other
    BRAND = "brand"
    AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One question. Limits are joined by AND, the values inside a set by OR.

    Prices are per unit, VAT included, in any currency that has a rate; `availability` holds the codes of
    catalog's availability states; `brands` holds brand names as facets give them (`FacetValue.value`).
    """

    words: str = ""
    min_price: Money | None = None
    max_price: Money | None = None
    vendors_in: frozenset[int] = frozenset()
    vendors_out: frozenset[int] = frozenset()
    category_id: int | None = None
    availability: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 24
    language: str = "uk"
    exact: bool = False  # the way back from a correction: the words as typed, no ladder


@dataclass(frozen=True, slots=True)
class Hit:
    """An offer that answers. `price_base` is in 1/10,000 UAH per unit, None where the price is not known.

    `group_id` is equal for offers of one product. Sorted by relevance, a product shows once, by its best offer.
    """

    offer_id: int
    group_id: int
    score: float
    price_base: int | None
    why: tuple[Why, ...] = ()
    others: int = 0  # further offers of the same product among what was found


@dataclass(frozen=True, slots=True)
class Alternative:
    """A hit that misses exactly one limit. `by` is the distance in 1/10,000 UAH where the limit is a price."""

    hit: Hit
    limit: Limit
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the ladder did, e.g. `Step(StepCode.SPELLING, {"from": "степлр", "to": "степлер"})`."""

    code: StepCode
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value one can choose, and the number of offers that would be found with it (and the other limits)."""

    value: int | str
    count: int
    selected: bool = False


def facet_values(counts: dict[Any, int], selected: frozenset[Any]) -> tuple[FacetValue, ...]:
    """Most frequent first; what is chosen is there also where nothing has it."""
    every = dict.fromkeys(selected, 0) | counts
    ordered = sorted(every.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(FacetValue(value, count, value in selected) for value, count in ordered)


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Lowest and highest price among what is found without the price limits, 1/10,000 UAH."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Disjunctive: the counts of one facet ignore that facet's own choice. Most frequent first.

    `categories` holds every ancestor of an offer's category, so a reader picks the level to show.
    """

    vendors: tuple[FacetValue, ...] = ()
    categories: tuple[FacetValue, ...] = ()
    brands: tuple[FacetValue, ...] = ()
    availability: tuple[FacetValue, ...] = ()
    price: PriceRange | None = None


EngineName = Literal["embedded", "opensearch", "database"]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer: `total` and facets count offers, of which `hits` is one page."""

    total: int
    hits: tuple[Hit, ...]
    facets: Facets
    steps: tuple[Step, ...]
    alternatives: tuple[Alternative, ...]
    page: int
    page_size: int
    words: str  # the words that were searched in the end (corrected)
    engine: EngineName
    notice: Notice | None = None
    collapsed: int = 0  # offers that stand behind another offer of their product

    @property
    def pages(self) -> int:
        return max(1, -(-(self.total - self.collapsed) // self.page_size))
