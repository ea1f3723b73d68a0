"""An operator's word on points of a vendor's checklist: verified, waived, asked again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from cms.operators.pages import DeskPage, with_people
from core.errors import DomainError
from vendors.models import Vendor
from vendors.onboarding import services
from vendors.onboarding.selectors import checklist


class VendorChecklist(DeskPage):
    """Alone on its page, and included by those of a vendor and of the inbox."""

    permission_required = "vendors.change_vendor"
    template_name = "cms/operators/checklist.html"
    header_icon = "tasks"
    page_title = gettext_lazy("Checklist")

    def trail(self) -> list[tuple[str, str]]:
        return [
            (reverse("operators_vendors:index"), _("Vendors")),
            (reverse("operators_vendor", args=[self.kwargs["pk"]]), _("Vendor")),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        vendor = get_object_or_404(Vendor.objects.select_related("applied_by"), pk=self.kwargs["pk"])
        return super().get_context_data(vendor=vendor, points=points_of(vendor), **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        vendor = get_object_or_404(Vendor, pk=self.kwargs["pk"])
        operator = request.user
        assert isinstance(operator, User)
        act, _colon, key = request.POST.get("do", "").partition(":")
        text = request.POST.get(f"text-{key}", "") or request.POST.get("text", "")
        try:
            self._act(operator, vendor, act, key, text)
        except DomainError as error:
            messages.error(request, str(error))
        back = request.POST.get("back", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = request.path
        return HttpResponseRedirect(f"{back}#checklist")

    def _act(self, operator: User, vendor: Vendor, act: str, key: str, text: str) -> None:
        if act in {"met", "unmet"}:
            services.verify(operator=operator, vendor=vendor, key=key, is_met=act == "met", evidence=text)
            messages.success(self.request, _("Noted."))
        elif act == "waive":
            count = services.waive(operator=operator, vendor=vendor, keys=[key], reason=text)
            self._say(count)
        elif act == "waive-all":
            open_points = [point.item.key for point in checklist(vendor) if point.blocks]
            self._say(services.waive(operator=operator, vendor=vendor, keys=open_points, reason=text))
        elif act == "unwaive":
            services.take_waiver_back(operator=operator, vendor=vendor, key=key)
            messages.success(self.request, _("Taken back."))
        elif act == "ask-site":
            services.ask_site_again(operator=operator, vendor=vendor)
            messages.success(self.request, _("The site is asked in a moment; reload the page then."))
        else:
            messages.error(self.request, _("Choose a decision."))

    def _say(self, count: int) -> None:
        text = ngettext("%(count)d point is waived.", "%(count)d points are waived.", count)
        messages.success(self.request, text % {"count": count})


def points_of(vendor: Vendor) -> list[tuple[Any, str]]:
    """Points with the e-mail address of whoever spoke."""
    return with_people(checklist(vendor), "actor")
