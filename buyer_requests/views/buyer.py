"""The buyer's pages from the list of requests to publishing one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from buyer_requests import services
from buyer_requests.drafting.doubles import double_key, joined
from buyer_requests.drafting.templates import templates_of
from buyer_requests.drafting.understanding import told_by
from buyer_requests.enums import RequestState
from buyer_requests.errors import ListNotReadable, RequestIncomplete
from buyer_requests.forms import (
    DeadlineForm,
    LineForm,
    LineFormSet,
    ListForm,
    RequestForm,
    category_names,
    currency_choices,
)
from buyer_requests.forms.options import RequestOption, options_of
from buyer_requests.models import BuyerRequest
from buyer_requests.parsing import Left, ParsedList, parse_text
from buyer_requests.parsing.files import parse_file
from buyer_requests.parsing.text import together
from buyer_requests.selectors import lists
from buyer_requests.selectors.estimates import estimate_of
from buyer_requests.selectors.visibility import own_request
from buyer_requests.services.writing import MAX_LINES, lines_from
from buyer_requests.trust.publishing import publish_with_look
from buyer_requests.views.notes import list_notes
from catalog.attributes.current import known_rules
from core.limits import rate_limited

PAGE = 20
LEFT_SHOWN = 20


class BuyerHttpRequest(HttpRequest):
    """What a view behind `login_required` receives; for annotations only."""

    user: User


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """A person's own requests; for visitors, how requests work."""
    if not request.user.is_authenticated:
        return render(request, "requests/landing.html")
    rows = lists.own_requests(request.user)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "requests/list.html", {"page": page, "desks": lists.desks_with_requests(request.user)}
    )


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("requests.draft", "60/h", by="user")
def new(request: BuyerHttpRequest) -> HttpResponse:
    """A pasted or uploaded list becomes a draft whose table can be corrected."""
    if request.method == "GET":
        form = ListForm(initial={"lines": request.GET.get("lines", "")[:2000]})
        return _new_page(request, form)
    form = ListForm(request.POST, request.FILES)
    if "empty" in request.POST:
        return redirect("requests:edit", services.create_draft(buyer=request.user).public_id)
    if form.is_valid():
        try:
            parsed = _understood(form.cleaned_data)
            currency = parsed.currency if parsed.currency in dict(currency_choices()) else "UAH"
            draft = services.create_draft(
                buyer=request.user,
                lines=lines_from(parsed.lines, currency=currency),
                currency=currency,
                place=parsed.place,
                needed_by=parsed.needed_by,
            )
        except ListNotReadable as error:
            form.add_error("file" if form.cleaned_data.get("file") else "lines", str(error))
        except RequestIncomplete as error:
            form.add_error(None, str(error))
        else:
            request.session[f"left-out:{draft.public_id}"] = [
                [row.number, row.source[:120], str(row.reason)] for row in parsed.left_out[:LEFT_SHOWN]
            ]
            request.session[f"list-notes:{draft.public_id}"] = [
                [str(note), number] for note, number in parsed.notes
            ]
            return redirect("requests:edit", draft.public_id)
    return _new_page(request, form, status=422)


def _new_page(request: BuyerHttpRequest, form: ListForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "templates": templates_of(request.user)[:50]}
    return render(request, "requests/new.html", context, status=status)


def _understood(data: dict[str, Any]) -> ParsedList:
    file, text = data.get("file"), (data.get("lines") or "").strip()
    typed = parse_text(text) if text else ParsedList(())
    if file is None:
        parsed = typed
        if not parsed.lines:
            raise ListNotReadable("text_without_goods")
    else:
        suffix = Path(file.name or "").suffix.lower()
        with tempfile.NamedTemporaryFile(
            suffix=suffix if suffix.isascii() and len(suffix) < 8 else ""
        ) as copy:
            for chunk in file.chunks():
                copy.write(chunk)
            copy.flush()
            parsed = together(typed, parse_file(Path(copy.name)))
    too_many = sum(row.reason == Left.TOO_MANY for row in parsed.left_out)
    if len(parsed.lines) + too_many > MAX_LINES:
        raise ListNotReadable("list_too_long", lines=len(parsed.lines) + too_many, most=MAX_LINES)
    return parsed


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The draft: its table of lines and its terms in one form."""
    draft = own_request(request.user, public_id)
    if draft.state != RequestState.DRAFT:
        return redirect("requests:detail", draft.public_id)
    names = category_names()
    by_name = {name.lower(): pk for pk, name in names.items()}
    stored = list(draft.lines.all())
    initial_lines = [LineForm.initial_of(line, names) for line in stored]
    initial = RequestForm.initial_of(draft, stored)
    if request.method == "GET":
        form = RequestForm(initial=initial)
        blank = _line_forms(initial_lines, by_name, extra=3 if initial_lines else 6)
        return _edit_page(request, draft, form, blank, names, options=options_of(draft))
    form = RequestForm(request.POST, initial=initial)
    lines: Any = LineFormSet(
        request.POST, initial=initial_lines, prefix="lines", form_kwargs={"categories": by_name}
    )
    options = options_of(draft, request.POST)
    if all([form.is_valid(), lines.is_valid(), *(option.is_valid() for option in options)]):
        confirm = request.POST.get("confirm", "")[:40]
        wanted = lines.values(confirm)
        try:
            with transaction.atomic():
                services.save_draft(
                    buyer=request.user,
                    request=draft,
                    lines=joined(wanted) if "join" in request.POST else wanted,
                    **form.values(),
                )
                for option in options:
                    option.save(draft)
        except RequestIncomplete as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            if confirm or "join" in request.POST:
                return redirect(_back_to_line(draft, confirm))
            request.session.pop(f"left-out:{draft.public_id}", None)
            request.session.pop(f"list-notes:{draft.public_id}", None)
            return redirect("requests:edit" if "more" in request.POST else "requests:check", draft.public_id)
    return _edit_page(request, draft, form, lines, names, options=options, status=422)


def _back_to_line(draft: BuyerRequest, confirm: str) -> str:
    """The draft's page at the line that was confirmed; a row before it, so that it stands in sight."""
    row = confirm.partition("-")[0]
    place = f"#line-{max(1, int(row))}" if row.isascii() and row.isdigit() else ""
    return reverse("requests:edit", args=[draft.public_id]) + place


def _line_forms(initial: list[dict[str, Any]], categories: dict[str, int], *, extra: int) -> Any:
    formset = LineFormSet(initial=initial, prefix="lines", form_kwargs={"categories": categories})
    formset.extra = extra
    return formset


def _edit_page(
    request: HttpRequest,
    draft: BuyerRequest,
    form: RequestForm,
    lines: Any,
    names: dict[int, str],
    *,
    options: list[RequestOption],
    status: int = 200,
) -> HttpResponse:
    rules = known_rules()
    doubles: set[tuple[str, str, str]] = set()
    has_doubles = False
    for line in lines.forms:
        text, unit = str(line["text"].value() or ""), str(line["unit"].value() or "")
        more = " ".join(str(line[name].value() or "") for name in ("gtin", "mpn", "must", "wished"))
        if text:
            line.is_double = (key := double_key(text, unit, more)) in doubles
            has_doubles = has_doubles or line.is_double
            doubles.add(key)
            category = line.categories.get(str(line["category"].value() or "").lower())
            line.told = [f"{fact.name}: {fact.text}" for fact in told_by(text, category, rules)]
    context = {
        "buyer_request": draft,
        "form": form,
        "lines": lines,
        "options": options,
        "has_doubles": has_doubles,
        "notes": list_notes(request.session.get(f"list-notes:{draft.public_id}", [])),
        "categories": sorted(set(names.values())),
        "left_out": request.session.get(f"left-out:{draft.public_id}", []),
        "unsure_count": sum(bool(line.unsure_fields) for line in lines.forms),
    }
    return render(request, "requests/edit.html", context, status=status)


@login_required
@require_GET
def check(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Before publishing: the estimate from the row's prices, and who will be told."""
    draft = own_request(request.user, public_id)
    if draft.state != RequestState.DRAFT:
        return redirect("requests:detail", draft.public_id)
    return _check_page(request, draft)


def _check_page(request: HttpRequest, draft: BuyerRequest, problem: Any = None) -> HttpResponse:
    context = {
        "buyer_request": draft,
        "estimate": estimate_of(draft),
        "chosen": [said for option in options_of(draft) if (said := option.chosen())],
        "problem": problem,
    }
    return render(request, "requests/check.html", context, status=409 if problem else 200)


@login_required
@require_GET
@rate_limited("requests.estimate", "120/h", by="user", methods=("GET",))
def estimate(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The estimate of the stored draft, to be put beside its table."""
    draft = own_request(request.user, public_id)
    context = {"buyer_request": draft, "estimate": estimate_of(draft), "brief": True}
    return render(request, "requests/_estimate.html", context)


@login_required
@require_POST
@rate_limited("requests.publish", "20/h", by="user")
def publish(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    draft = own_request(request.user, public_id)
    try:
        published = publish_with_look(
            buyer=request.user, request=draft, confirmed="confirmed" in request.POST
        )
    except RequestIncomplete as error:
        return _check_page(request, draft, error)
    if hasattr(published, "hold"):
        messages.info(request, _("Published. Vendors hear of it as soon as an operator has looked."))
    else:
        messages.success(request, _("Published. Vendors whose offers fit are being told now."))
    return redirect("requests:detail", draft.public_id)


@login_required
@require_POST
def delete(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    services.delete_draft(buyer=request.user, request=own_request(request.user, public_id))
    messages.success(request, _("The draft is gone."))
    return redirect("requests:list")


@login_required
@require_POST
def cancel(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    found = own_request(request.user, public_id)
    services.cancel_request(buyer=request.user, request=found)
    messages.success(request, _("The request is cancelled. Vendors who had bid are told."))
    return redirect("requests:detail", found.public_id)


@login_required
@require_POST
def prolong(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    found = own_request(request.user, public_id)
    form = DeadlineForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the new day of the deadline."))
        return redirect("requests:detail", found.public_id)
    try:
        services.move_deadline(buyer=request.user, request=found, deadline_at=form.moment())
    except RequestIncomplete:
        messages.error(
            request, _("The new deadline has to be later than the present one, and within a year.")
        )
    else:
        messages.success(request, _("The deadline has moved. Vendors who had bid are told."))
    return redirect("requests:detail", found.public_id)
