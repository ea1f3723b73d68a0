"""How results are put in order, and synonyms: drafts, what they change on searches of people, and putting them live."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.operators.pages import DeskPage, number_of, with_people
from core.errors import DomainError
from core.models import Job
from search.models import RankingWeights, Replay
from search.tuning import selectors, services
from search.tuning.enums import Subject, TuningState
from search.tuning.weights import BUDGET, MOST, REASONS, Secondary, out_of_bounds
from vendors import quality

#: Seconds after which the page of a replay that runs looks again.
_LOOK_AGAIN = 2

LABELS = {
    "availability": gettext_lazy("In stock"),
    "freshness": gettext_lazy("Fresh"),
    "price": gettext_lazy("Cheap"),
    "quality": gettext_lazy("Vendor's quality"),
    "category": gettext_lazy("In the category that the words mean"),
}
ABOUT = {
    "availability": gettext_lazy("All points for what is in stock, three quarters to order or on asking, none for out of stock."),
    "freshness": gettext_lazy("All points for what its vendor confirmed within a day, less each day, none after thirty days."),
    "price": gettext_lazy("All points for the cheapest offer of a good, none for the dearest. A good that one vendor has is compared with the other goods found, for half the points."),
    "quality": gettext_lazy("By the vendor's quality, from none to all points; what it is made of stands below. Nobody can buy it."),
    "category": gettext_lazy("Where most of what the words name is in one category: all points for goods in it."),
}  # fmt: skip


class PointsForm(forms.Form):
    """Points by reason, each within its bound and all within theirs."""

    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in REASONS:
            self.fields[name] = forms.IntegerField(
                label=LABELS[name], help_text=ABOUT[name], min_value=0, max_value=MOST[name]
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and "total" in out_of_bounds(self.points()):
            raise forms.ValidationError(
                _(
                    "Together these are %(total)s points; at most %(most)s are possible, so that relevance comes first."
                )
                % {"total": sum(self.points().values()), "most": BUDGET}
            )
        return data

    def points(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in REASONS}


class TuningPage(DeskPage):
    permission_required = "search.change_rankingweights"
    subject: Subject

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        try:
            if act == "try":
                asked = services.start_replay(subject=self.subject, actor=self.actor)
                return HttpResponseRedirect(reverse("operators_replay", args=[asked.pk]))
            answer = self.acted(act)
        except DomainError as error:
            messages.error(request, str(error))
            answer = None
        return answer or HttpResponseRedirect(request.path)

    def acted(self, act: str) -> HttpResponse | None:
        """What the page's own buttons do; what is none of them does nothing."""
        del act
        return None


class Ranking(TuningPage):
    """What counts beside relevance: live, draft, earlier versions."""

    template_name = "cms/operators/ranking.html"
    header_icon = "order"
    page_title = gettext_lazy("Order of results")
    subject = Subject.WEIGHTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live, draft = selectors.live_version(), selectors.draft_version()
        now = live.secondary if live else Secondary()
        if "form" not in kwargs:
            start = draft.secondary if draft else now
            kwargs["form"] = PointsForm(initial={**start.points(), "note": draft.note if draft else ""})
        page = self.page_of(selectors.versions())
        return super().get_context_data(
            live=live,
            draft=draft,
            rows=[(kwargs["form"][name], now.points()[name], MOST[name]) for name in REASONS],
            total=sum(now.points().values()),
            most=BUDGET,
            quality_kinds=quality.kinds(),
            quality_prior=quality.PRIOR,
            quality_most=quality.MOST,
            replay=selectors.last_replay(self.subject),
            is_seen=selectors.is_seen(self.subject),
            page=page,
            versions=[
                (one, who, [(LABELS[name], points) for name, points in one.secondary.points().items()])
                for one, who in with_people(page.object_list, "live_by")
            ],
            **kwargs,
        )

    def acted(self, act: str) -> HttpResponse | None:
        said = self.request.POST
        if act == "save":
            return self._saved()
        if act == "live":
            services.put_weights_live(actor=self.actor, untried=bool(said.get("untried")))
            messages.success(self.request, _("The draft is live."))
        elif act == "drop":
            services.drop_draft(actor=self.actor)
            messages.success(self.request, _("The draft is gone."))
        elif act == "shipped":
            services.go_back_to_shipped(actor=self.actor)
            messages.success(self.request, _("The points that Ryad comes with are live."))
        elif act == "back":
            version = get_object_or_404(
                RankingWeights, pk=number_of(said.get("version", "")), state=TuningState.PAST
            )
            services.go_back_to(version=version.pk, actor=self.actor)
            messages.success(self.request, _("Version %(number)s is live again.") % {"number": version.pk})
        return None

    def _saved(self) -> HttpResponse | None:
        form = PointsForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        services.save_draft(points=form.points(), note=form.cleaned_data["note"], actor=self.actor)
        messages.success(self.request, _("The draft is saved. Try it on searches before it goes live."))
        return None


class ReplayPage(DeskPage):
    """What a draft changes on searches of people; looks again by itself until that is known."""

    permission_required = "search.change_rankingweights"
    template_name = "cms/operators/replay.html"
    header_icon = "resubmit"
    page_title = gettext_lazy("Tried on searches")

    @cached_property
    def replay(self) -> Replay:
        return get_object_or_404(Replay, pk=self.kwargs["pk"])

    def trail(self) -> list[tuple[str, str]]:
        if self.replay.subject == Subject.WEIGHTS:
            return [(reverse("operators_ranking"), _("Order of results"))]
        if self.replay.subject == Subject.STOPS:
            return [(reverse("operators_stop_words"), _("Words left out"))]
        return [(reverse("operators_synonyms"), _("Synonyms"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if self.replay.finished_at is None and not self._job_is_over:
            response["Refresh"] = str(_LOOK_AGAIN)
        else:
            services.note_seen(asked=self.replay, actor=self.actor)
        return response

    @cached_property
    def job(self) -> Job | None:
        return Job.objects.filter(pk=self.replay.job_id).first() if self.replay.job_id else None

    @property
    def _job_is_over(self) -> bool:
        return self.job is None or self.job.is_over

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url, label = self.trail()[0]
        return super().get_context_data(
            replay=self.replay,
            job=self.job,
            is_over=self._job_is_over,
            is_current=selectors.is_current(self.replay),
            outcome=selectors.outcome_of(self.replay),
            back_url=url,
            back_label=label,
            **kwargs,
        )
