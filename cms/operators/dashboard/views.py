"""The dashboard's page and panel: days, the span before them, charts with a table, files."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from laces.components import Component

from accounts.models import User
from cms.operators.dashboard.today import tasks_for
from cms.operators.pages import DeskPage
from cms.operators.sheets import FORMATS, table_file
from core.trends import selectors, services
from core.trends.measures import Measure, every_day, measures
from core.trends.selectors import Trend

SPANS: Final = (30, 90, 365)
_LABELS: Final = {
    30: gettext_lazy("30 days"),
    90: gettext_lazy("90 days"),
    365: gettext_lazy("365 days"),
}


def measures_for(operator: User) -> list[Measure]:
    """Those that the operator has the right to see."""
    return [measure for measure in measures() if operator.has_perm(measure.permission)]


def days_of(number: int) -> tuple[dt.date, dt.date]:
    last = services.today()
    return last - dt.timedelta(days=number - 1), last


def context_of(operator: User, number: int) -> dict[str, Any]:
    """What the page and the panel draw: one statement for all trends."""
    first, last = days_of(number)
    trends = selectors.trends(measures_for(operator), first, last)
    days = every_day(first, last)
    before = days[0] - dt.timedelta(days=number)
    return {
        "tasks": tasks_for(operator),
        "cards": [_card(trend) for trend in trends],
        "days": number,
        "spans": [(each, _LABELS[each]) for each in SPANS],
        "first": first,
        "last": last,
        "before_first": before,
        "before_last": days[0] - dt.timedelta(days=1),
        "chart": {
            "days": [date_format(day, "j M") for day in days],
            "now": _("these days"),
            "before": _("as many days before"),
            "charts": {
                trend.measure.key: {
                    "label": str(trend.measure.label),
                    "now": trend.days,
                    "before": trend.before,
                }
                for trend in trends
            },
        },
        "table": _table(trends, days),
    }


def _card(trend: Trend) -> dict[str, Any]:
    measure = trend.measure
    return {
        "key": measure.key,
        "label": measure.label,
        "about": measure.about,
        "now": _said(trend.now, measure),
        "then": _said(trend.then, measure),
        "change": None if trend.change is None else round(trend.change),
        "is_better": trend.is_better,
    }


def _table(trends: list[Trend], days: list[dt.date]) -> dict[str, Any]:
    """By day, the latest first."""
    rows = [
        (day, [_said(trend.days[place], trend.measure) for trend in trends]) for place, day in enumerate(days)
    ]
    return {"heads": [trend.measure.label for trend in trends], "rows": rows[::-1]}


def _said(value: float | None, measure: Measure) -> str:
    return "–" if value is None else number_format(value, measure.decimals, force_grouping=True)


class Dashboard(DeskPage):
    """Everybody at the desk sees it, and of it what they may."""

    permission_required = "wagtailadmin.access_admin"
    template_name = "cms/operators/dashboard.html"
    header_icon = "home"
    page_title = gettext_lazy("How the row does")

    @cached_property
    def days(self) -> int:
        said = self.request.GET.get("days", "")
        return next((number for number in SPANS if said == str(number)), SPANS[0])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = request.GET.get("format", "")
        return self.as_file(kind) if kind in FORMATS else super().get(request, *args, **kwargs)

    def as_file(self, kind: str) -> HttpResponse:
        """A row a day, with the value of as many days before beside each."""
        first, last = days_of(self.days)
        trends = selectors.trends(measures_for(self.request.user), first, last)
        header = [_("Day")]
        for trend in trends:
            header += [str(trend.measure.label), f"{trend.measure.label}, {_('as many days before')}"]
        rows = (
            [
                day.isoformat(),
                *(
                    cell
                    for trend in trends
                    for cell in (_cell(trend.days[place]), _cell(trend.before[place]))
                ),
            ]
            for place, day in enumerate(every_day(first, last))
        )
        return table_file(kind, f"figures-{first}-{last}", header, rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**context_of(self.request.user, self.days), **kwargs)


def _cell(value: float | None) -> Any:
    if value is None:
        return ""
    return int(value) if value == int(value) else value


class DashboardPanel(Component):
    """The same on the desk's home, for the shortest span."""

    name = "ryad_dashboard"
    template_name = "cms/operators/_dashboard.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request = parent_context["request"]
        return {**context_of(request.user, SPANS[0]), "address": reverse("operators_dashboard")}

    @property
    def media(self) -> Media:
        return Media(
            css={"all": [static("css/dashboard.css")]},
            js=[static("vendor/chart.js/chart.umd.min.js"), static("js/dashboard.js")],
        )
