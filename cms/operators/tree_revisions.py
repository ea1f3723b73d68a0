"""A category's own fields on the desk: writing, proposing, approving, planning, comparing and restoring."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.freshness import Rules
from catalog.models import Category, CategoryRevision
from catalog.tree import revisions, selectors
from catalog.tree.enums import RevisionState
from cms.operators.forms import CategoryForm
from cms.operators.pages import number_of, with_people
from cms.operators.tree_forms import PlanForm, WhenForm
from cms.operators.tree_pages import TreeDeskPage
from core.errors import DomainError

_LABELS = {
    "name_uk": gettext_lazy("Name in Ukrainian"),
    "name_ru": gettext_lazy("Name in Russian"),
    "name_en": gettext_lazy("Name in English"),
    "slug": gettext_lazy("Address"),
    "icon": gettext_lazy("Icon"),
    "fresh_days": gettext_lazy("Days until offers expire"),
}


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    """(label, before, after) of each field that differs."""
    return [(_LABELS[name], *pair) for name, pair in revisions.changes(old, new).items()]


class RenameCategory(TreeDeskPage):
    """Names in the three languages, address, icon, how long offers hold; and whether buyers see it."""

    page_title = gettext_lazy("Rename and translate")
    template_name = "cms/operators/category_edit.html"

    def form(self) -> CategoryForm:
        above = self.category.path[: -Category.steplen]
        data = self.request.POST if self.request.method == "POST" else None
        own = CategoryRevision.objects.filter(
            category=self.category, actor=self.actor, state=RevisionState.DRAFT
        ).last()
        initial = revisions.outcome(own) if own is not None else revisions.content_of(self.category)
        return CategoryForm(data, initial=initial, days_above=Rules.now().days(above))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = selectors.row_of(self.category)
        planned = {"show_at": row.state.show_at, "hide_at": row.state.hide_at}
        kwargs.setdefault("form", self.form())
        kwargs.setdefault("when", WhenForm())
        kwargs.setdefault("plan", PlanForm(initial=planned))
        every = list(selectors.history(self.category)[:10])
        return super().get_context_data(row=row, history=with_people(every, "actor"), **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        if act in {"show", "hide", "plan", "confirm"}:
            try:
                return self._plan(act)
            except DomainError as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(request.path)
        form, when = self.form(), WhenForm(request.POST)
        if not (form.is_valid() and when.is_valid()):
            return self.render_to_response(self.get_context_data(form=form, when=when))
        at = when.cleaned_data["publish_at"]
        state = self._state_of(act, planned=at is not None)
        try:
            revisions.write(
                category=self.category,
                content=form.own_fields(),
                state=state,
                actor=self.actor,
                reason=form.cleaned_data["reason"],
                publish_at=at,
            )
        except DomainError as error:
            form.refuse(error)
            return self.render_to_response(self.get_context_data(form=form, when=when))
        said = {
            RevisionState.PUBLISHED: _("“%(name)s” was saved."),
            RevisionState.SCHEDULED: _("The change of “%(name)s” will be published at its time."),
            RevisionState.WAITING: _("Your change of “%(name)s” waits for approval."),
            RevisionState.DRAFT: _("Your draft of “%(name)s” was kept."),
        }[state]
        messages.success(request, said % {"name": self.category.name})
        return HttpResponseRedirect(request.path)

    def _state_of(self, act: str, *, planned: bool) -> RevisionState:
        if act == "draft":
            return RevisionState.DRAFT
        if not self.may_publish or act == "propose":
            return RevisionState.WAITING
        return RevisionState.SCHEDULED if planned else RevisionState.PUBLISHED

    def _plan(self, act: str) -> HttpResponse:
        self.needs_publishing()
        if act == "confirm":
            revisions.confirm_translation(category=self.category, actor=self.actor)
            messages.success(self.request, _("The translations count as up to date."))
        elif act == "plan":
            plan = PlanForm(self.request.POST)
            if not plan.is_valid():
                form = CategoryForm(
                    initial=revisions.content_of(self.category), days_above=Rules.now().days(None)
                )
                return self.render_to_response(self.get_context_data(form=form, plan=plan))
            revisions.plan(category=self.category, actor=self.actor, **plan.cleaned_data)
            messages.success(self.request, _("The plan was saved."))
        else:
            revisions.show(category=self.category, shown=act == "show", actor=self.actor)
            said = (
                _("Buyers see the category now.")
                if act == "show"
                else _("Buyers do not see the category now.")
            )
            messages.success(self.request, said)
        return HttpResponseRedirect(self.request.path)


class CategoryHistory(TreeDeskPage):
    """Two writings side by side; an old one can be published anew."""

    page_title = gettext_lazy("History of the category")
    template_name = "cms/operators/category_history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(selectors.history(self.category))
        rows = with_people(page.object_list, "actor")
        chosen = [self._one(name) for name in ("a", "b")]
        old, new = (each.content if each else revisions.content_of(self.category) for each in chosen)
        return super().get_context_data(
            page=page,
            rows=rows,
            query="",
            compared=any(chosen),
            chosen=chosen,
            differences=differences(old, new),
            **kwargs,
        )

    def _one(self, name: str) -> CategoryRevision | None:
        pk = number_of(self.request.GET.get(name, ""))
        return CategoryRevision.objects.filter(category=self.category, pk=pk).first() if pk else None

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        self.needs_publishing()
        revision = get_object_or_404(
            CategoryRevision, category=self.category, pk=number_of(request.POST.get("revision", ""))
        )
        try:
            revisions.restore(revision=revision, actor=self.actor, reason=request.POST.get("reason", ""))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The category is again what it was then."))
        return HttpResponseRedirect(request.path)


class Proposals(TreeDeskPage):
    """Changes that wait for somebody with the right to publish: yes, or back with a reason."""

    page_title = gettext_lazy("Proposed changes of categories")
    template_name = "cms/operators/category_proposals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(selectors.proposals())
        rows = [
            (
                revision,
                email,
                differences(revisions.content_of(revision.category), revisions.outcome(revision)),
            )
            for revision, email in with_people(page.object_list, "actor")
        ]
        return super().get_context_data(page=page, rows=rows, query="", own=self.own_answers, **kwargs)

    @cached_property
    def own_answers(self) -> list[CategoryRevision]:
        """What came back of one's own."""
        mine = CategoryRevision.objects.filter(actor=self.actor, state=RevisionState.SENT_BACK)
        return list(mine.select_related("category").order_by("-decided_at")[:5])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        self.needs_publishing()
        revision = get_object_or_404(CategoryRevision, pk=number_of(request.POST.get("revision", "")))
        answer = request.POST.get("answer", "").strip()[:1000]
        try:
            if request.POST.get("act") == "approve":
                revision = revisions.approve(revision=revision, actor=self.actor, answer=answer)
                said = (
                    _("The change of “%(name)s” will be published at its time.")
                    if revision.state == RevisionState.SCHEDULED
                    else _("“%(name)s” was published.")
                )
                messages.success(request, said % {"name": revision.category.name})
            else:
                revisions.send_back(revision=revision, actor=self.actor, answer=answer)
                messages.success(request, _("The proposal went back with your reason."))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("operators_category_proposals"))
