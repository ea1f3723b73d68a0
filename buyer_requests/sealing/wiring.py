"""Sealing's entries in the registries: kinds of messages, the option of a draft, what it refuses."""

from __future__ import annotations

from buyer_requests.changing.services import register_check as register_change_check
from buyer_requests.changing.services import register_record
from buyer_requests.sealing import forms, guards, messages, terms
from buyer_requests.services.publishing import register_check

__all__ = ["connect", "forms"]  # importing the forms registers the option


def connect() -> None:
    """Called once by the room's wiring."""
    messages.register_kinds()
    register_check(guards.refuse_other_ways)
    register_change_check(guards.refuse_change)
    register_record(terms.note_changed)
