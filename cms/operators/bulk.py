"""Offers on the operators' desk: found by many conditions, chosen, changed together with a preview, and taken back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.attributes.current import known_rules
from catalog.attributes.reading import facts_of
from catalog.bulk_edit import choosing, services
from catalog.bulk_edit.choosing import OfferPage
from catalog.bulk_edit.enums import Action, EditState, Found, RowState
from catalog.bulk_edit.models import BulkEdit
from cms.operators import bulk_preview
from cms.operators.bulk_forms import ChangeForm, FilterForm, WordsPage, searched_ids
from cms.operators.pages import DeskPage, number_of, with_people
from core.errors import DomainError, InvalidInput
from core.ids import id_of
from core.jobs.services import request_cancel, retry_job
from core.models import Job, JobState

#: Offers whose numbers one form carries.
MOST_ROWS = choosing.ON_PAGE * 4
EDITS_ON_PAGE = 30


class _OffersPage(DeskPage):
    permission_required = "catalog.change_offer"
    header_icon = "tag"

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_offers"), _("Offers"))]


class Offers(_OffersPage):
    """The list. Its filter is its address; what is chosen goes on to the page of the change."""

    page_title = gettext_lazy("Offers")
    template_name = "cms/operators/offers.html"

    def trail(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FilterForm(self.request.GET)
        page: OfferPage | WordsPage | None = None
        number, is_all, later = 0, True, ""
        if form.is_valid():
            if form.words:
                page = form.search(max(number_of(self.request.GET.get("p", "")), 1))
                number, is_all = page.total, page.total <= choosing.COUNTED
                later = self._link(p=page.number + 1) if page.number < page.last else ""
            else:
                before = id_of(self.request.GET.get("before", ""))
                page = choosing.page(form.criteria, before=before)
                number, is_all = choosing.counted(form.criteria)
                later = self._link(before=page.after) if page.after else ""
        rules = known_rules()
        offers = page.offers if page else []
        return super().get_context_data(
            form=form,
            page=page,
            rows=[(offer, facts_of(offer, rules)[:4]) for offer in offers],
            number=number,
            is_all=is_all,
            is_counted=not form.missing,
            later=later,
            is_later_page=bool({"before", "p"} & self.request.GET.keys()),
            query=form.query,
            window=choosing.WINDOW,
            **kwargs,
        )

    def _link(self, **where: Any) -> str:
        kept = {name: value for name, value in self.request.GET.items() if name not in {"before", "p"}}
        return f"?{urlencode(kept | where)}"


class ChangeOffers(_OffersPage):
    """What is to be done with what was chosen. The choice is carried in the form; the filter of "all that match", too."""

    template_name = "cms/operators/bulk_change.html"
    page_title = gettext_lazy("Change the chosen offers")

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("operators_offers"))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not self._is_chosen:
            messages.error(request, _("Tick offers first, or choose all that match."))
            return HttpResponseRedirect(f"{reverse('operators_offers')}?{request.POST.get('query', '')}")
        form = ChangeForm(request.POST if "step" in request.POST else None)
        if request.POST.get("step") == "count" and form.is_valid():
            try:
                return HttpResponseRedirect(reverse("operators_bulk_edit", args=[self._begin(form).pk]))
            except DomainError as error:
                field = getattr(error, "field", "")
                form.add_error(field if field in form.fields else None, str(error))
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data = self.request.POST
        found = self._filter
        return super().get_context_data(
            ids=self._ids,
            is_all=self._is_all,
            query=data.get("query", ""),
            described=found.described() if self._is_all else [],
            by_words=found.words if self._is_all else "",
            most=choosing.COUNTED,
            **kwargs,
        )

    @cached_property
    def _is_all(self) -> bool:
        return self.request.POST.get("scope") == "all"

    @cached_property
    def _ids(self) -> list[int]:
        if self._is_all:
            return []
        return [pk for each in self.request.POST.getlist("row")[:MOST_ROWS] if (pk := number_of(each))]

    @cached_property
    def _filter(self) -> FilterForm:
        return FilterForm(QueryDict(self.request.POST.get("query", "")))

    @property
    def _is_chosen(self) -> bool:
        return bool(self._ids) or (self._is_all and self._filter.is_valid())

    def _begin(self, form: ChangeForm) -> BulkEdit:
        found = self._filter
        by_words = self._is_all and bool(found.words)
        return services.begin_edit(
            action=form.action,
            given=form.given(),
            actor=self.actor,
            ids=searched_ids(found) if by_words else self._ids,
            criteria=found.criteria if self._is_all and not by_words else None,
            words=found.words if by_words else "",
            reason=form.cleaned_data["reason"],
        )


class BulkEdits(_OffersPage):
    """What was changed together, the newest first."""

    page_title = gettext_lazy("Changes of many offers")
    template_name = "cms/operators/bulk_edits.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edits = BulkEdit.objects.order_by("-pk").defer("chosen")
        if before := id_of(self.request.GET.get("before", "")):
            edits = edits.filter(pk__lt=before)
        rows = list(edits[: EDITS_ON_PAGE + 1])
        shown = rows[:EDITS_ON_PAGE]
        return super().get_context_data(
            rows=with_people(shown, "actor"),
            later=shown[-1].pk if len(rows) > EDITS_ON_PAGE else 0,
            **kwargs,
        )


class BulkEditPage(_OffersPage):
    """One change: what it would do, how far it is, what it did, and the way back."""

    template_name = "cms/operators/bulk_edit.html"

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("operators_bulk_edits"), _("Changes of many offers"))]

    @cached_property
    def edit(self) -> BulkEdit:
        return get_object_or_404(BulkEdit, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return bulk_preview.title_of(self.edit)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edit = self.edit
        job = Job.objects.filter(pk=edit.job).first() if edit.job else None
        runs = job is not None and not job.is_over
        is_ready = edit.state == EditState.READY
        return super().get_context_data(
            edit=edit,
            job=job,
            runs=runs,
            is_ready=is_ready,
            counts=edit.counts,
            samples=[] if runs else bulk_preview.samples_of(edit),
            touched=bulk_preview.touched_by(edit) if is_ready else None,
            finds=[(kind, kind.label, edit.counts.get(kind, 0)) for kind in Found]
            if edit.action == Action.FILL
            else [],
            can_apply=is_ready and bool(edit.counts.get("waiting")),
            can_undo=not runs
            and edit.state in (EditState.APPLIED, EditState.STOPPED)
            and edit.applied_at is not None
            and edit.rows.filter(state=RowState.APPLIED).exists(),
            can_go_on=job is not None and job.state in (JobState.CANCELLED, JobState.FAILED),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            self._decide(request.POST.get("decision", ""))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(request.path)

    def _decide(self, decision: str) -> None:
        edit = self.edit
        job = Job.objects.filter(pk=edit.job).first() if edit.job else None
        if decision == "apply":
            take = [each for each in self.request.POST.getlist("take") if each in Found.values]
            services.apply_edit(edit=edit, actor=self.actor, take=take)
        elif decision == "undo":
            services.undo_edit(edit=edit, actor=self.actor)
        elif decision == "stop" and job is not None:
            request_cancel(job=job, operator=self.actor)
            messages.success(self.request, _("The work stops at its next step."))
        elif decision == "go_on" and job is not None:
            retry_job(job=job, operator=self.actor)
        else:
            raise InvalidInput("unknown_decision")


def offers_address(**told: Any) -> str:
    """The list with this filter."""
    return (
        f"{reverse('operators_offers')}?{urlencode({name: value for name, value in told.items() if value})}"
    )
