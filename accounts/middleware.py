"""Operators of a public installation work behind a second factor."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


class OperatorSecondFactorMiddleware:
    """Sends operators without a second factor to set one up, if `OPERATORS_NEED_SECOND_FACTOR` says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.OPERATORS_NEED_SECOND_FACTOR
            and request.path_info.startswith(reverse("wagtailadmin_home"))
            and request.user.is_authenticated
            and request.user.has_perm("wagtailadmin.access_admin")
            and not is_mfa_enabled(request.user)
        ):
            messages.warning(request, _("Operators need a second factor: set one up, then go on."))
            return redirect("mfa_index")
        return self.get_response(request)
