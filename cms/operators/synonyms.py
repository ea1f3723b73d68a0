"""Operators' synonyms and words left out: drafts, those that are live, those that were, and earlier versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.operators.pages import number_of, with_people
from cms.operators.tuning import TuningPage
from core.errors import InvalidInput
from search.curation.enums import Language
from search.models import SynonymVersion
from search.tuning import selectors, services
from search.tuning.enums import Subject, TuningState

_LANGUAGE = gettext_lazy("On pages in")


class SynonymForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Who searches for"),
        help_text=gettext_lazy("One word or a few, in any of the languages and in any form."),
        max_length=80,
    )
    also = forms.CharField(label=gettext_lazy("also finds"), max_length=80)
    both_ways = forms.BooleanField(
        label=gettext_lazy("Both ways"),
        help_text=gettext_lazy("Without it, who searches for the second does not find the first."),
        required=False,
        initial=True,
    )
    language = forms.ChoiceField(label=_LANGUAGE, choices=Language, required=False, initial=Language.ALL)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class StopWordForm(forms.Form):
    word = forms.CharField(
        label=gettext_lazy("Leave out"),
        help_text=gettext_lazy(
            "One word in any form: “купити”, “недорого”. A query of this word alone is searched for as it is."
        ),
        max_length=40,
    )
    language = forms.ChoiceField(label=_LANGUAGE, choices=Language, required=False, initial=Language.ALL)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class Synonyms(TuningPage):
    """Other words for one thing."""

    template_name = "cms/operators/synonyms.html"
    header_icon = "search"
    page_title = gettext_lazy("Synonyms")
    subject = Subject.SYNONYMS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # A report of searches leads here with a query.
        kwargs.setdefault("form", SynonymForm(initial={"words": self.request.GET.get("words", "")[:80]}))
        drafts = selectors.synonyms(TuningState.DRAFT)
        page = self.page_of(selectors.synonyms(TuningState.LIVE))
        past = selectors.synonyms(TuningState.PAST)[:20]
        return super().get_context_data(
            drafts=with_people(drafts, "made_by"),
            page=page,
            live=with_people(page.object_list, "live_by"),
            past=with_people(past, "ended_by"),
            versions=with_people(selectors.synonym_versions()[:20], "made_by"),
            replay=selectors.last_replay(self.subject),
            is_seen=selectors.is_seen(self.subject),
            **kwargs,
        )

    def acted(self, act: str) -> HttpResponse | None:
        said = self.request.POST
        if act == "add":
            return self._added()
        if act == "live":
            count = services.put_synonyms_live(actor=self.actor, untried=bool(said.get("untried")))
            messages.success(self.request, _("Live now: %(count)s.") % {"count": count})
        elif act == "strike":
            struck = services.strike_synonym(synonym_id=number_of(said.get("synonym", "")), actor=self.actor)
            if struck is not None:
                messages.success(self.request, _("“%(synonym)s” acts no longer.") % {"synonym": struck})
        elif act == "back":
            version = get_object_or_404(SynonymVersion, pk=number_of(said.get("version", "")))
            services.go_back_to_synonyms(version=version.pk, actor=self.actor)
            messages.success(self.request, _("Version %(number)s is live again.") % {"number": version.pk})
        return None

    def _added(self) -> HttpResponse | None:
        form = SynonymForm(self.request.POST)
        if form.is_valid():
            try:
                services.add_synonym(**form.cleaned_data, actor=self.actor)
            except InvalidInput as error:
                form.add_error(error.field or None, str(error))
            else:
                messages.success(
                    self.request, _("The draft is saved. Try it on searches before it goes live.")
                )
                return None
        return self.render_to_response(self.get_context_data(form=form))


class StopWords(TuningPage):
    """Words that say nothing about what is wanted."""

    template_name = "cms/operators/stop_words.html"
    header_icon = "search"
    page_title = gettext_lazy("Words left out")
    subject = Subject.STOPS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", StopWordForm(initial={"word": self.request.GET.get("word", "")[:40]}))
        page = self.page_of(selectors.stop_words(TuningState.LIVE))
        return super().get_context_data(
            drafts=with_people(selectors.stop_words(TuningState.DRAFT), "made_by"),
            page=page,
            live=with_people(page.object_list, "live_by"),
            past=with_people(selectors.stop_words(TuningState.PAST)[:20], "ended_by"),
            replay=selectors.last_replay(self.subject),
            is_seen=selectors.is_seen(self.subject),
            **kwargs,
        )

    def acted(self, act: str) -> HttpResponse | None:
        said = self.request.POST
        if act == "add":
            return self._added()
        if act == "live":
            count = services.put_stop_words_live(actor=self.actor, untried=bool(said.get("untried")))
            messages.success(self.request, _("Live now: %(count)s.") % {"count": count})
        elif act == "strike":
            struck = services.strike_stop_word(pk=number_of(said.get("row", "")), actor=self.actor)
            if struck is not None:
                messages.success(self.request, _("“%(word)s” counts again.") % {"word": struck})
        return None

    def _added(self) -> HttpResponse | None:
        form = StopWordForm(self.request.POST)
        if form.is_valid():
            try:
                services.add_stop_word(**form.cleaned_data, actor=self.actor)
            except InvalidInput as error:
                form.add_error(error.field or None, str(error))
            else:
                messages.success(
                    self.request, _("The draft is saved. Try it on searches before it goes live.")
                )
                return None
        return self.render_to_response(self.get_context_data(form=form))
