"""What a buyer enters for a draft: the list it starts from, its terms and its table of lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyer_requests.enums import Audience
from buyer_requests.forms.deadlines import END_OF_DAY, deadline
from buyer_requests.forms.defaults import default_deadline_day, default_title
from buyer_requests.forms.fields import (
    NumberField,
    currency_choices,
    shown_number,
    shown_price,
    unit_choices,
)
from buyer_requests.models import BuyerRequest, RequestLine
from buyer_requests.parsing.files import MAX_BYTES
from buyer_requests.parsing.text import MAX_CHARACTERS
from buyer_requests.services.writing import MAX_LINES, LineInput
from catalog.models import Category
from core.money import MAX_PRICE, to_price
from vendors.models import Vendor


class VendorsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no type arguments at run time
    """Vendors by id; a number that no database holds is no choice, instead of an error of the database."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:
            raise forms.ValidationError(
                self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": "…"}
            ) from None


class ListForm(forms.Form):
    """The start of a request: a pasted list or a file."""

    lines = forms.CharField(
        label=_("Paste your list"),
        help_text=_(
            "One line for each thing, with quantity and highest price if you like; or cells copied from a spreadsheet."
        ),
        required=False,
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a file with the list"),
        help_text=_("XLSX, XLS, ODS, CSV or plain text, up to 5 MB."),
        required=False,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file is not None and file.size > MAX_BYTES:
            raise ValidationError(_("The file is bigger than 5 MB. Keep only the sheet with the list."))
        return file

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not (data.get("lines") or "").strip() and not data.get("file"):
            self.add_error("lines", _("Paste at least one line, or choose a file."))
        return data


class RequestForm(forms.Form):
    """Everything about a request but its lines. What is only needed for publishing may be empty in a draft."""

    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("For example: office supplies for October.")
    )
    deadline_day = forms.DateField(
        label=_("Bids until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    deadline_time = forms.TimeField(
        label=_("Time"),
        required=False,
        help_text=_("Kyiv time; without one, the end of the day."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    place = forms.CharField(label=_("Place of delivery"), max_length=160, required=False)
    currency = forms.ChoiceField(label=_("Currency of the highest prices"))
    notes = forms.CharField(
        label=_("Notes for vendors"),
        max_length=4000,
        required=False,
        help_text=_("Terms of payment, delivery, quality. All vendors who see the request read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    audience = forms.ChoiceField(
        label=_("Who may see it"), choices=Audience.choices, widget=forms.RadioSelect
    )
    vendors = VendorsField(
        label=_("Vendors"),
        queryset=Vendor.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    name_hidden = forms.BooleanField(
        label=_("Hide my name until the award"),
        required=False,
        help_text=_("Vendors see a number instead of you or your company."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["vendors"].queryset = Vendor.objects.public().order_by("name")  # type: ignore[attr-defined]  # a ModelMultipleChoiceField

    @classmethod
    def initial_of(cls, request: BuyerRequest, lines: Sequence[RequestLine]) -> dict[str, Any]:
        """The draft's values; a title or deadline that it has not is suggested. `lines` are the draft's."""
        local = timezone.localtime(request.deadline_at) if request.deadline_at else None
        return {
            "title": request.title or default_title([line.text for line in lines]),
            "deadline_day": local.date() if local else default_deadline_day(),
            "deadline_time": local.time() if local and local.time() != END_OF_DAY else None,
            "place": request.place,
            "currency": request.currency,
            "notes": request.notes,
            "audience": request.audience,
            "vendors": list(request.invitations.values_list("vendor_id", flat=True)),
            "name_hidden": request.name_hidden,
        }

    def values(self) -> dict[str, Any]:
        """Keyword arguments of `services.save_draft`, lines apart."""
        data = self.cleaned_data
        return {
            "title": data["title"].strip(),
            "deadline_at": deadline(data["deadline_day"], data["deadline_time"]),
            "place": data["place"].strip(),
            "currency": data["currency"],
            "notes": data["notes"].strip(),
            "audience": Audience(data["audience"]),
            "vendor_ids": [vendor.pk for vendor in data["vendors"]],
            "name_hidden": data["name_hidden"],
        }


class LineForm(forms.Form):
    """A row of the table of lines; without a text it counts for nothing."""

    text = forms.CharField(label=_("What is needed"), max_length=500, required=False)
    quantity = NumberField(label=_("Quantity"), most=Decimal(100_000_000), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    ceiling = NumberField(label=_("At most per unit"), is_money=True, most=MAX_PRICE, required=False)
    category = forms.CharField(
        label=_("Category"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    details = forms.CharField(label=_("Details"), max_length=1000, required=False)
    source = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
    unsure = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = categories
        self.fields["unit"].choices = unit_choices()  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("text", "quantity", "unit", "ceiling", "category", "details"):
            self.fields[name].widget.attrs["class"] = "input"

    @property
    def unsure_fields(self) -> list[str]:
        return [name for name in str(self["unsure"].value() or "").split(",") if name]

    @property
    def is_empty(self) -> bool:
        return not (self.cleaned_data.get("text") or "").strip()

    def clean_category(self) -> int | None:
        name = (self.cleaned_data.get("category") or "").strip()
        if not name:
            return None
        if name.lower() not in self.categories:
            raise ValidationError(
                _("“%(name)s” is no category of the row. Choose one of the list, or leave it empty."),
                params={"name": name},
            )
        return self.categories[name.lower()]

    def value(self) -> LineInput:
        data = self.cleaned_data
        ceiling = data.get("ceiling")
        changed = set(self.changed_data)
        return LineInput(
            text=data["text"].strip(),
            quantity=(data.get("quantity") or Decimal(1)).quantize(Decimal("0.001")),
            unit=data.get("unit") or "",
            ceiling_amount=to_price(ceiling) if ceiling else None,
            category_id=data.get("category"),
            details=(data.get("details") or "").strip(),
            source=data.get("source") or "",
            # A field that the buyer changed is the buyer's word.
            unsure=[name for name in self.unsure_fields if name not in changed],
        )

    @staticmethod
    def initial_of(line: RequestLine, names: dict[int, str]) -> dict[str, Any]:
        return {
            "text": line.text,
            "quantity": shown_number(line.quantity),
            "unit": line.unit,
            "ceiling": shown_price(line.ceiling_amount),
            "category": names.get(line.category_id or 0, ""),
            "details": line.details,
            "source": line.source,
            "unsure": ",".join(line.unsure),
        }


class BaseLineFormSet(forms.BaseFormSet[LineForm]):
    def values(self) -> list[LineInput]:
        return [
            form.value()
            for form in self.forms
            if not form.is_empty and not form.cleaned_data.get(forms.formsets.DELETION_FIELD_NAME)
        ]

    def add_fields(self, form: LineForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[forms.formsets.DELETION_FIELD_NAME].label = _("Remove")


LineFormSet = forms.formset_factory(
    LineForm,
    formset=BaseLineFormSet,
    extra=0,
    can_delete=True,
    max_num=MAX_LINES,
    absolute_max=MAX_LINES + 50,
)


def category_names() -> dict[int, str]:
    """Names of the shown categories in the reader's language, in the tree's order."""
    return {
        category.pk: category.name for category in Category.objects.filter(Q(is_active=True)).order_by("path")
    }
