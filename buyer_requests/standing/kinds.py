"""Kinds of messages of standing requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def connect() -> None:
    kinds.register(
        "standing.news",
        label=_("New and cheaper offers for my standing request"),
        subject=_("New offers for: %(request)s"),
        body=ngettext_lazy(
            "%(matched)d offer came to fit or got cheaper: %(lines)s",
            "%(matched)d offers came to fit or got cheaper: %(lines)s",
            "matched",
        ),
        icon="refresh",
        action=_("Open the request"),
    )
    kinds.register(
        "standing.renewed",
        label=_("More of my offers fit a standing request"),
        subject=_("You can supply more now: %(request)s"),
        body=ngettext_lazy(
            "%(matched)d offer of yours came to fit or got cheaper: %(lines)s\nThe request stands: a round closes at %(deadline_at)s.",
            "%(matched)d offers of yours came to fit or got cheaper: %(lines)s\nThe request stands: a round closes at %(deadline_at)s.",
            "matched",
        ),
        icon="refresh",
        action=_("Open the request"),
    )
