"""The category tree in the operators' desk: one level at a time, found by name, put into order; new categories."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.freshness import Rules
from catalog.models import Category
from catalog.services.categories import add_category
from catalog.tree import ordering, revisions, selectors
from catalog.tree.enums import RevisionState
from cms.operators.forms import CategoryForm
from cms.operators.pages import number_of
from cms.operators.tree_pages import TreeDeskPage
from core.errors import DomainError

_LISTS = {
    "translate": selectors.untranslated,
    "hidden": selectors.hidden,
}


class CategoryTree(TreeDeskPage):
    """One level with counts and translations; htmx opens a level below a row. Reordering works without scripts too."""

    page_title = gettext_lazy("Category tree")
    template_name = "cms/operators/category_tree.html"

    @cached_property
    def at(self) -> Category | None:
        pk = number_of(self.request.GET.get("at", ""))
        return get_object_or_404(selectors.in_tree(), pk=pk) if pk else None

    def trail(self) -> list[tuple[str, str]]:
        if self.at is None:
            return []
        tree = reverse("operators_categories")
        above = selectors.path_to(self.at)[:-1]
        return [(tree, _("Categories")), *((f"{tree}?at={each.pk}", each.name) for each in above)]

    def get_page_title(self) -> str:
        return self.at.name if self.at else str(self.page_title)

    def get_template_names(self) -> list[str]:
        asked = getattr(self.request, "htmx", False) and "branch" in self.request.GET
        return ["cms/operators/_category_branch.html"] if asked else [str(self.template_name)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()
        listed = self.request.GET.get("show", "")
        rows: QuerySet[Category] = selectors.level(self.at)
        if words:
            rows = selectors.named(words)
        elif listed in _LISTS:
            rows = _LISTS[listed]()
        else:
            listed = ""
        flat = bool(words or listed)
        page: Page[Category] = Paginator(rows, selectors.ON_PAGE).get_page(self.request.GET.get("p"))
        kept = {"at": self.at.pk if self.at else "", "q": words, "show": listed}
        query = urlencode({name: said for name, said in kept.items() if said})
        branch = "branch" in self.request.GET
        return super().get_context_data(
            at=self.at,
            rows=selectors.rows_of(page.object_list, with_path=flat),
            page=page,
            query=f"{query}&" if query else "",
            words=words,
            listed=listed,
            flat=flat,
            counts={} if branch else selectors.open_counts(),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """`step` is "up:12"; a drop is "left:12:15", "right:12:15" or "into:12:15"."""
        self.needs_publishing()
        step, _colon, rest = (request.POST.get("step") or request.POST.get("drop", "")).partition(":")
        first, _colon, second = rest.partition(":")
        category = get_object_or_404(selectors.in_tree(), pk=number_of(first))
        target = selectors.in_tree().filter(pk=number_of(second)).first() if second else None
        try:
            done = ordering.step(category=category, step=step, beside=target, actor=self.actor)
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._place_of(category))
        if done.preview is not None:
            below, position = done.preview
            query = urlencode({"target": below or "top", "position": position})
            return HttpResponseRedirect(f"{reverse('operators_category_move', args=[category.pk])}?{query}")
        if not done.changed:
            messages.info(request, _("“%(name)s” is already there.") % {"name": category.name})
        category.refresh_from_db()
        return HttpResponseRedirect(self._place_of(category))

    def _place_of(self, category: Category) -> str:
        """The level that the category is on now; the page that it was moved from, where it is shown there too."""
        parent = category.get_parent(update=True)
        query = f"?at={parent.pk}" if parent else ""
        return f"{reverse('operators_categories')}{query}#c{category.pk}"


class AddCategory(TreeDeskPage):
    """A new category, below the one in the address or at the top: a draft, until somebody publishes it."""

    permission_required = "catalog.add_category"
    page_title = gettext_lazy("New category")
    template_name = "cms/operators/category_form.html"

    def form(self) -> CategoryForm:
        above = self.category.path if self.category else None
        data = self.request.POST if self.request.method == "POST" else None
        return CategoryForm(data, days_above=Rules.now().days(above))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        publishes = self.may_publish and request.POST.get("act", "publish") == "publish"
        proposes = not publishes and request.POST.get("act", "propose") != "draft"
        try:
            with transaction.atomic():
                added = add_category(parent=self.category, names=form.names(), slug=form.cleaned_data["slug"])
                if not publishes:
                    Category.objects.filter(pk=added.pk).update(is_active=False)
                content = revisions.content_of(added) | form.own_fields()
                content["slug"] = added.slug
                revisions.write(
                    category=added,
                    content=content,
                    state=RevisionState.PUBLISHED
                    if publishes
                    else RevisionState.WAITING
                    if proposes
                    else RevisionState.DRAFT,
                    actor=self.actor,
                    reason=form.cleaned_data["reason"],
                    shows=True,
                )
        except DomainError as error:
            form.refuse(error)
            return self.render_to_response(self.get_context_data(form=form))
        said = {
            True: _("“%(name)s” was added."),
            False: _("“%(name)s” was added as a draft: buyers do not see it yet."),
        }[publishes]
        messages.success(request, said % {"name": added.name})
        query = f"?at={self.category.pk}" if self.category else ""
        return HttpResponseRedirect(f"{reverse('operators_categories')}{query}#c{added.pk}")
