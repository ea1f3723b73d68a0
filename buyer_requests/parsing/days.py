"""Days as people write them in lists: 25.12.2026, 25.12, 25 грудня, December 25, 2026-12-25."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_MONTHS = {
    1: "січня січень января январь january jan", 2: "лютого лютий февраля февраль february feb",
    3: "березня березень марта март march mar", 4: "квітня квітень апреля апрель april apr",
    5: "травня травень мая май may", 6: "червня червень июня июнь june jun",
    7: "липня липень июля июль july jul", 8: "серпня серпень августа август august aug",
    9: "вересня вересень сентября сентябрь september sep sept", 10: "жовтня жовтень октября октябрь october oct",
    11: "листопада листопад ноября ноябрь november nov", 12: "грудня грудень декабря декабрь december dec",
}  # fmt: skip


@lru_cache(maxsize=1)
def _by_name() -> dict[str, int]:
    return {name: month for month, names in _MONTHS.items() for name in names.split()}


_FIGURES = re.compile(
    r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}|\d{2})(?!\d))?(?!\d)\s*(?:р\.|г\.|року|года)?"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<name>[^\W\d_]{3,10})\.?(?:,?\s*(?P<year>\d{4})\s*(?:р\.|г\.|року|года)?)?",
    re.IGNORECASE,
)
_NAMED_FIRST = re.compile(
    r"(?P<name>[^\W\d_]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,?\s*(?P<year>\d{4}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day and where its words end."""

    value: date
    end: int


def find_day(text: str, *, today: date | None = None) -> Day | None:
    """The day with which the text begins. Without a year it is the next such day after `today`."""
    beginning = text[:40]
    lead = len(beginning) - len(beginning.lstrip(" :–—-"))
    for pattern in (_ISO, _FIGURES, _NAMED, _NAMED_FIRST):
        match = pattern.match(beginning, lead)
        if not match:
            continue
        told = match.groupdict()
        month = _by_name().get(told["name"].lower(), 0) if "name" in told else int(told["month"])
        value = _day(int(told["day"]), month, told["year"], today or date.today())  # noqa: DTZ011 - a calendar day
        if value is not None:
            return Day(value, match.end())
    return None


def _day(day: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        value = date(today.year, month, day)
        return value if value >= today else date(today.year + 1, month, day)
    except ValueError:
        return None
