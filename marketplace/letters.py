"""Headings of the page on which people choose their letters: the only place that knows the kinds of all rooms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.kinds import register_topic


def connect() -> None:
    """Called once when the application starts."""
    fitting = ("request.fits", "request.category", "request.invited", "request.past", "request.collected")
    buying = (
        "bid.received",
        "bid.revised",
        "bid.withdrawn",
        "bid.confirmed",
        "counter.accepted.buyer",
        "counter.declined.buyer",
        "counter.expired.buyer",
        "counter.made.buyer",
        "award.",
        "request.question",
        "request.held",
        "standing.",
    )
    for order, (title, prefixes) in enumerate(
        (
            (_("Requests that my company can supply"), (*fitting, "standing.renewed")),
            (_("My company's bids"), ("bid.", "counter.", "request.", "sealed.", "auction.")),
            (_("My requests"), buying),
            (_("Buying together"), ("pool.",)),
            (_("Price lists and offers"), ("price_lists.", "offers.")),
            (_("Ratings after a deal"), ("review.",)),
            (_("What I watch and report"), ("watching.", "flag.")),
            (_("My company"), ("vendor.", "webhooks.")),
        ),
        start=1,
    ):
        register_topic(order=order, title=title, prefixes=prefixes)
