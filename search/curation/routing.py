"""Queries that lead to a page: what the rule says. The address is made by whoever knows the site's pages."""

from __future__ import annotations

from dataclasses import dataclass

from search.curation.enums import RouteKind


@dataclass(frozen=True, slots=True)
class RouteRule:
    """`path` is of this site, without a language."""

    pk: int
    kind: RouteKind
    category: int | None
    vendor: int | None
    path: str
    exact: bool = False
