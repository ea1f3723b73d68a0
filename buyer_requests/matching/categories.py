"""Categories that lines are held to where their buyer wants that: the line's own with all below it."""

from __future__ import annotations

from collections.abc import Sequence

from buyer_requests.limits.models import MatchingTerms
from buyer_requests.matching.documents import UNPLACED
from buyer_requests.models import RequestLine
from catalog.models import Category


def within(lines: Sequence[RequestLine]) -> dict[int, frozenset[int]]:
    """{line: categories that its offers may be of}, without lines that are held to none. Offers without a category stay."""
    placed = [line for line in lines if line.category_id]
    if not placed:
        return {}
    # By the set and not by ids: SQLite bounds the parameters of a statement.
    strict = set(MatchingTerms.objects.filter(by_category=True).values_list("request_id", flat=True))
    held = [line for line in placed if line.request_id in strict]
    if not held:
        return {}
    paths = dict(Category.objects.values_list("pk", "path"))
    wanted = {line.category_id for line in held if line.category_id in paths}
    below: dict[int | None, frozenset[int]] = {
        pk: frozenset([UNPLACED, *(each for each, path in paths.items() if path.startswith(paths[pk]))])
        for pk in wanted
        if pk is not None
    }
    return {line.pk: below[line.category_id] for line in held if line.category_id in below}
