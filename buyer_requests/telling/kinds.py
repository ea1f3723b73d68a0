"""Kinds of messages about requests that telling adds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def register() -> None:
    """Called once when the application starts."""
    kinds.register(
        "request.past",
        label=_("A request is like what my company sold or offered before"),
        subject=_("Like what you offered before: %(request)s"),
        body=ngettext_lazy(
            "%(what)s: you won %(won)d request of those you answered (%(bid)d). Wanted: %(lines)s\nBids are taken until %(deadline_at)s.",
            "%(what)s: you won %(won)d requests of those you answered (%(bid)d). Wanted: %(lines)s\nBids are taken until %(deadline_at)s.",
            "won",
        ),
        icon="clipboard-list",
        action=_("Open the request"),
    )
    kinds.register(
        "request.collected",
        label=_("Several requests in one message, as my company chose"),
        subject=ngettext_lazy(
            "%(count)d request waits for a bid of %(vendor)s",
            "%(count)d requests wait for a bid of %(vendor)s",
            "count",
        ),
        body="%(list)s",
        icon="clipboard-list",
        action=_("Open the requests"),
    )
