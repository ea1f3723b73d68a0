"""Pinned and buried goods: made with a reason, looked at on the queries that they are for, put live, ended."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Offer, Product
from cms.operators.pages import DeskPage, number_of, with_people
from core.errors import DomainError, InvalidInput
from core.places import place
from search.curation import places
from search.curation.enums import Language, Match, PlaceKind
from search.learning import selectors as learning
from search.learning.selectors import Report, Span
from search.models import Placement
from search.tuning.enums import TuningState

_USUAL_DAYS: Final = 30
#: Real queries that are looked through for those that a draft is for.
_COMMON: Final = 500
_COMMON_SECONDS: Final = 600
_RIGHT: Final = "search.change_rankingweights"


class PlacementForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What to do"), choices=PlaceKind)
    words = forms.CharField(label=gettext_lazy("Query"), max_length=200)
    match = forms.ChoiceField(label=gettext_lazy("For which queries"), choices=Match)
    language = forms.ChoiceField(
        label=gettext_lazy("On pages in"), choices=Language, required=False, initial=Language.ALL
    )
    target = forms.CharField(
        label=gettext_lazy("Good or offer"),
        help_text=gettext_lazy(
            "Its address in the row: …/goods/12/ is a good with all its offers, …/offers/345/ one offer. A number alone is an offer's."
        ),
        max_length=300,
    )
    place = forms.TypedChoiceField(
        label=gettext_lazy("Not below place"),
        help_text=gettext_lazy("Of a pin alone. What stands higher by itself stays there."),
        coerce=int,
        empty_value=None,
        choices=[(number, number) for number in range(places.HIGHEST, places.LOWEST + 1)],
        required=False,
    )
    starts = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends = forms.DateField(
        label=gettext_lazy("Until, this day included"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Why buyers are better off with it. Places are not for sale; buyers see that editors put it there."
        ),
        max_length=300,
    )

    def clean_target(self) -> Offer | Product:
        text = str(self.cleaned_data["target"]).strip()
        parts = [part for part in text.split("?")[0].split("#")[0].split("/") if part]
        number = number_of(parts[-1]) if parts else 0
        is_product = len(parts) > 1 and parts[-2] == "goods"
        model: Any = Product if is_product else Offer
        found: Offer | Product | None = model.objects.filter(pk=number).first() if number else None
        if found is None:
            raise forms.ValidationError(_("There is no such good. Copy its address from the row."))
        return found


class Placements(DeskPage):
    """Drafts and what is live, with goods that are gone; a new one."""

    permission_required = _RIGHT
    template_name = "cms/operators/placements.html"
    header_icon = "pick"
    page_title = gettext_lazy("Places in the results")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        asked = self.request.GET
        kwargs.setdefault(
            "form",
            PlacementForm(
                initial={
                    "words": asked.get("words", "")[:200],
                    "target": asked.get("target", "")[:300],
                    "place": 1,
                    "starts": today,
                    "ends": today + dt.timedelta(days=_USUAL_DAYS),
                }
            ),
        )
        page = self.page_of(places.placements().select_related("offer", "product"))
        rows = list(page.object_list)
        gone = places.gone(rows)
        over = places.placements(over=True)[:20]
        return super().get_context_data(
            page=page,
            rows=[(row, who, row.pk in gone) for row, who in with_people(rows, "made_by")],
            gone=len(places.gone()),
            over=with_people(over, "made_by"),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if request.POST.get("act") == "end":
            ended = places.end_placement(pk=number_of(request.POST.get("placement", "")), actor=self.actor)
            if ended is not None:
                messages.success(request, _("“%(place)s” acts no longer.") % {"place": ended})
            return HttpResponseRedirect(request.path)
        form = PlacementForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        try:
            made = places.draft_placement(
                kind=data["kind"],
                words=data["words"],
                match=data["match"],
                language=data["language"],
                target=data["target"],
                place=data["place"],
                starts_at=_midnight(data["starts"]),
                ends_at=_midnight(data["ends"] + dt.timedelta(days=1)),
                reason=data["reason"],
                actor=self.actor,
            )
        except InvalidInput as error:
            field = {"starts_at": "starts", "ends_at": "ends"}.get(error.field or "", error.field)
            form.add_error(field if field in form.fields else None, str(error))
            return self.render_to_response(self.get_context_data(form=form))
        return HttpResponseRedirect(reverse("operators_placement", args=[made.pk]))


class PlacementPage(DeskPage):
    """What a draft changes, side by side; whoever has seen it can put it live."""

    permission_required = _RIGHT
    template_name = "cms/operators/placement.html"
    header_icon = "pick"
    page_title = gettext_lazy("A place in the results")

    @cached_property
    def placement(self) -> Placement:
        rows = Placement.objects.select_related("offer", "product")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_placements"), _("Places in the results"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.placement
        today = timezone.localdate()
        is_over = row.state == TuningState.PAST or row.ends_at <= timezone.now()
        others: list[str] = []
        if row.match == Match.WORDS and not is_over:
            span = Span(today - dt.timedelta(days=_USUAL_DAYS), today, row.language)
            others = places.queries_meant(row, _common(span))
        # What is over changes nothing any more: there is nothing to search for.
        shown = [] if is_over else places.preview(row, others=others)
        places.note_previewed(row)
        return super().get_context_data(
            row=row,
            who=with_people([row], "made_by")[0][1],
            shown=shown,
            is_changed=any(each.is_changed for each in shown),
            is_gone=row.pk in places.gone([row]),
            is_draft=row.state == TuningState.DRAFT,
            is_over=is_over,
            url=_address(row),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        act = request.POST.get("act")
        try:
            if act == "live":
                places.put_placement_live(placement=self.placement, actor=self.actor)
                messages.success(request, _("It is live."))
            elif act == "end":
                places.end_placement(pk=self.placement.pk, actor=self.actor)
                messages.success(request, _("“%(place)s” acts no longer.") % {"place": self.placement})
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(reverse("operators_placements"))


def _common(span: Span) -> list[str]:
    """The words of the most frequent queries, as they were some minutes ago: a month of days is grouped for them."""
    key = f"cms.placements.common:{span.first}:{span.last}:{span.language}"
    kept: list[str] | None = cache.get(key)
    if kept is None:
        kept = [each["words"] for each in learning.queries(Report.FREQUENT, span)[:_COMMON]]
        with suppress(OSError):  # a full disk
            cache.set(key, kept, _COMMON_SECONDS)
    return kept


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


def _address(row: Placement) -> str:
    if row.product_id:
        return place("product", row.product_id)
    return place("offer", row.offer_id) if row.offer_id else ""
