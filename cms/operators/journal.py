"""The journal: what was done on the desk, by whom, to what and why; searched, and taken along as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cms import journal
from cms.operators.pages import DeskPage
from cms.operators.sheets import FORMATS, MOST_ROWS, table_file
from core.audit.selectors import Asked

_FIELDS = ("who", "action", "subject", "words", "since", "until")


class Journal(DeskPage):
    """Only read: nothing here changes or goes."""

    permission_required = "core.view_auditentry"
    template_name = "cms/operators/journal.html"
    header_icon = "history"
    page_title = gettext_lazy("Journal")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        said = {name: request.GET.get(name, "").strip()[:200] for name in _FIELDS}
        asked = _asked(said)
        if (kind := request.GET.get("format")) in FORMATS:
            return _file(str(kind), asked)
        lines, after = journal.page(asked, after=request.GET.get("after", ""))
        query = urlencode({name: value for name, value in said.items() if value})
        context = self.get_context_data(
            lines=[(line, journal.label_of(line.action)) for line in lines],
            after=urlencode({"after": after}) if after else "",
            query=f"{query}&" if query else "",
            said=said,
            actions=journal.actions(),
            unknown=bool(said["who"]) and asked.actor == _NOBODY,
            begun=bool(request.GET.get("after")),
        )
        return self.render_to_response(context)


_NOBODY = "nobody"


def _asked(said: dict[str, str]) -> Asked:
    actor = said["who"]
    if "@" in actor:
        found = User.objects.filter(email__iexact=actor).first()
        actor = found.typed_id if found else _NOBODY
    return Asked(
        actor=actor,
        action=said["action"],
        subject=said["subject"],
        words=said["words"],
        since=_midnight(said["since"], 0),
        until=_midnight(said["until"], 1),
    )


def _midnight(text: str, days: int) -> dt.datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days), dt.time.min))


def _file(kind: str, asked: Asked) -> HttpResponse:
    header = [_("When"), _("Who"), _("What"), _("Subject"), _("Name"), _("Reason")]
    rows = (
        [
            date_format(timezone.localtime(line.at), "SHORT_DATETIME_FORMAT"),
            line.who,
            journal.label_of(line.action),
            line.subject,
            line.name,
            line.reason,
        ]
        for line in journal.all_lines(asked, MOST_ROWS)
    )
    return table_file(kind, "journal", header, rows)
