"""People of the desk: who has which roles, and who is invited."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cms.operators.pages import DeskPage, number_of
from cms.roles import ABOUT, DeskRole, roles_named
from cms.staff import selectors, services
from core.errors import DomainError


class DeskPeople(DeskPage):
    """Roles are ticked; one form for each person, one for a new one."""

    permission_required = "accounts.change_operatorinvitation"
    template_name = "cms/operators/people.html"
    header_icon = "user"
    page_title = gettext_lazy("People of the desk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(selectors.people())
        rows = []
        for person in page:
            held = roles_named(group.name for group in person.groups.all())
            rows.append((person, [(role, role in held) for role in DeskRole]))
        return super().get_context_data(
            page=page,
            rows=rows,
            roles=[(role, ABOUT[role]) for role in DeskRole],
            invitations=[
                (invitation, roles_named(invitation.groups)) for invitation in selectors.open_invitations()
            ],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        act, number = request.POST.get("act", ""), number_of(request.POST.get("number", ""))
        roles = [DeskRole(value) for value in request.POST.getlist("role") if value in DeskRole.values]
        try:
            if act == "invite":
                email = request.POST.get("email", "")
                sent = services.invite(actor=request.user, email=email, roles=roles)
                messages.success(request, _("An invitation goes to %(email)s.") % {"email": sent.email})
            elif act == "revoke":
                services.revoke(actor=request.user, invitation_id=number)
                messages.success(request, _("The invitation was taken back."))
            elif act == "roles":
                person = services.set_roles(
                    actor=request.user,
                    person_id=number,
                    roles=roles,
                    reason=request.POST.get("reason", ""),
                )
                messages.success(request, _("The roles of %(person)s are saved.") % {"person": person})
        except DomainError as error:
            messages.error(request, str(error))
        return self.back()
