"""What people enter about their companies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from core.money import Money
from vendors.enums import Role
from vendors.models import Vendor
from vendors.regions import Region
from vendors.tax_ids import clean_tax_id

CURRENCIES = [
    ("UAH", _("hryvnia, UAH")),
    ("USD", _("US dollar, USD")),
    ("EUR", _("euro, EUR")),
    ("PLN", _("złoty, PLN")),
]


class _CompanyForm(forms.ModelForm[Vendor]):
    """Fields that the application and the settings share. Nothing is saved here: the services do."""

    default_currency = forms.ChoiceField(
        label=_("Currency of your prices"),
        choices=CURRENCIES,
        help_text=_("For price lists that name none."),
    )
    site_url = forms.URLField(
        label=_("Web site"), help_text=_("With https:// at the front."), required=False, assume_scheme="https"
    )
    region = forms.ChoiceField(label=_("Region"), choices=[("", "—"), *Region.choices], required=False)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_legal_name(self) -> str:
        return " ".join(self.cleaned_data["legal_name"].split())

    def clean_tax_id(self) -> str:
        try:
            return clean_tax_id(self.cleaned_data["tax_id"])
        except InvalidInput as error:
            raise forms.ValidationError(str(error), code=error.code) from error


class ApplicationForm(_CompanyForm):
    """An application: little enough to fill in at once, the rest can follow in the settings."""

    agreed = forms.BooleanField(
        label=_("I may act for this company, and what is written here is true."),
    )

    class Meta:
        model = Vendor
        fields = (
            "name",
            "legal_name",
            "tax_id",
            "participation",
            "default_currency",
            "vat_status",
            "city",
            "region",
            "email",
            "phone",
            "site_url",
            "description",
        )
        labels = {
            "name": _("Name of the company"),
            "legal_name": _("Name in the register"),
            "email": _("E-mail for buyers"),
            "phone": _("Phone for buyers"),
            "participation": _("How you want to sell"),
            "description": _("What do you sell?"),
        }
        help_texts = {
            "name": _("As buyers know it."),
            "tax_id": _("EDRPOU (8 digits) or the number of a person in business (10 digits)."),
            "description": _("A sentence or two: operators and buyers read it."),
        }
        widgets = {
            "participation": forms.RadioSelect,
            "description": forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city"].required = True
        self.fields["email"].required = True

    def details(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SettingsForm(_CompanyForm):
    """The company's details and terms."""

    delivery_cost = forms.DecimalField(
        label=_("Delivery, UAH"),
        help_text=_("A flat cost for one order; 0 where delivery is free."),
        min_value=0,
        max_value=100_000,
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "field-short", "inputmode": "decimal"}),
    )
    free_from = forms.DecimalField(
        label=_("Free delivery from, UAH"),
        help_text=_("Leave empty where delivery is never free."),
        required=False,
        min_value=Decimal("0.01"),
        max_value=10_000_000,
        max_digits=11,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "field-short", "inputmode": "decimal"}),
    )
    delivery_days = forms.IntegerField(
        label=_("Days to deliver"),
        required=False,
        min_value=0,
        max_value=365,
        widget=forms.NumberInput(attrs={"class": "field-short"}),
    )
    delivery_regions = forms.MultipleChoiceField(
        label=_("Delivers to"),
        help_text=_("Choose none if you deliver everywhere in Ukraine."),
        choices=Region.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    vat_percent = forms.IntegerField(
        label=_("VAT rate, %"),
        min_value=0,
        max_value=50,
        widget=forms.NumberInput(attrs={"class": "field-short"}),
    )

    class Meta:
        model = Vendor
        fields = (
            "name",
            "legal_name",
            "tax_id",
            "participation",
            "description",
            "site_url",
            "email",
            "phone",
            "city",
            "region",
            "default_currency",
            "vat_status",
            "vat_percent",
            "delivery_days",
            "delivery_regions",
        )
        labels = {**ApplicationForm.Meta.labels, "description": _("About the company")}
        help_texts = {**ApplicationForm.Meta.help_texts, "description": _("Buyers read it on your page.")}
        widgets = {**ApplicationForm.Meta.widgets}

    def __init__(self, *args: Any, instance: Vendor, **kwargs: Any) -> None:
        initial = {
            "delivery_cost": Money.from_price(instance.delivery_price, settings.BASE_CURRENCY).amount,
            "free_from": None
            if instance.free_delivery_from is None
            else Money.from_price(instance.free_delivery_from, settings.BASE_CURRENCY).amount,
            **kwargs.pop("initial", {}),
        }
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
        known = {code for code, _name in CURRENCIES}
        if instance.default_currency not in known:  # set by an operator or an import
            code = instance.default_currency
            self.fields["default_currency"].choices = [*CURRENCIES, (code, code)]

    def changes(self) -> dict[str, Any]:
        """What the service takes: prices as stored."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        base, free = settings.BASE_CURRENCY, self.cleaned_data["free_from"]
        values["delivery_price"] = Money(self.cleaned_data["delivery_cost"], base).to_price()
        values["free_delivery_from"] = None if free is None else Money(free, base).to_price()
        return values


class InvitationForm(forms.Form):
    """Whom to invite as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ASSISTANT)

    def __init__(self, *args: Any, actor_role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor_role != Role.OWNER:
            self.fields["role"].choices = [choice for choice in Role.choices if choice[0] != Role.OWNER]


class RoleForm(forms.Form):
    """A member's new role."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
