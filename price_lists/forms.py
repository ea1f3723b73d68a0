"""What vendors send about their price lists: a file, its form, the meaning of its columns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from price_lists.labels import CURRENCIES, DELIMITERS, ENCODINGS
from price_lists.mapping.model import Mapping
from price_lists.models import Source
from price_lists.remembering.unknown import said_of
from vendors.models import Vendor


class UploadForm(forms.Form):
    """A file, and which of the vendor's lists it is the next issue of."""

    file = forms.FileField(
        label=_("Price list"),
        max_length=255,
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    source = forms.ModelChoiceField(
        label=_("It belongs to"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=_("found by itself"),
        help_text=_("A new issue of a list replaces its earlier one: what is missing in it goes off sale."),
    )

    only_check = forms.BooleanField(
        label=_("Only check: show me what would change, and change nothing"), required=False
    )

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = Source.objects.filter(vendor=vendor)
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]  # a ModelChoiceField, see above
        if not sources.exists():
            del self.fields["source"]


class FileFormForm(forms.Form):
    """What was recognised about the file as a whole, to be corrected; only what its format has is asked."""

    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    delimiter = forms.ChoiceField(label=_("Between columns"), required=False)
    sheets = forms.MultipleChoiceField(
        label=_("Sheets to read"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict | None, *, inspection: dict[str, Any], mapping: Mapping) -> None:
        listed = [table.sheet for table in mapping.tables]
        super().__init__(
            data,
            initial={
                "encoding": inspection["encoding"],
                "delimiter": inspection["delimiter"],
                "sheets": listed,
            },
        )
        fields: dict[str, Any] = self.fields
        names = [sheet["name"] for sheet in inspection["sheets"]]
        if mapping.format == "csv":
            found = inspection["encoding"]
            fields["encoding"].choices = [(each, each) for each in dict.fromkeys([found, *ENCODINGS]) if each]
            known = dict(DELIMITERS)
            given = inspection["delimiter"]
            fields["delimiter"].choices = [*({given: given} | known).items()] if given else [*known.items()]
            for name in ("encoding", "delimiter"):
                fields[name].widget.attrs["data-submit-on-change"] = ""
        else:
            del fields["encoding"], fields["delimiter"]
        if mapping.is_table and len(names) > 1:
            fields["sheets"].choices = [(name, name) for name in names]
        else:
            del fields["sheets"]
        self.header_fields = []
        if mapping.is_table:
            for number, table in enumerate(mapping.tables):
                name = f"header_{number}"
                fields[name] = forms.IntegerField(
                    label=_("Header in row"),
                    required=False,
                    min_value=0,
                    max_value=10_000,
                    initial=table.header_row,
                    help_text=_("0: there is no header"),
                )
                self.header_fields.append((name, table.sheet, table.header_row))

    def corrections(self) -> dict[str, Any]:
        """The keyword arguments of `services.guess_again`; a header row only where the person changed it."""
        said = self.cleaned_data
        sheets = said.get("sheets") or None
        headers = {
            sheet: said[name]
            for name, sheet, _before in self.header_fields
            if said.get(name) is not None and (not sheets or sheet in sheets) and name in self.changed_data
        }
        return {
            "encoding": said.get("encoding") or "",
            "delimiter": said.get("delimiter") or "",
            "sheets": sheets,
            "header_rows": headers,
        }


class ColumnsForm(forms.Form):
    """The currency of prices that name none; the columns' selects are read by `chosen_columns`."""

    currency = forms.ChoiceField(
        label=_("Currency of prices that name none"), choices=[(each, each) for each in CURRENCIES]
    )

    def __init__(self, data: QueryDict | None, *, currency: str) -> None:
        super().__init__(data, initial={"currency": currency})
        if currency and currency not in CURRENCIES:
            self.fields["currency"].choices = [(currency, currency), *((each, each) for each in CURRENCIES)]  # type: ignore[attr-defined]  # a ChoiceField, see above


def chosen_columns(data: QueryDict, mapping: Mapping) -> dict[tuple[int, int], str]:
    """The meanings that differ from the mapping's, from selects named `c-TABLE-COLUMN`."""
    chosen = {}
    for number, table in enumerate(mapping.tables):
        for column in table.columns:
            said = data.get(f"c-{number}-{column.index}")
            if said and said != column.field:
                chosen[number, column.index] = said
    return chosen


def chosen_words(data: QueryDict) -> dict[tuple[str, str], str]:
    """(kind, word) -> answer, from the selects beside the columns; an empty answer takes one back."""
    parts = (data.getlist(name)[:100] for name in ("word-kind", "word", "word-answer"))
    return said_of(zip(*parts, strict=False))


class CategoryForm(forms.Form):
    """Where one of the vendor's categories leads."""

    category = forms.ModelChoiceField(
        label=_("Category of the row"), queryset=Category.objects.filter(is_active=True), required=False
    )
