"""When a person wants no push message. Rooms that know of quiet hours join in `AppConfig.ready()`:

    from notifications.push import quiet
    quiet.ask(is_awake)      # is_awake(user, now, is_urgent) -> bool

A message that may not come now waits, and is dropped with its day; the inbox keeps it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from accounts.models import User

Asked = Callable[[User, dt.datetime, bool], bool]

_asked: list[Asked] = []


def ask(whether: Asked) -> None:
    """Joins a room; the same again is asked once."""
    if whether not in _asked:
        _asked.append(whether)


def may_push_now(user: User, now: dt.datetime, *, is_urgent: bool = False) -> bool:
    """Whether nobody who knows the person says no. `is_urgent`: the person has to decide within a day."""
    return all(whether(user, now, is_urgent) for whether in _asked)
