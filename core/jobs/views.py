"""Progress of long work as a page that reloads itself, and as a fragment that htmx asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.errors import NotAllowed
from core.jobs import selectors, services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from core.models import Job


def _job(request: HttpRequest, job_id: UUID) -> Job:
    user = request.user
    return selectors.job_visible_to(
        job_id=job_id, owner=f"user:{user.pk}", sees_all=user.has_perm("core.view_job")
    )


def _is_own(request: HttpRequest, job: Job) -> bool:
    return job.owner == f"user:{request.user.pk}"


@login_required
@never_cache
@require_GET
def progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Once the job is over, a fragment's answer makes htmx reload the page around it, which shows the outcome."""
    job = _job(request, job_id)
    if not getattr(request, "htmx", False):
        may_stop = _is_own(request, job) or request.user.has_perm("core.change_job")
        return render(request, "core/jobs/progress.html", {"job": job, "may_stop": may_stop})
    response = render(request, "core/jobs/_progress.html", {"job": job})
    if job.is_over:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One's own, or with the right to change jobs somebody else's, which leaves a trace."""
    job = _job(request, job_id)
    is_own = _is_own(request, job)
    if not is_own and not request.user.has_perm("core.change_job"):
        raise NotAllowed("not_allowed")
    job = services.request_cancel(job=job, operator="" if is_own else f"user:{request.user.pk}")
    if not job.is_over:
        messages.info(request, _("The work stops at its next step."))
    return redirect("jobs:progress", job_id=job.pk)
