"""A request's deadline: a day and perhaps a time of Kyiv, and the moment that they mean."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

END_OF_DAY = dt.time(23, 59, 59)


def deadline(day: dt.date | None, time: dt.time | None) -> dt.datetime | None:
    """A day and a time of Kyiv as a moment; a bare day ends at 23:59:59."""
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day, time or END_OF_DAY), timezone.get_default_timezone())


class DeadlineForm(forms.Form):
    deadline_day = forms.DateField(
        label=_("New deadline"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    deadline_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def moment(self) -> dt.datetime:
        moment = deadline(self.cleaned_data["deadline_day"], self.cleaned_data["deadline_time"])
        assert moment is not None
        return moment
