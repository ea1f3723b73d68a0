"""This room's entries in the registries: outbox consumer, kinds of messages, desk navigation and "Today"."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import personal_data as people_data
from buyer_requests import category_effects, personal_data
from buyer_requests.auctioning import wiring as auction_wiring
from buyer_requests.changing import wiring as changing_wiring
from buyer_requests.deciding import telling as deciding_kinds
from buyer_requests.forms import criteria as _criteria_option  # noqa: F401 - importing it registers it
from buyer_requests.limits import options as _limits_option  # noqa: F401 - importing it registers it
from buyer_requests.pooling import wiring as pooling_wiring
from buyer_requests.sealing import wiring as sealing
from buyer_requests.selectors import desk as desk_selectors
from buyer_requests.services.publishing import register_check
from buyer_requests.standing import kinds as standing_kinds
from buyer_requests.standing import options as _standing_option  # noqa: F401 - importing it registers it
from buyer_requests.standing.guards import check_draft as check_standing
from buyer_requests.telling import kinds as telling_kinds
from buyer_requests.telling.quiet import is_awake
from buyer_requests.trust import kinds as trust_kinds
from buyer_requests.trust.limits import check_publishing
from notifications import kinds
from notifications.push import quiet
from vendors import desk
from vendors.models import Vendor


def connect() -> None:
    """Called once when the application starts."""
    _vendor_kinds()
    _buyer_kinds()
    _award_kinds()
    _counter_kinds()
    auction_wiring.connect()
    category_effects.connect()
    changing_wiring.connect()
    telling_kinds.register()
    trust_kinds.register()
    register_check(check_publishing)
    quiet.ask(is_awake)
    pooling_wiring.connect()
    deciding_kinds.connect()
    sealing.connect()
    standing_kinds.connect()
    register_check(check_standing)
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
        decides=True,
    )
    kinds.register(
        "bid.lost",
        label=_("My bid is not accepted"),
        subject=_("The buyer chose other bids: %(request)s"),
        body=_("Thank you for answering. The next request that fits your offers comes to you by itself."),
        icon="circle-x",
    )


def _award_kinds() -> None:
    lines = "%(lines)s"
    kinds.register(
        "bid.late",
        label=_("My time to accept has passed"),
        subject=_("Not accepted in time: %(request)s"),
        body=_("You no longer have these lines: %(lines)s"),
        icon="clock",
        optional=False,
    )
    for kind, label, subject, icon in (
        ("award.accepted", _("A vendor accepts"), _("%(vendor)s accepts: %(request)s"), "circle-check"),
        ("award.declined", _("A vendor declines"), _("%(vendor)s declines: %(request)s"), "circle-x"),
        ("award.expired", _("A vendor does not answer in time"), _("%(vendor)s did not answer in time: %(request)s"), "clock"),
        ("award.passed", _("Lines pass to the next best bid"), _("Passed to %(vendor)s: %(request)s"), "award"),
    ):  # fmt: skip
        kinds.register(
            kind,
            label=label,
            subject=subject,
            body=lines,
            icon=icon,
            action=_("Open the request"),
            optional=False,
        )
    kinds.register(
        "award.free",
        label=_("Lines are free again"),
        subject=_("Choose again: %(request)s"),
        body=ngettext_lazy(
            "%(matched)d line has no vendor now. The next best bid is chosen beforehand.",
            "%(matched)d lines have no vendor now. The next best bids are chosen beforehand.",
            "matched",
        ),
        icon="award",
        action=_("Compare the bids"),
        optional=False,
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


def _counter_kinds() -> None:
    """Counter-offers are told to each side as its own kind: one person may buy and sell."""
    named = _("%(line)s\nPrice: %(price)s. Delivered by: %(day)s.\n%(text)s")
    for kind, label, subject in (
        (
            "counter.made.vendor",
            _("A buyer makes a counter-offer"),
            _("The buyer names a price: %(request)s"),
        ),
        (
            "counter.made.buyer",
            _("A vendor answers my counter-offer"),
            _("%(vendor)s names a price: %(request)s"),
        ),
        (
            "counter.accepted.vendor",
            _("My counter-offer is accepted"),
            _("Your price is accepted: %(request)s"),
        ),
        (
            "counter.accepted.buyer",
            _("A vendor accepts my counter-offer"),
            _("%(vendor)s accepts your price: %(request)s"),
        ),
        (
            "counter.declined.vendor",
            _("My counter-offer is declined"),
            _("Your price is declined: %(request)s"),
        ),
        (
            "counter.declined.buyer",
            _("A vendor declines my counter-offer"),
            _("%(vendor)s declines your price: %(request)s"),
        ),
        (
            "counter.expired.vendor",
            _("A counter-offer to my bid runs out"),
            _("A counter-offer has run out: %(request)s"),
        ),
        (
            "counter.expired.buyer",
            _("My counter-offer runs out"),
            _("No answer in time from %(vendor)s: %(request)s"),
        ),
    ):
        kinds.register(kind, label=label, subject=subject, body=named, icon="messages", action=_("See it"))
    kinds.register(
        "bid.automatic",
        label=_("A rule of mine sends a bid"),
        subject=_("Bid sent by your rule: %(request)s"),
        body=ngettext_lazy(
            "The rule “%(rule)s” priced %(priced)d of %(total)d line. Until %(deadline_at)s you can revise or withdraw the bid.",
            "The rule “%(rule)s” priced %(priced)d of %(total)d lines. Until %(deadline_at)s you can revise or withdraw the bid.",
            "total",
        ),
        icon="bolt",
        action=_("See the bid"),
    )
