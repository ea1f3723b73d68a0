"""Long work on the operators' desk: what runs, waits or failed, with a stop and a new try."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet

from cms.operators.lists import ReadOnlyPolicy
from core.errors import DomainError
from core.jobs import kinds
from core.jobs.services import request_cancel, retry_job
from core.models import Job, JobState

#: What needs an eye first.
_ORDER = {JobState.RUNNING: 0, JobState.WAITING: 1, JobState.FAILED: 2}


def kind_of(job: Job) -> str:
    return str(kinds.get(job.kind).label)


def progress_of(job: Job) -> str:
    """Done of total, or nothing where that is not known."""
    return f"{job.done} / {job.total}" if job.total else ""


class JobFilter(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Work"),
        choices=lambda: [(kind.name, kind.label) for kind in kinds.all_kinds()],
    )

    class Meta:
        model = Job
        fields = ["state", "queue"]


class JobIndex(IndexView):
    page_title = gettext_lazy("Jobs")

    def get_base_queryset(self) -> QuerySet[Job]:
        rank = Case(
            *[When(state=state, then=Value(place)) for state, place in _ORDER.items()],
            default=Value(len(_ORDER)),
            output_field=IntegerField(),
        )
        return Job.objects.annotate(rank=rank).order_by("rank", "-created_at")


class JobViewSet(ModelViewSet):
    """Running, waiting and failed first; the title leads to the page where one is stopped or tried again."""

    model = Job
    name = "operators_jobs"
    url_prefix = "jobs"
    icon = "tasks"
    menu_label = gettext_lazy("Jobs")
    menu_order = 240
    add_to_admin_menu = True
    copy_view_enabled = False
    form_fields = ["state"]
    index_view_class = JobIndex
    filterset_class = JobFilter
    list_display = [
        TitleColumn("kind", label=gettext_lazy("Work"), accessor=kind_of, url_name="operators_job"),
        StatusTagColumn("get_state_display", label=gettext_lazy("State"), sort_key="state"),
        Column("progress", label=gettext_lazy("Progress"), accessor=progress_of),
        Column("queue", label=gettext_lazy("Queue"), sort_key="queue"),
        Column("attempts", label=gettext_lazy("Attempts"), sort_key="attempts"),
        DateColumn("created_at", label=gettext_lazy("Started"), sort_key="created_at"),
    ]

    @property
    def permission_policy(self) -> ReadOnlyPolicy:
        return ReadOnlyPolicy(self.model)


class JobPage(PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """One job: how far it is, what went wrong, and what can be done about it."""

    permission_required = "core.change_job"
    raise_exception = True
    template_name = "cms/operators/job.html"
    header_icon = "tasks"
    page_title = gettext_lazy("Job")
    _show_breadcrumbs = True

    @cached_property
    def job(self) -> Job:
        return get_object_or_404(Job, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("operators_jobs:index"), "label": _("Jobs")},
            {"url": "", "label": kind_of(self.job)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.job
        return super().get_context_data(
            job=job,
            kind=kind_of(job),
            can_stop=not job.is_over and not job.cancel_requested,
            can_retry=job.state in {JobState.FAILED, JobState.CANCELLED},
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            if request.POST.get("decision") == "retry":
                retry_job(job=self.job, operator=self.request.user.typed_id)
                messages.success(request, _("The work begins anew."))
            else:
                request_cancel(job=self.job, operator=self.request.user.typed_id)
                messages.success(request, _("The work stops at its next step."))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(request.path)
