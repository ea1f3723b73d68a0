"""Reads of imports for the vendor's desk; every one takes the vendor whose they must be."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.models import Category
from core.errors import NotFound
from price_lists.enums import RunState
from price_lists.models import CategoryLink, ImportRun, OfferSuggestion, Source
from price_lists.services.categories import SURE, sure_suggestions, undecided
from vendors.models import Vendor

WAITING = (RunState.MAPPING, RunState.REVIEW, RunState.HELD)


def runs_of(*, vendor: Vendor) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(vendor=vendor).select_related("source", "price_list", "started_by")


def run_of(*, vendor: Vendor, run_id: int) -> ImportRun:
    """The vendor's own run; NotFound for any other, as if there were none."""
    run = runs_of(vendor=vendor).select_related("vendor", "source__supply").filter(pk=run_id).first()
    if run is None:
        raise NotFound("unknown_run")
    return run


def source_of(*, vendor: Vendor, source_id: int) -> Source:
    """The vendor's own source; NotFound for any other, as if there were none."""
    source = Source.objects.filter(vendor=vendor, pk=source_id).select_related("vendor").first()
    if source is None:
        raise NotFound("unknown_source")
    return source


def versions_of(*, source: Source) -> QuerySet[ImportRun]:
    """Every version of a source, the newest first."""
    runs = runs_of(vendor=source.vendor).filter(source=source).select_related("vendor", "source__vendor")
    return runs.defer("inspection")  # the first rows of each file


def link_of(*, vendor: Vendor, link_id: int) -> CategoryLink:
    link = CategoryLink.objects.filter(vendor=vendor, pk=link_id).first()
    if link is None:
        raise NotFound("unknown_category_link")
    return link


def links_of(*, vendor: Vendor, only_undecided: bool = False) -> QuerySet[CategoryLink]:
    """The vendor's own categories with the number of offers under each, those with most offers first."""
    links = undecided(vendor) if only_undecided else CategoryLink.objects.filter(vendor=vendor)
    return (
        links.select_related("category")
        .annotate(offers=Count("items", filter=Q(items__withdrawn=False)), placed=_placed())
        .order_by("-offers", "path")
    )


def _placed() -> Coalesce:
    """Goods under a mixed category of the vendor's that were placed by their titles."""
    sure = OfferSuggestion.objects.filter(link=OuterRef("pk"), confidence__gte=SURE).order_by()
    counted = sure.values("link").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def undecided_count(vendor: Vendor) -> int:
    """How many of the vendor's categories lead nowhere yet while offers stand in them."""
    return undecided(vendor).filter(items__withdrawn=False).distinct().count()


def suggested_count(vendor: Vendor) -> int:
    """How many have a sure suggestion that only needs a yes."""
    return sure_suggestions(vendor).count()


def category_choices() -> list[tuple[str, list[tuple[int, str]]]]:
    """Every category of the row under the name of its top one, in the tree's order. The top's name is not said again:
    a closed list shows the beginning of a choice, and what tells one from another stands at its end.
    """
    names: dict[str, str] = {}
    groups: dict[str, tuple[str, list[tuple[int, str]]]] = {}
    for category in Category.objects.filter(is_active=True).order_by("path"):
        top, above = category.path[: category.steplen], names.get(category.path[: -category.steplen], "")
        if category.path != top:
            names[category.path] = f"{above} › {category.name}" if above else str(category.name)
        _name, choices = groups.setdefault(top, (str(category.name), []))
        choices.append((category.pk, names.get(category.path, str(category.name))))
    return list(groups.values())


def category_names(choices: list[tuple[str, list[tuple[int, str]]]]) -> dict[int, str]:
    """Each of these categories by its whole path, for where no group stands above it."""
    return {pk: name if name == top else f"{top} › {name}" for top, below in choices for pk, name in below}


def runs_that_wait(vendor: Vendor) -> int:
    """How many imports wait for a person."""
    return ImportRun.objects.filter(vendor=vendor, state__in=WAITING).count()


def imports_of_today(vendor: Vendor) -> dict[str, Any] | None:
    """Imports that wait for a person and categories to decide; None where there is nothing to do."""
    runs = list(runs_of(vendor=vendor).filter(state__in=WAITING)[:5])
    unknown_paths = undecided_count(vendor)
    if not runs and not unknown_paths:
        return None
    return {"runs": runs, "undecided": unknown_paths}
