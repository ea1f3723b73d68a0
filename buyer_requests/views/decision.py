"""The buyer's pages once a request is published: bids side by side, questions, the award, contacts."""

from __future__ import annotations

import io
from uuid import UUID

import xlsxwriter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from buyer_requests import services
from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.forms import AnswerForm, DeadlineForm
from buyer_requests.models import Question
from buyer_requests.selectors import lists
from buyer_requests.selectors.comparison import Comparison, comparison_of, way_of
from buyer_requests.selectors.visibility import own_request
from buyer_requests.views.buyer import BuyerHttpRequest
from core.errors import DomainError
from core.money import MINOR_SCALE, PRICE_SCALE
from core.units import unit_name


@login_required
@require_GET
def detail(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """A published request as its buyer sees it."""
    found = own_request(request.user, public_id)
    if found.state == RequestState.DRAFT:
        return redirect("requests:edit", found.public_id)
    context = {
        "buyer_request": found,
        "comparison": comparison_of(found),
        "reach": lists.reach_of(found),
        "questions": found.questions.all(),
        "awarded": lists.awards_by_vendor(found) if found.state == RequestState.AWARDED else [],
        "deadline_form": DeadlineForm(),
        "answer_form": AnswerForm(),
        "may_award": found.state in {RequestState.OPEN, RequestState.CLOSED},
    }
    return render(request, "requests/detail.html", context)


@login_required
@require_POST
def award(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """First shows what the choice costs, then awards it: the second press is the decision."""
    found = own_request(request.user, public_id)
    comparison = comparison_of(found)
    choice = _choice(request.POST, comparison)
    if not choice:
        messages.error(request, _("Choose a bid for at least one line."))
        return redirect("requests:detail", found.public_id)
    if "confirm" not in request.POST:
        return render(request, "requests/award.html", _award_context(comparison, choice))
    try:
        services.award_request(buyer=request.user, request=found, choice=choice)
    except DomainError as error:
        if error.status == 404:
            raise
        context = _award_context(comparison_of(found), choice) | {"problem": error}
        return render(request, "requests/award.html", context, status=error.status)
    messages.success(request, _("Awarded. The vendors are told, and you have each other's contacts."))
    return redirect("requests:detail", found.public_id)


def _award_context(comparison: Comparison, choice: dict[int, int]) -> dict[str, object]:
    way = way_of(choice, comparison.columns)
    parts = [
        (
            column,
            [
                (row.line, column.cells[row.line.pk])
                for row in comparison.rows
                if way.choice.get(row.line.pk) == column.bid.pk
            ],
        )
        for column in comparison.columns
        if column.bid.pk in set(way.choice.values())
    ]
    left = [row.line for row in comparison.rows if row.line.pk not in way.choice]
    return {"buyer_request": comparison.request, "way": way, "parts": parts, "left": left}


def _choice(data: QueryDict, comparison: Comparison) -> dict[int, int]:
    """{line: bid} out of the pressed button: the best of each line, one whole bid, or what is ticked."""
    mode = data.get("mode", "")
    if mode == "best":
        return comparison.best_per_line.choice
    if mode.startswith("bid:"):
        whole = {str(column.bid.public_id): column for column in comparison.columns}.get(mode[4:])
        return dict.fromkeys(whole.cells, whole.bid.pk) if whole else {}
    bids = {str(column.bid.public_id): column.bid.pk for column in comparison.columns}
    chosen = {row.line.pk: data.get(f"line-{row.line.pk}", "") for row in comparison.rows}
    return {line: bids[value] for line, value in chosen.items() if value in bids}


@login_required
@require_POST
def answer(request: BuyerHttpRequest, public_id: UUID, question_id: int) -> HttpResponse:
    found = own_request(request.user, public_id)
    question = Question.objects.filter(request=found, pk=question_id).first()
    if question is None:
        raise UnknownRequest("unknown_question")
    form = AnswerForm(request.POST)
    if form.is_valid():
        services.answer_question(buyer=request.user, question=question, text=form.cleaned_data["text"])
        messages.success(request, _("Answered. All vendors who see the request can read it."))
    else:
        messages.error(request, _("Write an answer of at most 2,000 characters."))
    return redirect("requests:detail", found.public_id)


@login_required
@require_GET
def export(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """The comparison as a workbook; texts stay texts, whatever they start with."""
    found = own_request(request.user, public_id)
    if found.state == RequestState.DRAFT:
        raise UnknownRequest("unknown_request")
    response = HttpResponse(
        _workbook(comparison_of(found)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="request-{found.pseudonym}.xlsx"'
    return response


def _workbook(comparison: Comparison) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_urls": False,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(_("Bids"))
    bold, money, best = (
        book.add_format({"bold": True, "text_wrap": True}),
        book.add_format({"num_format": "#,##0.00##"}),
        book.add_format({"num_format": "#,##0.00##", "bg_color": "#DDF2E3"}),
    )
    currency = comparison.request.currency
    heads = [_("What is needed"), _("Quantity"), _("Unit"), _("At most per unit")]
    for place, head in enumerate([*heads, *(column.bid.vendor.name for column in comparison.columns)]):
        sheet.write_string(0, place, head, bold)
    for number, row in enumerate(comparison.rows, start=1):
        sheet.write_string(number, 0, row.line.text)
        sheet.write_number(number, 1, float(row.line.quantity))
        sheet.write_string(number, 2, unit_name(row.line.unit) if row.line.unit else "")
        if row.line.ceiling_amount:
            sheet.write_number(number, 3, row.line.ceiling_amount / PRICE_SCALE, money)
        for place, (_column, cell) in enumerate(row.cells, start=4):
            if cell is not None:
                sheet.write_number(number, place, cell.price / PRICE_SCALE, best if cell.is_best else money)
    last = len(comparison.rows) + 1
    for offset, (name, attribute) in enumerate(
        [(_("Goods"), "goods"), (_("Delivery"), "delivery"), (_("Total, %s") % currency, "total")]
    ):
        sheet.write_string(last + offset, 0, name, bold)
        for place, column in enumerate(comparison.columns, start=4):
            sheet.write_number(last + offset, place, getattr(column, attribute) / MINOR_SCALE, money)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 3 + max(1, len(comparison.columns)), 16)
    sheet.freeze_panes(1, 1)
    book.close()
    return stream.getvalue()
