"""Kinds of messages: each room registers its own in `AppConfig.ready()` with lazily translated templates.

    from django.utils.translation import gettext_lazy as _, ngettext_lazy
    from notifications import kinds
    kinds.register(
        "bid.received",
        label=_("A vendor answers my request"),
        subject=_("%(vendor)s answered “%(request)s”"),
        body=ngettext_lazy("The bid covers %(lines)d line.", "The bid covers %(lines)d lines.", "lines"),
    )

Templates are filled with `%` from the stored parameters in the reader's language, when the message is read or
mailed. A parameter whose name ends in `_at` is a time in ISO 8601 and appears as local date and time; a mapping of
languages appears in the reader's.

Three parameters are for the letter alone: `links` is a list of [text, path] that stands in the body's place, `stop` is a list of [name, path] of pages that stop just that, `stop_all` the path
at which a mail program's own button stops all that the letter is about, by POST and without signing in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OPEN = _("Open")
#: What has to be decided within this passes a pause.
SOON = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """How messages of one kind read. `label` names the kind where people choose what is mailed to them."""

    name: str
    subject: Text
    body: Text
    label: Text
    icon: str
    action: Text
    mailed: bool
    optional: bool
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading of the page where people choose. `prefixes`: beginnings of the names of its kinds."""

    order: int
    title: Text
    prefixes: tuple[str, ...]


_OTHER = Topic(99, _("Everything else"), ())
_topics: list[Topic] = []


def register_topic(*, order: int, title: Text, prefixes: tuple[str, ...]) -> None:
    """Adds a heading; the same prefixes again replace it. The longest prefix that fits a kind decides."""
    _topics[:] = [each for each in _topics if each.prefixes != prefixes]
    _topics.append(Topic(order, title, prefixes))


def topic_of(kind: str) -> Topic:
    fits = [(len(prefix), topic) for topic in _topics for prefix in topic.prefixes if kind.startswith(prefix)]
    return max(fits, key=lambda each: each[0])[1] if fits else _OTHER


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    *,
    subject: Text,
    body: Text,
    label: Text = "",
    icon: str = "bell",
    action: Text = OPEN,
    mailed: bool = True,
    optional: bool = True,
    decides: bool = False,
) -> None:
    """Adds a kind. `mailed`: also sent as a letter; `optional`: the person may switch the letters off. `decides`: it asks
    for a decision, by its parameter `deadline_at` or, where that is none or has passed, by itself soon.

    `action` is the text of the link, `icon` a name of `core.icons`. The same name again replaces the kind.
    """
    _kinds[kind] = Kind(kind, subject, body, label or subject, icon, action, mailed, optional, decides)


def get(kind: str) -> Kind:
    """The kind; for one that no installed room knows any more, a neutral one, so that old messages stay."""
    return _kinds.get(kind) or Kind(kind, _("A message"), "", kind, "bell", _("Open"), False, True)


def is_known(kind: str) -> bool:
    return kind in _kinds


def is_urgent(kind: str, params: Mapping[str, Any], now: dt.datetime) -> bool:
    """Whether the reader has to decide within a day."""
    if not get(kind).decides:
        return False
    told = params.get("deadline_at")
    try:
        until = dt.datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        until = None
    return until is None or timezone.is_naive(until) or until <= now + SOON


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def fill(template: Text, params: Mapping[str, Any]) -> str:
    """The template with its parameters in the active language; what lacks a parameter is shown unfilled."""
    if not template:
        return ""
    shown = {name: _shown(name, value) for name, value in params.items()}
    try:
        return str(template % shown)  # type: ignore[operator]  # lazy strings fill themselves
    except (KeyError, ValueError, TypeError):
        return str(template)


def _shown(name: str, value: Any) -> Any:
    if name.endswith("_at") and isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            return value
        if timezone.is_aware(moment):
            moment = timezone.localtime(moment)
        return formats.date_format(moment, "SHORT_DATETIME_FORMAT")
    if isinstance(value, dict):
        return value.get(get_language() or "") or next(iter(value.values()), "")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value
