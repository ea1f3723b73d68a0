"""What was done on the operators' desk, in one list: our own trace and Wagtail's log of pages, pictures and the like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, PageLogEntry

from accounts.models import User
from core.audit import kinds, selectors
from core.audit.selectors import Asked
from core.ids import id_of
from core.models import AuditEntry

#: Kind of subject -> name of its page on the desk, which takes the id.
_PAGES: Final = {
    "vendor": "operators_vendor",
    "category": "operators_category_rename",
    "attribute": "operators_attribute",
    "product": "operators_good",
    "import_run": "operators_imports:inspect",
    "request": "operators_requests:inspect",
    "job": "operators_job",
    "page": "wagtailadmin_pages:edit",
}
#: Of Wagtail's actions: told apart from our kinds by the mark before them.
_WAGTAIL: Final = "wagtail:"
_SOURCES: Final = ("a", "m", "p")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal. `place` tells lines of one moment apart; `actor` is a typed id."""

    at: dt.datetime
    place: tuple[str, int]
    actor: str
    action: str
    subject: str
    name: str
    reason: str
    details: dict[str, Any]
    who: str = ""
    url: str = ""

    @property
    def cursor(self) -> str:
        """Where the next page begins: behind this line."""
        return f"{self.at.isoformat()}~{self.place[0]}{self.place[1]}"


def page(asked: Asked, *, after: str = "", most: int = 50) -> tuple[list[Line], str]:
    """Lines, newest first, and the cursor of the next page, "" where this is the last."""
    found = list(islice(_merged(asked, _read(after), most + 1), most + 1))
    lines = found[:most]
    return _told(lines), lines[-1].cursor if len(found) > most else ""


def all_lines(asked: Asked, most: int) -> Iterator[Line]:
    """For a file: as many, page by page."""
    after, left = "", most
    while left > 0:
        lines, after = page(asked, after=after, most=min(left, 1_000))
        yield from lines
        left -= len(lines)
        if not after:
            return


def of_subject(subject: str, most: int = 10) -> list[Line]:
    """What happened to a thing, for its own page."""
    return _told([_ours(entry) for entry in selectors.of_subject(subject, most)])


def actions() -> list[tuple[str, str]]:
    """Kinds to choose from: ours by their names, then Wagtail's."""
    ours = [(kind.name, str(kind.label)) for kind in kinds.all_kinds()]
    theirs = sorted((f"{_WAGTAIL}{name}", str(label)) for name, label in registry.get_choices())
    return ours + theirs


def label_of(action: str) -> str:
    if action.startswith(_WAGTAIL):
        name = action.removeprefix(_WAGTAIL)
        return str(registry.get_action_label(name)) if registry.action_exists(name) else name
    return str(kinds.get(action).label)


def url_of(subject: str) -> str:
    """The subject's page, "" where it has none."""
    kind, _colon, number = subject.partition(":")
    if kind not in _PAGES or not number:
        return ""
    try:
        return reverse(_PAGES[kind], args=[number])
    except NoReverseMatch:
        return ""


def _read(after: str) -> tuple[dt.datetime, str, int] | None:
    moment, _tilde, place = after.partition("~")
    try:
        at = dt.datetime.fromisoformat(moment)
        if at.tzinfo is None:
            return None
        at = at.astimezone(dt.UTC)
    except (ValueError, OverflowError):  # OverflowError: at the very edge of the calendar
        return None
    number = id_of(place[1:])
    if number is None or place[:1] not in _SOURCES:
        return None
    return at, place[0], number


def _merged(asked: Asked, after: tuple[dt.datetime, str, int] | None, most: int) -> Iterable[Line]:
    lists = []
    if not asked.action.startswith(_WAGTAIL):
        rows = _behind(selectors.entries(asked), "at", "a", after)
        lists.append([_ours(entry) for entry in rows[:most]])
    if not asked.action or asked.action.startswith(_WAGTAIL):
        for source, model in (("m", ModelLogEntry), ("p", PageLogEntry)):
            wanted = _wagtails(model, asked)
            if wanted is not None:
                rows = _behind(wanted, "timestamp", source, after)
                lists.append([_theirs(source, entry) for entry in rows[:most]])
    return merge(*lists, key=lambda line: (line.at, line.place), reverse=True)


def _behind(
    rows: QuerySet[Any], column: str, source: str, after: tuple[dt.datetime, str, int] | None
) -> QuerySet[Any]:
    """Rows that stand behind the cursor in the order of (moment, source, number), newest first."""
    if after is None:
        return rows
    at, last, number = after
    same = Q(**{column: at})
    behind = Q(**{f"{column}__lt": at})
    if source < last:
        behind |= same
    elif source == last:
        behind |= same & Q(pk__lt=number)
    return rows.filter(behind)


def _named_like(word: str) -> Q:
    """Ignoring case alike on both databases: SQLite knows none of Cyrillic letters."""
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    return Q.create([("label__contains", each) for each in sorted(spellings)], connector=Q.OR)


def _wagtails(model: Any, asked: Asked) -> QuerySet[Any] | None:  # noqa: C901 - a branch for each thing that may be asked
    """Wagtail's rows, None where the question leaves none of them."""
    found = model.objects.order_by("-timestamp", "-pk")
    if model is ModelLogEntry:
        found = found.select_related("content_type")
    if asked.action:
        found = found.filter(action=asked.action.removeprefix(_WAGTAIL))
    if asked.actor:
        kind, _colon, number = asked.actor.partition(":")
        user = id_of(number)
        if kind != "user" or user is None:
            return None
        found = found.filter(user_id=user)
    if asked.subject:
        kind, _colon, number = asked.subject.partition(":")
        if model is PageLogEntry:
            page_id = id_of(number)
            if kind != "page" or page_id is None:
                return None
            found = found.filter(page_id=page_id)
        else:
            types = ContentType.objects.filter(model=kind)
            found = found.filter(content_type__in=types, object_id=number)
    for word in asked.words.split()[:8]:
        found = found.filter(_named_like(word))
    if asked.since is not None:
        found = found.filter(timestamp__gte=asked.since)
    if asked.until is not None:
        found = found.filter(timestamp__lt=asked.until)
    return found


def _ours(entry: AuditEntry) -> Line:
    return Line(
        at=entry.at,
        place=("a", entry.pk),
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        name=entry.subject_name,
        reason=entry.reason,
        details=entry.details,
    )


def _theirs(source: str, entry: Any) -> Line:
    kind = "page" if source == "p" else entry.content_type.model if entry.content_type else ""
    number = entry.page_id if source == "p" else entry.object_id
    return Line(
        at=entry.timestamp,
        place=(source, entry.pk),
        actor=f"user:{entry.user_id}" if entry.user_id else "system",
        action=f"{_WAGTAIL}{entry.action}",
        subject=f"{kind}:{number}",
        name=entry.label,
        reason="",
        details={},
    )


def _told(lines: list[Line]) -> list[Line]:
    """With addresses of people and pages, in one query for all."""
    numbers = {
        user
        for kind, _colon, number in (line.actor.partition(":") for line in lines)
        if kind == "user" and (user := id_of(number)) is not None
    }
    emails = {
        f"user:{pk}": email for pk, email in User.objects.filter(pk__in=numbers).values_list("pk", "email")
    }
    return [
        replace(line, who=emails.get(line.actor) or _nobody(line.actor), url=url_of(line.subject))
        for line in lines
    ]


def _nobody(actor: str) -> str:
    return _("the system") if actor in {"", "system"} else actor
