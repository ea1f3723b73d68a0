"""Queries that lead to a page instead of results: made, seen, ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from catalog.models import Category
from cms.operators.pages import DeskPage, number_of, with_people
from core.errors import InvalidInput
from core.own_paths import is_search, with_page
from core.places import place
from search.curation import routes
from search.curation.enums import Language, Match, RouteKind
from search.learning import guessing
from search.models import QueryRoute
from vendors.models import Vendor


class RouteForm(forms.Form):
    """Where to is written as an address: what one sees in the address bar is what buyers get."""

    words = forms.CharField(label=gettext_lazy("Query"), max_length=200)
    match = forms.ChoiceField(label=gettext_lazy("For which queries"), choices=Match)
    language = forms.ChoiceField(
        label=gettext_lazy("On pages in"), choices=Language, required=False, initial=Language.ALL
    )
    path = forms.CharField(
        label=gettext_lazy("Leads to"),
        help_text=gettext_lazy(
            "The address of a category, a vendor or a page of this site, as in the address bar: /categories/paper/. Categories and vendors are found again when they are renamed."
        ),
        max_length=300,
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def target(self) -> Category | Vendor | str:
        """A category's or vendor's own page is kept as that, so that it may be renamed."""
        path = str(self.cleaned_data["path"]).strip()
        for prefix in ("/uk/", "/ru/", "/en/"):
            path = f"/{path.removeprefix(prefix)}" if path.startswith(prefix) else path
        parts = [part for part in path.split("?")[0].split("/") if part]
        if len(parts) == 2 and "?" not in path:
            found: Category | Vendor | None = None
            if _is_page("category", parts, path):
                found = Category.objects.filter(slug=parts[1]).first()
            elif _is_page("vendor", parts, path):
                found = Vendor.objects.filter(slug=parts[1]).first()
            if found is not None:
                return found
        return path


def _is_page(name: str, parts: list[str], path: str) -> bool:
    with override("uk"):
        try:
            return place(name, parts[1]).strip("/") == path.strip("/")
        except NoReverseMatch:  # what somebody wrote is no slug
            return False


class Routes(DeskPage):
    permission_required = "search.change_rankingweights"
    template_name = "cms/operators/routes.html"
    header_icon = "redirect"
    page_title = gettext_lazy("Queries that lead to a page")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        start = {"words": asked.get("words", "")[:200]}
        if "form" not in kwargs:
            [guess] = guessing.guessed_categories([start["words"]]) if start["words"] else [None]
            category = Category.objects.filter(pk=guess).first() if guess else None
            if category is not None:
                start["path"] = place("category", category.slug)
            kwargs["form"] = RouteForm(initial=start)
        page = self.page_of(routes.routes())
        alive = with_page({row.path for row in page.object_list if row.path})
        return super().get_context_data(
            page=page,
            rows=[(row, who, _where(row, alive)) for row, who in with_people(page.object_list, "made_by")],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if request.POST.get("act") == "end":
            ended = routes.end_route(pk=number_of(request.POST.get("route", "")), actor=self.actor)
            if ended is not None:
                messages.success(
                    request, _("“%(words)s” has results of its own again.") % {"words": ended.words}
                )
            return HttpResponseRedirect(request.path)
        form = RouteForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = routes.add_route(
                    words=data["words"],
                    match=data["match"],
                    language=data["language"],
                    target=form.target(),
                    note=data["note"],
                    actor=self.actor,
                )
            except InvalidInput as error:
                field = "path" if error.field in {"vendor", "path"} else error.field
                form.add_error(field if field in form.fields else None, str(error))
            else:
                messages.success(request, _("“%(words)s” leads there now.") % {"words": made.words})
                return HttpResponseRedirect(request.path)
        return self.render_to_response(self.get_context_data(form=form))


def _where(row: QueryRoute, alive: set[str]) -> tuple[str, str]:
    """(what it is called, its address); no address where it is gone, and the search answers."""
    if row.kind == RouteKind.CATEGORY:
        if row.category is None:
            return _("a category that is gone"), ""
        # One that was merged leads on to where it went.
        leads = row.category.is_active or row.category.merged_into_id is not None
        return row.category.name, place("category", row.category.slug) if leads else ""
    if row.kind == RouteKind.VENDOR:
        if row.vendor is None:
            return _("a vendor that is gone"), ""
        return row.vendor.name, place("vendor", row.vendor.slug) if row.vendor.is_public else ""
    return row.path, row.path if row.path in alive and not is_search(row.path) else ""
