"""What a buyer enters to change a published request: its table of lines with their ids, its terms, a later deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyer_requests.changing.content import said_wants
from buyer_requests.drafting.understanding import stored_wants
from buyer_requests.forms.deadlines import deadline
from buyer_requests.forms.drafts import BaseLineFormSet, LineForm
from buyer_requests.forms.widgets import QuickHidden
from buyer_requests.models import RequestLine
from buyer_requests.services.writing import MAX_LINES, LineInput
from catalog.attributes.current import known_rules
from core.ids import id_of
from vendors.cities import region_in
from vendors.regions import Region


class ChangedLineForm(LineForm):
    """A row of the table; one that vendors know keeps its id, and with it what was bid on it."""

    line = forms.CharField(max_length=18, required=False, widget=QuickHidden)

    @staticmethod
    def initial_of(line: RequestLine, names: dict[int, str]) -> dict[str, Any]:
        return LineForm.initial_of(line, names) | {"line": str(line.pk or ""), "unsure": ""}


ChangedLineFormSet = forms.formset_factory(
    ChangedLineForm,
    formset=BaseLineFormSet,
    extra=0,
    can_delete=True,
    max_num=MAX_LINES,
    absolute_max=MAX_LINES + 50,
)


class ChangedTermsForm(forms.Form):
    """What of the terms may change; the currency and who may see the request stay as they were published."""

    place = forms.CharField(label=_("Place of delivery"), max_length=160, required=False)
    region = forms.ChoiceField(
        label=_("Region of delivery"),
        choices=[("", _("not said")), *Region.choices],
        required=False,
        help_text=_("Empty: that of the town above, if it is known."),
    )
    needed_by = forms.DateField(
        label=_("Needed by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    notes = forms.CharField(
        label=_("Notes for vendors"),
        max_length=4000,
        required=False,
        help_text=_("Terms of payment, delivery, quality. All vendors who see the request read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @staticmethod
    def initial_of(content: Mapping[str, Any]) -> dict[str, Any]:
        day = content["needed_by"]
        return {
            "place": content["place"],
            "region": content["region"],
            "notes": content["notes"],
            "needed_by": dt.date.fromisoformat(day) if day else None,
        }

    def values(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """As a content has them; `held` is the content of the request as it is."""
        data = self.cleaned_data
        place, region = data["place"].strip(), data["region"]
        if not region and (place != held["place"] or held["region"]):
            region = region_in(place)
        return {
            "place": place,
            "region": region,
            "needed_by": data["needed_by"].isoformat() if data["needed_by"] else None,
            "notes": data["notes"].replace("\r\n", "\n").strip(),
        }


class PublishChangeForm(forms.Form):
    """The version that the buyer was shown, and a later deadline."""

    base = forms.IntegerField(min_value=1, max_value=1000, widget=forms.HiddenInput)
    deadline_day = forms.DateField(
        label=_("New deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    deadline_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    @staticmethod
    def initial_of(base: int, suggested: dt.datetime | None) -> dict[str, Any]:
        local = timezone.localtime(suggested) if suggested else None
        return {
            "base": base,
            "deadline_day": local.date() if local else None,
            "deadline_time": local.time().replace(second=0, microsecond=0) if local else None,
        }

    def moment(self) -> dt.datetime | None:
        return deadline(self.cleaned_data["deadline_day"], self.cleaned_data["deadline_time"])


def changed_content(
    lines: BaseLineFormSet, terms: ChangedTermsForm, held: Mapping[str, Any]
) -> dict[str, Any]:
    """What the page says, as a content; `held` is the content of the request as it is."""
    by_id = {line["line"]: line for line in held["lines"]}
    rules = known_rules()
    rows = [
        (id_of(form.cleaned_data.get("line") or ""), value)
        for form, value in zip(_kept(lines), lines.values(), strict=True)
    ]
    made = []
    for pk, value in rows:
        before = by_id.get(pk)
        row = _row(pk if before else None, value)
        typed = stored_wants(value.wants, value.category_id, rules)
        same = before is not None and said_wants(before["wants"]) == said_wants(typed)
        same = same and before is not None and before["category"] == row["category"]
        row["wants"] = before["wants"] if same and before is not None else typed
        made.append(row)
    return {**held, **terms.values(held), "lines": made}


def _kept(lines: BaseLineFormSet) -> Sequence[LineForm]:
    return [
        form
        for form in lines.forms
        if not form.is_empty and not form.cleaned_data.get(forms.formsets.DELETION_FIELD_NAME)
    ]


def _row(pk: int | None, value: LineInput) -> dict[str, Any]:
    return {
        "line": pk,
        "text": value.text,
        "details": value.details,
        "quantity": f"{value.quantity:.3f}",
        "unit": value.unit,
        "ceiling": value.ceiling_amount,
        "category": value.category_id,
        "wants": [],
        "substitutes": value.substitutes,
        "gtin": value.gtin,
        "mpn": value.mpn,
        "place": value.place,
        "needed_by": value.needed_by.isoformat() if value.needed_by else None,
    }
