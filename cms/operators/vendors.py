"""One vendor on the operators' desk: what it told of itself, and the decision about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from cms.operators.forms import DecisionForm
from core.errors import DomainError
from vendors import quality
from vendors.enums import VendorState
from vendors.models import Vendor
from vendors.services import approve_vendor, reject_vendor, suspend_vendor

#: decision -> (label, service, states from which it makes sense, whether a reason is needed)
DECISIONS = {
    "approve": (
        gettext_lazy("Approve"),
        approve_vendor,
        {VendorState.APPLIED, VendorState.REJECTED, VendorState.SUSPENDED},
        False,
    ),
    "reject": (gettext_lazy("Reject"), reject_vendor, {VendorState.APPLIED}, True),
    "suspend": (gettext_lazy("Suspend"), suspend_vendor, {VendorState.APPROVED}, True),
}


class VendorDecision(PermissionRequiredMixin, WagtailAdminTemplateMixin, FormView):
    """The vendor's facts and the decisions that its state allows."""

    permission_required = "vendors.change_vendor"
    raise_exception = True
    template_name = "cms/operators/vendor.html"
    form_class = DecisionForm
    header_icon = "group"
    page_title = gettext_lazy("Vendor")
    _show_breadcrumbs = True

    @cached_property
    def vendor(self) -> Vendor:
        return get_object_or_404(Vendor.objects.select_related("applied_by"), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("operators_vendors:index"), "label": _("Vendors")},
            {"url": "", "label": self.vendor.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        vendor = self.vendor
        return super().get_context_data(
            vendor=vendor,
            decisions=[
                (name, label)
                for name, (label, _service, states, _need) in DECISIONS.items()
                if vendor.state in states
            ],
            members=vendor.memberships.select_related("user").order_by("pk"),
            offer_count=vendor.offers.filter(withdrawn_at__isnull=True).count(),
            quality=round(vendor.quality * 100),
            quality_rows=[
                (kind, each, round(each.share * 100) if each else 0)
                for kind, each in quality.evidence_of(vendor.pk)
            ],
            runs=vendor.import_runs.select_related("price_list")[:5],
            **kwargs,
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = DECISIONS.get(self.request.POST.get("decision", ""))
        return super().get_form_kwargs() | {"reason_needed": bool(chosen and chosen[3])}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("decision") not in DECISIONS:
            messages.error(request, _("Choose a decision."))
            return HttpResponseRedirect(request.path)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        label, service, _states, _need = DECISIONS[self.request.POST["decision"]]
        try:
            service(vendor=self.vendor, actor=self.request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(
            self.request, _("%(vendor)s: %(decision)s. The vendor was told.") % {
                "vendor": self.vendor.name, "decision": label,
            },
        )  # fmt: skip
        return HttpResponseRedirect(reverse("operators_vendors:index"))
