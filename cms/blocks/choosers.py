"""How operators choose a good, a category or a vendor for a block, and how a block keeps the choice: as its number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.blocks import ChooserBlock

from catalog.models import Category, Offer
from core.templatetags.ui import money_text
from vendors.enums import VendorState
from vendors.models import Vendor

#: Of what the search finds, so much can be leafed through; more words find the rest.
_MOST = 60
#: The number of a category of which only an address is left. With none at all the editor would keep "no category".
_NOBODY = -1


class _Kept(ChooserBlock):
    """What was deleted since is None, so that a list of choices goes on without it."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        # What is stored is a number, and migrations need none of our code to know that.
        return ("wagtail.blocks.IntegerBlock", [], {"required": False})

    def get_prep_value(self, value: Any) -> Any:
        return value.pk if hasattr(value, "pk") else as_number(value)

    def deconstruct_with_lookup(self, lookup: Any) -> tuple[str, list[Any], dict[str, Any]]:  # noqa: ARG002 - as Wagtail calls it
        return self.deconstruct()


class _WordsForm(BaseFilterForm):
    """One field of words; the view looks for them."""

    q = forms.CharField(label=_("Search term"), required=False, widget=forms.TextInput())

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")).strip() if self.is_valid() else ""

    def filter(self, objects: Any) -> Any:
        self.is_searching, self.search_query = bool(self.words), self.words
        return objects


# Goods --------------------------------------------------------------------------------------------------------


class _Offers:
    filter_form_class = _WordsForm
    results_template_name = "cms/choosers/results.html"

    @property
    def columns(self) -> list[Any]:
        return [
            *super().columns,  # type: ignore[misc]  # of the view that this is mixed into
            Column("vendor", label=_("Vendor")),
            Column("price", label=_("Price"), accessor=lambda offer: money_text(offer.price)),
            Column("availability", label=_("Availability"), accessor="get_availability_display"),
        ]

    def get_object_list(self) -> QuerySet[Offer]:
        return Offer.objects.on_sale().select_related("vendor")

    def apply_object_list_ordering(self, objects: QuerySet[Offer]) -> QuerySet[Offer]:
        return objects

    def filter_object_list(self, objects: QuerySet[Offer]) -> QuerySet[Offer]:
        words = super().filter_object_list(objects) is not None and self.filter_form.words  # type: ignore[misc]
        found = offers_by_words(words or "")
        place = Case(*(When(pk=pk, then=number) for number, pk in enumerate(found)), default=len(found))
        return objects.filter(pk__in=found).order_by(place) if found else objects.none()


def offers_by_words(words: str) -> list[int]:
    """As buyers would find them, the newest first without words: a table of a million titles is not read through."""
    from search import services as search
    from search.query import SearchQuery

    return [
        hit.offer_id
        for hit in search.search(SearchQuery(words=words, page_size=_MOST, with_facets=False)).hits
    ]


class ChooseOffer(_Offers, ChooseView):
    pass


class ChooseOfferResults(_Offers, ChooseResultsView):
    pass


class OfferChooserViewSet(ChooserViewSet):
    model = Offer
    icon = "tag"
    choose_one_text = _("Choose a good")
    choose_another_text = _("Choose another good")
    choose_view_class = ChooseOffer
    choose_results_view_class = ChooseOfferResults
    base_block_class = _Kept
    register_widget = False
    per_page = 12


# Categories and vendors ---------------------------------------------------------------------------------------


class _Named:
    """By parts of a name, in any language that the rows have."""

    filter_form_class = _WordsForm
    results_template_name = "cms/choosers/results.html"
    name_fields: tuple[str, ...] = ("name",)

    def filter_object_list(self, objects: Any) -> Any:
        objects = super().filter_object_list(objects)  # type: ignore[misc]  # of the view that this is mixed into
        wanted = Q()
        for field in self.name_fields if self.filter_form.words else ():  # type: ignore[attr-defined]
            wanted |= Q(**{f"{field}__icontains": self.filter_form.words})  # type: ignore[attr-defined]
        return objects.filter(wanted)


class _Categories(_Named):
    name_fields = ("name_uk", "name_ru", "name_en", "slug")

    def get_object_list(self) -> QuerySet[Category]:
        return Category.objects.filter(is_active=True, merged_into__isnull=True).order_by("path")

    @property
    def columns(self) -> list[Any]:
        return [*super().columns, Column("slug", label=_("Address"))]  # type: ignore[misc]


class ChooseCategory(_Categories, ChooseView):
    pass


class ChooseCategoryResults(_Categories, ChooseResultsView):
    pass


class CategoryChooserBlock(_Kept):
    """Keeps a number. Blocks of an earlier version kept the address (slug), which is understood still.

    What was deleted is a hidden category of its number, and not nothing: a row without a category would show everything.
    """

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        values = list(values)
        numbers = [as_number(value) for value in values]
        slugs = {value for value in values if isinstance(value, str) and value and as_number(value) is None}
        by_slug = {each.slug: each for each in Category.objects.filter(slug__in=slugs)} if slugs else {}
        found = Category.objects.in_bulk({number for number in numbers if number is not None})
        return [
            found.get(number, Category(pk=number, is_active=False))
            if number is not None
            else by_slug.get(value, Category(pk=_NOBODY, slug=value, is_active=False))
            if value
            else None
            for number, value in zip(numbers, values, strict=True)
        ]

    def to_python(self, value: Any) -> Any:
        return self.bulk_to_python([value])[0]


class VendorChooserBlock(_Kept):
    """What was deleted is a vendor whom buyers do not see, and not nothing: a row without a vendor shows everybody's."""

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        values = list(values)
        found = Vendor.objects.in_bulk({value for value in values if value})
        return [
            found.get(value, Vendor(pk=value, state=VendorState.SUSPENDED)) if value else None
            for value in values
        ]

    def to_python(self, value: Any) -> Any:
        return self.bulk_to_python([value])[0]


def as_number(value: Any) -> int | None:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else None


class CategoryChooserViewSet(ChooserViewSet):
    model = Category
    icon = "list-ul"
    choose_one_text = _("Choose a category")
    choose_another_text = _("Choose another category")
    choose_view_class = ChooseCategory
    choose_results_view_class = ChooseCategoryResults
    base_block_class = CategoryChooserBlock
    register_widget = False
    per_page = 15


class _Vendors(_Named):
    name_fields = ("name", "slug", "city")

    def get_object_list(self) -> QuerySet[Vendor]:
        return Vendor.objects.public().order_by("name")

    @property
    def columns(self) -> list[Any]:
        return [*super().columns, Column("city", label=_("City"))]  # type: ignore[misc]


class ChooseVendor(_Vendors, ChooseView):
    pass


class ChooseVendorResults(_Vendors, ChooseResultsView):
    pass


class VendorChooserViewSet(ChooserViewSet):
    model = Vendor
    icon = "group"
    choose_one_text = _("Choose a vendor")
    choose_another_text = _("Choose another vendor")
    choose_view_class = ChooseVendor
    choose_results_view_class = ChooseVendorResults
    base_block_class = VendorChooserBlock
    register_widget = False
    per_page = 15


offers = OfferChooserViewSet("cms_offer_chooser")
categories = CategoryChooserViewSet("cms_category_chooser")
vendors = VendorChooserViewSet("cms_vendor_chooser")

ChosenOffer = offers.get_block_class()
ChosenCategory = categories.get_block_class()
ChosenVendor = vendors.get_block_class()
