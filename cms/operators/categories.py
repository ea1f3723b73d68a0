"""The category tree in the operators' desk: see it with counts, add, rename and translate, move, merge, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from catalog.freshness import Rules
from catalog.models import Category
from catalog.services.categories import (
    LANGUAGES,
    add_category,
    delete_category,
    move_category,
    offers_below,
    rename_category,
    request_merge,
)
from catalog.services.freshness import set_fresh_days
from cms.operators.forms import CategoryForm, TargetForm
from core.errors import DomainError

ON_SALE = Q(offers__withdrawn_at__isnull=True, offers__hidden_at__isnull=True)


class _CategoryPage(PermissionRequiredMixin, WagtailAdminTemplateMixin):
    permission_required = "catalog.change_category"
    raise_exception = True
    header_icon = "list-ul"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("operators_categories"), "label": _("Categories")},
            {"url": "", "label": str(self.page_title)},
        ]


class CategoryTree(_CategoryPage, TemplateView):
    """The whole tree with what each node holds and which translations are missing."""

    page_title = gettext_lazy("Category tree")
    template_name = "cms/operators/category_tree.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return super().get_breadcrumbs_items()[:2]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        nodes = list(
            Category.objects.filter(merged_into__isnull=True)
            .order_by("path")
            .annotate(own_offers=Count("offers", filter=ON_SALE))
        )
        totals: dict[str, int] = {}
        for node in nodes:
            for end in range(Category.steplen, len(node.path) + 1, Category.steplen):
                totals[node.path[:end]] = totals.get(node.path[:end], 0) + node.own_offers
        for node in nodes:
            node.all_offers = totals[node.path]
            node.indent = range(node.depth - 1)
            node.missing = [code for code in LANGUAGES if not getattr(node, f"name_{code}")]
        return super().get_context_data(nodes=nodes, **kwargs)


class _CategoryFormPage(_CategoryPage, FormView):
    """One action on one category, as a form with a confirmation of what it changes."""

    template_name = "cms/operators/category_form.html"
    category: Category | None = None
    act: Callable[[Any], str]  # does it and says what was done

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "pk" in kwargs and request.user.has_perm(self.permission_required):
            self.category = get_object_or_404(Category, pk=kwargs["pk"], merged_into__isnull=True)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.category:
            kwargs["category"] = self.category
            kwargs["offers"] = offers_below(self.category).count()
            kwargs["children"] = self.category.get_descendant_count()
        return super().get_context_data(**kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            said = self.act(form)
        except DomainError as error:
            field = getattr(error, "field", "") or None
            form.add_error(field if field in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, said)
        return HttpResponseRedirect(reverse("operators_categories"))


class AddCategory(_CategoryFormPage):
    """A new category, below the one in the address or at the top."""

    page_title = gettext_lazy("New category")
    form_class = CategoryForm

    def get_form_kwargs(self) -> dict[str, Any]:
        above = self.category.path if self.category else None
        return super().get_form_kwargs() | {"days_above": Rules.now().days(above)}

    def act(self, form: CategoryForm) -> str:
        added = add_category(
            parent=self.category, names=form.names(), fresh_days=form.cleaned_data["fresh_days"]
        )
        return _("“%(name)s” was added.") % {"name": added.name}


class RenameCategory(_CategoryFormPage):
    """Names in the three languages, and how long offers hold."""

    page_title = gettext_lazy("Rename and translate")
    form_class = CategoryForm

    def get_initial(self) -> dict[str, Any]:
        names = {f"name_{code}": getattr(self.category, f"name_{code}") or "" for code in LANGUAGES}
        return names | {"fresh_days": self.category.fresh_days}

    def get_form_kwargs(self) -> dict[str, Any]:
        above = self.category.path[: -Category.steplen]
        return super().get_form_kwargs() | {"days_above": Rules.now().days(above)}

    def act(self, form: CategoryForm) -> str:
        renamed = rename_category(category=self.category, names=form.names())
        set_fresh_days(
            category=renamed, days=form.cleaned_data["fresh_days"], owner=self.request.user.typed_id
        )
        return _("“%(name)s” was saved.") % {"name": renamed.name}


class _TargetPage(_CategoryFormPage):
    form_class = TargetForm
    top_allowed = False

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"category": self.category, "top_allowed": self.top_allowed}


class MoveCategory(_TargetPage):
    """With everything below it, to another parent."""

    page_title = gettext_lazy("Move below another category")
    top_allowed = True

    def act(self, form: TargetForm) -> str:
        moved = move_category(
            category=self.category, target=form.cleaned_data["target"], owner=self.request.user.typed_id
        )
        return ngettext(
            "“%(name)s” was moved with %(count)d offer.", "“%(name)s” was moved with %(count)d offers.", moved
        ) % {"name": self.category.name, "count": moved}


class MergeCategory(_TargetPage):
    """Offers and subcategories go to the other; the address leads there."""

    page_title = gettext_lazy("Merge into another category")

    def act(self, form: TargetForm) -> str:
        moved = request_merge(
            source=self.category, target=form.cleaned_data["target"], owner=self.request.user.typed_id
        )
        if moved is None:
            return _("“%(name)s” is being merged; Jobs show how far it is.") % {"name": self.category.name}
        return ngettext(
            "“%(name)s” was merged; %(count)d offer moved.",
            "“%(name)s” was merged; %(count)d offers moved.",
            moved,
        ) % {"name": self.category.name, "count": moved}


class DeleteCategory(_CategoryFormPage):
    """Only an empty one."""

    page_title = gettext_lazy("Delete the category")
    form_class = Form

    def act(self, _form: Form) -> str:
        name = self.category.name
        delete_category(category=self.category)
        return _("“%(name)s” was deleted.") % {"name": name}
