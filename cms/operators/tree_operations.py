"""Move, merge, split and delete a category: what it would change first, then with a reason; what was done, and undoing."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Category, TreeOperation
from catalog.tree import effects, operations, selectors, splitting, undoing
from catalog.tree.enums import OperationKind, OperationState
from cms.operators.pages import number_of, with_people
from cms.operators.tree_forms import RuleForm
from cms.operators.tree_pages import TreeDeskPage
from core.errors import DomainError
from core.models import Job

TOP = "top"
_POSITIONS = {"last-child", "first-child", "left", "right"}


class _OperationPage(TreeDeskPage):
    """A target is chosen by name; then the page says what changes, and a button does it."""

    publishers_only = True
    template_name = "cms/operators/category_operation.html"
    kind: OperationKind
    top_allowed = False
    target_needed = True
    about: Any = ""

    @property
    def asked(self) -> str:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return str(data.get("target", ""))

    @cached_property
    def target(self) -> Category | None:
        """Chosen, and not the category itself nor below it."""
        found = selectors.in_tree().filter(pk=number_of(self.asked))
        return found.exclude(path__startswith=self.category.path).first() if self.category else None

    @property
    def is_chosen(self) -> bool:
        return self.target is not None or (self.top_allowed and self.asked == TOP)

    @property
    def position(self) -> str:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        said = str(data.get("position", ""))
        return said if said in _POSITIONS else "last-child"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()
        chosen = self.is_chosen or not self.target_needed
        found = selectors.targets(words, but_not=[self.category.path]) if words and not chosen else []
        return super().get_context_data(
            about=self.about,
            chosen=chosen,
            target=self.target,
            target_path=selectors.path_to(self.target),
            asked=self.asked,
            position=self.position,
            words=words,
            found=found,
            told=effects.told(effects.change_of(self.kind, self.category, self.target)) if chosen else [],
            top_allowed=self.top_allowed,
            undo_days=operations.UNDO_DAYS,
            at_once=operations.FOLLOWED_AT_ONCE,
            **kwargs,
        )

    def get_template_names(self) -> list[str]:
        if getattr(self.request, "htmx", False):
            return ["cms/operators/_category_targets.html"]
        return [str(self.template_name)]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if self.target_needed and not self.is_chosen:
            messages.error(request, _("Choose a category from the list."))
            return self.render_to_response(self.get_context_data())
        try:
            done = self.act(request.POST.get("reason", "").strip()[:1000])
        except DomainError as error:
            messages.error(request, str(error))
            return self.render_to_response(self.get_context_data())
        return self.done(done)

    def act(self, reason: str) -> TreeOperation:
        raise NotImplementedError

    def done(self, operation: TreeOperation) -> HttpResponse:
        if operation.state == OperationState.DONE:
            said = ngettext(
                "Done: %(count)d offer was moved. It can be undone for %(days)d days.",
                "Done: %(count)d offers were moved. It can be undone for %(days)d days.",
                operation.moved,
            )
            messages.success(self.request, said % {"count": operation.moved, "days": operations.UNDO_DAYS})
        else:
            messages.success(self.request, _("A worker does it; this page shows how far it is."))
        return HttpResponseRedirect(reverse("operators_tree_operation", args=[operation.pk]))


class MoveCategory(_OperationPage):
    """With everything below it, to another parent."""

    kind = OperationKind.MOVE
    page_title = gettext_lazy("Move below another category")
    about = gettext_lazy("The category goes to another place with all that is below it. Its address stays.")
    top_allowed = True

    def act(self, reason: str) -> TreeOperation:
        return operations.move(
            category=self.category,
            target=self.target,
            position=self.position,
            actor=self.actor,
            reason=reason,
        )


class MergeCategory(_OperationPage):
    """Offers and subcategories go to the other; the address leads there."""

    kind = OperationKind.MERGE
    page_title = gettext_lazy("Merge into another category")
    about = gettext_lazy(
        "All that is here goes to the other category, and this address leads there for ever."
    )

    def act(self, reason: str) -> TreeOperation:
        return operations.merge(source=self.category, target=self.target, actor=self.actor, reason=reason)


class DeleteCategory(_OperationPage):
    """What it holds goes where the operator says; an empty one simply goes."""

    kind = OperationKind.DELETE
    page_title = gettext_lazy("Delete the category")
    about = gettext_lazy("The category goes. Choose where its offers, subcategories and its address go.")

    @cached_property
    def is_empty(self) -> bool:
        return operations.holds_nothing(self.category)

    @property
    def target_needed(self) -> bool:  # type: ignore[override]  # a constant of the other pages
        return not self.is_empty

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_empty=self.is_empty, **kwargs)

    def act(self, reason: str) -> TreeOperation:
        return operations.delete(category=self.category, target=self.target, actor=self.actor, reason=reason)


class SplitCategory(TreeDeskPage):
    """Rules that choose which offers go into which new subcategory, tried on the offers before anything is done."""

    publishers_only = True
    page_title = gettext_lazy("Split into subcategories")
    template_name = "cms/operators/category_split.html"

    def forms(self) -> Any:
        rows = formset_factory(RuleForm, extra=0, max_num=20)
        if self.request.method != "POST":
            return rows(initial=[{}, {}], prefix="rules")
        data = self.request.POST.copy()
        if data.get("act") == "more":
            data["rules-TOTAL_FORMS"] = str(number_of(data.get("rules-TOTAL_FORMS", "")) + 1)
        return rows(data, prefix="rules")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("rules", self.forms())
        return super().get_context_data(
            told=effects.told(effects.change_of(OperationKind.SPLIT, self.category)),
            brands=(),
            undo_days=operations.UNDO_DAYS,
            reason=self.request.POST.get("reason", ""),
            shown=bool(self.request.POST.get("shown")),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        forms, act = self.forms(), request.POST.get("act")
        if act == "more" or not forms.is_valid():
            return self.render_to_response(self.get_context_data(rules=forms))
        rules = [form.rule() for form in forms if form.has_changed()]
        try:
            if act != "split":
                trial = splitting.try_rules(self.category, rules)
                return self.render_to_response(self.get_context_data(rules=forms, trial=trial))
            done = operations.split(
                category=self.category,
                rules=rules,
                shown=bool(request.POST.get("shown")),
                actor=self.actor,
                reason=request.POST.get("reason", "").strip()[:1000],
            )
        except DomainError as error:
            messages.error(request, str(error))
            return self.render_to_response(self.get_context_data(rules=forms))
        messages.success(request, _("The category is split by your rules."))
        return HttpResponseRedirect(reverse("operators_tree_operation", args=[done.pk]))


class TreeOperations(TreeDeskPage):
    """What was done to the tree, by whom and why, with a way back."""

    page_title = gettext_lazy("What was done to the tree")
    template_name = "cms/operators/tree_operations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(selectors.operations_of())
        return super().get_context_data(
            page=page, rows=with_people(page.object_list, "actor"), query="", **kwargs
        )


class TreeOperationPage(TreeDeskPage):
    """One of them: how far it is, what came of it; undoing asks for no second confirmation, as it can be done again."""

    page_title = gettext_lazy("Operation on the tree")
    template_name = "cms/operators/tree_operation.html"

    @cached_property
    def operation(self) -> TreeOperation:
        return get_object_or_404(TreeOperation, pk=self.kwargs["number"])

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("operators_tree_operations"), _("What was done to the tree"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        operation = self.operation
        job = Job.objects.filter(pk=operation.job_id).first() if operation.job_id else None
        names = dict(
            Category.objects.filter(
                pk__in=[pk for pk in (operation.source_id, operation.target_id) if pk]
            ).values_list("pk", "slug")
        )
        return super().get_context_data(
            operation=operation,
            person=with_people([operation], "actor")[0][1],
            job=job,
            there=names,
            left=operation.result.get("left", 0),
            can_undo=self.may_publish and undoing.can_undo(operation),
            at_work=job is not None and not job.is_over,
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        self.needs_publishing()
        try:
            undoing.undo(
                operation=self.operation,
                actor=self.actor,
                reason=request.POST.get("reason", "").strip()[:1000],
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("It is being undone, or is undone already: see below."))
        return HttpResponseRedirect(request.path)
