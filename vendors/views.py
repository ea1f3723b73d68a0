"""Pages of the vendor desk that belong to the company itself: entering, applying, today, people, settings."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import DomainError, InvalidInput
from core.limits import rate_limited
from vendors import selectors, services
from vendors.access import DeskRequest, desk_view, has_role
from vendors.enums import Role, VendorState
from vendors.errors import InvitationInvalid
from vendors.forms import ApplicationForm, InvitationForm, RoleForm, SettingsForm
from vendors.tokens import invitation_id_of

_PREPARING = (VendorState.APPROVED, VendorState.APPLIED)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the row offers to vendors; for people with companies, the way to their desks."""
    memberships = selectors.memberships_of(request.user) if request.user.is_authenticated else []
    return render(request, "vendors/index.html", {"memberships": memberships})


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("vendors.apply", "5/h", by="user")
def apply(request: HttpRequest) -> HttpResponse:
    form = ApplicationForm(_posted(request), initial=_from_profile(request))
    if request.method == "POST" and form.is_valid():
        try:
            vendor = services.apply_as_vendor(applicant=request.user, **form.details())
        except DomainError as error:
            field = error.field if isinstance(error, InvalidInput) else "tax_id"
            form.add_error(field if field in form.fields else None, str(error))
        else:
            messages.success(request, _("Your application was received."))
            return redirect("desk:home", vendor.slug)
    return render(request, "vendors/apply.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
@rate_limited("vendors.invitation", "30/h", by="user")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who invites as what; accepting takes a press of the button, so that no link accepts by itself."""
    found = selectors.invitation_by_id(invitation_id_of(token))
    if found is None or not found.is_open:
        error = InvitationInvalid("invitation_invalid")
        return render(request, "vendors/invitation.html", {"error": error}, status=error.status)
    if request.method == "POST":
        try:
            membership = services.accept_invitation(invitation_id=found.pk, user=request.user)
        except InvitationInvalid as error:
            context = {"invitation": found, "error": error}
            return render(request, "vendors/invitation.html", context, status=error.status)
        messages.success(
            request, _("You work on the desk of %(vendor)s now.") % {"vendor": membership.vendor}
        )
        return redirect("desk:home", membership.vendor.slug)
    return render(request, "vendors/invitation.html", {"invitation": found})


@require_GET
@desk_view()
def home(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    return render(request, "desk/home.html")


@require_GET
@desk_view(states=_PREPARING)
def people(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    return _people_page(request, InvitationForm(actor_role=Role(request.membership.role)))


@require_POST
@desk_view(Role.MANAGER, states=_PREPARING)
@rate_limited("vendors.invite", "20/h", by="user")
def invite(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    form = InvitationForm(request.POST, actor_role=Role(request.membership.role))
    if form.is_valid():
        try:
            sent = services.invite_member(
                vendor=request.vendor,
                actor=request.membership,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
            )
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("An invitation goes to %(email)s.") % {"email": sent.email})
            return redirect("desk:people", vendor_slug)
    return _people_page(request, form, status=422)


@require_POST
@desk_view(Role.MANAGER, states=_PREPARING)
def revoke(request: DeskRequest, vendor_slug: str, invitation_id: int) -> HttpResponse:
    services.revoke_invitation(vendor=request.vendor, actor=request.membership, invitation_id=invitation_id)
    messages.success(request, _("The invitation was taken back."))
    return redirect("desk:people", vendor_slug)


@require_POST
@desk_view(Role.OWNER, states=_PREPARING)
def change_role(request: DeskRequest, vendor_slug: str, membership_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("unknown_role", _("Choose a role from the list."), field="role")
    try:
        member = services.change_role(
            vendor=request.vendor,
            actor=request.membership,
            membership_id=membership_id,
            role=Role(form.cleaned_data["role"]),
        )
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("%(person)s: %(role)s.") % {"person": member.user, "role": member.get_role_display()},
        )
    return redirect("desk:people", vendor_slug)


@require_POST
@desk_view(states=_PREPARING)
def remove(request: DeskRequest, vendor_slug: str, membership_id: int) -> HttpResponse:
    """Managers remove others; everybody may leave."""
    leaving = membership_id == request.membership.pk
    try:
        services.remove_member(vendor=request.vendor, actor=request.membership, membership_id=membership_id)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("desk:people", vendor_slug)
    messages.success(request, _("You left the company.") if leaving else _("The person was removed."))
    return redirect("desk:index") if leaving else redirect("desk:people", vendor_slug)


@require_http_methods(["GET", "POST"])
@desk_view(Role.MANAGER, states=_PREPARING)
def settings(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    form = SettingsForm(_posted(request), instance=request.vendor)
    if request.method == "POST" and form.is_valid():
        services.update_vendor(vendor=request.vendor, actor=request.user, **form.changes())
        messages.success(request, _("Saved."))
        return redirect("desk:settings", vendor_slug)
    return render(request, "desk/settings.html", {"form": form}, status=422 if form.errors else 200)


def _people_page(request: DeskRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    context = {
        "people": selectors.people_of(request.vendor),
        "invitations": selectors.open_invitations(request.vendor),
        "form": form,
        "roles": Role.choices,
        "may_invite": has_role(request.membership, Role.MANAGER),
        "may_rule": request.membership.role == Role.OWNER,
    }
    return render(request, "desk/people.html", context, status=status)


def _from_profile(request: HttpRequest) -> dict[str, str]:
    return {"name": request.user.company, "phone": request.user.phone, "email": request.user.email}


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty form that was sent is not one that was only asked for."""
    return request.POST if request.method == "POST" else None
