"""Rows of an import as its pages show them: before and after, page by page, with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.enums import Availability
from catalog.models import Offer, StockLevel
from core.money import Money
from price_lists.enums import Change, Kind, RunState
from price_lists.messages import message
from price_lists.models import ImportRun, RowProblem, SourceItem, StagedRow
from price_lists.rows import Severity
from price_lists.services.diffing import applied_so_far, vanished_items
from price_lists.services.staged import has_rows

PAGE = 30
_TEXT_LABELS: dict[str, Any] = {
    "title": pgettext_lazy("of a good", "name"),
    "brand": _("brand"),
    "maker": _("maker"),
    "country": _("country"),
    "article": _("article"),
    "mpn": _("part number"),
    "gtin": _("barcode"),
    "url": _("link"),
    "photos": _("photos"),
    "videos": _("videos"),
    "attributes": _("properties"),
    "unit": _("unit"),
    "pack_count": _("pieces in a unit"),
}


@dataclass(frozen=True, slots=True)
class RowView:
    """One staged row beside what is on sale now; `old` values are None for new goods."""

    row: int
    sheet: str
    key: str
    title: str
    brand: str
    unit: str
    price: Money
    old_price: Money | None
    ratio: float | None
    stock: str
    old_stock: str | None
    old_title: str = ""
    texts: list[Any] = field(default_factory=list)
    offer_id: int | None = None
    returned: bool = False
    tiers: int = 0

    @property
    def price_changed(self) -> bool:
        return self.old_price is not None and self.old_price != self.price

    @property
    def stock_changed(self) -> bool:
        return self.old_stock is not None and self.old_stock != self.stock


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What was wrong with a row, its message in the reader's language."""

    row: int
    sheet: str
    column: str
    value: str
    text: str


class CountedPaginator(Paginator[Any]):
    """Takes the number of rows from the run's counts instead of counting a large table on each page."""

    def __init__(self, rows: Any, per_page: int, *, total: int) -> None:
        super().__init__(rows, per_page)
        self._total = total

    @cached_property
    def count(self) -> int:
        return self._total


def staged_page(run: ImportRun, change: Change, number: int | str) -> Page[Any]:
    """A page of new or changed rows, as RowViews."""
    rows = StagedRow.objects.filter(run=run, change=change).order_by("pk")
    if change == Change.CHANGED:
        rows = rows.exclude(kinds=0)  # only noted: another source's word holds
    page = CountedPaginator(rows, PAGE, total=run.counts.get(change, 0)).get_page(number)
    page.object_list = _row_views(list(page.object_list), has_sheets=_has_sheets(run))
    return page


def vanished_page(run: ImportRun, number: int | str) -> Page[Any]:
    """A page of offers that the file no longer names."""
    items: QuerySet[SourceItem] = vanished_items(run).select_related("offer").order_by("pk")
    return CountedPaginator(items, PAGE, total=run.counts.get("vanished", 0)).get_page(number)


def problems_page(run: ImportRun, severity: Severity, number: int | str) -> Page[Any]:
    """A page of wrong, changed or left out rows, as ProblemViews."""
    rows = RowProblem.objects.filter(run=run, severity=severity.value).order_by("row", "pk")
    page: Page[Any] = Paginator(rows, PAGE).get_page(number)
    has_sheets = _has_sheets(run)
    page.object_list = [
        ProblemView(
            row=each.row,
            sheet=each.sheet if has_sheets else "",
            column=each.column,
            value=each.value,
            text=message(each.code, column=each.column, value=each.value),
        )
        for each in page.object_list
    ]
    return page


def has_staged(run: ImportRun) -> bool:
    """Whether the rows of the diff are still there to be shown."""
    if run.state == RunState.CHECKED:
        # Beside a catalogue that has moved on it would show what is no longer true.
        still = run.counts.get("diffed_at") == applied_so_far(run)
        return still and has_rows(run)
    return run.state in {RunState.REVIEW, RunState.HELD, RunState.QUEUED}


def _has_sheets(run: ImportRun) -> bool:
    """Whether a row's number alone does not say where it is: goods stand on several sheets, or in several files."""
    tables = (run.mapping or {}).get("tables", [])
    return len({table.get("sheet", "") for table in tables}) > 1


def _row_views(rows: Sequence[StagedRow], *, has_sheets: bool) -> list[RowView]:
    ids = [row.offer_id for row in rows if row.offer_id]
    offers = Offer.objects.in_bulk(ids)
    levels = {level.offer_id: level for level in StockLevel.objects.filter(offer__in=ids, point__isnull=True)}
    return [
        _row_view(
            row,
            offers.get(row.offer_id or 0),
            levels.get(row.offer_id or 0),
            sheet=row.sheet if has_sheets else "",
        )
        for row in rows
    ]


def _row_view(row: StagedRow, offer: Offer | None, level: StockLevel | None, *, sheet: str) -> RowView:
    data: dict[str, Any] = row.data or {}
    text, price, stock = data["text"], data["price"], data["stock"]
    new_price = Money.from_price(price["amount"], price["currency"])
    ratio = None
    if offer and offer.price_currency == price["currency"] and offer.price_amount:
        ratio = price["amount"] / offer.price_amount
    differing = []
    if offer and row.kinds & Kind.TEXT:
        differing = [
            label
            for name, label in _TEXT_LABELS.items()
            if _plain(getattr(offer, name)) != _plain(text[name])
        ] or [_("description or category")]
    if offer and row.kinds & Kind.PRICE and new_price == offer.price:
        differing = [*differing, _("old price, VAT or further prices")]
    return RowView(
        row=row.row,
        sheet=sheet,
        key=row.key.partition(":")[2] or row.key,
        title=text["title"],
        brand=text["brand"],
        unit=text["unit"],
        price=new_price,
        old_price=offer.price if offer else None,
        ratio=ratio,
        stock=_stock_text(stock["state"], stock["quantity"]),
        old_stock=_stock_text(level.state, level.quantity) if level else None,
        old_title=offer.title if offer and offer.title != text["title"] else "",
        texts=differing,
        offer_id=row.offer_id,
        returned=bool(row.kinds & Kind.RETURNED),
        tiers=len(price["tiers"]),
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _stock_text(state: str, quantity: Any) -> str:
    label = str(Availability(state).label)
    return label if quantity is None else f"{float(quantity):g} · {label}"
