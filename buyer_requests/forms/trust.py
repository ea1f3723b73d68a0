"""What a vendor enters to report a request, and a buyer to appeal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from buyer_requests.trust.enums import ReportReason


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("What is wrong with it"), choices=ReportReason)
    text = forms.CharField(
        label=_("In your words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("Why it should be open"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
