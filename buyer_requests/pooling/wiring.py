"""This package's entries in the room's registries."""

from __future__ import annotations

from accounts import personal_data as people_data
from buyer_requests.changing.services import register_check as register_change_check
from buyer_requests.pooling import kinds, options, personal_data
from buyer_requests.pooling.guards import refuse_change
from buyer_requests.pooling.joining import open_pool
from buyer_requests.services.publishing import register_check

__all__ = ["connect", "options"]


def connect() -> None:
    """Called once when the application starts."""
    kinds.connect()
    register_check(open_pool)
    register_change_check(refuse_change)
    people_data.register("pooled_requests", export=personal_data.export, erase=personal_data.erase)
