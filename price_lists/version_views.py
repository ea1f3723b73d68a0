"""Pages of versions: which there were, what differs between two, going back to one, reports and downloads."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.limits import limit, rate_limited
from price_lists import selectors
from price_lists.errors import Refusal
from price_lists.models import ImportRun, Source
from price_lists.readings import pages, workbooks
from price_lists.readings.files import comparison_path, reading_path
from price_lists.services import versions
from vendors.access import DeskRequest, desk_view

if TYPE_CHECKING:
    from accounts.models import User

_PER_PAGE = 25
#: Versions that one person may have read again by looking at a page.
_READINGS = "120/h"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk_view()
@require_GET
@never_cache
def version_list(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponse:
    """Every version of a source: when, by whom, how many goods, what changed, and what can be done with it."""
    source = selectors.source_of(vendor=request.vendor, source_id=source_id)
    page = Paginator(selectors.versions_of(source=source), _PER_PAGE).get_page(request.GET.get("page"))
    live = versions.live_run(source)
    rows: list[dict[str, Any]] = [
        {"run": run, "can_restore": versions.can_restore(run, live), "can_compare": run.can_be_read}
        for run in page
    ]
    older, newer = _latest_two([row["run"] for row in rows if row["can_compare"]], live)
    context = {
        "source": source,
        "versions": page,
        "rows": rows,
        "live": live,
        "older": older,
        "newer": newer,
        "kept_days": versions.KEPT_DAYS,
        "kept_versions": versions.KEPT_VERSIONS,
    }
    return render(request, "price_lists/versions.html", context)


def _latest_two(runs: list[ImportRun], live: ImportRun | None) -> tuple[ImportRun | None, ImportRun | None]:
    """The two that one most likely wants to compare: what is on sale with the newest, else the newest two."""
    newer = runs[0] if runs else None
    on_sale = next((run for run in runs[1:] if live is not None and run.pk == live.pk), None)
    return on_sale or (runs[1] if len(runs) > 1 else newer), newer


@desk_view()
@require_http_methods(["GET", "POST"])
@never_cache
@rate_limited("price_lists.compare", "120/h", by="user", methods=("POST",))
def compare(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponseBase:
    """What differs between two versions. POST has them read again where that takes its time."""
    source = selectors.source_of(vendor=request.vendor, source_id=source_id)
    pair = _pair(request, source)
    if pair is None:
        return redirect("price_lists:versions", vendor_slug, source_id)
    show, sort, query = _asked(request)
    context: dict[str, Any] = {"source": source, "older": pair[0], "newer": pair[1]}
    if request.method == "GET" and not versions.is_compared(*pair):
        limit(f"price_lists.readings:{_person(request).pk}", _READINGS)  # small files are read at once
    try:
        job = versions.read_again(
            runs=list(pair), owner=_person(request).typed_id, wait=request.method == "POST"
        )
    except Refusal as error:
        return render(request, "price_lists/version_compare.html", context | {"refusal": error}, status=422)
    if request.method == "POST":
        return redirect(_compare_url(vendor_slug, pair))
    if not versions.is_compared(*pair):
        context |= {"job": job, "goods": sum(versions.rows_of(run) for run in pair)}
        return render(request, "price_lists/version_compare.html", context)
    path = comparison_path(*pair)
    counts = pages.comparison_counts(path)
    context |= {
        "counts": counts,
        "unchanged": counts["older"] - counts["gone"] - counts["changed"],
        "changes": pages.comparison_page(path, show, sort, request.GET.get("page", 1), query),
        "show": show,
        "sort": sort,
        "q": query,
        "pair": urlencode({"from": pair[0].pk, "to": pair[1].pk}),
        "swapped": urlencode({"from": pair[1].pk, "to": pair[0].pk}),
        "asked": urlencode({"show": show, "sort": sort, "q": query}),
    }
    template = "version_changes" if getattr(request, "htmx", False) else "version_compare"
    name = (
        f"price_lists/_{template}.html" if template == "version_changes" else f"price_lists/{template}.html"
    )
    return render(request, name, context)


@desk_view()
@require_GET
@rate_limited("price_lists.books", "120/h", by="user", methods=("GET",))
def comparison(request: DeskRequest, vendor_slug: str, source_id: int) -> HttpResponseBase:
    """The comparison as XLSX, filtered and sorted as the page is."""
    source = selectors.source_of(vendor=request.vendor, source_id=source_id)
    pair = _pair(request, source)
    if pair is None:
        return redirect("price_lists:versions", vendor_slug, source_id)
    if not versions.is_compared(*pair):
        return redirect(_compare_url(vendor_slug, pair))
    show, sort, query = _asked(request)
    path = comparison_path(*pair)
    return _workbook(
        f"{slugify(source.name) or 'price-list'}-{pair[0].pk}-{pair[1].pk}",
        lambda file: workbooks.comparison_book(path, file, show=show, sort=sort, query=query),
    )


@desk_view()
@require_POST
@rate_limited("price_lists.restore", "30/h", by="user")
def restore(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """Going back to a version: an import of its own, which waits at its preview."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    again = versions.restore_version(run=found, user=_person(request))
    return redirect("price_lists:run", vendor_slug, again.pk)


@desk_view()
@require_GET
def original(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponseBase:
    """The file as it came: always as an attachment, whatever it claims to be."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    try:
        file = found.price_list.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(
        file,
        as_attachment=True,
        filename=found.price_list.original_name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@desk_view()
@require_http_methods(["GET", "POST"])
@never_cache
@rate_limited("price_lists.reports", "120/h", by="user", methods=("POST",))
def run_reports(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """The four reports of a version. POST has a big file read again for them."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    show = request.GET.get("show", "")
    show = show if show in pages.REPORTS else ""
    query = request.GET.get("q", "").strip()[:100]
    context: dict[str, Any] = {"run": found, "show": show or "errors", "q": query}
    if not found.can_be_read:
        return render(request, "price_lists/version_reports.html", context | {"unread": True})
    if request.method == "GET" and not versions.is_read(found):
        limit(f"price_lists.readings:{_person(request).pk}", _READINGS)
    try:
        job = versions.read_again(
            runs=[found], owner=_person(request).typed_id, wait=request.method == "POST"
        )
    except Refusal as error:
        return render(request, "price_lists/version_reports.html", context | {"refusal": error})
    if request.method == "POST":
        return redirect("price_lists:reports", vendor_slug, run_id)
    if not versions.is_read(found):
        context |= {"job": job, "goods": versions.rows_of(found)}
        return render(request, "price_lists/version_reports.html", context)
    path = reading_path(found)
    counts = pages.report_counts(path)
    show = show or next((name for name in pages.REPORTS if counts[name]), "errors")
    context |= {
        "show": show,
        "counts": counts,
        "rows": pages.report_page(path, show, request.GET.get("page", 1), query),
    }
    fragment = getattr(request, "htmx", False)
    return render(
        request, f"price_lists/{'_version_report' if fragment else 'version_reports'}.html", context
    )


@desk_view()
@require_GET
@rate_limited("price_lists.books", "120/h", by="user", methods=("GET",))
def report_book(request: DeskRequest, vendor_slug: str, run_id: int, kind: str) -> HttpResponseBase:
    """One of the four reports, or the vendor's own file with remarks, as XLSX."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    if not found.can_be_read or not versions.is_read(found):
        return redirect("price_lists:reports", vendor_slug, run_id)
    if kind == "remarks":
        # Under the file's own name: sent again, it belongs to the same series.
        stem = found.price_list.original_name.rsplit(".", 1)[0] or "price-list"
        return _workbook(stem, lambda file: workbooks.remarked_book(found, file))
    query = request.GET.get("q", "").strip()[:100]
    return _workbook(
        f"{slugify(found.source.name) or 'price-list'}-{found.pk}-{kind}",
        lambda file: workbooks.report_book(found, kind, file, query),
    )


def _workbook(name: str, write: Callable[[BinaryIO], None]) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write(cast("BinaryIO", file))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


def _pair(request: DeskRequest, source: Source) -> tuple[ImportRun, ImportRun] | None:
    """The two versions that the address names; None unless both are the source's and were read."""
    said = request.POST if request.method == "POST" else request.GET
    ids = [said.get("from", ""), said.get("to", "")]
    if not all(each.isascii() and each.isdigit() and len(each) <= 18 for each in ids) or ids[0] == ids[1]:
        return None
    found = selectors.versions_of(source=source).in_bulk([int(each) for each in ids])
    pair = [found.get(int(each)) for each in ids]
    if pair[0] is None or pair[1] is None or not (pair[0].can_be_read and pair[1].can_be_read):
        return None
    return pair[0], pair[1]


def _asked(request: DeskRequest) -> tuple[str, str, str]:
    show, sort = request.GET.get("show", "all"), request.GET.get("sort", "size")
    return (
        show if show in pages.SHOWN else "all",
        sort if sort in pages.SORTED else "size",
        request.GET.get("q", "").strip()[:100],
    )


def _compare_url(vendor_slug: str, pair: tuple[ImportRun, ImportRun]) -> str:
    asked = urlencode({"from": pair[0].pk, "to": pair[1].pk})
    return f"{reverse('price_lists:compare', args=[vendor_slug, pair[0].source_id])}?{asked}"


def _person(request: DeskRequest) -> User:
    """Who works here: `desk_view` lets nobody in without signing in."""
    return cast("User", request.user)
