"""The guard's reasons in the reader's language: what is unusual, and what to check."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

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
        _("Prices are about %(factor)s times higher than before (%(offers)s offers)."),
        _("Check the decimal mark, the currency and which column holds the price."),
    ),
    "prices_down": (
        _("Prices are about %(factor)s times lower than before (%(offers)s offers)."),
        _("Check the decimal mark, the currency and which column holds the price."),
    ),
    "wild_prices": (
        _("%(offers)s prices changed more than nine times."),
        _("Look at the changed prices below."),
    ),
    "many_errors": (
        _("%(errors)s of %(rows)s rows cannot be taken."),
        _("Look at the wrong rows below: often one wrong column is the cause."),
    ),
    "many_duplicates": (
        _("%(duplicates)s of %(rows)s rows repeat the key of another row; only the last of each is taken."),
        _("Perhaps the column taken for the article names a group of goods. Check the columns."),
    ),
}


def in_words(reasons: list[dict[str, Any]]) -> list[dict[str, str]]:
    """[{code, title, text}] of the stored reasons, in the active language."""
    said = []
    for reason in reasons:
        if reason["code"] not in _WORDS:
            continue
        figures = {
            name: ", ".join(str(each) for each in value) or "–" if isinstance(value, list) else value
            for name, value in reason.items()
        }
        title, text = _WORDS[reason["code"]]
        said.append({"code": reason["code"], "title": str(title) % figures, "text": str(text) % figures})
    return said
