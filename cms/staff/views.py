"""The page behind the link of an invitation to the operators' desk."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cms.roles import ABOUT, roles_named
from cms.staff import services
from cms.staff.errors import StaffInvitationGone
from core.limits import rate_limited


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("cms.staff_invitation", "30/h", by="user")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accepting takes a press of the button, so that no link accepts by itself."""
    assert isinstance(request.user, User)
    found = services.invitation_of(token)
    if found is None or not found.is_open:
        error = StaffInvitationGone("invitation_gone")
        return render(request, "cms/staff/invitation.html", {"error": error}, status=error.status)
    roles = [(role.label, ABOUT[role]) for role in roles_named(found.groups)]
    if request.method == "POST":
        try:
            services.accept(user=request.user, invitation_id=found.pk)
        except StaffInvitationGone as error:
            context = {"invitation": found, "roles": roles, "error": error}
            return render(request, "cms/staff/invitation.html", context, status=error.status)
        messages.success(request, _("Welcome to the operators' desk."))
        return redirect("wagtailadmin_home")
    return render(request, "cms/staff/invitation.html", {"invitation": found, "roles": roles})
