"""Forms of the operators' pages of attributes: an attribute, the values of its list, the attributes of a category."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.attributes.enums import AttributeKind, NameRule
from catalog.attributes.services import AttributeInput, ChoiceInput, Place
from catalog.attributes.units import UNIT_CHOICES
from catalog.models import Attribute, AttributeChoice, CategoryAttribute
from catalog.services.categories import LANGUAGES

#: Empty rows at the end of a table; saving gives as many again.
EMPTY_ROWS = 4


class AttributeForm(forms.Form):
    """What an attribute is, and by what it is recognised."""

    name_uk = forms.CharField(label=_("Name in Ukrainian"), max_length=80, required=False)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=AttributeKind.choices)
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[("", _("none: things are counted")), *UNIT_CHOICES],
        required=False,
        help_text=_("Of numbers. Other units of the same kind are converted: 0.5 l is 500 ml."),
    )
    lowest = forms.FloatField(label=_("Lowest value"), required=False)
    highest = forms.FloatField(
        label=_("Highest value"),
        required=False,
        help_text=_(
            "In the unit above. Numbers outside are not taken; where two attributes of a category share a unit,"
            " the limits tell them apart."
        ),
    )
    bare = forms.BooleanField(
        label=_("A number without a unit is of this unit"),
        required=False,
        help_text=_("“Screen: 15.6” then means inches. Leave it off where vendors mean now this, now that."),
    )
    name_rule = forms.ChoiceField(label=_("In names of offers"), choices=NameRule.choices)
    words = forms.CharField(
        label=_("Other words for it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Comma-separated: headings of columns and words beside the value in names. Endings do not matter."
        ),
    )

    @classmethod
    def of(cls, attribute: Attribute) -> dict[str, Any]:
        """The initial values."""
        told = {name: getattr(attribute, name) for name in cls.base_fields if hasattr(attribute, name)}
        return told | {f"name_{code}": getattr(attribute, f"name_{code}") or "" for code in LANGUAGES}

    def given(self, choices: list[ChoiceInput]) -> AttributeInput:
        data = self.cleaned_data
        return AttributeInput(
            names=_names(data),
            choices=choices,
            **{
                name: data[name]
                for name in ("kind", "unit", "lowest", "highest", "bare", "name_rule", "words")
            },
        )


class ChoiceForm(forms.Form):
    """One value of a list: a row of a table."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name_uk = forms.CharField(label=_("Ukrainian"), max_length=80, required=False)
    name_ru = forms.CharField(label=_("Russian"), max_length=80, required=False)
    name_en = forms.CharField(label=_("English"), max_length=80, required=False)
    words = forms.CharField(
        label=_("Other words for it, comma-separated"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label_widgets(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.has_changed() and not data.get("DELETE") and not any(_names(data).values()):
            self.add_error("name_uk", _("Give the value a name in at least one language."))
        return data


class _Choices(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label, form.fields["DELETE"].label = _("Place"), _("Delete")
        _label_widgets(form)

    def given(self) -> list[ChoiceInput]:
        return [
            ChoiceInput(names=_names(data), words=data["words"], id=data["id"])
            for form in self.ordered_forms
            if (data := form.cleaned_data) and any(_names(data).values())
        ]

    @staticmethod
    def of(choices: list[AttributeChoice]) -> list[dict[str, Any]]:
        return [
            {"id": choice.pk, "words": choice.words}
            | {f"name_{code}": getattr(choice, f"name_{code}") or "" for code in LANGUAGES}
            for choice in choices
        ]


ChoiceFormSet = forms.formset_factory(
    ChoiceForm, formset=_Choices, extra=EMPTY_ROWS, can_delete=True, can_order=True
)


class PlaceForm(forms.Form):
    """An attribute of a category: a row of a table."""

    attribute = forms.ModelChoiceField(
        label=_("Attribute"), queryset=Attribute.objects.order_by("name"), required=False
    )
    position = forms.IntegerField(
        label=_("Place"),
        min_value=0,
        max_value=32_000,
        initial=100,
        required=False,
        widget=forms.TextInput(attrs={"data-position": "", "inputmode": "numeric", "size": 6}),
    )
    inherited = forms.BooleanField(label=_("Below it, too"), initial=True, required=False)
    sold_by = forms.BooleanField(label=_("Price for its unit"), initial=True, required=False)
    required = forms.BooleanField(label=_("Required"), required=False)
    facet = forms.BooleanField(label=_("Filter"), initial=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label_widgets(self)


class _Places(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Delete")
        _label_widgets(form)

    def given(self) -> list[Place]:
        """One each: of an attribute that was chosen twice the later row counts."""
        places = {
            data["attribute"].pk: Place(
                data["attribute"].pk,
                100 if data["position"] is None else data["position"],
                data["inherited"],
                data["sold_by"],
                data["required"],
                data["facet"],
            )
            for data in (form.cleaned_data for form in self.forms if form not in self.deleted_forms)
            if data.get("attribute")
        }
        return list(places.values())

    @staticmethod
    def of(places: list[CategoryAttribute]) -> list[dict[str, Any]]:
        return [
            {
                "attribute": place.attribute_id,
                "position": place.position,
                "inherited": place.inherited,
                "sold_by": place.sold_by,
                "required": place.required,
                "facet": place.facet,
            }
            for place in places
            if not place.is_off
        ]


PlaceFormSet = forms.formset_factory(PlaceForm, formset=_Places, extra=EMPTY_ROWS, can_delete=True)


def _names(data: dict[str, Any]) -> dict[str, str]:
    return {code: (data.get(f"name_{code}") or "").strip() for code in LANGUAGES}


def _label_widgets(form: forms.Form) -> None:
    """In a table the column's heading is seen, and each field has to say it to those who do not see."""
    for field in form.fields.values():
        field.widget.attrs["aria-label"] = field.label
