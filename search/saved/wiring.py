"""Watching's entries in the registries: kinds of messages, personal data."""

from __future__ import annotations

from accounts import personal_data as people_data
from search.saved import notices, personal_data


def connect() -> None:
    """Called once when the application starts."""
    notices.register()
    people_data.register("search", export=personal_data.export, erase=personal_data.erase)
