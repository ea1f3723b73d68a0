"""How far the second pass over a part of the grades agrees with the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.relevance.sets import FOLDER, read_grades
from search import grading


def of_passes(folder: Path = FOLDER) -> dict[str, Any]:
    first, again = read_grades(folder / "grades.csv"), read_grades(folder / "grades_again.csv")
    pairs = [
        (first[query][document], rating)
        for query, graded in again.items()
        for document, rating in graded.items()
        if document in first.get(query, {})
    ]
    relevant = [(int(one > 0), int(other > 0)) for one, other in pairs]
    return {
        "queries": len(again),
        "share_of_queries": round(len(again) / len(first), 4),
        "pairs": len(pairs),
        "kappa": round(grading.kappa(pairs), 4),
        "kappa_quadratic": round(grading.kappa(pairs, weighted=True), 4),
        "kappa_relevant_or_not": round(grading.kappa(relevant), 4),
        "same_grade": round(sum(one == other for one, other in pairs) / len(pairs), 4),
    }
