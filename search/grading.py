"""Figures of relevance from graded answers: pure arithmetic, the same for the command and for the benchmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

CUTOFF = 10
RECALL_CUTOFF = 100

Grades = Mapping[str, int]  # document → rating from 0; what is not there was never judged


def relevant(grades: Grades) -> set[str]:
    return {document for document, rating in grades.items() if rating > 0}


def gain(ratings: Sequence[int]) -> float:
    """Gain 2^rating - 1, discounted by the logarithm of the place."""
    return math.fsum((2.0**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings))


def ndcg(found: Sequence[str], grades: Grades) -> float:
    """Of the first ten beside the best possible ten; what was not judged counts as 0."""
    ideal = gain(sorted(grades.values(), reverse=True)[:CUTOFF])
    return gain([grades.get(document, 0) for document in found[:CUTOFF]]) / ideal if ideal else 0.0


def recall(found: Sequence[str], grades: Grades) -> float:
    wanted = relevant(grades)
    return len(wanted.intersection(found[:RECALL_CUTOFF])) / len(wanted) if wanted else 0.0


def unjudged(found: Sequence[str], grades: Grades) -> float | None:
    """Share of the first ten that nobody judged; None where nothing was found."""
    first = found[:CUTOFF]
    return sum(document not in grades for document in first) / len(first) if first else None


def succeeded(found: Sequence[str], grades: Grades) -> bool:
    """One of the first ten is what was meant: graded 2 or better, or as well as anything is."""
    best = max(grades.values(), default=0)
    least = max(1, min(2, best))
    return any(grades.get(document, 0) >= least for document in found[:CUTOFF])


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def kappa(pairs: Sequence[tuple[int, int]], *, weighted: bool = False) -> float:
    """Cohen's kappa of two passes over the same pairs; `weighted`: by the square of the distance."""
    ratings = sorted({rating for pair in pairs for rating in pair})
    widest = (ratings[-1] - ratings[0]) ** 2 if ratings else 0
    if not pairs or not widest:
        return 1.0
    first, second = ([pair[place] for pair in pairs] for place in (0, 1))

    def apart(one: int, other: int) -> float:
        return (one - other) ** 2 / widest if weighted else float(one != other)

    observed = math.fsum(apart(one, other) for one, other in pairs) / len(pairs)
    expected = math.fsum(
        apart(one, other) * first.count(one) * second.count(other) for one in ratings for other in ratings
    ) / (len(pairs) ** 2)
    return 1 - observed / expected if expected else 1.0
