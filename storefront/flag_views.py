"""Reporting an offer: a form of its own page, so that it works without scripts."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from catalog.flags.enums import FlagReason
from catalog.flags.selectors import reportable
from catalog.flags.services import report_offer
from core.errors import DomainError, InvalidInput
from core.limits import rate_limited
from core.visits import visitor_of


class FlagForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"), choices=FlagReason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        help_text=gettext_lazy(
            "What did you expect, and what is there? The vendor does not see who you are."
        ),
    )


@require_http_methods(["GET", "POST"])
@rate_limited("catalog.flags", "20/h")
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    offer = reportable(pk)
    if offer is None:
        raise Http404
    form = FlagForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            report_offer(
                offer_id=offer.pk,
                visitor=visitor_of(request),
                reason=FlagReason(form.cleaned_data["reason"]),
                text=form.cleaned_data["text"],
            )
        except DomainError as error:
            field = error.field if isinstance(error, InvalidInput) and error.field in form.fields else None
            form.add_error(field, str(error))
        else:
            messages.success(request, _("Thank you. An operator looks at it."))
            return redirect("storefront:offer", offer.pk)
    context = {"form": form, "offer": offer}
    return render(request, "storefront/report.html", context, status=422 if form.errors else 200)
