"""What a buyer enters for a draft: the list it starts from, its terms and its table of lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as said_now
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
from buyer_requests.forms.widgets import QuickDate, QuickHidden, QuickText, QuickTick, UnitSelect
from buyer_requests.models import BuyerRequest, RequestLine
from buyer_requests.parsing.files import MAX_BYTES
from buyer_requests.parsing.text import MAX_CHARACTERS
from buyer_requests.parsing.wishes import MOST_WANTS, code_of, want_of
from buyer_requests.services.writing import MAX_LINES, LineInput
from catalog.models import Category
from core.money import MAX_PRICE, to_price
from vendors.cities import region_in
from vendors.models import Vendor
from vendors.regions import Region


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
        error_messages={
            "max_length": _(
                "The list has %(show_value)d characters, and %(limit_value)d are read at once. Split it into several requests."
            )
        },
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a file with the list"),
        help_text=_("XLSX, XLS, ODS, CSV, DOCX, PDF with text or plain text, up to 5 MB."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One of the two is needed: neither is called optional.
        self.fields["lines"].is_needed_later = True  # type: ignore[attr-defined]  # read by the field's template

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
        required=False,  # a draft may be without one; publishing asks for it
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    deadline_time = forms.TimeField(
        label=_("Time"),
        required=False,
        help_text=_("Kyiv time; without one, the end of the day."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
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
        self.fields["deadline_day"].is_needed_later = True  # type: ignore[attr-defined]  # read by the field's template
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
            "region": request.region,
            "needed_by": request.needed_by,
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
            "region": data["region"] or region_in(data["place"]),
            "needed_by": data["needed_by"],
            "currency": data["currency"],
            "notes": data["notes"].strip(),
            "audience": Audience(data["audience"]),
            "vendor_ids": [vendor.pk for vendor in data["vendors"]],
            "name_hidden": data["name_hidden"],
        }


#: Fields of a line that are folded away until they are wanted.
_MORE = ("must", "wished", "substitutes", "gtin", "mpn", "place", "needed_by")


class LineForm(forms.Form):
    """A row of the table of lines; without a text it counts for nothing."""

    text = forms.CharField(label=_("What is needed"), max_length=500, required=False, widget=QuickText)
    quantity = NumberField(label=_("Quantity"), most=Decimal(100_000_000), required=False, widget=QuickText)
    unit = forms.ChoiceField(label=_("Unit"), required=False, widget=UnitSelect)
    ceiling = NumberField(
        label=_("At most per unit"), is_money=True, most=MAX_PRICE, required=False, widget=QuickText
    )
    category = forms.CharField(
        label=_("Category"),
        max_length=120,
        required=False,
        widget=QuickText(attrs={"list": "categories"}),
    )
    details = forms.CharField(label=_("Details"), max_length=1000, required=False, widget=QuickText)
    must = forms.CharField(label=_("It must have"), max_length=1500, required=False, widget=QuickText)
    wished = forms.CharField(label=_("Good to have"), max_length=600, required=False, widget=QuickText)
    substitutes = forms.BooleanField(
        label=_("Substitutes are welcome"), required=False, initial=True, widget=QuickTick
    )
    gtin = forms.CharField(label="GTIN", max_length=20, required=False, widget=QuickText)
    mpn = forms.CharField(label=_("Maker's number"), max_length=64, required=False, widget=QuickText)
    place = forms.CharField(label=_("Delivered elsewhere"), max_length=160, required=False, widget=QuickText)
    needed_by = forms.DateField(
        label=_("Needed by"),
        required=False,
        widget=QuickDate(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.CharField(max_length=1000, required=False, widget=QuickHidden)
    unsure = forms.CharField(max_length=60, required=False, widget=QuickHidden)

    def __init__(self, *args: Any, categories: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = categories
        self.fields["unit"].choices = unit_choices()  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("text", "quantity", "unit", "ceiling", "category", "details", *_MORE):
            if name != "substitutes":
                self.fields[name].widget.attrs["class"] = "input"
        self.told: list[str] = []  # typed attributes that the text itself says
        self.is_double = False

    @property
    def unsure_fields(self) -> list[str]:
        return [name for name in str(self["unsure"].value() or "").split(",") if name]

    @property
    def more_said(self) -> list[str]:
        """What the folded fields hold, in words."""
        held = {name: str(self[name].value() or "").strip() for name in _MORE}
        said = [held["must"]] if held["must"] else []
        said += [said_now("wished: %(text)s") % {"text": held["wished"]}] if held["wished"] else []
        if held["substitutes"] in {"", "False"} and str(self["text"].value() or "").strip():
            said.append(said_now("no substitutes"))
        said += [held[name] for name in ("gtin", "mpn", "place") if held[name]]
        if held["needed_by"]:
            said.append(said_now("by %(day)s") % {"day": held["needed_by"]})
        return said

    @property
    def opens(self) -> bool:
        """Whether the folded fields hold something to be looked at."""
        return any(name in self.errors or name in self.unsure_fields for name in _MORE)

    def clean_gtin(self) -> str:
        digits = (self.cleaned_data.get("gtin") or "").strip()
        if not digits:
            return ""
        code, right = code_of(digits)
        if digits == self.initial.get("gtin"):
            return digits  # as the list had it: marked as unsure, and no reason to refuse the rest
        if not right:
            raise ValidationError(
                _(
                    "“%(value)s” is no GTIN: it has 8, 12, 13 or 14 digits, the last of which checks the others."
                ),
                params={"value": digits},
            )
        return code

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

    def value(self, confirmed: Collection[str] = ()) -> LineInput:
        """The line. `confirmed` are fields that the buyer said are right as they stand."""
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
            unsure=[name for name in self.unsure_fields if name not in changed and name not in confirmed],
            wants=[
                want
                for name, must in (("must", True), ("wished", False))
                for part in re.split(r"[;\n]+", data.get(name) or "")
                if (want := want_of(part, must=must)) is not None
            ][:MOST_WANTS],
            substitutes=bool(data.get("substitutes")),
            gtin=data.get("gtin") or "",
            mpn=(data.get("mpn") or "").strip(),
            place=(data.get("place") or "").strip(),
            needed_by=data.get("needed_by"),
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
            "must": "; ".join(want["text"] for want in line.wants if want.get("must")),
            "wished": "; ".join(want["text"] for want in line.wants if not want.get("must")),
            "substitutes": line.substitutes,
            "gtin": line.gtin,
            "mpn": line.mpn,
            "place": line.place,
            "needed_by": line.needed_by,
            "source": line.source,
            "unsure": ",".join(line.unsure),
        }


class BaseLineFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # no type arguments while applications load
    def values(self, confirm: str = "") -> list[LineInput]:
        """The lines. `confirm` names what the buyer said is right: "all", or a row and a field ("3-quantity")."""
        row, _dash, name = confirm.partition("-")
        return [
            form.value(form.unsure_fields if confirm == "all" else [name] if row == str(index) else ())
            for index, form in enumerate(self.forms)
            if not form.is_empty and not form.cleaned_data.get(forms.formsets.DELETION_FIELD_NAME)
        ]

    def add_fields(self, form: LineForm, index: int | None) -> None:
        super().add_fields(form, index)
        delete = form.fields[forms.formsets.DELETION_FIELD_NAME]
        delete.label, delete.widget = _("Remove"), QuickTick()


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
