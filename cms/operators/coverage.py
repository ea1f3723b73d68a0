"""Of how many offers each attribute is known, where the gaps are, and filling them from names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.attributes.current import known_rules
from catalog.bulk_edit.choosing import Criteria
from catalog.bulk_edit.enums import Action
from catalog.bulk_edit.services import begin_edit
from catalog.coverage import counting, selectors
from catalog.models import Attribute, Category
from cms.operators.bulk_forms import FillForm, category_named
from cms.operators.pages import DeskPage, number_of

ON_PAGE = 50


class CoverageForm(forms.Form):
    """Of what the report is."""

    category = forms.CharField(
        label=gettext_lazy("Category: name, address or number"), required=False, max_length=200
    )
    attribute = forms.ModelChoiceField(
        label=gettext_lazy("Attribute"), queryset=Attribute.objects.order_by("name"), required=False
    )

    def clean_category(self) -> Category | None:
        text = self.cleaned_data["category"]
        return category_named(text) if text.strip() else None


class CoveragePage(DeskPage):
    """The report: a page is read off a table that a job keeps."""

    permission_required = "catalog.change_category"
    header_icon = "table"
    page_title = gettext_lazy("What is known of offers")
    template_name = "cms/operators/coverage.html"

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_attributes"), _("Attributes"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = CoverageForm(self.request.GET)
        number = max(number_of(self.request.GET.get("p", "")), 1)
        first = (number - 1) * ON_PAGE
        found = []
        query = ""
        if form.is_valid():
            category, attribute = form.cleaned_data["category"], form.cleaned_data["attribute"]
            reported = selectors.report(
                category=category.pk if category else None, attribute=attribute.pk if attribute else None
            )
            found = list(reported[first : first + ON_PAGE + 1])
            query = (f"category={category.pk}&" if category else "") + (
                f"attribute={attribute.pk}&" if attribute else ""
            )
        tree = known_rules()
        rows = [
            (row, row.coverage.attribute.code in tree.of(row.coverage.category_id).required)
            for row in selectors.with_trend(found[:ON_PAGE])
        ]
        return super().get_context_data(
            form=form,
            rows=rows,
            later=number + 1 if len(found) > ON_PAGE else 0,
            query=query,
            counted_at=selectors.counted_at(),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if counting.start(owner=self.actor) is None:
            messages.info(request, _("It is being counted already."))
        else:
            messages.success(request, _("Counting has begun; reload the page in a moment."))
        return HttpResponseRedirect(request.get_full_path())


class CoverageVendors(DeskPage):
    """One attribute in one category, by vendor."""

    permission_required = "catalog.change_category"
    header_icon = "table"
    template_name = "cms/operators/coverage_vendors.html"

    @cached_property
    def category(self) -> Category:
        return get_object_or_404(Category, pk=self.kwargs["category"])

    @cached_property
    def attribute(self) -> Attribute:
        return get_object_or_404(Attribute, pk=self.kwargs["attribute"])

    def get_page_title(self) -> str:
        return f"{self.attribute.name}: {self.category.name}"

    def trail(self) -> list[tuple[str, str]]:
        return [
            (reverse("operators_attributes"), _("Attributes")),
            (reverse("operators_coverage"), _("What is known of offers")),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.by_vendor(category=self.category.pk, attribute=self.attribute.pk)
        return super().get_context_data(
            **kwargs | {"rows": rows, "category": self.category, "attribute": self.attribute}
        )


class Fill(DeskPage):
    """Begins the filling of an attribute from names; its preview is the page of the edit."""

    permission_required = "catalog.change_offer"
    header_icon = "form"
    page_title = gettext_lazy("Fill an attribute from names")
    template_name = "cms/operators/fill.html"

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_offers"), _("Offers"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", FillForm(initial=self.request.GET.dict()))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = FillForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        edit = begin_edit(
            action=Action.FILL,
            given={"code": form.cleaned_data["attribute"].code},
            actor=self.actor,
            criteria=Criteria(category=form.cleaned_data["category"].pk),
        )
        return HttpResponseRedirect(reverse("operators_bulk_edit", args=[edit.pk]))
