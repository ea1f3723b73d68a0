"""One vendor on the operators' desk: what it is, how it does, what operators wrote and what they can do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cms.operators.forms import DecisionForm
from cms.operators.pages import DeskPage, number_of, with_people
from core.errors import DomainError
from vendors import quality
from vendors.care import selectors as care_reads
from vendors.care import services as care
from vendors.care.views import HolidayForm
from vendors.enums import VendorState
from vendors.models import Vendor
from vendors.score import selectors as scores
from vendors.services import approve_vendor, reject_vendor, suspend_vendor

#: decision -> (label, service, states from which it makes sense, whether a reason is needed)
DECISIONS: dict[str, tuple[Any, Callable[..., Vendor], set[VendorState], bool]] = {
    "approve": (
        gettext_lazy("Approve"),
        approve_vendor,
        {VendorState.APPLIED, VendorState.REJECTED, VendorState.SUSPENDED},
        False,
    ),
    "reject": (gettext_lazy("Reject"), reject_vendor, {VendorState.APPLIED}, True),
    "suspend": (gettext_lazy("Suspend"), suspend_vendor, {VendorState.APPROVED}, True),
}
#: Deed -> right.
_RIGHTS = {
    "decide": "vendors.change_vendor",
    "holiday": "vendors.change_vendor",
    "note": "vendors.add_vendornote",
    "pin": "vendors.add_vendornote",
    "unpin": "vendors.add_vendornote",
    "unnote": "vendors.add_vendornote",
    "visit": "vendors.act_for_vendor",
}


class VendorDecisionForm(DecisionForm):
    """`until` counts for a suspension only: the last day of it."""

    until = forms.DateField(
        label=gettext_lazy("Suspended until (the day included)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: until somebody ends it."),
    )


class VendorDecision(DeskPage):
    """Everybody on the desk reads it; each deed has its right."""

    permission_required = "vendors.view_vendor"
    template_name = "cms/operators/vendor.html"
    header_icon = "group"
    page_title = gettext_lazy("Vendor")

    @cached_property
    def vendor(self) -> Vendor:
        return get_object_or_404(Vendor.objects.select_related("applied_by"), pk=self.kwargs["pk"])

    @property
    def operator(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("operators_vendors:index"), "label": _("Vendors")},
            {"url": "", "label": self.vendor.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        vendor, may = self.vendor, self.request.user.has_perm
        told: dict[str, Any] = {
            "form": VendorDecisionForm(reason_needed=False),
            "holiday": HolidayForm(
                initial={
                    "first": vendor.holiday_from,
                    "last": vendor.holiday_until,
                    "hides": vendor.holiday_hides,
                }
            ),
        } | kwargs
        return super().get_context_data(
            vendor=vendor,
            subject=f"vendor:{vendor.pk}",
            decisions=[
                (name, label)
                for name, (label, _service, states, _need) in DECISIONS.items()
                if vendor.state in states and may("vendors.change_vendor")
            ],
            may_decide=may("vendors.change_vendor"),
            may_note=may("vendors.add_vendornote"),
            may_visit=may("vendors.act_for_vendor") and vendor.state == VendorState.APPROVED,
            notes=with_people(care_reads.notes_about(vendor)[:50], "author") if may(_RIGHTS["note"]) else [],
            members=vendor.memberships.select_related("user").order_by("pk"),
            offer_count=vendor.offers.filter(withdrawn_at__isnull=True).count(),
            card=scores.card_of(vendor),
            quality=round(vendor.quality * 100),
            quality_rows=[
                (kind, each, round(each.share * 100) if each else 0)
                for kind, each in quality.evidence_of(vendor.pk)
            ],
            runs=vendor.import_runs.select_related("price_list")[:5],
            **told,
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "decide")
        if act not in _RIGHTS or not request.user.has_perm(_RIGHTS[act]):
            raise PermissionDenied
        try:
            return self._decide() if act == "decide" else self._care(act)
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.path)

    def _care(self, act: str) -> HttpResponse:
        vendor, operator, said = self.vendor, self.operator, self.request.POST
        if act == "visit":
            care.begin_visit(vendor=vendor, operator=operator, reason=said.get("reason", ""))
            return HttpResponseRedirect(reverse("desk:home", args=[vendor.slug]))
        if act == "holiday":
            form = HolidayForm(said)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(holiday=form))
            care.set_holiday(
                vendor=vendor,
                actor=operator,
                by_operator=True,
                reason=said.get("reason", ""),
                **form.cleaned_data,
            )
        elif act == "note":
            text, pinned = said.get("text", ""), bool(said.get("pinned"))
            care.add_note(vendor=vendor, actor=operator, text=text, pinned=pinned)
        elif act == "unnote":
            care.remove_note(vendor=vendor, actor=operator, note_id=number_of(said.get("note", "")))
        else:
            note_id = number_of(said.get("note", ""))
            care.pin_note(vendor=vendor, actor=operator, note_id=note_id, pinned=act == "pin")
        messages.success(self.request, _("Saved."))
        return HttpResponseRedirect(self.request.path)

    def _decide(self) -> HttpResponse:
        chosen = self.request.POST.get("decision", "")
        if chosen not in DECISIONS:
            messages.error(self.request, _("Choose a decision."))
            return HttpResponseRedirect(self.request.path)
        label, service, _states, needs_reason = DECISIONS[chosen]
        form = VendorDecisionForm(self.request.POST, reason_needed=needs_reason)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        given: dict[str, Any] = {"reason": form.cleaned_data["reason"]}
        if chosen == "suspend":
            given["until"] = _end_of(form.cleaned_data["until"])
        try:
            service(vendor=self.vendor, actor=self.operator, **given)
        except DomainError as error:
            form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(form=form))
        messages.success(
            self.request, _("%(vendor)s: %(decision)s. The vendor was told.") % {
                "vendor": self.vendor.name, "decision": label,
            },
        )  # fmt: skip
        return HttpResponseRedirect(reverse("operators_vendors:index"))


def _end_of(day: dt.date | None) -> dt.datetime | None:
    """The first moment after the day."""
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
