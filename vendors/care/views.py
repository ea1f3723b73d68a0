"""Pages of the vendor desk: holidays, visits of operators, and the button that ends one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import InvalidInput, NotFound
from vendors.access import DeskRequest, desk_view
from vendors.care import selectors, services
from vendors.enums import Role


class HolidayForm(forms.Form):
    """Both days empty: no holiday."""

    first = forms.DateField(
        label=gettext_lazy("First day closed"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Last day closed"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    hides = forms.BooleanField(label=gettext_lazy("Hide our offers meanwhile"), required=False)


@require_http_methods(["GET", "POST"])
@desk_view(Role.MANAGER)
def holiday(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    vendor = request.vendor
    initial = {"first": vendor.holiday_from, "last": vendor.holiday_until, "hides": vendor.holiday_hides}
    form = HolidayForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_holiday(vendor=vendor, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:holiday", vendor_slug)
    return render(request, "desk/holiday.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@desk_view()
def visits(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    return render(request, "desk/visits.html", {"visits": selectors.visits_to(request.vendor)})


@require_POST
@desk_view()
def end_visit(request: DeskRequest, vendor_slug: str) -> HttpResponse:
    """Only for the operator who is here."""
    if getattr(request, "visit", None) is None:
        raise NotFound("no_visit")
    services.end_visit(operator=request.user)
    messages.success(request, _("You left the desk of %(vendor)s.") % {"vendor": request.vendor})
    return redirect("/")
