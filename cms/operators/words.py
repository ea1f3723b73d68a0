"""What vendors have in common in reading price lists, to look at and to strike."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.operators.pages import DeskPage, number_of
from price_lists.models import CommonWord
from price_lists.remembering import striking
from price_lists.remembering.models import WordKind
from price_lists.words_view import answer_label


class RememberedWords(DeskPage):
    """Headings, words and layouts by how many vendors agree; one that should help nobody is struck."""

    permission_required = "catalog.change_category"
    template_name = "cms/operators/remembered_words.html"
    header_icon = "form"
    page_title = gettext_lazy("Remembered words")

    @property
    def asked(self) -> dict[str, str]:
        said = self.request.GET
        show, kind = said.get("show", ""), said.get("kind", "")
        return {
            "show": show if show in striking.SHOWS else striking.SHOWS[0],
            "kind": kind if kind in WordKind.values else "",
            "word": said.get("word", "").strip()[:120],
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.page_of(striking.common_words(**self.asked))
        return super().get_context_data(
            page=page,
            words=[(word, answer_label(word.kind, word.answer)) for word in page.object_list],
            asked=self.asked,
            shows=[
                ("offered", _("Offered to others")),
                ("few", _("Too few or torn")),
                ("struck", _("Struck")),
            ],
            kinds=WordKind.choices,
            query=f"{urlencode(self.asked)}&",
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        word = get_object_or_404(CommonWord, pk=number_of(request.POST.get("pk", "")))
        if request.POST.get("act") == "strike":
            striking.strike(word=word, actor=self.actor)
            messages.success(request, _("“%(word)s” is offered to nobody now.") % {"word": word.word})
        else:
            striking.offer_again(word=word, actor=self.actor)
            messages.success(request, _("“%(word)s” counts again.") % {"word": word.word})
        return HttpResponseRedirect(request.get_full_path())
