"""What a search asks and what it answers: frozen values shared by pages, API, commands and engines.

Nothing here touches the database or an engine. Offers, vendors, categories are ids; names are resolved by
whoever shows them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from catalog.enums import PriceBasis

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
    FACT = "fact"  # of one attribute: `Alternative.code`
    DELIVERED = "delivered"  # within the ceiling by itself, but not with its delivery
    REGION = "region"
    PICKUP = "pickup"
    PARTICIPATION = "participation"
    CONDITION = "condition"


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
    CATEGORY = "category"  # in the category that the words mean
    AVAILABLE = "available"
    FRESH = "fresh"  # its vendor confirmed it within a day
    CHEAPEST = "cheapest"  # of the offers of its good that were found
    TRUSTED = "trusted"  # of a vendor whose quality is proven
    PINNED = "pinned"  # operators put it higher than it stands by itself; never for money
    BURIED = "buried"  # operators put it after all others


@dataclass(frozen=True, slots=True)
class FactLimit:
    """A limit by one typed attribute: one of `values` (as facets give them: a choice's code, "yes", "80", "210x297"),
    or a number from `low` to `high` in the attribute's base unit, both included. Values and a range are joined by OR.
    """

    code: str
    values: frozenset[str] = frozenset()
    low: float | None = None
    high: float | None = None

    def __bool__(self) -> bool:
        return bool(self.values) or self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One question. Limits are joined by AND, the values inside a set by OR.

    Prices are VAT included, in any currency that has a rate. `basis` says for what: ceiling, floor, the facet of prices
    and the order by price all mean it; what has no such price (no weight told) meets no limit of price and comes last in
    its orders. With `delivered` the ceiling means one unit with its vendor's delivery, and `basis` is the unit as sold.

    `availability`, `condition`, `participation` hold the codes of catalog's and vendors' enums; `brands` holds brand
    names as facets give them (`FacetValue.value`). `region` is a code of `vendors.regions.Region`: vendors that deliver
    there or are there; with `pickup`, those with a pickup point there (anywhere, without a region). `facts` has each
    attribute once.
    """

    words: str = ""
    min_price: Money | None = None
    max_price: Money | None = None
    vendors_in: frozenset[int] = frozenset()
    vendors_out: frozenset[int] = frozenset()
    category_id: int | None = None
    availability: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    facts: tuple[FactLimit, ...] = ()
    basis: PriceBasis = PriceBasis.UNIT
    delivered: bool = False
    region: str = ""
    pickup: bool = False
    participation: frozenset[str] = frozenset()
    condition: frozenset[str] = frozenset()
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 24
    language: str = "uk"
    exact: bool = False  # the way back from a correction: the words as typed, no ladder
    with_facets: bool = True  # who only shows hits asks without; that, and looking for what is similar, costs


@dataclass(frozen=True, slots=True)
class Hit:
    """An offer that answers. `price_base` is in 1/10,000 UAH per unit, None where the price is not known;
    `basis_price` is the same for the query's basis.

    `group_id` is equal for offers of one product. Sorted by relevance, a product shows once, by its best offer.
    """

    offer_id: int
    group_id: int
    score: float
    price_base: int | None
    why: tuple[Why, ...] = ()
    others: int = 0  # further offers of the same product among what was found
    basis_price: int | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A hit that misses exactly one limit.

    `by` is the distance in 1/10,000 UAH (for the query's basis) where the limit is a price, or a price with delivery.
    `value` is what the offer has instead: a label's value of the attribute `code` ("xl", "80"; "" where its vendor does
    not tell), or the code of its availability, condition or participation. `days` is how long it takes to order it,
    where the vendor says so.
    """

    hit: Hit
    limit: Limit
    by: int | None = None
    code: str = ""
    value: str = ""
    days: int | None = None


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
    """Lowest and highest price for the query's basis among what is found without the price limits, 1/10,000 UAH."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class FactFacet:
    """One typed attribute: its values (see `FactLimit.values`), and the lowest and highest of those that are numbers, in
    its base unit. The range is told without the attribute's own limit, as the counts are.
    """

    code: str
    values: tuple[FacetValue, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """Disjunctive: the counts of one facet ignore that facet's own choice. Most frequent first.

    `categories` holds every ancestor of an offer's category, so a reader picks the level to show. `facts` are the
    attributes of `facts_of`, the chosen category or the one that most of what is found is in, in the order in which its
    attributes are shown; empty where there is no such category. `bases` are the bases but the unit as sold that a price is
    known for, with the number of offers; also only with such a category.
    """

    vendors: tuple[FacetValue, ...] = ()
    categories: tuple[FacetValue, ...] = ()
    brands: tuple[FacetValue, ...] = ()
    availability: tuple[FacetValue, ...] = ()
    price: PriceRange | None = None
    condition: tuple[FacetValue, ...] = ()
    participation: tuple[FacetValue, ...] = ()
    facts: tuple[FactFacet, ...] = ()
    facts_of: int | None = None
    bases: tuple[FacetValue, ...] = ()


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
    unapplied: tuple[Limit, ...] = ()  # limits that could not be met: the database knows no attributes
    collapsed: int = 0  # offers that stand behind another offer of their product
    meant_category: int | None = None  # the one that most of what the words name is in
    similar: tuple[
        Hit, ...
    ] = ()  # beside few hits: what has only some of the words, or other words; not in `total`

    @property
    def pages(self) -> int:
        return max(1, -(-(self.total - self.collapsed) // self.page_size))
