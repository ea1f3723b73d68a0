"""What requests refuse, as one tree.

DomainError
├── NotFound
│   └── UnknownRequest          unknown, or not for this person
├── Conflict
│   ├── RequestNotOpen          the deadline has passed, or it was cancelled or awarded
│   ├── RequestNotDraft         published requests keep what vendors bid on
│   ├── AlreadyAwarded          awarding happens once
│   └── BidNotSent              there is no bid to withdraw or award
└── InvalidInput
    ├── RequestIncomplete       what is missing before publishing
    ├── BidIncomplete           what is missing before sending
    └── ListNotReadable         an uploaded list that cannot be taken
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotFound


class UnknownRequest(NotFound):
    pass


class RequestNotOpen(Conflict):
    message = _("This request no longer takes bids: its deadline has passed, or it was closed.")


class RequestNotDraft(Conflict):
    message = _("This request is published already: its lines can no longer be changed.")


class AlreadyAwarded(Conflict):
    message = _("This request is decided already.")


class BidNotSent(Conflict):
    message = _("There is no bid in force.")


_INCOMPLETE: dict[str, Any] = {
    "no_lines": _("Add at least one line: what do you need?"),
    "no_title": _("Give the request a title, so that vendors see at a glance what it is about."),
    "no_deadline": _("Say until when vendors may bid."),
    "deadline_past": _("The deadline is in the past. Choose a later day or time."),
    "deadline_far": _("The deadline is more than a year away. Choose an earlier day."),
    "no_vendors": _("Choose at least one vendor, or let all vendors see the request."),
    "empty_text": _("Line %(position)s says nothing: write what you need, or remove it."),
    "bad_quantity": _("The quantity in line %(position)s is no positive number."),
    "too_many_lines": _("A request has at most %(most)s lines. Split the list into several requests."),
}


class RequestIncomplete(InvalidInput):
    """Codes: the keys of `_INCOMPLETE`."""

    def __init__(self, code: str, *, field: str = "", **context: Any) -> None:
        super().__init__(code, _INCOMPLETE[code], field=field, **context)


_BID_INCOMPLETE: dict[str, Any] = {
    "no_bid_lines": _("Price at least one line before sending."),
    "foreign_line": _("A line of this bid belongs to another request. Reload the page."),
    "bad_price": _("The price in line %(position)s is no positive number."),
    "bad_bid_quantity": _("The quantity in line %(position)s is no positive number."),
    "valid_past": _("The bid must stay valid at least until today."),
    "unknown_currency": _("There is no exchange rate for %(currency)s: choose another currency."),
}


class BidIncomplete(InvalidInput):
    def __init__(self, code: str, *, field: str = "", **context: Any) -> None:
        super().__init__(code, _BID_INCOMPLETE[code], field=field, **context)


_LIST_REFUSED: dict[str, Any] = {
    "list_too_big": _("The file is bigger than %(megabytes)s MB. Keep only the sheet with the list."),
    "list_is_a_feed": _(
        "This is a shop's feed, not a list of needed goods. Upload a table or paste the list."
    ),
    "list_refused": _("The file cannot be read. %(why)s"),
    "list_without_goods": _(
        "No needed goods were found in the file. It should have a column that names them, and one with quantities."
    ),
}


class ListNotReadable(InvalidInput):
    def __init__(self, code: str, **context: Any) -> None:
        super().__init__(code, _LIST_REFUSED[code], field="file", **context)
