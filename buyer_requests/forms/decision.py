"""What the buyer wants of a proposal, what he holds to besides, and how long winners have to accept."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from buyer_requests.deciding.plans import Limits
from buyer_requests.selectors.proposals import Wishes
from buyer_requests.services.awards import ANSWER_DAYS, LONGEST_ANSWER
from core.assignment import Aim

AIMS = (
    (Aim.CHEAPEST.value, _("Cheapest")),
    (Aim.FEWEST.value, _("Fewest vendors")),
    (Aim.SOONEST.value, _("Soonest")),
    (Aim.WEIGHTED.value, _("Weighed")),
)
#: Ways side by side: the aims, and two more.
WAYS = {
    **{value: label for value, label in AIMS},  # noqa: C416 - one table of labels, lazily translated
    "one": _("One vendor only"),
    "sooner": _("Sooner than the cheapest"),
}


class WishesForm(forms.Form):
    aim = forms.ChoiceField(choices=AIMS)
    most = forms.IntegerField(min_value=1, max_value=999, required=False)
    substitutes = forms.BooleanField(required=False)
    split = forms.BooleanField(required=False)

    def wishes(self) -> Wishes:
        data = self.cleaned_data
        return Wishes(
            aim=Aim(data["aim"]), most=data["most"], substitutes=data["substitutes"], split=data["split"]
        )


class LimitForm(forms.Form):
    """One limit more: who may not have anything, or not a line; who alone may have it; which is not shared."""

    RULES = (
        ("never", _("gets nothing")),
        ("only", _("alone may have the line")),
        ("barred", _("does not get the line")),
        ("whole", _("the line is not shared between vendors")),
    )
    rule = forms.ChoiceField(choices=RULES)
    bid = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    line = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(
        self, *args: object, bids: Mapping[int, str], lines: Mapping[int, str], **values: object
    ) -> None:
        super().__init__(*args, **values)  # type: ignore[arg-type]  # as any form is made
        self.fields["bid"].choices = [("", ""), *bids.items()]  # type: ignore[attr-defined]  # a choice field
        self.fields["line"].choices = [("", ""), *lines.items()]  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        rule = data.get("rule")
        if rule != "whole" and data.get("bid") is None:
            self.add_error("bid", _("Choose a vendor."))
        if rule != "never" and data.get("line") is None:
            self.add_error("line", _("Choose a line."))
        return data

    def added_to(self, limits: Limits) -> Limits:
        data = self.cleaned_data
        rule, bid, line = data["rule"], data["bid"], data["line"]
        return Limits(
            never=limits.never | {bid} if rule == "never" else limits.never,
            only={**limits.only, line: bid} if rule == "only" else limits.only,
            barred={**limits.barred, line: limits.barred.get(line, frozenset()) | {bid}}
            if rule == "barred"
            else limits.barred,
            whole=limits.whole | {line} if rule == "whole" else limits.whole,
        )


class AwardForm(forms.Form):
    answer_days = forms.IntegerField(
        label=_("Days to accept"), min_value=1, max_value=LONGEST_ANSWER, initial=ANSWER_DAYS, required=False
    )
    passes_on = forms.BooleanField(
        label=_("What is declined or not answered goes to the next best at once"), required=False
    )
    below_least = forms.BooleanField(required=False)
    reason = forms.CharField(label=_("Reason, for your records"), max_length=1000, required=False)
