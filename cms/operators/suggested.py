"""Queries that are suggested because many asked them, and words that an operator never wants to be suggested."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.operators.pages import DeskPage, number_of, with_people
from core.errors import InvalidInput
from search.models import BlockedQuery, PopularQuery
from search.suggesting.blocking import allow_query, block_query, blocked_among


class BlockForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Never suggest"),
        help_text=gettext_lazy(
            "A word or a few, in any form. Nothing that has all of them is suggested; searching for them works as before."
        ),
        max_length=200,
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class SuggestedQueries(DeskPage):
    """The list, most asked first; what is blocked, with who and why."""

    permission_required = "search.change_rankingweights"
    template_name = "cms/operators/suggested.html"
    header_icon = "search"
    page_title = gettext_lazy("Suggested queries")

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_searches"), _("Searches"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", BlockForm(initial={"words": self.request.GET.get("words", "")[:200]}))
        page = self.page_of(PopularQuery.objects.order_by("-days", "-asked", "words"))
        gone = blocked_among([row.words for row in page.object_list])
        return super().get_context_data(
            page=page,
            rows=[(row, row.words in gone) for row in page.object_list],
            blocked=with_people(BlockedQuery.objects.order_by("-made_at", "pk"), "made_by"),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if request.POST.get("act") == "allow":
            allowed = allow_query(pk=number_of(request.POST.get("blocked", "")), actor=self.actor)
            if allowed is not None:
                messages.success(request, _("“%(words)s” may be suggested again.") % {"words": allowed.words})
            return HttpResponseRedirect(request.path)
        form = BlockForm(request.POST)
        if form.is_valid():
            try:
                blocked = block_query(**form.cleaned_data, actor=self.actor)
            except InvalidInput as error:
                form.add_error(error.field or None, str(error))
            else:
                messages.success(
                    request, _("“%(words)s” is not suggested any more.") % {"words": blocked.words}
                )
                return HttpResponseRedirect(request.path)
        return self.render_to_response(self.get_context_data(form=form))
