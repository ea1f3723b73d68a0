"""“Stays open” on the draft's page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as said_now
from django.utils.translation import gettext_lazy as _

from buyer_requests.forms import options
from buyer_requests.models import BuyerRequest, StandingTerms
from buyer_requests.standing.enums import NewsEvery, Period


@options.register
class StandingOption(options.RequestOption):
    key, order, title = "standing", 50, _("Stays open")
    hint = _("A standing request takes bids until you end it; you choose round by round.")
    template_name = "requests/options/standing.html"

    stands = forms.BooleanField(label=_("The request stays open"), required=False)
    period = forms.ChoiceField(
        label=_("A round closes"),
        choices=Period,
        required=False,
        help_text=_("First at the deadline. Quantities are for one round."),
    )
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until you end it."),
    )
    news_days = forms.TypedChoiceField(
        label=_("Tell me of new and cheaper offers"), choices=NewsEvery, coerce=int, required=False
    )
    step_percent = forms.IntegerField(
        label=_("Cheaper means by, %"), min_value=1, max_value=90, required=False
    )

    @classmethod
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        terms = StandingTerms.objects.filter(request=request).first()
        shown = terms or StandingTerms()
        return {
            "stands": terms is not None,
            "period": shown.period,
            "ends_on": shown.ends_on,
            "news_days": shown.news_days,
            "step_percent": shown.step_percent,
        }

    def clean_ends_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["ends_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("This day is past."), code="past")
        return day

    def save(self, request: BuyerRequest) -> None:
        data = self.cleaned_data
        if not data["stands"]:
            StandingTerms.objects.filter(request=request).delete()
            return
        StandingTerms.objects.update_or_create(
            request=request,
            defaults={
                "period": data["period"] or Period.MONTH,
                "ends_on": data["ends_on"],
                "news_days": data["news_days"] or NewsEvery.DAY,
                "step_percent": data["step_percent"] or 5,
                "day_of_month": timezone.localdate(request.deadline_at).day if request.deadline_at else 0,
            },
        )

    def chosen(self) -> str:
        if not self.current("stands"):
            return ""
        period = self.current("period") or Period.MONTH
        return said_now("stays open, a round closes %(period)s") % {"period": Period(period).label.lower()}
