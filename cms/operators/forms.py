"""Forms of the operators' desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.freshness import LONGEST, SHORTEST
from core.errors import DomainError


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
    slug = forms.SlugField(
        label=_("Address"),
        help_text=_("Empty: made of the name. An address that is changed goes on leading here."),
        max_length=80,
        required=False,
    )
    icon = forms.CharField(label=_("Icon"), max_length=40, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For those who look at the history, and for who approves it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
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

    def own_fields(self) -> dict[str, Any]:
        """What the form says of the category itself; fields that were not sent stay as they are."""
        said = {f"name_{language}": name for language, name in self.names().items()}
        said["fresh_days"] = self.cleaned_data["fresh_days"]
        return said | {
            name: self.cleaned_data[name] for name in ("slug", "icon") if self.add_prefix(name) in self.data
        }

    def refuse(self, error: DomainError) -> None:
        """What the catalogue has against it, beside the field that it names."""
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, str(error))


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
