"""Forms of the operators' desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.freshness import LONGEST, SHORTEST
from catalog.models import Category


class CategoryChoice(forms.ModelChoiceField):
    """A category shown with its place in the tree."""

    def label_from_instance(self, obj: Category) -> str:
        return f"{'— ' * (obj.depth - 1)}{obj.name}"


class CategoryForm(forms.Form):
    """Names by language; an empty one falls back to another language when shown."""

    name_uk = forms.CharField(label=_("Name in Ukrainian"), max_length=120, required=False)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)

    fresh_days = forms.IntegerField(
        label=_("Days until offers expire"),
        help_text=_(
            "Offers that their vendor has not confirmed for so many days leave the lists. Empty: as in the category above."
        ),
        min_value=SHORTEST,
        max_value=LONGEST,
        required=False,
    )

    def __init__(self, *args: Any, days_above: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fresh_days"].widget.attrs["placeholder"] = str(days_above)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any((data.get(field) or "").strip() for field in ("name_uk", "name_ru", "name_en")):
            self.add_error("name_uk", _("Give the category a name in at least one language."))
        return data

    def names(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"name_{language}"] for language in ("uk", "ru", "en")}


class TargetForm(forms.Form):
    """Where a category goes: not into itself nor below itself."""

    target = CategoryChoice(label=_("Category"), queryset=Category.objects.none())

    def __init__(self, *args: Any, category: Category, top_allowed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        field.queryset = Category.objects.filter(is_active=True).exclude(path__startswith=category.path)
        field.required = not top_allowed
        if top_allowed:
            field.empty_label = str(_("(top of the tree)"))


class DecisionForm(forms.Form):
    """An operator's decision about a vendor; a refusal needs a reason, which the vendor reads."""

    reason = forms.CharField(
        label=_("Reason for the vendor"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
    )

    def __init__(self, *args: Any, reason_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = reason_needed
