"""Auctions' entries in the registries: kinds of messages, the draft's option, what is asked before publishing."""

from __future__ import annotations

from buyer_requests.auctioning import kinds
from buyer_requests.auctioning import options as _options  # noqa: F401 - importing the option registers it
from buyer_requests.auctioning.checks import check_publishing
from buyer_requests.services.publishing import register_check


def connect() -> None:
    """Called once when the application starts."""
    kinds.register()
    register_check(check_publishing)
