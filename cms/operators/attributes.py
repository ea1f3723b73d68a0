"""Attributes in the operators' desk: what they are, which categories have them, and how offers read by them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.attributes import selectors
from catalog.attributes.changing import Effect, effect_of
from catalog.attributes.services import (
    Place,
    add_attribute,
    change_attribute,
    delete_attribute,
    place_attributes,
)
from catalog.models import Attribute, Category
from cms.operators.attribute_forms import AttributeForm, ChoiceFormSet, PlaceFormSet
from cms.operators.pages import DeskPage, number_of
from core.errors import DomainError

#: Offers that the trial shows; it counts more.
SHOWN = 20


class _AttributePage(DeskPage):
    permission_required = "catalog.change_category"
    header_icon = "tag"

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_attributes"), _("Attributes"))]


class Attributes(_AttributePage):
    """All of them, by name."""

    page_title = gettext_lazy("Attributes")
    template_name = "cms/operators/attributes.html"

    def trail(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(attributes=selectors.attributes_listed(), **kwargs)


class EditAttribute(_AttributePage):
    """A new one, or one that is there, with the values of its list."""

    template_name = "cms/operators/attribute.html"

    @cached_property
    def attribute(self) -> Attribute | None:
        return get_object_or_404(Attribute, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None

    def get_page_title(self) -> str:
        return self.attribute.name if self.attribute else _("New attribute")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"] = AttributeForm(initial=AttributeForm.of(self.attribute) if self.attribute else {})
            choices = list(self.attribute.choices.all()) if self.attribute else []
            kwargs["choices"] = ChoiceFormSet(initial=ChoiceFormSet.of(choices), prefix="choices")
        used = selectors.categories_of(self.attribute) if self.attribute else []
        return super().get_context_data(attribute=self.attribute, used=used, **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = AttributeForm(request.POST)
        known = list(self.attribute.choices.all()) if self.attribute else []
        choices = ChoiceFormSet(request.POST, initial=ChoiceFormSet.of(known), prefix="choices")
        if form.is_valid() and choices.is_valid():
            if (effect := self._effect_to_show(form, choices)) is not None:
                return self.render_to_response(
                    self.get_context_data(form=form, choices=choices, effect=effect)
                )
            try:
                saved = self._save(form, choices)
            except DomainError as error:
                field = getattr(error, "field", "")
                form.add_error(field if field in form.fields else None, str(error))
            else:
                messages.success(request, _("“%(name)s” was saved.") % {"name": saved.name})
                return HttpResponseRedirect(reverse("operators_attribute", args=[saved.pk]))
        return self.render_to_response(self.get_context_data(form=form, choices=choices))

    def _effect_to_show(self, form: AttributeForm, choices: Any) -> Effect | None:
        """What the change would do to known values, unless it does nothing or the operator has seen it. A look alone is
        asked for by its own button.
        """
        if self.attribute is None or "confirmed" in self.request.POST:
            return None
        effect = effect_of(self.attribute, form.given(choices.given()))
        return effect if "look" in self.request.POST or not effect.is_nothing else None

    def _save(self, form: AttributeForm, choices: Any) -> Attribute:
        given = form.given(choices.given())
        if self.attribute is None:
            return add_attribute(given=given, owner=self.actor)
        return change_attribute(attribute=self.attribute, given=given, owner=self.actor)


class DeleteAttribute(EditAttribute):
    """After a question that says which categories lose it."""

    template_name = "cms/operators/attribute_delete.html"

    def get_page_title(self) -> str:
        return _("Delete the attribute")

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        attribute = get_object_or_404(Attribute, pk=self.kwargs["pk"])
        name = attribute.name
        delete_attribute(attribute=attribute, owner=self.actor)
        messages.success(request, _("“%(name)s” was deleted.") % {"name": name})
        return HttpResponseRedirect(reverse("operators_attributes"))


class CategoryAttributes(_AttributePage):
    """A category's own attributes, those from above, and what its latest offers tell of them."""

    template_name = "cms/operators/category_attributes.html"

    @cached_property
    def category(self) -> Category:
        return get_object_or_404(Category, pk=self.kwargs["pk"], merged_into__isnull=True)

    def get_page_title(self) -> str:
        return _("Attributes: %(category)s") % {"category": self.category.name}

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_categories"), _("Categories"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "places" not in kwargs:
            initial = PlaceFormSet.of(list(selectors.places_of(self.category)))
            kwargs["places"] = PlaceFormSet(initial=initial, prefix="places")
        trial = selectors.trial(self.category)
        inherited = selectors.inherited_by(self.category)
        off = {place.attribute_id for place in selectors.places_of(self.category) if place.is_off}
        return super().get_context_data(
            category=self.category,
            inherited=[(row, row.attribute_id in off) for row in inherited],
            trial=trial,
            shown=trial.offers[:SHOWN],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        places = PlaceFormSet(request.POST, prefix="places")
        if not places.is_valid():
            return self.render_to_response(self.get_context_data(places=places))
        given = places.given()
        own = {place.attribute_id for place in given}
        above = {row.attribute_id for row in selectors.inherited_by(self.category)}
        off = {number_of(each) for each in request.POST.getlist("off")} & above - own
        given += [Place(attribute_id, inherited=False, is_off=True) for attribute_id in sorted(off)]
        place_attributes(category=self.category, places=given, owner=self.actor)
        messages.success(request, _("“%(name)s” was saved.") % {"name": self.category.name})
        return HttpResponseRedirect(request.path)
