"""Forms of the operators' list of offers: its filter, and what is to be done with what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from catalog.attributes.current import stored_attributes
from catalog.attributes.enums import AttributeKind
from catalog.attributes.told import stored_value, value_of_text
from catalog.bulk_edit import choosing
from catalog.bulk_edit.choosing import Criteria
from catalog.bulk_edit.enums import Action
from catalog.bulk_edit.errors import ValueNotUnderstood
from catalog.models import Attribute, Category, Offer
from core.errors import InvalidInput
from core.money import Money
from search.query import MAX_PAGE_SIZE, SearchQuery, Sort
from search.services import search
from vendors.models import Vendor

#: Most categories that are named where what was typed means several.
_NAMED = 12
_FACTOR = 10_000


def _states() -> list[tuple[str, Any]]:
    return [
        ("on_sale", _("on sale")),
        ("hidden", _("hidden")),
        ("held", _("held by a rule about names")),
        ("withdrawn", _("withdrawn by the vendor")),
        ("all", _("all")),
    ]


@dataclass(frozen=True, slots=True)
class WordsPage:
    """A page of what the search engine found, in its order."""

    offers: list[Offer]
    total: int
    number: int
    last: int
    is_whole: bool = True


class FilterForm(forms.Form):
    """The conditions of the list. What is left empty asks for nothing."""

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), choices=_states, required=False)
    category = forms.CharField(label=_("Category: name, address or number"), required=False, max_length=200)
    uncategorised = forms.BooleanField(label=_("In no category"), required=False)
    vendor = forms.ModelChoiceField(
        label=_("Vendor"), queryset=Vendor.objects.order_by("name"), required=False
    )
    low = forms.DecimalField(label=_("Price from"), required=False, min_value=0, max_value=10**9)
    high = forms.DecimalField(label=_("Price to"), required=False, min_value=0, max_value=10**9)
    lacks = forms.ModelChoiceField(
        label=_("Attribute is not known"), queryset=Attribute.objects.order_by("name"), required=False
    )
    no_photo = forms.BooleanField(label=_("Without a photo"), required=False)
    edited = forms.BooleanField(label=_("Changed by an operator"), required=False)

    def clean_category(self) -> Category | None:
        text = self.cleaned_data["category"]
        return category_named(text) if text.strip() else None

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""

    @property
    def missing(self) -> Attribute | None:
        return self.cleaned_data.get("lacks") if self.is_valid() else None

    @cached_property
    def criteria(self) -> Criteria:
        """Call after `is_valid`."""
        data = self.cleaned_data
        return Criteria(
            state=data["state"] or "on_sale",
            category=data["category"].pk if data["category"] else None,
            uncategorised=data["uncategorised"],
            vendor=data["vendor"].pk if data["vendor"] else None,
            price_from=None if data["low"] is None else int(data["low"] * _FACTOR),
            price_to=None if data["high"] is None else int(data["high"] * _FACTOR),
            no_photo=data["no_photo"],
            edited=data["edited"],
            missing=data["lacks"].pk if data["lacks"] else None,
        )

    @cached_property
    def query(self) -> str:
        """The filter as an address has it."""
        return urlencode({name: value for name in self.fields if (value := self.data.get(name))})

    def described(self) -> list[tuple[str, str]]:
        """Label and value of what is asked for."""
        if not self.is_valid():
            return []
        told = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if name == "state":
                value = dict(_states()).get(value or "on_sale")
            if value not in (None, "", False):
                told.append((str(field.label), _t("yes") if value is True else str(value)))
        return told

    def search(self, number: int) -> WordsPage:
        """By the site's own engine: what is on sale, within category, vendor and price."""
        found = search(self._asked(number, choosing.ON_PAGE))
        offers = Offer.objects.select_related("vendor", "category").defer("search_text", "videos")
        by_id = offers.in_bulk([hit.offer_id for hit in found.hits])
        total = min(found.total, choosing.COUNTED)
        last = max(1, -(-total // choosing.ON_PAGE))
        rows = [by_id[hit.offer_id] for hit in found.hits if hit.offer_id in by_id]
        return WordsPage(rows, found.total, number, last)

    def _asked(self, number: int, size: int) -> SearchQuery:
        wanted = self.criteria
        return SearchQuery(
            words=self.words,
            category_id=wanted.category,
            vendors_in=frozenset([wanted.vendor]) if wanted.vendor else frozenset(),
            min_price=None if wanted.price_from is None else Money.from_price(wanted.price_from, "UAH"),
            max_price=None if wanted.price_to is None else Money.from_price(wanted.price_to, "UAH"),
            sort=Sort.NEWEST,
            page=number,
            page_size=size,
            with_facets=False,
        )


def searched_ids(form: FilterForm) -> list[int]:
    """What the engine finds now, at most COUNTED: from here on the choice is these offers."""
    ids: dict[int, None] = {}
    for number in range(1, choosing.COUNTED // MAX_PAGE_SIZE + 1):
        found = search(form._asked(number, MAX_PAGE_SIZE))  # noqa: SLF001 - of this module
        ids.update(dict.fromkeys(hit.offer_id for hit in found.hits))
        if len(found.hits) < MAX_PAGE_SIZE:
            break
    wanted = form.criteria
    rest = Criteria(
        state="on_sale", no_photo=wanted.no_photo, edited=wanted.edited, uncategorised=wanted.uncategorised
    )
    chosen = choosing.filtered(rest, choosing.narrowed(rest))
    out: list[int] = []
    numbers = list(ids)
    for start in range(0, len(numbers), 500):
        out += chosen.filter(pk__in=numbers[start : start + 500]).values_list("pk", flat=True)
    return out


class ChangeForm(forms.Form):
    """What is done to each of the chosen offers."""

    do = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (Action.CATEGORY, _("put into a category")),
            (Action.FACTS, _("set or clear an attribute")),
            (Action.HIDE, _("hide from buyers")),
            (Action.SHOW, _("show to buyers again")),
        ],
        initial=Action.CATEGORY,
        widget=forms.RadioSelect,
    )
    category = forms.CharField(
        label=_("Into which category: name, address or number"),
        required=False,
        max_length=200,
        help_text=_("Empty: into none. No price list moves them from there."),
    )
    attribute = forms.ModelChoiceField(
        label=_("Attribute"), queryset=Attribute.objects.order_by("name"), required=False
    )
    how = forms.ChoiceField(
        label=_("What of it"),
        choices=[
            ("set", _("set this value, whatever vendors say")),
            ("silent", _("tell nothing of it")),
            ("clear", _("forget what people set: vendors' words count again")),
        ],
        required=False,
        initial="set",
    )
    value = forms.CharField(
        label=_("Value"),
        required=False,
        max_length=120,
        help_text=_("As a vendor would write it: “чорний”, “0,5 л”, “так”, “21 × 29,7 см”."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=240,
        help_text=_("Needed for hiding and showing: the vendors concerned read it."),
    )

    def clean_category(self) -> Category | None:
        text = self.cleaned_data["category"]
        return category_named(text) if text.strip() else None

    @property
    def action(self) -> Action:
        return Action(self.cleaned_data["do"])

    def given(self) -> dict[str, Any]:
        """As the edit keeps it. Raises ValueNotUnderstood, or InvalidInput where nothing is said."""
        data = self.cleaned_data
        if self.action == Action.CATEGORY:
            category = data["category"]
            return {"category": category.pk if category else None}
        if self.action != Action.FACTS:
            return {}
        attribute = data["attribute"]
        if attribute is None:
            raise InvalidInput("attribute_missing", _("Choose an attribute."), field="attribute")
        if data["how"] == "clear":
            return {"clear": [attribute.code]}
        if data["how"] == "silent":
            return {"set": {attribute.code: None}}
        rule = stored_attributes()[attribute.pk]
        value = value_of_text(rule, data["value"])
        if value is None:
            raise ValueNotUnderstood(field="value", value=data["value"], attribute=attribute.name)
        return {"set": {attribute.code: stored_value(rule, value)}}


def category_named(text: str) -> Category:
    """A category by its number, address or name; raises a ValidationError that names the choices where several are meant."""
    wanted = " ".join(text.split()).casefold()
    shown = Category.objects.filter(merged_into__isnull=True)
    found = shown.filter(pk=int(wanted)) if wanted.isdecimal() else shown.filter(slug=wanted)
    if category := found.first():
        return category
    named = [pk for pk, names in _names(shown) if any(name.casefold() == wanted for name in names)]
    if not named:
        named = [pk for pk, names in _names(shown) if any(wanted in name.casefold() for name in names)]
    if len(named) == 1:
        return shown.get(pk=named[0])
    if not named:
        raise forms.ValidationError(_("There is no category of that name."))
    some = shown.filter(pk__in=named[:_NAMED]).values_list("name", "pk")
    told = ", ".join(f"{name} ({pk})" for name, pk in some)
    raise forms.ValidationError(_("Several are called so; give the number: %(names)s") % {"names": told})


def _names(categories: QuerySet[Category]) -> list[tuple[int, list[str]]]:
    """Compared here: the databases know no case of Cyrillic letters."""
    rows = categories.order_by().values_list("pk", "name_uk", "name_ru", "name_en")
    return [(pk, [name for name in names if name]) for pk, *names in rows]


class FillForm(forms.Form):
    """From what an attribute is filled."""

    attribute = forms.ModelChoiceField(label=_("Attribute"), queryset=Attribute.objects.order_by("name"))
    category = forms.CharField(
        label=_("Category, with all below it: name, address or number"), max_length=200
    )

    def clean_category(self) -> Category:
        return category_named(self.cleaned_data["category"])

    def clean_attribute(self) -> Attribute:
        attribute: Attribute = self.cleaned_data["attribute"]
        if attribute.kind == AttributeKind.TEXT:
            raise forms.ValidationError(_("Names tell no text attribute: any word could be one."))
        return attribute
