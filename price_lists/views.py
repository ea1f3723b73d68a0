"""The vendor's price lists: sending one, saying what its columns mean, looking at the change, applying it."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.models import Category
from core.errors import DomainError, InvalidInput
from core.limits import limit, rate_limited
from core.models import Job
from price_lists import name_views, photo_views, previews, reports, selectors, services
from price_lists.columns_view import columns_context
from price_lists.enums import Change, RunState
from price_lists.errors import Refusal
from price_lists.forms import (
    CategoryForm,
    ColumnsForm,
    FileFormForm,
    UploadForm,
    chosen_columns,
    chosen_words,
)
from price_lists.guard_words import in_words
from price_lists.labels import LABELS
from price_lists.mapping.model import Mapping
from price_lists.mapping.words import with_answers
from price_lists.models import ImportRun
from price_lists.rows import Severity
from price_lists.services.categories import SURE
from price_lists.services.columns import refusal_of, terms_of
from price_lists.services.imports import MOVING
from price_lists.sources.conversion import targets_for
from price_lists.sources.enums import Role
from price_lists.upload_views import PIECE
from vendors.access import DeskRequest, desk_view

if TYPE_CHECKING:
    from accounts.models import User

_PER_PAGE = 25
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Confirmed columns of a vendor's: what is said there is remembered.
_COLUMNS = "120/h"
#: Which step of four a state belongs to.
_STEP = {
    RunState.UPLOADED: 2,
    RunState.MAPPING: 2,
    RunState.READING: 3,
    RunState.REVIEW: 3,
    RunState.HELD: 3,
    RunState.QUEUED: 4,
    RunState.APPLYING: 4,
    RunState.APPLIED: 5,
    RunState.CHECKED: 4,
}


@desk_view()
@require_GET
def run_list(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """All imports of the vendor, newest first."""
    runs = Paginator(selectors.runs_of(vendor=request.vendor), _PER_PAGE).get_page(request.GET.get("page"))
    context = {"runs": runs, "undecided": selectors.undecided_count(request.vendor)}
    return render(request, "price_lists/list.html", context)


@desk_view()
@require_http_methods(["GET", "POST"])
@rate_limited("price_lists.upload", "30/h", by="user")
def upload(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Step 1: the file."""
    form = UploadForm(vendor=request.vendor, initial={"source": request.GET.get("source", "")})
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, vendor=request.vendor)
        if form.is_valid():
            try:
                run, is_new = services.receive_upload(
                    vendor=request.vendor,
                    source=form.cleaned_data.get("source"),
                    file=form.cleaned_data["file"],
                    user=_person(request),
                    only_check=form.cleaned_data["only_check"],
                )
            except DomainError as error:
                remedy = getattr(error, "remedy", "")
                form.add_error("file", f"{error} {remedy}".strip())
            else:
                if is_new:
                    services.begin(run=run)
                else:
                    messages.info(request, _("This very file was sent before: here is its import."))
                return redirect("price_lists:run", vendor_slug, run.pk)
    return render(
        request,
        "price_lists/upload.html",
        {"form": form, "step": 1, "piece": PIECE},
        status=422 if form.errors else 200,
    )


@desk_view()
@require_GET
@never_cache
def run(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """An import as it stands: its columns, its progress, its preview or its report."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    if (
        found.state == RunState.MAPPING
        and (found.inspection or {}).get("partial")
        and not found.source.is_partial
    ):
        return _partial_page(request, found)
    if found.state == RunState.MAPPING:
        return _columns_page(request, found)
    if found.state in MOVING:
        return render(request, "price_lists/progress.html", _progress_context(found))
    return render(request, "price_lists/preview.html", _preview_context(request, found))


@desk_view()
@require_GET
@never_cache
def progress(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """The fragment that htmx asks for while an import moves; when it stands, the page is loaded anew."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    if not getattr(request, "htmx", False):
        return redirect("price_lists:run", vendor_slug, run_id)
    response = render(request, "price_lists/_progress.html", _progress_context(found))
    if found.state not in MOVING:
        response["HX-Refresh"] = "true"
    return response


@desk_view()
@require_POST
def columns(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """Step 2 is answered: what the columns mean. Without an answer, the step is opened again."""
    limit(f"price_lists.columns:{request.vendor.pk}", _COLUMNS)
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    if "reopen" in request.POST:
        services.reopen_columns(run=found)
        return redirect("price_lists:run", vendor_slug, run_id)
    mapping = Mapping.from_json(found.mapping or {})
    form = ColumnsForm(request.POST, currency=terms_of(found, mapping).currency)
    if not form.is_valid():
        return _columns_page(request, found, form=form, status=422)
    try:
        chosen = mapping.corrected(columns=chosen_columns(request.POST, mapping))
        chosen = with_answers(chosen, chosen_words(request.POST))
        services.set_mapping(run=found, mapping=chosen, currency=form.cleaned_data["currency"])
    except InvalidInput as error:
        form.add_error(None, str(error))
        return _columns_page(request, found, form=form, status=422)
    services.start(run=found, owner=_person(request).typed_id)
    return redirect("price_lists:run", vendor_slug, run_id)


@desk_view()
@require_POST
@rate_limited("price_lists.guess", "60/m", by="user")
def guess(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """Step 2: the columns guessed anew with another encoding, delimiter, sheet or header row."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    mapping = Mapping.from_json(found.mapping or {})
    form = FileFormForm(request.POST, inspection=found.inspection or {}, mapping=mapping)
    if not form.is_valid():
        return _columns_page(request, found, file_form=form, status=422)
    try:
        services.guess_again(run=found, **form.corrections())
    except Refusal as error:
        form.add_error(None, f"{error} {error.remedy}")
        return _columns_page(request, found, file_form=form, status=422)
    return redirect("price_lists:run", vendor_slug, run_id)


@desk_view()
@require_POST
def apply(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    """Step 3 is answered: the change is applied. What the guard asks about needs an explicit yes."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    if _is_vendors_word(request, found):
        return redirect("price_lists:run", vendor_slug, run_id)
    if found.state == RunState.HELD and not request.POST.get("confirmed"):
        messages.error(request, _("Tick that you have checked the warnings, then apply."))
        return redirect("price_lists:run", vendor_slug, run_id)
    # A visitor's yes is no answer to the guard, should the import be held meanwhile.
    is_confirmed = bool(request.POST.get("confirmed")) and request.visit is None
    services.request_apply(run=found, confirmed=is_confirmed)
    services.start(run=found, owner=_person(request).typed_id)
    return redirect("price_lists:run", vendor_slug, run_id)


@desk_view()
@require_POST
def cancel(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    if _is_vendors_word(request, found):
        return redirect("price_lists:run", vendor_slug, run_id)
    services.cancel_run(run=found)
    messages.success(request, _("The import was cancelled. Your offers stay as they were."))
    return redirect("price_lists:list", vendor_slug)


@desk_view()
@require_POST
def retry(request: DeskRequest, vendor_slug: str, run_id: int) -> HttpResponse:
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    services.retry(run=found)
    services.start(run=found, owner=_person(request).typed_id)
    return redirect("price_lists:run", vendor_slug, run_id)


@desk_view()
@require_GET
def report(request: DeskRequest, vendor_slug: str, run_id: int, kind: str) -> HttpResponseBase:
    """The report of an import as a file: CSV as it is made, XLSX from a temporary file."""
    found = selectors.run_of(vendor=request.vendor, run_id=run_id)
    name = f"{slugify(found.source.name) or 'import'}-{found.pk}.{kind}"
    if kind == "csv":
        return StreamingHttpResponse(
            reports.as_csv(found),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    reports.as_xlsx(found, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)


@desk_view()
@require_GET
def categories(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Where the vendor's own categories lead. Only the one that is being chosen carries the row's tree: `?choose=<id>`."""
    show, chosen = request.GET.get("show", ""), request.GET.get("choose", "")
    links = selectors.links_of(vendor=request.vendor, only_undecided=show == "undecided")
    page = Paginator(links, _PER_PAGE).get_page(request.GET.get("page"))
    choices = selectors.category_choices()
    names = selectors.category_names(choices)
    context = {
        "links": page,
        "rows": [(link, names.get(link.category_id or 0, "")) for link in page],
        "choosing": chosen,
        "show": show,
        "undecided": selectors.undecided_count(request.vendor),
        "suggested": selectors.suggested_count(request.vendor),
        "choices": choices,
        "sure": SURE,
    }
    return render(request, "price_lists/categories.html", context)


@desk_view()
@require_POST
def category(request: DeskRequest, vendor_slug: str, link_id: int) -> HttpResponse:
    """One of the vendor's categories is decided."""
    link = selectors.link_of(vendor=request.vendor, link_id=link_id)
    form = CategoryForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("unknown_category", _("This category is no longer there. Choose another one."))
    chosen: Category | None = form.cleaned_data["category"]
    services.decide_category(link=link, category=chosen, user=_person(request))
    if getattr(request, "htmx", False):
        link = selectors.links_of(vendor=request.vendor).get(pk=link.pk)
        name = selectors.category_names(selectors.category_choices()).get(link.category_id or 0, "")
        context = {"link": link, "name": name, "sure": SURE}
        return render(request, "price_lists/_category.html", context)
    messages.success(request, _("Saved: “%(path)s”.") % {"path": link.path})
    return redirect("price_lists:categories", vendor_slug)


@desk_view()
@require_POST
def accept(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Every sure suggestion is taken over; each of the others is for a look of its own."""
    number = services.accept_suggestions(vendor=request.vendor, user=_person(request))
    text = ngettext(
        "%(number)d suggestion was taken over.", "%(number)d suggestions were taken over.", number
    )
    said = [text % {"number": number}]
    if left := selectors.undecided_count(request.vendor):
        text = ngettext("%(left)d is left to look at.", "%(left)d are left to look at.", left)
        said.append(text % {"left": left})
    messages.success(request, " ".join(said))
    return redirect("price_lists:categories", vendor_slug)


def _is_vendors_word(request: DeskRequest, found: ImportRun) -> bool:
    """Operators speak for a vendor from their queue of held imports alone: with its right, after its days, with a reason."""
    if request.visit is None or found.state != RunState.HELD:
        return False
    messages.error(request, _("This import is held: only the vendor decides about it here."))
    return True


def _person(request: DeskRequest) -> User:
    """Who works here: `desk_view` lets nobody in without signing in."""
    return cast("User", request.user)


def _columns_page(
    request: HttpRequest,
    found: ImportRun,
    *,
    form: ColumnsForm | None = None,
    file_form: FileFormForm | None = None,
    status: int = 200,
) -> HttpResponse:
    mapping = Mapping.from_json(found.mapping or {})
    inspection = found.inspection or {}
    context = {
        "run": found,
        "step": 2,
        "form": form or ColumnsForm(None, currency=terms_of(found, mapping).currency),
        "file_form": file_form or FileFormForm(None, inspection=inspection, mapping=mapping),
        "drift": inspection.get("drift"),
        **columns_context(found, mapping, request.GET, request.POST if status != 200 else None),
    }
    return render(request, "price_lists/columns.html", context, status=status)


def _partial_page(request: HttpRequest, found: ImportRun) -> HttpResponse:
    """A file without names, which tells prices or stock: of which list?"""
    role = Role((found.inspection or {})["partial"])
    mapping = Mapping.from_json(found.mapping or {})
    context = {
        "run": found,
        "step": 2,
        "role": role,
        "targets": targets_for(found),
        "columns": [
            column for table in mapping.tables for column in table.columns if column.field != "ignore"
        ],
        "labels": LABELS,
    }
    return render(request, "price_lists/partial_offer.html", context)


def _progress_context(found: ImportRun) -> dict[str, Any]:
    job = Job.objects.filter(pk=found.job).first() if found.job else None
    return {"run": found, "job": job, "step": _STEP.get(RunState(found.state), 3)}


def _preview_context(request: HttpRequest, found: ImportRun) -> dict[str, Any]:
    counts = found.counts
    staged = previews.has_staged(found)
    shown = request.GET.get("show") or _first_tab(counts, staged=staged)
    number = request.GET.get("page", 1)
    context: dict[str, Any] = {
        "run": found,
        "counts": counts,
        "step": _STEP.get(RunState(found.state), 3),
        "warnings": in_words(found.guard),
        "refusal": refusal_of(found),
        "known_layout": (found.inspection or {}).get("layout_of"),
        "show": shown,
        "staged": staged,
        "can_retry": found.state == RunState.FAILED and found.applied_id > 0,
        "undecided": selectors.undecided_count(found.vendor),
        "photos": photo_views.counts_after(found),
        "held_names": (held := name_views.count_after(found)),
        "on_sale": max(counts.get("offers", 0) - held, 0),
    }
    if staged and shown in {"new", "changed"}:
        context["rows"] = previews.staged_page(found, Change(shown), number)
    elif staged and shown == "vanished":
        context["vanished"] = previews.vanished_page(found, number)
    elif shown in {"errors", "warnings", "skipped"}:
        severity = {"errors": Severity.ERROR, "warnings": Severity.WARNING, "skipped": Severity.SKIPPED}
        context["problems"] = previews.problems_page(found, severity[shown], number)
    return context


def _first_tab(counts: dict[str, int], *, staged: bool) -> str:
    tabs = ("changed", "new", "vanished", "errors") if staged else ("errors", "warnings")
    return next((tab for tab in tabs if counts.get(tab)), "errors")
