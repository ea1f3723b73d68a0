"""The guard's reasons in the reader's language: what is unusual, and what to check."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import Availability
from core.money import Money
from core.templatetags.ui import format_money, number
from core.units import unit_name
from price_lists.messages import message

# code -> (title, what to check)
_WORDS: dict[str, tuple[Any, Any]] = {
    "layout_changed": (
        _("The columns of this file differ from last time."),
        _("Gone: %(gone)s. New: %(come)s. Check that each column was understood, then apply."),
    ),
    "columns_unsure": (
        _("The columns were guessed with little certainty (%(percent)s %%)."),
        _("Check that each column was understood, then apply."),
    ),
    "many_vanished": (
        _("%(vanished)s of %(before)s offers (%(percent)s %%) are no longer in the file."),
        _(
            "If the file is only a part of your list, cancel and send the whole list. Applied, they go off sale."
        ),
    ),
    "currency_changed": (
        _("The currency changed from %(before)s to %(after)s for %(offers)s offers."),
        _("Check the currency of the price column."),
    ),
    "prices_up": (
        _(
            "Prices are about %(factor)s times higher than before: the middle of %(offers)s changed prices moved by +%(percent)s %%."
        ),
        _("Check the decimal mark, the currency and which column holds the price."),
    ),
    "prices_down": (
        _(
            "Prices are about %(factor)s times lower than before: the middle of %(offers)s changed prices moved by −%(percent)s %%."
        ),
        _("Check the decimal mark, the currency and which column holds the price."),
    ),
    "brand_gone": (
        _("A whole brand is gone: %(brands)s (%(offers)s offers)."),
        _("If you still sell it, the file is only a part of your list: cancel and send the whole list."),
    ),
    "stock_gone": (
        _("%(offers)s offers lose their stock; %(left)s are left with one."),
        _(
            "Check that the column with the stock is filled and was understood. Applied, they count as sold out."
        ),
    ),
    "titles_swapped": (
        _("%(offers)s of %(compared)s goods (%(percent)s %%) carry the name that another of your goods had."),
        _(
            "Check that names and articles have not slipped against each other, as when one column was sorted alone."
        ),
    ),
    "titles_replaced": (
        _(
            "The names of %(offers)s of %(compared)s goods (%(percent)s %%) have hardly a word in common with before."
        ),
        _(
            "Check that these are the same goods: that the right column was taken for the name and for the article."
        ),
    ),
    "categories_moved": (
        _("%(offers)s of %(compared)s goods (%(percent)s %%) moved to another category of yours."),
        _("Check that the categories of the file were understood. New ones need a place in the row's tree."),
    ),
    "units_changed": (
        _("%(offers)s of %(compared)s goods (%(percent)s %%) are sold in another unit."),
        _("Check the column with the unit: a price for a box is not a price for a piece."),
    ),
    "wild_prices": (
        _("%(offers)s prices changed more than nine times."),
        _("Look at the changed prices below."),
    ),
    "many_errors": (
        _("%(errors)s of %(rows)s rows cannot be taken."),
        _("Look at the wrong rows below: often one wrong column is the cause."),
    ),
    "many_unmatched": (
        _("%(unmatched)s of %(rows)s rows name no good of yours."),
        _("Check that the codes are those of your price list; perhaps the file belongs to another one."),
    ),
    "many_duplicates": (
        _("%(duplicates)s of %(rows)s rows repeat the key of another row; only the last of each is taken."),
        _("Perhaps the column taken for the article names a group of goods. Check the columns."),
    ),
}


class _Figures(dict[str, Any]):
    """Figures of a reason; one that an older version did not store is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


def in_words(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """[{code, title, text, examples}] of the stored reasons, in the active language."""
    said = []
    for reason in reasons:
        if reason["code"] not in _WORDS:
            continue
        figures = _Figures((name, _figure(value)) for name, value in reason.items() if name != "examples")
        title, text = _WORDS[reason["code"]]
        said.append(
            {
                "code": reason["code"],
                "title": str(title) % figures,
                "text": str(text) % figures,
                "examples": [_example(each) for each in reason.get("examples", ())],
            }
        )
    return said


def _figure(value: Any) -> Any:
    """With the reader's decimal mark; names as they are."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "–"
    return number(value) if isinstance(value, int | float) else value


def _example(stored: dict[str, Any]) -> dict[str, Any]:
    """{row, key, title, before, after, has_after}; a wrong row has its message as title."""
    if "problem" in stored:
        code, column, value = stored["problem"]
        return {"row": stored["row"], "title": message(code, column=column, value=value)}
    return {
        "row": stored["row"],
        "key": stored["key"],
        "title": stored["title"],
        "before": _value(stored["before"]),
        "after": _value(stored["after"]),
        "has_after": stored["after"] is not None,
    }


def _value(stored: list[Any] | None) -> str:
    if not stored:
        return ""
    kind, value, *more = stored
    if kind == "price":
        return format_money(Money.from_price(value, more[0]))
    if kind == "unit":
        return unit_name(value)
    if kind == "stock":
        return str(Availability(value).label)
    return str(value)
