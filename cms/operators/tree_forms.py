"""Forms of the tree's pages: rules of a split, dates of showing, files of a taxonomy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.tree.reading import MAX_BYTES
from catalog.tree.splitting import Rule
from vendors.models import Vendor


class RuleForm(forms.Form):
    """One new subcategory and which offers go there."""

    name_uk = forms.CharField(label=_("Name in Ukrainian"), max_length=120, required=False)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    words = forms.CharField(label=_("All these words in the title"), max_length=120, required=False)
    brand = forms.CharField(label=_("Brand"), max_length=120, required=False)
    vendor = forms.ModelChoiceField(label=_("Vendor"), queryset=Vendor.objects.none(), required=False)
    attribute = forms.CharField(label=_("Attribute"), max_length=80, required=False)
    value = forms.CharField(label=_("Its value"), max_length=120, required=False)
    lowest = forms.DecimalField(label=_("Price from, ₴"), min_value=0, required=False)
    highest = forms.DecimalField(label=_("Price to, ₴"), min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vendor"].queryset = Vendor.objects.order_by("name")

    def rule(self) -> Rule:
        said = self.cleaned_data
        return Rule(
            names={code: said[f"name_{code}"] for code in ("uk", "ru", "en") if said[f"name_{code}"]},
            words=said["words"],
            brand=said["brand"],
            vendor=said["vendor"].pk if said["vendor"] else None,
            attribute=said["attribute"],
            value=said["value"],
            lowest="" if said["lowest"] is None else str(said["lowest"]),
            highest="" if said["highest"] is None else str(said["highest"]),
        )


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class PlanForm(forms.Form):
    """When a category is shown and hidden by itself."""

    show_at = _moment(_("Show at"))
    hide_at = _moment(_("Hide at"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("show_at", "hide_at"):
            if data.get(name) and data[name] < timezone.now():
                self.add_error(name, _("This moment has passed. Choose a later one."))
        if data.get("show_at") and data.get("show_at") == data.get("hide_at"):
            self.add_error("hide_at", _("It cannot be shown and hidden at the same moment."))
        return data


class WhenForm(forms.Form):
    """A moment at which a writing of the fields is published by itself."""

    publish_at = _moment(_("Publish at"), _("Empty: at once."))

    def clean_publish_at(self) -> Any:
        said = self.cleaned_data["publish_at"]
        if said and said < timezone.now():
            raise forms.ValidationError(_("This moment has passed. Choose a later one."))
        return said


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files at once: a language each."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        every = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(_FilesField, self).clean(each, initial) for each in every]
        if sum(each.size or 0 for each in cleaned) > MAX_BYTES:
            raise forms.ValidationError(_("The files are bigger than 20 MB together."))
        return cleaned


class TaxonomyForm(forms.Form):
    """A taxonomy to read."""

    files = _FilesField(
        label=_("Files"),
        help_text=_(
            "CSV, TSV or XLSX with columns “code” and “uk”, “ru” or “en” (ДК 021), or Google's TXT. Several files of one taxonomy, a language each, are joined by code."
        ),
        widget=_Files(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods"}),
    )
