"""Kinds of messages about requests that are held back: to their buyers, and to bidders when one is open again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications import kinds


def register() -> None:
    """Called once when the application starts."""
    kinds.register(
        "request.reopened",
        label=_("A request on which I bid is open again"),
        subject=_("Open again: %(request)s"),
        body=_(
            "It was cancelled by mistake. Your bid is in force again; until %(deadline_at)s you can revise or withdraw it."
        ),
        icon="circle-check",
        action=_("Open the request"),
    )
    kinds.register(
        "request.held",
        label=_("My request waits for an operator"),
        subject=_("An operator looks at it first: %(request)s"),
        body=_("No further vendor hears of it until then. Its page says why."),
        icon="clock",
        action=_("Open the request"),
        optional=False,
    )
    kinds.register(
        "request.released",
        label=_("An operator released my request"),
        subject=_("Released: %(request)s"),
        body=_("The operator says: %(reason)s\nVendors hear of it while its deadline is ahead."),
        icon="circle-check",
        action=_("Open the request"),
        optional=False,
    )
    kinds.register(
        "request.refused",
        label=_("An operator closed my request"),
        subject=_("Closed by an operator: %(request)s"),
        body=_("The operator says: %(reason)s\nOn its page you can appeal once."),
        icon="ban",
        action=_("Open the request"),
        optional=False,
    )
