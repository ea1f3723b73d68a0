"""What requests refuse, as one tree.

DomainError
├── NotFound
│   └── UnknownRequest          unknown, or not for this person
├── Conflict
│   ├── RequestNotOpen          the deadline has passed, or it was cancelled or awarded
│   ├── RequestNotDraft         published requests keep what vendors bid on
│   ├── AlreadyAwarded          awarding happens once
│   ├── AwardNotWaiting         answered already, or too late
│   ├── AuctionRuns             not before the auction is over, or only while it runs
│   ├── BidNotSent              there is no bid to withdraw or award
│   ├── LeastOrderMissed        a vendor sells for no less
│   └── CounterGone             a counter-offer that can no longer be answered
└── InvalidInput
    ├── RequestIncomplete       what is missing before publishing
    ├── BidIncomplete           what is missing before sending
    ├── CounterIncomplete       a counter-offer that says nothing, or too much
    ├── FileRefused             a file that does not go with a bid
    ├── RuleIncomplete          a bidding rule that cannot work
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
    message = _(
        "This request is published already: it is changed from its page, as vendors may have answered it."
    )


class AlreadyAwarded(Conflict):
    message = _("This request is decided already.")


class AwardNotWaiting(Conflict):
    message = _("There is nothing to accept or decline: it is answered already, or its time has passed.")


_AUCTION_RUNS: dict[str, Any] = {
    "auction_not_over": _("The auction has to end first: nothing is given before."),
    "takes_part": _(
        "Your company takes part in the auction: lower the price there. A bid in it cannot be withdrawn."
    ),
    "prices_move": _("Prices are named in the auction, not talked about."),
    "not_running": _("The auction is not running now."),
    "too_many_moves": _("You have named too many prices in this auction. Your last price stands."),
    "key_used": _(
        "This page has sent another price already, and that one counts. Reload the page, look at your price, and name the new one again."
    ),
    "nothing_to_annul": _("Only a price that somebody named, and that still stands, can be annulled."),
}


class AuctionRuns(Conflict):
    """An auction is planned or running, or does not run. Codes: the keys of `_AUCTION_RUNS`."""

    def __init__(self, code: str, **context: Any) -> None:
        super().__init__(code, _AUCTION_RUNS[code], **context)


class BidNotSent(Conflict):
    message = _("There is no bid in force.")


_INCOMPLETE: dict[str, Any] = {
    "no_lines": _("Add at least one line: what do you need?"),
    "auction_and_pool": _(
        "A request that others join is decided by its stated rule: leave out the auction, or the others."
    ),
    "auction_lines": _("An auction by lines has at most %(most)s of them. Let the whole request be bid on."),
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
    "no_bid_title": _("Say what you offer in line %(position)s."),
    "no_substitutes": _("The buyer takes no substitutes in line %(position)s."),
    "bad_step": _("The quantity in line %(position)s is no multiple of the pack."),
    "bad_breaks": _(
        "Prices by quantity in line %(position)s: a greater quantity must always be cheaper than a smaller one."
    ),
    "too_many_breaks": _("Line %(position)s has more than %(most)s prices by quantity."),
    "too_many_alternatives": _("Line %(position)s has more than %(most)s alternatives."),
    "bad_supply": _("Choose how soon you have what you offer in line %(position)s."),
    "bad_delivery_day": _("The day of delivery in line %(position)s is past, or more than a year away."),
    "bad_amount": _("The amount is too big."),
    "valid_past": _("The bid must stay valid at least until today."),
    "unknown_currency": _("There is no exchange rate for %(currency)s: choose another currency."),
}


class BidIncomplete(InvalidInput):
    def __init__(self, code: str, *, field: str = "", **context: Any) -> None:
        super().__init__(code, _BID_INCOMPLETE[code], field=field, **context)


class LeastOrderMissed(Conflict):
    def __init__(self, *, vendor: str, missing: str) -> None:
        message = _(
            "%(vendor)s sells for no less than its least order, and %(missing)s is missing. Add lines, or ask all the same."
        )
        super().__init__("below_least", message, vendor=vendor, missing=missing)


class CounterGone(Conflict):
    message = _("This counter-offer can no longer be answered: it has run out, or the bid was changed.")


_COUNTER_INCOMPLETE: dict[str, Any] = {
    "says_nothing": _("Name a price or a day of delivery."),
    "bad_counter_price": _("The price is no positive number."),
    "bad_counter_day": _("The day of delivery is past, or more than a year away."),
    "bad_counter_days": _("A counter-offer waits for 1 to 14 days."),
    "too_cheap": _("The lines cannot get that cheap together. Name a higher price."),
    "waits_already": _("Your last counter-offer still waits for an answer."),
    "too_many_rounds": _("So many rounds lead nowhere: ask the other side, or choose another bid."),
}


class CounterIncomplete(InvalidInput):
    def __init__(self, code: str, *, field: str = "", **context: Any) -> None:
        super().__init__(code, _COUNTER_INCOMPLETE[code], field=field, **context)


_FILE_REFUSED: dict[str, Any] = {
    "no_file": _("Choose a file first."),
    "file_empty": _("The file is empty."),
    "file_too_big": _("The file is bigger than %(megabytes)s MB."),
    "too_many_files": _("A bid has at most %(most)s files. Remove one first."),
    "file_kind": _("Only PDF, JPEG, PNG, XLSX, DOCX and plain text can go with a bid."),
}


class FileRefused(InvalidInput):
    def __init__(self, code: str, **context: Any) -> None:
        super().__init__(code, _FILE_REFUSED[code], field="file", **context)


_RULE_INCOMPLETE: dict[str, Any] = {
    "not_tried": _("Try the rule on past requests first: then you see what it would have done."),
    "bad_hours": _("The hours have to be a span of the day, for example from 8 until 18."),
    "unknown_region": _("Choose regions from the list."),
    "too_many_rules": _("At most %(most)s rules."),
    "stopped": _("The operators have stopped automatic bids. %(reason)s"),
}


class RuleIncomplete(InvalidInput):
    def __init__(self, code: str, *, field: str = "", **context: Any) -> None:
        super().__init__(code, _RULE_INCOMPLETE[code], field=field, **context)


_LIST_REFUSED: dict[str, Any] = {
    "list_too_big": _("The file is bigger than %(megabytes)s MB. Keep only the sheet with the list."),
    "list_is_a_feed": _(
        "This is a shop's feed, not a list of needed goods. Upload a table or paste the list."
    ),
    "list_refused": _("The file cannot be read. %(why)s"),
    "list_without_goods": _(
        "No needed goods were found in the file. It should have a column that names them, and one with quantities."
    ),
    "text_without_goods": _(
        "No needed goods were found in what you pasted: write one to a line, for example “A4 paper — 10 packs”."
    ),
    "list_too_long": _(
        "The list has %(lines)s lines, and a request takes %(most)s. Split it into several requests; nothing was taken yet."
    ),
    "list_is_a_price_list": _(
        "This looks like a price list: goods with prices, but no quantities. If you need these goods, add a column “Quantity”"
        " and fill it in for what you need. Price lists are uploaded on a vendor's desk."
    ),
    "pdf_encrypted": _("The PDF is protected by a password. Save it without one, or paste its text."),
    "pdf_without_text": _(
        "This PDF has no text in it: it is a scan or a picture. Upload the document that it was made from, or type the list."
    ),
    "pdf_too_big": _("The PDF takes too much to read. Keep only the pages with the list, or paste its text."),
    "pdf_damaged": _("The PDF is damaged and cannot be read. Save it anew, or paste its text."),
    "list_is_a_picture": _(
        "A photo or a scan has no text that could be read. Upload the document itself, or type the list."
    ),
}


class ListNotReadable(InvalidInput):
    def __init__(self, code: str, *, field: str = "file", **context: Any) -> None:
        super().__init__(code, _LIST_REFUSED[code], field=field, **context)
        if code == "list_too_long":
            self.remedy = _("Split the list into several requests.")
