"""How often hits are opened where a search finds so many, and which queries are opened clearly less or clearly lower down.

Who finds three goods opens one more seldom than who finds thirty, so a query is compared with all searches that found
about as many. A query counts as opened little where, at the usual rate, so few openings would happen about once in six
times or less; or where its openings stand at more than twice the usual place. The report puts first what loses most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from search.models import QueryDay

#: So often a query is asked before shares and changes say anything.
ENOUGH: Final = 5
#: Results of a search, up to and including; what is above the last is one more. 0: not known of older days.
BOUNDS: Final = (0, 1, 5, 20, 100)
#: Where nobody opens anything, this share would be usual all the same.
LEAST_USUAL: Final = 0.2
#: Searches at the overall rate that each size begins with: few searches say little.
PRIOR: Final = 20
#: One in six, to one side: the report's order does the rest.
_DEVIATIONS: Final = 1.0
_FAR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Usual:
    """By size of the results, 0 to len(BOUNDS), the share of searches with an opened hit; and the average place opened."""

    shares: tuple[float, ...]
    place: float | None

    def of(self, results: float) -> float:
        return self.shares[size_of(results)]


def size_of(results: float) -> int:
    """Of an average number of results: 0 where it is not known, 1 for one at most, and so on."""
    return next((size for size, most in enumerate(BOUNDS) if results <= most), len(BOUNDS))


def usual_of(days: QuerySet[QueryDay]) -> Usual:
    """One statement over the counts of days."""
    found = F("searches") - F("empty")
    rows = (
        days.filter(searches__gt=F("empty"))
        .annotate(found=found, average=_average("results", found))
        .annotate(size=_sized({size: Value(float(size)) for size in range(len(BOUNDS) + 1)}))
        .order_by()
        .values("size")
        .annotate(
            opened_all=Coalesce(Sum("opened"), 0),
            found_all=Coalesce(Sum("found"), 0),
            hits_all=Coalesce(Sum("hits"), 0),
            places_all=Coalesce(Sum("places"), 0),
            number=Count("pk"),
        )
    )
    counts = {int(row["size"]): row for row in rows}
    opened = sum(row["opened_all"] for row in counts.values())
    searches = sum(row["found_all"] for row in counts.values())
    hits = sum(row["hits_all"] for row in counts.values())
    overall = max(opened / searches if searches else 0.0, LEAST_USUAL)
    shares = []
    for size in range(len(BOUNDS) + 1):
        row = counts.get(size, {"opened_all": 0, "found_all": 0})
        share = (row["opened_all"] + PRIOR * overall) / (row["found_all"] + PRIOR)
        shares.append(min(1.0, max(share, LEAST_USUAL)))
    places = sum(row["places_all"] for row in counts.values())
    return Usual(tuple(shares), places / hits if hits else None)


def opened_little(rows: QuerySet[Any, Any], usual: Usual) -> QuerySet[Any, Any]:
    """Rows of queries with their sums; adds `found`, `expected` (openings at the usual rate) and `lost`. Those that lose
    most first.
    """
    found = F("searches") - F("empty")
    rows = rows.annotate(found=found).filter(found__gte=ENOUGH)
    rows = rows.annotate(average=_average("results", F("found")), place_opened=_average("places", F("hits")))
    rows = rows.annotate(
        rate=_sized({size: Value(share) for size, share in enumerate(usual.shares)}),
        found_float=Cast(F("found"), FloatField()),
    )
    rows = rows.annotate(expected=F("rate") * F("found_float"))
    rows = rows.annotate(lost=F("expected") - F("opened"))
    few = Q(lost__gt=0, squared__gt=F("spread"))
    far = Q(hits__gte=ENOUGH, place_opened__gt=_FAR * (usual.place or 0))
    rows = rows.annotate(
        squared=F("lost") * F("lost"),
        spread=Value(_DEVIATIONS**2) * F("expected") * (Value(1.0) - F("rate")),
    )
    found_rows: QuerySet[Any, Any] = rows.filter(few | far if usual.place else few)
    return found_rows.order_by("-lost", "key", "language")


def _average(column: str, number: Any) -> Case:
    """0 where there is nothing to divide by."""
    return Case(
        When(**{f"{column}__gt": 0}, then=Cast(F(column), FloatField()) / Cast(number, FloatField())),
        default=Value(0.0),
        output_field=FloatField(),
    )


def _sized(values: dict[int, Value]) -> Case:
    """The value of the size that `average` has."""
    return Case(
        *(When(average__lte=float(most), then=values[size]) for size, most in enumerate(BOUNDS)),
        default=values[len(BOUNDS)],
        output_field=FloatField(),
    )
