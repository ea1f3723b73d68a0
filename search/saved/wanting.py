"""Saved searches as stored queries, and the keys by which the few that an offer can meet are found among all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from core import text
from core.money import Money
from core.rates import Rates
from search import percolation
from search.percolation import StoredQuery, needs
from search.percolation.lines import Need
from search.percolation.matching import offer_terms
from search.query import SearchQuery
from search.saved.enums import WatchState
from search.saved.models import SavedSearch, SearchKey
from search.saved.offers import Seen, in_pieces
from search.saved.queries import limits_of, unpack

#: Searches read and matched at once, so that memory does not grow with their number.
AT_ONCE = 20_000
_REKEYED_AT_ONCE = 500
_LONGEST_KEY = 128
#: The limits that the matcher judges by itself; whatever else a question limits is judged on the pairs it leaves.
_OF_THE_MATCHER = frozenset({"words", "min_price", "max_price", "vendors_in", "vendors_out", "category_id"})
#: What makes the matcher's price another than the one that is limited.
_OTHER_PRICE = frozenset({"basis", "delivered"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A saved search in the matcher's terms. `rest` are the limits that the matcher does not know of."""

    id: int
    query: SearchQuery
    stored: StoredQuery
    rest: frozenset[str]
    known_until: dt.datetime | None = None

    @property
    def has_words(self) -> bool:
        return bool(needs(self.stored.text))


def wanted_of(
    pk: int,
    query: SearchQuery,
    *,
    rates: Rates,
    merged: Mapping[int, int],
    known_until: dt.datetime | None = None,
) -> Wanted:
    limited = limits_of(query)
    rest = limited - _OF_THE_MATCHER
    by_price = not rest & _OTHER_PRICE
    if not by_price:
        rest |= limited & {"min_price", "max_price"}
    category = query.category_id
    stored = StoredQuery(
        id=pk,
        text=query.words,
        max_price=_to_base(query.max_price, rates) if by_price else None,
        min_price=_to_base(query.min_price, rates) if by_price else None,
        vendor_ids=query.vendors_in or None,
        excluded_vendor_ids=query.vendors_out,
        category_ids=None if category is None else frozenset([merged.get(category, category)]),
    )
    return Wanted(pk, query, stored, rest, known_until)


def _to_base(money: Money | None, rates: Rates) -> int | None:
    """As a search does: what has no rate limits nothing."""
    base = None if money is None else rates.to_base(money)
    return None if base is None else base.to_price()


# Keys -------------------------------------------------------------------------------------------------------


def keys_of(query: SearchQuery) -> frozenset[str]:
    """An offer that the search finds has one of these. Empty for one that could find any offer at all."""
    required = needs(query.words)
    if required:
        return frozenset(f"w:{term}"[:_LONGEST_KEY] for term in _terms(max(required, key=_telling)))
    if query.category_id is not None:
        return frozenset([f"c:{query.category_id}"])
    if query.brands:
        return frozenset(f"b:{brand}"[:_LONGEST_KEY] for brand in query.brands)
    return frozenset(f"v:{vendor}" for vendor in query.vendors_in)


def _terms(need: Need) -> set[str]:
    """Terms of which an offer that meets the need has at least one."""
    return {*need.terms, *(max(need.parts, key=_shortest) if need.parts else ())}


def _telling(need: Need) -> tuple[int, int]:
    """Long words stand in few titles, and one that can be read in few ways is looked up by few keys."""
    terms = _terms(need)
    return _shortest(terms), -len(terms)


def _shortest(terms: Iterable[str]) -> int:
    return min(map(len, terms))


def keys_of_offers(offers: Iterable[Seen], merged: Mapping[int, int]) -> set[str]:
    """Every key that a search which finds one of the offers can have."""
    sources: dict[int, list[int]] = {}
    for source, target in merged.items():
        sources.setdefault(target, []).append(source)
    found: set[str] = set()
    for offer in offers:
        found.update(f"w:{term}"[:_LONGEST_KEY] for term in offer_terms(offer.document))
        found.update(limit_keys(offer))
        for category in offer.document.category_ids:
            found.update(f"c:{source}" for source in sources.get(category, ()))
    return found


def limit_keys(offer: Seen) -> Iterator[str]:
    """Keys of searches without words that may find the offer."""
    yield from (f"c:{category}" for category in offer.document.category_ids)
    yield f"v:{offer.document.vendor_id}"
    if offer.brand:
        yield f"b:{offer.brand}"[:_LONGEST_KEY]


@cache
def rules_of_analysis() -> str:
    """Stands for all that decides which terms a word has: keys made under other rules may miss an offer."""
    digest = hashlib.blake2b(digest_size=16)
    folder = Path(text.__file__).parent
    matcher = Path(percolation.__file__).parent / "lines.py"
    for path in [*sorted(folder.rglob("*")), matcher]:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def rekey() -> int:
    """Makes the keys of all searches anew whose keys are of other rules; returns of how many. Some 10 s for 100,000."""
    done = 0
    while True:
        rows = list(
            SavedSearch.objects.filter(state=WatchState.ACTIVE)
            .exclude(analysis=rules_of_analysis())
            .order_by("pk")
            .values_list("pk", "query")[:_REKEYED_AT_ONCE]
        )
        if not rows:
            return done
        with transaction.atomic():
            write_keys({pk: unpack(query)[0] for pk, query in rows})
        done += len(rows)


def write_keys(queries: Mapping[int, SearchQuery]) -> None:
    """Puts keys in the place of those that these searches have, in the caller's transaction."""
    SearchKey.objects.filter(search_id__in=list(queries)).delete()
    SearchKey.objects.bulk_create(
        [SearchKey(search_id=pk, key=key) for pk, query in queries.items() for key in sorted(keys_of(query))],
        batch_size=1000,
        ignore_conflicts=True,
    )
    SavedSearch.objects.filter(pk__in=list(queries)).update(analysis=rules_of_analysis())


# Reading ----------------------------------------------------------------------------------------------------


def searches(
    *, rates: Rates, merged: Mapping[int, int], ids: Collection[int] | None = None
) -> Iterator[dict[int, Wanted]]:
    """The searches that look out, or those of `ids` that do, in pages. One that lost a limit finds nothing."""
    looking = SavedSearch.objects.filter(state=WatchState.ACTIVE, ready_at__isnull=False).order_by("pk")
    pages = (
        _whole(looking) if ids is None else (looking.filter(pk__in=some) for some in in_pieces(sorted(ids)))
    )
    for page in pages:
        made = {}
        for pk, packed, known_until in page.values_list("pk", "query", "known_until"):
            query, lost = unpack(packed)
            if not lost:
                made[pk] = wanted_of(pk, query, rates=rates, merged=merged, known_until=known_until)
        yield made


def _whole(looking: QuerySet[SavedSearch]) -> Iterator[QuerySet[SavedSearch]]:
    """All of them by ranges of their ids."""
    last = 0
    while ids := list(looking.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield looking.filter(pk__gt=last, pk__lte=ids[-1])
        last = ids[-1]
