"""This room's entries in the registries: outbox consumer, kinds of messages, desk navigation and "Today"."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import personal_data as people_data
from buyer_requests import personal_data
from buyer_requests.selectors import desk as desk_selectors
from notifications import kinds
from vendors import desk
from vendors.models import Vendor


def connect() -> None:
    """Called once when the application starts."""
    _vendor_kinds()
    _buyer_kinds()
    people_data.register("buyer_requests", export=personal_data.export, erase=personal_data.erase)
    desk.add_entry(
        key="requests",
        label=_("Requests"),
        icon="clipboard-list",
        url_name="requests_desk:list",
        order=20,
        badge=desk_selectors.waiting_count,
    )
    desk.add_panel(key="requests", template="requests/_today.html", context=_today, order=10)


def _today(vendor: Vendor) -> dict[str, object] | None:
    rows = desk_selectors.fitting(vendor)[:5]
    return {"rows": rows, "more": desk_selectors.waiting_count(vendor)} if rows else None


def _vendor_kinds() -> None:
    kinds.register(
        "request.fits",
        label=_("A request fits my offers"),
        subject=_("You can supply: %(request)s"),
        body=ngettext_lazy(
            "Your offers fit %(matched)d of %(total)d line: %(lines)s\nBids are taken until %(deadline_at)s. Yours is filled in already: look it over and send it.",
            "Your offers fit %(matched)d of %(total)d lines: %(lines)s\nBids are taken until %(deadline_at)s. Yours is filled in already: look it over and send it.",
            "total",
        ),
        icon="clipboard-list",
        action=_("Open the request"),
    )
    kinds.register(
        "request.category",
        label=_("A request is in a category that I follow"),
        subject=_("In a category you follow: %(request)s"),
        body=_("Wanted: %(lines)s\nBids are taken until %(deadline_at)s."),
        icon="clipboard-list",
        action=_("Open the request"),
    )
    kinds.register(
        "request.invited",
        label=_("A buyer chose my company for a request"),
        subject=_("A buyer invites you to bid: %(request)s"),
        body=_("Wanted: %(lines)s\nBids are taken until %(deadline_at)s."),
        icon="clipboard-list",
        action=_("Open the request"),
    )
    kinds.register(
        "request.answer",
        label=_("A buyer answers a question"),
        subject=_("An answer about: %(request)s"),
        body=_("Question: %(text)s\nAnswer: %(answer)s"),
        icon="message",
        action=_("Open the request"),
    )
    kinds.register(
        "request.prolonged",
        label=_("A deadline moves"),
        subject=_("More time to bid: %(request)s"),
        body=_("Bids are taken until %(deadline_at)s now. You may still revise yours."),
        icon="clock",
        action=_("Open the request"),
    )
    kinds.register(
        "request.cancelled",
        label=_("A request is cancelled"),
        subject=_("Cancelled by the buyer: %(request)s"),
        body=_("Your bid is no longer needed. Thank you for it."),
        icon="ban",
    )
    kinds.register(
        "bid.won",
        label=_("My bid is accepted"),
        subject=_("Your bid is accepted: %(request)s"),
        body=ngettext_lazy(
            "You won %(matched)d line: %(lines)s\nThe buyer's contacts are on the page of the request, and the buyer has yours.",
            "You won %(matched)d lines: %(lines)s\nThe buyer's contacts are on the page of the request, and the buyer has yours.",
            "matched",
        ),
        icon="award",
        action=_("See the buyer's contacts"),
        optional=False,
    )
    kinds.register(
        "bid.lost",
        label=_("My bid is not accepted"),
        subject=_("The buyer chose other bids: %(request)s"),
        body=_("Thank you for answering. The next request that fits your offers comes to you by itself."),
        icon="circle-x",
    )


def _buyer_kinds() -> None:
    covered = ngettext_lazy(
        "The bid prices %(priced)d of %(total)d line.",
        "The bid prices %(priced)d of %(total)d lines.",
        "total",
    )
    kinds.register(
        "bid.received",
        label=_("A vendor answers my request"),
        subject=_("%(vendor)s bids on: %(request)s"),
        body=covered,
        icon="file-text",
        action=_("Compare the bids"),
    )
    kinds.register(
        "bid.revised",
        label=_("A vendor revises its bid"),
        subject=_("%(vendor)s changed its bid on: %(request)s"),
        body=covered,
        icon="refresh",
        action=_("Compare the bids"),
    )
    kinds.register(
        "bid.withdrawn",
        label=_("A vendor withdraws its bid"),
        subject=_("%(vendor)s withdrew its bid on: %(request)s"),
        body=_("It can send a new one until the deadline."),
        icon="arrow-back-up",
        action=_("Compare the bids"),
    )
    kinds.register(
        "request.question",
        label=_("A vendor asks about my request"),
        subject=_("A question about: %(request)s"),
        body=_("%(text)s\nYour answer is shown to all vendors who see the request."),
        icon="message",
        action=_("Answer"),
    )
    kinds.register(
        "request.closed",
        label=_("The deadline of my request has passed"),
        subject=_("Time to choose: %(request)s"),
        body=ngettext_lazy(
            "The deadline has passed. %(bids)d bid came in.",
            "The deadline has passed. %(bids)d bids came in.",
            "bids",
        ),
        icon="clock",
        action=_("Compare the bids"),
        optional=False,
    )
