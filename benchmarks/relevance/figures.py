"""Figures of one who answers over one graded set: on graded queries, on those without an answer, on slips of hands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.relevance.baselines import Answering
from benchmarks.relevance.sets import GradedSet, by_half
from search import grading


def measured(answer: Answering, graded: GradedSet) -> dict[str, Any]:
    """Everything that the set can tell; `halves` tell the queries that ranking was tuned on from the others."""
    clean = {query: answer(query) for query in graded.answerable}
    halves = by_half(clean)
    figures: dict[str, Any] = {
        "graded": _graded(graded, clean, list(clean)),
        "halves": {name: _graded(graded, clean, queries) for name, queries in halves.items()},
    }
    if graded.absent:
        said = [not answer(query) for query in graded.absent]
        silent = [not found for found in clean.values()]
        figures["nothing_fits"] = {
            "absent": len(said),
            "said_of_absent": _share(said),
            "answerable": len(silent),
            "said_of_answerable": _share(silent),
            # Of all that were answered with "nothing fits", how many rightly.
            "precision": round(sum(said) / max(1, sum(said) + sum(silent)), 4),
        }
    figures["derived"] = {
        kind: _derived(answer, graded, clean, pairs) for kind, pairs in graded.derived().items() if pairs
    }
    return figures


def _graded(graded: GradedSet, found: dict[str, list[str]], queries: Sequence[str]) -> dict[str, Any]:
    pairs = [(found[query], graded.grades[query]) for query in queries]
    unjudged = [share for share in (grading.unjudged(*pair) for pair in pairs) if share is not None]
    return {
        "queries": len(pairs),
        "ndcg_at_10": round(grading.mean([grading.ndcg(*pair) for pair in pairs]), 4),
        "recall_at_100": round(grading.mean([grading.recall(*pair) for pair in pairs]), 4),
        "unjudged_at_10": round(grading.mean(unjudged), 4),
        "success_at_10": _share([grading.succeeded(*pair) for pair in pairs]),
    }


def _derived(
    answer: Answering, graded: GradedSet, clean: dict[str, list[str]], pairs: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Success beside that of the clean queries that the slips were made of."""
    as_meant = [grading.succeeded(clean[query], graded.grades[query]) for query, _ in pairs]
    as_typed = [grading.succeeded(answer(typed), graded.grades[query]) for query, typed in pairs]
    return {
        "queries": len(pairs),
        "success_at_10": _share(as_typed),
        "clean_success_at_10": _share(as_meant),
        "ratio": round(sum(as_typed) / max(1, sum(as_meant)), 4),
    }


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
