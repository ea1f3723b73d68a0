"""Kinds of messages by which bidders are told of changed weights."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications import kinds


def connect() -> None:
    """Registers the kind of message; called once when the application starts."""
    kinds.register(
        "request.criteria",
        label=_("A buyer changes what bids are judged by"),
        subject=_("Judged by other weights: %(request)s"),
        body=_("What counts besides the price stands on the page of the request. You may revise your bid."),
        icon="scale",
        action=_("Open the request"),
    )
    kinds.register(
        "sealed.criteria",
        label=_("A buyer changes what sealed bids are judged by"),
        subject=_("Judged by other weights: %(request)s"),
        body=_(
            "What counts besides the price stands on the page of the request. A bid can be sent, revised or withdrawn until %(deadline_at)s."
        ),
        icon="scale",
        action=_("Open the request"),
    )
