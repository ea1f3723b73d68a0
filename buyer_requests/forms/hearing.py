"""What a vendor enters of how it wants to hear of requests."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buyer_requests.forms.fields import NumberField, shown_price
from buyer_requests.models import Hearing
from buyer_requests.telling.enums import HearingRhythm
from catalog.models import Category
from core.money import MAX_PRICE, to_price
from vendors.regions import Region

#: Where vendors of the row work; others write to the operators.
ZONES: Final = (
    ("Europe/Kyiv", _("Kyiv")),
    ("Europe/Warsaw", _("Warsaw, Berlin, Prague")),
    ("Europe/London", _("London, Lisbon")),
    ("Europe/Bucharest", _("Bucharest, Vilnius")),
    ("Europe/Istanbul", _("Istanbul")),
    ("Asia/Shanghai", _("Shanghai")),
)
MINUTES: Final = (
    (15, _("15 minutes")),
    (30, _("30 minutes")),
    (60, pgettext_lazy("once in", "1 hour")),
    (120, _("2 hours")),
    (240, _("4 hours")),
)
HOURS: Final = tuple((hour, f"{hour}:00") for hour in range(24))


def _hour(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=HOURS, coerce=int)


class HearingForm(forms.Form):
    rhythm = forms.ChoiceField(
        label=_("Letters and push about new requests"), choices=HearingRhythm, widget=forms.RadioSelect
    )
    every_minutes = forms.TypedChoiceField(label=_("Collected once in"), choices=MINUTES, coerce=int)
    first_hour = _hour(_("Once or twice a day: at"))
    second_hour = _hour(_("and at"))
    most_a_day = forms.IntegerField(
        label=_("Messages a day at most"),
        min_value=1,
        max_value=500,
        help_text=_("What is beyond comes in one more message in the evening: nothing is lost."),
    )
    quiet_from = _hour(_("Quiet from"))
    quiet_to = forms.TypedChoiceField(
        label=_("until"), choices=HOURS, coerce=int, help_text=_("The same hour twice: never quiet.")
    )
    time_zone = forms.ChoiceField(label=_("By the clock of"), choices=ZONES)
    urgent_at_night = forms.BooleanField(
        label=_("In quiet hours, too, where bids end before they do"), required=False
    )
    paused_until = forms.DateField(
        label=_("Nothing until the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For holidays. On that day one message comes of all that is still open."),
    )
    least_lines = forms.IntegerField(label=_("Lines that fit, at least"), min_value=1, max_value=500)
    least_amount = NumberField(
        label=_("Sum of what fits at your prices, at least, UAH"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("Empty: any."),
    )
    regions = forms.MultipleChoiceField(
        label=_("Only with delivery to these regions"),
        choices=Region.choices,
        required=False,
        help_text=_("None: everywhere. Requests that name no region are told of all the same."),
        widget=forms.CheckboxSelectMultiple,
    )
    muted = forms.MultipleChoiceField(
        label=_("Nothing about these categories"),
        required=False,
        help_text=_("A request of other goods as well is told of all the same."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, tree: list[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["muted"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (str(category.pk), f"{'— ' * (category.depth - 1)}{category.name}") for category in tree
        ]

    @staticmethod
    def initial_of(hearing: Hearing, muted: set[int]) -> dict[str, Any]:
        names = (
            "rhythm",
            "every_minutes",
            "first_hour",
            "second_hour",
            "most_a_day",
            "quiet_from",
            "quiet_to",
        )
        more = ("time_zone", "urgent_at_night", "paused_until", "least_lines", "regions")
        return {
            **{name: getattr(hearing, name) for name in (*names, *more)},
            "least_amount": shown_price(hearing.least_amount),
            "muted": [str(pk) for pk in muted],
        }

    def value(self) -> dict[str, Any]:
        """The columns that a vendor chooses."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "muted"}
        data["least_amount"] = to_price(data["least_amount"]) if data["least_amount"] else None
        return data

    def muted_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["muted"]]
