"""The profile: what a person tells, a copy of everything kept, the end of the account."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.errors import AccountInUse
from accounts.forms import EraseForm, ProfileForm
from core.limits import rate_limited


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(_posted(request), instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = services.update_profile(user=request.user, **form.cleaned_data)
        with override(user.language):
            messages.success(request, _("Saved."))
        return redirect(translate_url(reverse("accounts:profile"), user.language))
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_POST
@rate_limited("accounts.export", "5/h", by="user")
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    """A copy of everything that is kept of the person, as a JSON file."""
    response = JsonResponse(
        services.export_person(user=request.user), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = 'attachment; filename="ryad-my-data.json"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required
def erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(_posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.erase_person(user=request.user)
        except AccountInUse as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            messages.success(request, _("Your account and its data are deleted."))
            return redirect("/")
    return render(request, "accounts/erase.html", {"form": form}, status=422 if form.errors else 200)


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty form that was sent is not one that was only asked for."""
    return request.POST if request.method == "POST" else None
