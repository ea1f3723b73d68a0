"""What people search for and how it goes, with what an operator can do about each query; clicks to vendors' shops."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.clicks import clicks_by_day, clicks_by_vendor
from catalog.models import Category
from cms.operators.pages import DeskPage, number_of
from cms.operators.sheets import FORMATS, MOST_ROWS, table_file
from core.errors import DomainError
from core.places import place
from search.curation import handling, wanted
from search.curation.enums import HandledBy
from search.learning import guessing, selectors
from search.learning.anonymity import FEWEST
from search.learning.keys import query_key
from search.learning.selectors import Report, Span
from search.query import SearchQuery
from search.services import search

_USUAL_DAYS: Final = 30
_MOST_DAYS: Final = 400
#: Queries that the pages of a report show; a file has more.
_MOST_LISTED: Final = 1_000
_LANGUAGES: Final = ("uk", "ru", "en")
_LARGEST_KEY: Final = 1 << 63
_SHOWN: Final = ("", "open", "handled")


class _SpanPage(DeskPage):
    """Days are asked for by the address: `days` back from today, or `from` and `to`."""

    permission_required = "search.change_rankingweights"

    @cached_property
    def span(self) -> Span:
        asked = self.request.GET
        today = timezone.localdate()
        language = asked.get("language", "")
        first, last = _date(asked.get("from", "")), _date(asked.get("to", ""))
        last = min(last or today, today)
        if first is None:
            text = asked.get("days", "")
            days = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else _USUAL_DAYS
            first = last - dt.timedelta(days=max(days, 1) - 1)
        first = max(min(first, last), last - dt.timedelta(days=_MOST_DAYS))
        return Span(first, last, language if language in _LANGUAGES else "")

    @property
    def asked(self) -> dict[str, str]:
        span = self.span
        return {"from": span.first.isoformat(), "to": span.last.isoformat(), "language": span.language}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = request.GET.get("format", "")
        if kind in FORMATS:
            return self.as_file(kind)
        return super().get(request, *args, **kwargs)

    def as_file(self, kind: str) -> HttpResponse:
        raise Http404(kind)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            span=self.span,
            languages=[(code, name) for code, name in settings.LANGUAGES if code in _LANGUAGES],
            **kwargs,
        )


class SearchReports(_SpanPage):
    """Queries by one of the reports, each with what can be done about it."""

    template_name = "cms/operators/searches.html"
    header_icon = "search"
    page_title = gettext_lazy("Searches")

    @property
    def report(self) -> Report:
        said = self.request.GET.get("report", "")
        return Report(said) if said in set(Report) else Report.FREQUENT

    @property
    def show(self) -> str:
        """Which queries: all, those that nobody has handled, or those that somebody has."""
        said = self.request.GET.get("show", "")
        return said if said in _SHOWN else ""

    def rows(self) -> Any:
        rows = selectors.queries(self.report, self.span)
        if self.show == "open":
            return rows.exclude(key__in=handling.handled_keys())
        if self.show == "handled":
            return rows.filter(key__in=handling.handled_keys())
        return rows.exclude(key__in=handling.handled_keys().filter(handled_by=HandledBy.SPAM))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """What is done about a query of a row, in one click."""
        acted_on_query(self)
        return HttpResponseRedirect(request.get_full_path())

    def as_file(self, kind: str) -> HttpResponse:
        rows = self.rows()[:MOST_ROWS]
        name = f"searches-{self.report}-{self.span.first}-{self.span.last}"
        header = [_("Query"), _("Language"), _("Searches"), _("Before"), _("Found nothing"), _("Only above the ceiling"),
                  _("Corrected"), _("Corrected to"), _("Searches with an opened hit"), _("Average place opened")]  # fmt: skip
        return table_file(kind, name, header, (_cells(row) for row in rows))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Grouped and put in order once, not once more for their number.
        page = self.page_of(list(self.rows()[:_MOST_LISTED]))
        kept = {**self.asked, "report": str(self.report), "show": self.show}
        done = handling.handled(row["key"] for row in page.object_list)
        return super().get_context_data(
            page=page,
            rows=[_drawn(row, done.get(row["key"])) for row in page.object_list],
            show=self.show,
            shown=[(name, _shown_names()[name]) for name in _SHOWN],
            kept={name: value for name, value in kept.items() if name != "show"},
            report=str(self.report),
            reports=[(str(each), name) for each, name in _names().items()],
            about=_abouts()[self.report],
            totals=selectors.totals(self.span),
            fewest=FEWEST,
            is_compared=self.report in {Report.RISING, Report.FALLING},
            before=self.span.before(),
            query=f"{urlencode(kept)}&",
            **kwargs,
        )


class QueryPage(_SpanPage):
    """One query: its days, and in which category its goods should be."""

    template_name = "cms/operators/query.html"
    header_icon = "search"
    page_title = gettext_lazy("A query")

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_searches"), _("Searches"))]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        acted_on_query(self)
        return HttpResponseRedirect(request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = _key(self.request.GET.get("key", ""))
        days = list(selectors.days_of(key, self.span)[: 2 * _MOST_DAYS])
        if not days:
            raise Http404
        words, language = days[0].words, days[0].language
        found = search(SearchQuery(words=words, language=language, page_size=1, with_facets=False))
        [guess] = guessing.guessed_categories([words])
        return super().get_context_data(
            words=words,
            days=days,
            total=found.total,
            meant=_category(found.meant_category),
            guess=_category(guess),
            actions=_actions(words, language),
            key=key,
            handled=handling.handled([key]).get(key),
            meant_key=found.meant_category or guess or "",
            **kwargs,
        )


def acted_on_query(page: DeskPage) -> None:
    """Of a form with `key`, `words` and `act`; says what came of it."""
    request, said = page.request, page.request.POST
    key, words, act = _key(said.get("key", "")), said.get("words", "").strip()[:200], said.get("act", "")
    if not words or key != query_key(words):
        raise Http404
    try:
        if act == "reopen":
            if handling.reopen(key=key, actor=page.actor):
                messages.success(request, _("“%(words)s” is open again.") % {"words": words})
        elif act in {HandledBy.FINE, HandledBy.SPAM}:
            handling.handle(key=key, words=words, handled_by=HandledBy(act), actor=page.actor)
            messages.success(request, _("“%(words)s” is marked as handled.") % {"words": words})
        elif act == "ask":
            category = _category(number_of(said.get("category", "")))
            wanted.ask_vendors(key=key, words=words, category=category, actor=page.actor)
            messages.success(
                request, _("Vendors of the category are being told of “%(words)s”.") % {"words": words}
            )
    except DomainError as error:
        messages.error(request, str(error))


def _key(text: str) -> int:
    try:
        key = int(text)
    except ValueError:
        raise Http404 from None
    if not -_LARGEST_KEY <= key < _LARGEST_KEY:
        raise Http404
    return key


class ShopClicks(_SpanPage):
    """How many buyers went on to the shops of listing vendors."""

    permission_required = "vendors.view_vendor"
    template_name = "cms/operators/shop_clicks.html"
    header_icon = "link-external"
    page_title = gettext_lazy("Clicks to shops")

    def as_file(self, kind: str) -> HttpResponse:
        rows = clicks_by_vendor(self.span.first, self.span.last)[:MOST_ROWS]
        name = f"clicks-{self.span.first}-{self.span.last}"
        return table_file(
            kind, name, [_("Vendor"), _("Clicks")], ((row["name"], row["clicks"]) for row in rows)
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(clicks_by_vendor(self.span.first, self.span.last))
        days = clicks_by_day(self.span.first, self.span.last)
        return super().get_context_data(
            page=page,
            days=days,
            total=sum(clicks for _day, clicks in days),
            query=f"{urlencode(self.asked)}&",
            **kwargs,
        )


def _names() -> dict[Report, str]:
    return {
        Report.FREQUENT: _("Most frequent"),
        Report.EMPTY: _("Found nothing"),
        Report.LITTLE: _("Opened little"),
        Report.CORRECTED: _("Corrected"),
        Report.RISING: _("Rising"),
        Report.FALLING: _("Falling"),
    }


def _abouts() -> dict[Report, str]:
    return {
        Report.FREQUENT: _("What is searched for most. All forms and spellings of a query are one row."),
        Report.EMPTY: _("Searches that found nothing. A synonym may help, or a vendor who has it."),
        Report.LITTLE: _(
            "Something is found, but people open hits clearly less often than where as much is found, or much further down. What loses most openings comes first."
        ),
        Report.CORRECTED: _(
            "Searches whose words were read as others. Where that is wrong, a synonym helps."
        ),
        Report.RISING: _("Searched for more than in as many days before."),
        Report.FALLING: _("Searched for less than in as many days before."),
    }


def _shown_names() -> dict[str, str]:
    return {"": _("All"), "open": _("Not handled"), "handled": _("Handled")}


def _drawn(row: dict[str, Any], handled: handling.Handled | None = None) -> dict[str, Any]:
    return {
        **row,
        "handled": handled,
        # Only a key that the words give can be acted on: older rows have others.
        "can_act": row["key"] == query_key(row["words"]),
        "place": _place(row),
        "actions": _actions(row["words"], row["language"]),
        "details_url": f"{reverse('operators_query')}?{urlencode({'key': row['key']})}",
    }


def _actions(words: str, language: str) -> dict[str, str]:
    with translation.override(language):
        site = place("search")
    return {
        "try": f"{site}?{urlencode({'q': words})}",
        "synonym": f"{reverse('operators_synonyms')}?{urlencode({'words': words[:80]})}",
        "pin": f"{reverse('operators_placements')}?{urlencode({'words': words})}",
        "route": f"{reverse('operators_routes')}?{urlencode({'words': words})}",
    }


def _cells(row: dict[str, Any]) -> list[Any]:
    return [
        row["words"],
        row["language"],
        row["searches"],
        row.get("before", ""),
        row["empty"],
        row.get("above", ""),
        row.get("corrected", ""),
        row.get("corrected_to", ""),
        row["opened"],
        _place(row) or "",
    ]


def _place(row: dict[str, Any]) -> float | None:
    return round(row["places"] / row["hits"], 1) if row["hits"] else None


def _category(pk: int | None) -> Category | None:
    return Category.objects.filter(pk=pk).first() if pk else None


def _date(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
