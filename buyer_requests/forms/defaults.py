"""What a new draft comes with, so that little is left to fill in: a title from its lines, a deadline soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import ngettext

LONGEST_TITLE = 80
WORKING_DAYS = 3
_SATURDAY = 5


def default_title(texts: Sequence[str]) -> str:
    """The first line's text and how many more there are, in the reader's language; at most 80 characters.

    A longer text is cut, never the number. Without lines there is no title.
    """
    if not texts:
        return ""
    first, more = " ".join(texts[0].split()), len(texts) - 1
    title = _named(first, more)
    if len(title) > LONGEST_TITLE:
        room = LONGEST_TITLE - (len(title) - len(first)) - 1
        title = _named(f"{first[:room].rstrip()}…", more)
    return title


def _named(first: str, more: int) -> str:
    if not more:
        return first
    title = ngettext("%(first)s and %(count)d more", "%(first)s and %(count)d more", more)
    return title % {"first": first, "count": more}


def default_deadline_day() -> dt.date:
    """The third working day after today in Kyiv. Only weekends are left out: holidays are not known here."""
    day = timezone.localdate(timezone=timezone.get_default_timezone())
    left = WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day
