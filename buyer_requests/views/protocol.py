"""The comparison and the decision as a workbook for the buyer's records; texts stay texts, whatever they start with."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from uuid import UUID

import xlsxwriter
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from buyer_requests.deciding.plans import weight_in_words
from buyer_requests.enums import RequestState
from buyer_requests.errors import UnknownRequest
from buyer_requests.forms.decision import WAYS
from buyer_requests.models import Award, BuyerRequest, Decision
from buyer_requests.selectors.comparison import Comparison, comparison_of
from buyer_requests.selectors.visibility import own_request
from buyer_requests.views.buyer import BuyerHttpRequest
from core.money import MINOR_SCALE, PRICE_SCALE
from core.units import unit_name


@login_required
@require_GET
def export(request: BuyerHttpRequest, public_id: UUID) -> HttpResponse:
    """Bids side by side; once decided, what was chosen, why, and how far that is proven."""
    found = own_request(request.user, public_id)
    if found.state == RequestState.DRAFT:
        raise UnknownRequest("unknown_request")
    response = HttpResponse(
        workbook_of(found, comparison_of(found)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="request-{found.pseudonym}.xlsx"'
    return response


class _Book:
    """A workbook with the few formats that are needed."""

    def __init__(self) -> None:
        self.stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.stream,
            {
                "in_memory": True,
                "strings_to_urls": False,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
            },
        )
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.money = self.book.add_format({"num_format": "#,##0.00##"})
        self.best = self.book.add_format({"num_format": "#,##0.00##", "bg_color": "#DDF2E3"})

    def done(self) -> bytes:
        self.book.close()
        return self.stream.getvalue()


def workbook_of(request: BuyerRequest, comparison: Comparison) -> bytes:
    book = _Book()
    decisions = list(request.decisions.select_related("made_by"))
    if decisions:
        _decision_sheet(book, request, decisions)
        _choice_sheet(book, request)
    _bids_sheet(book, comparison)
    return book.done()


def _decision_sheet(book: _Book, request: BuyerRequest, decisions: list[Decision]) -> None:
    sheet = book.book.add_worksheet(_("Decision"))
    rows: list[tuple[str, Any]] = [
        (_("Request"), request.title),
        (_("Published"), _moment(request.published_at)),
        (_("Bids until"), _moment(request.deadline_at)),
    ]
    for decision in decisions:
        rows += [("", ""), *_told(decision)]
    for number, (name, value) in enumerate(rows):
        sheet.write_string(number, 0, name, book.bold)
        if isinstance(value, float):
            sheet.write_number(number, 1, value, book.money)
        else:
            sheet.write_string(number, 1, str(value), book.wrapped)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 70)


def _told(decision: Decision) -> list[tuple[str, Any]]:
    """(name, value) each; amounts are floats."""
    grounds = decision.grounds
    rows: list[tuple[str, Any]] = [
        (_("Decided"), _moment(decision.made_at)),
        (_("By"), decision.made_by.name if decision.made_by else ""),
    ]
    if grounds:
        total = grounds["total"] / MINOR_SCALE
        rows += [
            (_("Total, %s") % grounds["currency"], total),
            (_("Goods"), grounds["goods"] / MINOR_SCALE),
            (_("Delivery"), grounds["delivery"] / MINOR_SCALE),
            (_("Vendors"), str(grounds["vendors"])),
            (_("Lines"), f"{grounds['lines']} / {grounds['of_lines']}"),
            (_("Bids compared"), str(grounds["bid_count"])),
            (_("Chosen by"), str(WAYS.get(grounds["way"], _("by hand")))),
            (_("Proof"), _proof(grounds)),
        ]
        if grounds.get("cheapest") is not None:
            rows.append((_("The cheapest choice then"), grounds["cheapest"] / MINOR_SCALE))
        rows += [
            (_("Counts besides the price"), f"{each['label']}: {weight_in_words(each['weight'])}")
            for each in grounds["criteria"]
        ]
        if grounds["criteria"]:
            rows.append((_("Vendors saw the weights"), _("yes") if grounds["is_stated"] else _("no")))
        if grounds["below_least"]:
            rows.append((_("Asked below the least order"), "; ".join(grounds["below_least"])))
    rows.append((_("Reason"), decision.reason))
    return rows


def _proof(grounds: dict[str, Any]) -> str:
    if not grounds["is_proposed"]:
        return _("Chosen by hand; nothing was proven of it.")
    if grounds["proof"] == "optimal":
        return _("No better choice exists.")
    return _("Within %(gap)s %% of the best possible.") % {"gap": grounds["gap"]}


def _choice_sheet(book: _Book, request: BuyerRequest) -> None:
    sheet = book.book.add_worksheet(_("Choice"))
    heads = [
        _("What is needed"),
        _("Vendor"),
        _("What is offered"),
        _("Quantity"),
        _("Unit"),
        _("Price per unit"),
        _("Total"),
        _("Currency"),
        _("State"),
        _("Answered"),
    ]
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head, book.bold)
    awards = Award.objects.filter(request=request).select_related("line", "bid__vendor")
    for number, award in enumerate(awards.order_by("line__position", "pk"), start=1):
        sheet.write_string(number, 0, award.line.text, book.wrapped)
        sheet.write_string(number, 1, award.bid.vendor.name)
        sheet.write_string(number, 2, award.title, book.wrapped)
        sheet.write_number(number, 3, float(award.quantity))
        sheet.write_string(number, 4, unit_name(award.line.unit) if award.line.unit else "")
        sheet.write_number(number, 5, award.price_amount / PRICE_SCALE, book.money)
        sheet.write_number(number, 6, award.total_minor / MINOR_SCALE, book.money)
        sheet.write_string(number, 7, award.currency)
        sheet.write_string(number, 8, str(award.get_state_display()))
        sheet.write_string(number, 9, _moment(award.answered_at))
    sheet.set_column(0, 2, 36)
    sheet.set_column(3, 9, 16)
    sheet.freeze_panes(1, 0)


def _bids_sheet(book: _Book, comparison: Comparison) -> None:
    sheet = book.book.add_worksheet(_("Bids"))
    currency = comparison.request.currency
    heads = [_("What is needed"), _("Quantity"), _("Unit"), _("At most per unit")]
    for place, head in enumerate([*heads, *(column.bid.vendor.name for column in comparison.columns)]):
        sheet.write_string(0, place, head, book.bold)
    for number, row in enumerate(comparison.rows, start=1):
        sheet.write_string(number, 0, row.line.text)
        sheet.write_number(number, 1, float(row.line.quantity))
        sheet.write_string(number, 2, unit_name(row.line.unit) if row.line.unit else "")
        if row.line.ceiling_amount:
            sheet.write_number(number, 3, row.line.ceiling_amount / PRICE_SCALE, book.money)
        for place, (_column, cell) in enumerate(row.cells, start=4):
            if cell is not None:
                look = book.best if cell.is_best else book.money
                sheet.write_number(number, place, cell.price / PRICE_SCALE, look)
    last = len(comparison.rows) + 1
    for offset, (name, attribute) in enumerate(
        [(_("Goods"), "goods"), (_("Delivery"), "delivery"), (_("Total, %s") % currency, "total")]
    ):
        sheet.write_string(last + offset, 0, name, book.bold)
        for place, column in enumerate(comparison.columns, start=4):
            sheet.write_number(last + offset, place, getattr(column, attribute) / MINOR_SCALE, book.money)
    sheet.write_string(last + 3, 0, _("Delivered within"), book.bold)
    for place, column in enumerate(comparison.columns, start=4):
        if column.days is not None:
            days = ngettext("%(n)s day", "%(n)s days", column.days) % {"n": column.days}
            sheet.write_string(last + 3, place, days)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 3 + max(1, len(comparison.columns)), 16)
    sheet.freeze_panes(1, 1)


def _moment(value: dt.datetime | None) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""
