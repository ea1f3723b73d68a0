"""Near misses: offers that miss exactly one limit of a line. Computed when somebody asks, never stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Q, QuerySet

from buyer_requests.matching.documents import Variant, variants
from buyer_requests.matching.forward import with_codes, word_conditions
from buyer_requests.matching.queries import LineQuery, code_key, matched, reaches, stored_queries
from buyer_requests.matching.wants import Denial, denials
from buyer_requests.models import RequestLine
from catalog.freshness import fresh
from catalog.models import Offer
from search.percolation import Match, Missed, near_misses
from search.percolation.limits import fit
from search.percolation.lines import wanted_heads

SHOWN = 12
#: Offers that are looked at for one line: those with all its words, and as many with all but one.
LOOKED_AT = 2_000
#: How far a miss of no measure stands from the line, beside shares of a ceiling or of a quantity.
_DISTANCE = {Missed.UNIT: 0.3, Missed.PLACE: 0.4, Missed.WORD: 0.5, Missed.VENDOR: 0.6, Missed.CATEGORY: 0.7}


@dataclass(frozen=True, slots=True)
class Near:
    """An offer and the one limit that it misses: `missed`, by how much, or the attribute that it says otherwise.

    `price` is in 1/10,000 of the row's currency per unit of the line.
    """

    line: RequestLine
    query: LineQuery
    variant: Variant
    price: int | None
    score: float
    missed: Missed | None
    by: int | float | None = None
    terms: tuple[str, ...] = ()
    denial: Denial | None = None

    @property
    def offer_id(self) -> int:
        return self.variant.offer_id

    @property
    def distance(self) -> float:
        """Nearest first: the share of what was asked for that is missing or too much."""
        match self.missed:
            case Missed.PRICE:
                return 1.0 if self.by is None else self.by / max(1, self.query.max_price or 1)
            case Missed.QUANTITY:
                return float(self.by or 0) / (self.query.quantity or 1)
            case Missed.DAYS:
                return float(self.by or 0) / 10
            case None:
                return 0.5
        return _DISTANCE[self.missed]


def near_line(
    line: RequestLine, *, vendor_ids: Collection[int] | None = None, limit: int = SHOWN
) -> list[Near]:
    """The nearest offers on sale that miss exactly one limit of the line (with its request at hand); of some vendors."""
    query = stored_queries([line])[0]
    assert isinstance(query, LineQuery)
    looked_at = variants(_candidates(query, vendor_ids))
    return nearest(line, query, looked_at)[:limit]


def nearest(line: RequestLine, query: LineQuery, documents: Sequence[Variant]) -> list[Near]:
    """Of these offers those that miss exactly one limit, each at the price at which it misses least."""
    met = {each.offer_id for each in matched([query], documents)}
    reached = [each for each in documents if each.min_quantity <= 1 or reaches(query, each)]
    by_id = {each.document.id: each for each in reached}
    found = [
        Near(line, query, by_id[near.match.offer_id], near.match.price, near.match.score, near.missed, near.by, near.terms)
        for near in (*_by_words(query, reached), *_by_codes(query, reached))
        if by_id[near.match.offer_id].offer_id not in met
    ]  # fmt: skip
    if query.required:
        found = list(_with_attributes(line, query, found, by_id, met))
    best: dict[int, Near] = {}
    for near in sorted(found, key=lambda each: (each.distance, each.price or 0, -each.score, each.offer_id)):
        best.setdefault(near.offer_id, near)
    return list(best.values())


@dataclass(frozen=True, slots=True)
class _Miss:
    match: Match
    missed: Missed
    by: int | float | None
    terms: tuple[str, ...] = ()


def _by_words(query: LineQuery, documents: Sequence[Variant]) -> Iterable[_Miss]:
    if query.only_codes:
        return []
    every = near_misses(query, (each.document for each in documents), limit=len(documents))
    return [_Miss(each.match, each.missed, each.by, each.terms) for each in every]


def _by_codes(query: LineQuery, documents: Sequence[Variant]) -> Iterable[_Miss]:
    for each in documents if query.codes else ():
        document = each.document
        if query.codes.isdisjoint(code_key(code) for code in document.codes):
            continue
        fitting = fit(query, document)
        if len(fitting.missed) == 1:
            missed, by = fitting.missed[0]
            yield _Miss(Match(query.id, document.id, document.vendor_id, 1.0, fitting.price), missed, by)


def _with_attributes(
    line: RequestLine,
    query: LineQuery,
    found: Sequence[Near],
    by_id: dict[int, Variant],
    met: Collection[int],
) -> Iterable[Near]:
    """Each required attribute is a limit: who denies one misses it, too."""
    free = _without_attributes(query)
    plain = {
        each.offer_id: each for each in matched([free], list(by_id.values())) if each.offer_id not in met
    }
    offers = {*(each.offer_id for each in found), *plain}
    denied = denials({query.id: query.required}, ((query.id, offer) for offer in offers))
    yield from (each for each in found if (query.id, each.offer_id) not in denied)
    first: dict[int, Variant] = {}
    for variant in by_id.values():
        first.setdefault(variant.offer_id, variant)
    for offer, fitting in plain.items():
        said = denied.get((query.id, offer), ())
        if len(said) == 1:
            yield Near(line, query, first[offer], fitting.price, fitting.score, None, denial=said[0])


def _without_attributes(query: LineQuery) -> LineQuery:
    values = {name: getattr(query, name) for name in query.__dataclass_fields__}
    return LineQuery(**{**values, "required": ()})


def _candidates(query: LineQuery, vendor_ids: Collection[int] | None) -> QuerySet[Offer]:
    """Offers that name the good and have all other words but one, looked up in the database by their words."""
    offers = fresh(Offer.objects.on_sale())
    if vendor_ids is not None:
        offers = offers.filter(vendor_id__in=vendor_ids)
    ids: dict[int, None] = {}
    if query.codes:
        ids.update(dict.fromkeys(_first(offers.filter(with_codes(query.codes)))))
    if not query.only_codes:
        words = word_conditions(query.text)
        heads = sorted(term for term in wanted_heads(query.text).own if term.isalpha() and len(term) > 2)
        named = offers.filter(_any_of(heads)) if heads else offers
        if words:
            ids.update(dict.fromkeys(_first(named.filter(reduce(and_, words)))))
        if len(words) > 1:
            ids.update(dict.fromkeys(_first(named.filter(_all_but_one(words[:3])))))
    return Offer.objects.filter(pk__in=list(ids))


def _first(offers: QuerySet[Offer]) -> list[int]:
    return list(offers.order_by("pk").values_list("pk", flat=True)[:LOOKED_AT])


def _any_of(terms: Iterable[str]) -> Q:
    condition = Q()
    for term in terms:
        condition |= Q(search_text__contains=term)
    return condition


def _all_but_one(words: Sequence[Q]) -> Q:
    """Of the rarest words, two at least, at most one is missing."""
    condition = Q()
    for left_out in range(len(words)):
        rest = Q()
        for place, word in enumerate(words):
            if place != left_out:
                rest &= word
        condition |= rest
    return condition
