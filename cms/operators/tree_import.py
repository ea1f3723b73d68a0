"""Taking over a taxonomy of somebody else's (ДК 021, Google) as a starting tree: upload, look, choose branches."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Category, TaxonomyFile
from catalog.tree import importing, selectors
from cms.operators.pages import number_of
from cms.operators.tree_forms import TaxonomyForm
from cms.operators.tree_pages import TreeDeskPage
from core.errors import DomainError


class UploadTaxonomy(TreeDeskPage):
    """Reads files; the tree stays as it is until branches are chosen."""

    publishers_only = True
    page_title = gettext_lazy("Import a taxonomy")
    template_name = "cms/operators/taxonomy_upload.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", TaxonomyForm())
        files = TaxonomyFile.objects.defer("nodes").order_by("-pk")[:10]
        return super().get_context_data(uploaded=files, **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = TaxonomyForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                file = importing.upload(
                    files=[(each.name or "", each.read()) for each in form.cleaned_data["files"]],
                    actor=self.actor,
                )
            except DomainError as error:
                form.add_error("files", str(error))
            else:
                return HttpResponseRedirect(reverse("operators_taxonomy", args=[file.pk]))
        return self.render_to_response(self.get_context_data(form=form))


class TaxonomyPage(TreeDeskPage):
    """What the taxonomy would add, branch by branch."""

    publishers_only = True
    page_title = gettext_lazy("Branches of the taxonomy")
    template_name = "cms/operators/taxonomy.html"

    @cached_property
    def file(self) -> TaxonomyFile:
        return get_object_or_404(TaxonomyFile, pk=self.kwargs["number"])

    @cached_property
    def below(self) -> Category | None:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return selectors.in_tree().filter(pk=number_of(data.get("below", ""))).first()

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("operators_taxonomies"), _("Import a taxonomy"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()
        return super().get_context_data(
            file=self.file,
            preview=importing.preview(self.file, below=self.below),
            below=self.below,
            words=words,
            found=selectors.targets(words, but_not=[]) if words else [],
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        tops = {code for code, parent, _names in self.file.nodes if not parent}
        branches = [code for code in request.POST.getlist("branch") if code in tops]
        if not branches:
            messages.error(request, _("Tick the branches that you want."))
            return self.render_to_response(self.get_context_data())
        operation = importing.start_import(
            file=self.file,
            branches=branches,
            below=self.below,
            shown=bool(request.POST.get("shown")),
            actor=self.actor,
            reason=request.POST.get("reason", "").strip()[:1000],
        )
        messages.success(request, _("A worker does it; this page shows how far it is."))
        return HttpResponseRedirect(reverse("operators_tree_operation", args=[operation.pk]))
