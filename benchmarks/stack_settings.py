"""The production parts without the limit on searches: one client asks for a hundred buyers here."""

from marketplace.settings.dev import *  # noqa: F403 - a settings module is its names

RATE_LIMITS = {"search": None, "suggestions": None}
