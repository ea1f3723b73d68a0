"""What buyers and vendors enter about requests; turned into the services' inputs, never saved here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from buyer_requests.enums import Audience
from buyer_requests.models import Bid, BuyerRequest, RequestLine
from buyer_requests.parsing.amounts import to_decimal
from buyer_requests.parsing.files import MAX_BYTES
from buyer_requests.parsing.text import MAX_CHARACTERS
from buyer_requests.selectors.desk import DraftLine
from buyer_requests.services.bids import BidLineInput, BidTerms
from buyer_requests.services.writing import MAX_LINES, LineInput
from catalog.models import Category
from core.money import MAX_PRICE, PRICE_SCALE, to_price
from core.rates import current_rates
from core.units import UNIT_NAMES
from vendors.models import Vendor

#: Units that lists are usually in come first.
_USUAL = ("H87", "PK", "BX", "Z2", "SET", "PR", "RO", "KGM", "LTR", "MTR")
_NAMES = {
    "UAH": _("hryvnia, UAH"),
    "USD": _("US dollar, USD"),
    "EUR": _("euro, EUR"),
    "PLN": _("złoty, PLN"),
}


def unit_choices() -> list[tuple[str, Any]]:
    rest = [code for code in UNIT_NAMES if code not in _USUAL]
    return [("", _("any")), *((code, UNIT_NAMES[code]) for code in (*_USUAL, *rest))]


def currency_choices() -> list[tuple[str, Any]]:
    """Currencies that have a rate: others could not be compared."""
    rates = current_rates()
    return [(code, name) for code, name in _NAMES.items() if rates.knows(code)]


def shown_number(value: Decimal | None) -> str:
    """A number as it stands in a field: without idle zeros, with the reader's decimal mark."""
    if value is None:
        return ""
    text = f"{value.normalize():f}" if value != value.to_integral() else f"{value:.0f}"
    return text.replace(".", str(get_format("DECIMAL_SEPARATOR")))


def shown_price(amount: int | None) -> str:
    """A stored price as it stands in a field: whole, or with at least two decimals."""
    if amount is None:
        return ""
    value = Decimal(amount) / PRICE_SCALE
    if value != value.to_integral() and value == value.quantize(Decimal("0.01")):
        return f"{value:.2f}".replace(".", str(get_format("DECIMAL_SEPARATOR")))
    return shown_number(value)


class NumberField(forms.CharField):
    """A positive number as people type it: comma or point, groups of thousands."""

    def __init__(self, *, is_money: bool = False, most: Decimal, **kwargs: Any) -> None:
        self.is_money, self.most = is_money, most
        kwargs.setdefault("max_length", 24)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).strip()
        if not text:
            return None
        figures = text.replace("\u202f", " ").strip()
        number = to_decimal(figures, is_money=self.is_money) if figures[:1].isdigit() else None
        if number is None or number > self.most:
            raise ValidationError(
                _("“%(value)s” is no positive number. Write figures, for example 12 or 12.50."),
                code="not_a_number",
                params={"value": text[:20]},
            )
        return number


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
    vendors = forms.ModelMultipleChoiceField(
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
    def initial_of(cls, request: BuyerRequest) -> dict[str, Any]:
        local = timezone.localtime(request.deadline_at) if request.deadline_at else None
        return {
            "title": request.title,
            "deadline_day": local.date() if local else None,
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


class BidForm(forms.Form):
    """What holds for a whole bid."""

    currency = forms.ChoiceField(label=_("Currency"))
    delivery_price = NumberField(
        label=_("Delivery, for all"),
        is_money=True,
        most=MAX_PRICE,
        required=False,
        help_text=_("Empty: free."),
    )
    delivery_days = forms.IntegerField(label=_("Days to deliver"), min_value=0, max_value=365, required=False)
    valid_until = forms.DateField(
        label=_("Bid holds until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    terms = forms.CharField(
        label=_("Terms"),
        max_length=4000,
        required=False,
        help_text=_("Payment, warranty, what the delivery covers."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]  # a ChoiceField

    @staticmethod
    def initial_of(bid: Bid | None, request: BuyerRequest, vendor: Vendor) -> dict[str, Any]:
        if bid is None:
            in_base = request.currency == settings.BASE_CURRENCY
            return {
                "currency": request.currency,
                "delivery_price": shown_price(vendor.delivery_price or None) if in_base else "",
                "delivery_days": vendor.delivery_days,
                "valid_until": timezone.localdate(request.deadline_at) + dt.timedelta(days=14)
                if request.deadline_at
                else None,
            }
        return {
            "currency": bid.currency,
            "delivery_price": shown_price(bid.delivery_price or None),
            "delivery_days": bid.delivery_days,
            "valid_until": bid.valid_until,
            "terms": bid.terms,
        }

    def clean_delivery_price(self) -> Decimal:
        value: Decimal | None = self.cleaned_data["delivery_price"]
        return value or Decimal(0)

    def value(self) -> BidTerms:
        data = self.cleaned_data
        return BidTerms(
            currency=data["currency"],
            delivery_price=to_price(data["delivery_price"]),
            delivery_days=data["delivery_days"],
            valid_until=data["valid_until"],
            terms=data["terms"].strip(),
        )


class BidLineForm(forms.Form):
    """A line of a bid. Only what is included has to be complete."""

    include = forms.BooleanField(label=_("I offer this"), required=False)
    offer = forms.ChoiceField(label=_("From your price list"), required=False)
    title = forms.CharField(label=_("What you offer"), max_length=500, required=False)
    quantity = NumberField(label=_("Quantity"), most=Decimal(100_000_000), required=False)
    price = NumberField(
        label=_("Price per unit, VAT included"), is_money=True, most=MAX_PRICE, required=False
    )
    is_substitute = forms.BooleanField(label=_("Substitute"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, draft: DraftLine) -> None:
        self.draft = draft
        super().__init__(
            data,
            prefix=f"line-{draft.line.pk}",
            initial={
                "include": draft.is_included,
                "offer": str(draft.offer_id or ""),
                "title": draft.title,
                "quantity": shown_number(draft.quantity),
                "price": shown_price(draft.price_amount),
                "is_substitute": draft.is_substitute,
                "note": draft.note,
            },
        )
        self.fields["offer"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("another good")),
            *((str(choice.offer.pk), choice.offer.title) for choice in draft.choices),
        ]
        for name in ("offer", "title", "quantity", "price", "note"):
            self.fields[name].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("include"):
            if not (data.get("title") or "").strip():
                self.add_error("title", _("Say what you offer, or take the line out of the bid."))
            if data.get("price") is None and "price" not in self.errors:
                self.add_error("price", _("Give a price, or take the line out of the bid."))
        return data

    def value(self) -> BidLineInput | None:
        data = self.cleaned_data
        if not data.get("include"):
            return None
        offer = data.get("offer") or ""
        return BidLineInput(
            line_id=self.draft.line.pk,
            title=data["title"].strip(),
            quantity=(data.get("quantity") or self.draft.line.quantity).quantize(Decimal("0.001")),
            price_amount=to_price(data["price"]),
            offer_id=int(offer) if offer.isdigit() else None,
            is_substitute=data["is_substitute"],
            note=data["note"].strip(),
        )


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"),
        max_length=1000,
        help_text=_("All vendors who see the request read question and answer, but not who asked."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Your answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
