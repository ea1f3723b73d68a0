"""Pages of the inbox: all queues and their items, one item, a decision about many."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from catalog.models import Category
from cms.operators.inbox import claims, deciding, listing, queues
from cms.operators.inbox.queues import Answer
from cms.operators.pages import DeskPage, number_of
from core.errors import DomainError
from price_lists.deciding import reads
from vendors.models import Vendor
from vendors.services.onboarding import operators_for


class InboxPage(DeskPage):
    """What the pages share. Each queue asks its own right: here everybody of the desk may come in."""

    permission_required = "wagtailadmin.access_admin"
    header_icon = "mail"

    @property
    def operator(self) -> User:
        operator = self.request.user
        assert isinstance(operator, User)
        return operator

    def answer(self) -> Answer:
        """What was typed beside a decision. Raises no error: what lacks is said where it is needed."""
        data = self.request.POST
        return Answer(
            reason=data.get("reason", "").strip(),
            # What was typed counts above what stood ticked beside it.
            category=category_named(
                next((each for each in reversed(data.getlist("category")) if each.strip()), "")
            ),
            choice=data.get("choice", ""),
        )


class Inbox(InboxPage):
    """Every queue with its figures; below, the items of all or of one, those due first."""

    template_name = "cms/operators/inbox/inbox.html"
    page_title = gettext_lazy("Inbox")

    @cached_property
    def filters(self) -> listing.Filters:
        data = self.request.GET
        return listing.Filters(
            queue=data.get("queue", ""),
            owner=data.get("owner", ""),
            age=data.get("age", ""),
            vendor=number_of(data.get("vendor", "")),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = listing.live_claims()
        page = listing.items(self.operator, self.filters, self.request.GET.get("after", ""), held)
        chosen = next(
            (each for each in queues.queues_for(self.operator) if each.key == self.filters.queue), None
        )
        query = {
            name: value
            for name, value in (
                ("queue", self.filters.queue),
                ("owner", self.filters.owner),
                ("age", self.filters.age),
                ("vendor", self.filters.vendor or ""),
            )
            if value
        }
        vendor = Vendor.objects.filter(pk=self.filters.vendor).first() if self.filters.vendor else None
        return super().get_context_data(
            figures=listing.figures(self.operator, held),
            page=page,
            filters=self.filters,
            chosen=chosen,
            vendor=vendor,
            bulk=[
                (source.key, act)
                for source in (chosen.sources_for(self.operator) if chosen else ())
                for act in source.acts
                if act.is_bulk
            ],
            query=urlencode(query),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        act, _colon, what = request.POST.get("do", "").partition(":")
        try:
            if act == "claim":
                claims.claim(operator=self.operator, item=what)
                messages.success(request, _("It is yours now."))
            elif act == "release":
                if claims.release(operator=self.operator, item=what):
                    messages.success(request, _("It is free again."))
            elif act in {"keep", "leave"}:
                claims.set_keeper(operator=self.operator, queue=what, keeps=act == "keep")
                messages.success(request, _("Saved."))
            else:
                messages.error(request, _("Choose a decision."))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(request.get_full_path())


class InboxItem(InboxPage):
    """One item with all that helps to decide, and the decisions."""

    template_name = "cms/operators/inbox/item.html"

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_inbox"), _("Inbox"))]

    @cached_property
    def found(self) -> tuple[queues.Queue, queues.Source, int]:
        found = queues.find(self.operator, self.kwargs["item"])
        if found is None:
            raise Http404
        return found

    @cached_property
    def line(self) -> listing.Line | None:
        queue, source, number = self.found
        row = source.rows().filter(pk=number).first()
        return listing.line_of(self.operator, queue, source, row) if row is not None else None

    def get_page_title(self) -> str:
        return self.line.shown.title if self.line else str(self.found[0].label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        queue, source, _number = self.found
        line = self.line
        colleagues = operators_for(source.permission).exclude(pk=self.operator.pk).order_by("name", "pk")
        return super().get_context_data(
            queue=queue,
            source=source,
            line=line,
            is_mine=bool(line and line.claim and line.claim.operator_id == self.operator.pk),
            colleagues=colleagues[:50],
            needs_category=any(act.needs_category for act in source.acts),
            suggested=_suggested(line),
            typed=self.request.POST,
            **kwargs,
        )

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        item, do = self.kwargs["item"], request.POST.get("do", "")
        here = HttpResponseRedirect(request.path)
        try:
            if do == "claim":
                claims.claim(operator=self.operator, item=item)
                messages.success(request, _("It is yours now."))
                return here
            if do == "release":
                claims.release(operator=self.operator, item=item)
                messages.success(request, _("It is free again."))
                return here
            if do == "hand":
                to = get_object_or_404(User, pk=number_of(request.POST.get("colleague", "")))
                claims.hand_over(operator=self.operator, item=item, to=to)
                messages.success(request, _("Handed over; your colleague is told."))
                return here
            act = self.found[1].act(do)
            deciding.decide(
                operator=self.operator,
                chosen=deciding.Chosen(item, request.POST.get("stamp", "")),
                act=do,
                answer=self.answer(),
            )
        except DomainError as error:
            messages.error(request, str(error))
            # The page comes back with what was typed.
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(request, _("Done: %(act)s.") % {"act": act.label if act else do})
        if act is not None and not act.ends:
            return here
        return HttpResponseRedirect(f"{reverse('operators_inbox')}?queue={self.found[0].key}")


class InboxMany(InboxPage):
    """One decision about many: first what it would be about, then what became of each."""

    template_name = "cms/operators/inbox/many.html"
    page_title = gettext_lazy("Decide about many")

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_inbox"), _("Inbox"))]

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("operators_inbox"))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "").rpartition(".")[2]
        answer = self.answer()
        try:
            if request.POST.get("sure"):
                return self._done(act, answer)
            seen = deciding.preview(operator=self.operator, items=request.POST.getlist("item"), act=act)
            deciding.check(seen.act, answer)
        except DomainError as error:
            messages.error(request, str(error))
            queue = request.POST.get("queue", "")
            return HttpResponseRedirect(f"{reverse('operators_inbox')}?{urlencode({'queue': queue})}")
        return self.render_to_response(
            self.get_context_data(seen=seen, act=act, answer=answer, queue=request.POST.get("queue", ""))
        )

    def _done(self, act: str, answer: Answer) -> HttpResponse:
        chosen = [
            deciding.Chosen(item, stamp)
            for item, _bar, stamp in (each.partition("|") for each in self.request.POST.getlist("item"))
        ]
        results = deciding.decide_many(operator=self.operator, chosen=chosen, act=act, answer=answer)
        sums = deciding.sums(results)
        told = [
            ngettext("%(count)d done", "%(count)d done", sums["done"]) % {"count": sums["done"]},
        ]
        if sums["changed"]:
            text = ngettext(
                "%(count)d had changed meanwhile", "%(count)d had changed meanwhile", sums["changed"]
            )
            told.append(text % {"count": sums["changed"]})
        if sums["taken"]:
            text = ngettext("%(count)d is a colleague's", "%(count)d are colleagues'", sums["taken"])
            told.append(text % {"count": sums["taken"]})
        if sums["refused"]:
            text = ngettext(
                "%(count)d could not be decided", "%(count)d could not be decided", sums["refused"]
            )
            told.append(text % {"count": sums["refused"]})
        return self.render_to_response(
            self.get_context_data(
                results=results, told=", ".join(told), queue=self.request.POST.get("queue", "")
            )
        )


def category_named(text: str) -> Category | None:
    """By id, by slug, or by a name that only one category has."""
    text = " ".join(text.split())
    if not text:
        return None
    shown = Category.objects.filter(is_active=True, merged_into=None)
    if number := number_of(text):
        return shown.filter(pk=number).first()
    found = list(shown.filter(slug=text)[:1]) or list(shown.filter(name=text)[:2])
    return found[0] if len(found) == 1 else None


def _suggested(line: listing.Line | None) -> list[tuple[int, str, int]]:
    """(category, name, per cent) for a path that waits."""
    if line is None or line.source.key != "path":
        return []
    (waiting,) = reads.with_suggestions([line.row])
    names = dict(
        Category.objects.filter(pk__in=[each.category for each in waiting.suggestions]).values_list(
            "pk", "name"
        )
    )
    return [
        (each.category, names[each.category], round(each.confidence * 100))
        for each in waiting.suggestions
        if each.category in names
    ]
