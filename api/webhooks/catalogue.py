"""Which messages are events, and what an event carries.

An event is a message that a person gets, told to a program: it is made of that message's parameters and address alone,
so it cannot say more than the person reads. A message whose page stands on a vendor's desk is the vendor's, another its
reader's own. Only fields named here are carried, so a new parameter of a message stays inside until it is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import kinds

#: Of the payloads' shape. A field may be added within a version; none is taken away or changes its meaning.
VERSION: Final = 1
TEST: Final = "webhook.test"
Audience = Literal["vendor", "buyer"]


def _text(value: Any) -> str | None:
    return str(value) if value not in {None, "", "—"} else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _moment(value: Any) -> str | None:
    """ISO 8601 in UTC."""
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _money(value: Any) -> dict[str, str] | None:
    """From "120.50 UAH"; amounts are strings, so that no program makes floats of them."""
    amount, _space, currency = str(value).partition(" ")
    return {"amount": amount, "currency": currency} if currency else None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of `data`: the message's parameter and how it is told."""

    name: str
    parameter: str
    tell: Callable[[Any], Any] = _text


_DEADLINE = Field("deadline_at", "deadline_at", _moment)
_LINES = Field("lines", "lines")
_MATCHED = Field("line_count", "matched", _number)
_VENDOR = Field("vendor", "vendor")
_PRICED = (Field("priced_lines", "priced", _number), Field("total_lines", "total", _number))
_COUNTER = (
    Field("line", "line"),
    Field("price", "price", _money),
    Field("deliver_by", "day"),
    Field("text", "text"),
    _DEADLINE,
)


@dataclass(frozen=True, slots=True)
class Event:
    """A type of events. `kinds` are the messages'; of one without any somebody else makes the data."""

    type: str
    audience: Audience
    kinds: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    title: str | Promise = ""

    @property
    def label(self) -> str:
        return str(self.title or kinds.get(self.kinds[0]).label)

    def data(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """All named fields, null where the message does not tell one."""
        return {field.name: field.tell(params.get(field.parameter)) for field in self.fields}


#: A message of another kind but of the same meaning is the same event.
_CHANGED: Final = tuple(f"request.changed.{how}" for how in ("told", "rest", "lines", "rule"))
_MEMBERS = Field("buyers", "members", _number)

EVENTS: Final = (
    Event("request.fits", "vendor", ("request.fits",), (_DEADLINE, _LINES, _MATCHED, _PRICED[1])),
    Event("request.invited", "vendor", ("request.invited",), (_DEADLINE, _LINES, _MATCHED)),
    Event("request.like_before", "vendor", ("request.past",), (_DEADLINE, _LINES, _MATCHED)),
    Event("request.in_category", "vendor", ("request.category",), (_DEADLINE, _LINES, _MATCHED)),
    Event("request.changed", "vendor", _CHANGED, (_DEADLINE, _LINES), _("A buyer changes a request")),
    Event("request.deadline_moved", "vendor", ("request.prolonged",), (_DEADLINE,)),
    Event("request.cancelled", "vendor", ("request.cancelled",), (_DEADLINE,)),
    Event("request.reopened", "vendor", ("request.reopened",), (_DEADLINE,)),
    Event("request.weights_changed", "vendor", ("request.criteria",), (_DEADLINE,)),
    Event("request.renewed", "vendor", ("standing.renewed",), (_DEADLINE, _LINES, _MATCHED)),
    Event(
        "question.answered",
        "vendor",
        ("request.answer",),
        (Field("question", "text"), Field("answer", "answer"), _DEADLINE),
    ),
    Event("bid.automatic", "vendor", ("bid.automatic",), (Field("rule", "rule"), *_PRICED, _DEADLINE)),
    Event("bid.won", "vendor", ("bid.won",), (_LINES, _MATCHED)),
    Event("bid.lost", "vendor", ("bid.lost",)),
    Event("bid.expired", "vendor", ("bid.late",), (_LINES, _MATCHED)),
    *(
        Event(f"counter_offer.{what}", "vendor", (f"counter.{what}.vendor",), _COUNTER)
        for what in ("made", "accepted", "declined", "expired")
    ),
    Event("auction.planned", "vendor", ("auction.planned",), (_DEADLINE,)),
    Event("auction.paused", "vendor", ("auction.paused",), (Field("reason", "reason"),)),
    Event("auction.resumed", "vendor", ("auction.resumed",)),
    Event("auction.ended", "vendor", ("auction.over",)),
    Event("pool.total", "vendor", ("pool.total",), (_MEMBERS,)),
    Event("pool.total_short", "vendor", ("pool.total_short",), (_MEMBERS,)),
    Event("import.finished", "vendor", title=_("A price list is applied")),
    Event("import.held", "vendor", title=_("A price list is held for my word")),
    Event("import.failed", "vendor", title=_("A price list could not be taken")),
    Event("request.held", "buyer", ("request.held",), (_DEADLINE,)),
    *(
        Event(f"request.{what}", "buyer", (f"request.{what}",), (Field("reason", "reason"), _DEADLINE))
        for what in ("released", "refused")
    ),
    Event("request.offers_found", "buyer", ("standing.news",), (_LINES, _MATCHED)),
    Event("bid.received", "buyer", ("bid.received",), (_VENDOR, *_PRICED, _DEADLINE)),
    Event("bid.revised", "buyer", ("bid.revised",), (_VENDOR, *_PRICED, _DEADLINE)),
    Event("bid.confirmed", "buyer", ("bid.confirmed",), (_VENDOR, _DEADLINE)),
    Event("bid.withdrawn", "buyer", ("bid.withdrawn",), (_VENDOR, _DEADLINE)),
    Event("question.asked", "buyer", ("request.question",), (Field("question", "text"), _DEADLINE)),
    Event("request.closed", "buyer", ("request.closed",), (Field("bids", "bids", _number), _DEADLINE)),
    *(
        Event(f"counter_offer.{what}", "buyer", (f"counter.{what}.buyer",), (_VENDOR, *_COUNTER))
        for what in ("made", "accepted", "declined", "expired")
    ),
    *(
        Event(f"award.{what}", "buyer", (f"award.{what}",), (_VENDOR, _LINES, _MATCHED))
        for what in ("accepted", "declined", "expired", "passed")
    ),
    Event("award.free", "buyer", ("award.free",), (_MATCHED,)),
    Event("auction.ended", "buyer", ("auction.result",)),
    Event("auction.void", "buyer", ("auction.void",)),
    Event("pool.ended", "buyer", ("pool.ended",), (_MEMBERS,)),
    Event("pool.share", "buyer", ("pool.share",), (_VENDOR, Field("total", "total", _money))),
    Event("pool.cancelled", "buyer", ("pool.cancelled",)),
)

BY_KIND: Final = {(kind, event.audience): event for event in EVENTS for kind in event.kinds}
#: Kinds of messages that anybody's program may want to hear of. What is said of a sealed bid is not among them: a log
#: would keep in plain text who bid and what.
KINDS: Final = frozenset(kind for event in EVENTS for kind in event.kinds)


def events_for(audience: Audience) -> list[Event]:
    return [event for event in EVENTS if event.audience == audience]
