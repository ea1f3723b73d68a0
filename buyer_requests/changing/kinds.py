"""Kinds of messages about changed requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def connect() -> None:
    """Called once when the application starts."""
    kinds.register(
        "request.changed.lines",
        label=_("A buyer changes lines that I priced"),
        subject=_("Changed, your prices wait for your word: %(request)s"),
        body=ngettext_lazy(
            "The buyer changed %(matched)d line of your bid: %(lines)s\nUntil %(deadline_at)s confirm that your price holds, revise the bid or withdraw it. Till then your price for it does not count.",
            "The buyer changed %(matched)d lines of your bid: %(lines)s\nUntil %(deadline_at)s confirm that your prices hold, revise the bid or withdraw it. Till then your prices for them do not count.",
            "matched",
        ),
        icon="edit",
        action=_("See what changed"),
        optional=False,
        decides=True,
    )
    kinds.register(
        "request.changed.rest",
        label=_("A buyer changes a request that I bid on"),
        subject=_("Changed by the buyer: %(request)s"),
        body=_(
            "The lines that you priced are as they were. Confirm with one press that your bid holds, or revise it, until %(deadline_at)s."
        ),
        icon="edit",
        action=_("See what changed"),
        optional=False,
        decides=True,
    )
    kinds.register(
        "request.changed.told",
        label=_("A buyer changes a request without concerning my bid"),
        subject=_("Changed by the buyer: %(request)s"),
        body=_("Your bid holds as it is. Bids are taken until %(deadline_at)s."),
        icon="edit",
        action=_("See what changed"),
    )
    kinds.register(
        "request.changed.rule",
        label=_("A rule of mine answers a changed request"),
        subject=_("Changed by the buyer, answered by your rule: %(request)s"),
        body=_("Your rule has made the bid anew. Until %(deadline_at)s you can revise or withdraw it."),
        icon="bolt",
        action=_("See the bid"),
    )
    kinds.register(
        "bid.confirmed",
        label=_("A vendor confirms its bid after a change"),
        subject=_("%(vendor)s confirms its bid: %(request)s"),
        body=_("The prices hold for the request as it is now."),
        icon="circle-check",
        action=_("Compare the bids"),
    )
