"""The operators' queue of categories: paths of all vendors that lead nowhere yet, and unsure goods of mixed ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Category
from cms.operators.pages import ON_PAGE, DeskPage, number_of
from core.errors import DomainError, InvalidInput
from price_lists import selectors
from price_lists.deciding import decisions, reads

#: Rows that one answer may be about.
_AT_ONCE = 100


class _Counted(Paginator[Any]):
    """Its number of rows was asked for together with their sum."""

    def __init__(self, rows: Any, total: int) -> None:
        super().__init__(rows, ON_PAGE)
        self._total = total

    @property
    def count(self) -> int:  # type: ignore[override]  # a cached property there
        return self._total


class _QueuePage(DeskPage):
    """One choice for one or many rows; with htmx the list comes back alone, with what was done above it."""

    permission_required = "catalog.change_category"
    header_icon = "list-ul"
    fragment: str
    decide: Callable[[list[int], Category | None], None]
    mix: Callable[[list[int]], None] | None = (
        None  # rows that are single goods are in no category and never mixed
    )

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("operators_categories"), _("Categories"))]

    @cached_property
    def vendor(self) -> int | None:
        return number_of(self.request.GET.get("vendor", "")) or None

    @cached_property
    def choices(self) -> dict[int, str]:
        return selectors.category_names(selectors.category_choices())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            vendors=reads.waiting_vendors(),
            vendor=self.vendor,
            query=f"vendor={self.vendor}&" if self.vendor else "",
            choices=self.choices,
            fragment=self.fragment,
            **kwargs,
        )

    def get_template_names(self) -> list[str]:
        return [self.fragment if getattr(self.request, "htmx", False) else str(self.template_name)]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        try:
            self.answer()
        except DomainError as error:
            messages.error(request, str(error))
        if getattr(request, "htmx", False):
            return self.render_to_response(self.get_context_data())
        query = {name: value for name in ("vendor", "p") if (value := request.GET.get(name, ""))}
        return HttpResponseRedirect(f"{request.path}?{urlencode(query)}" if query else request.path)

    def answer(self) -> None:
        """A button beside a row names both; the one below the list holds for all that are ticked."""
        data = self.request.POST
        row, _colon, category = data.get("one", "").partition(":")
        if row:
            self.decide([number_of(row)], self._category(number_of(category)))
            return
        rows = [number_of(each) for each in data.getlist("row")[:_AT_ONCE]]
        if not rows:
            messages.error(self.request, _("Tick what you decide about."))
        elif data.get("act") == "mixed" and self.mix is not None:
            self.mix(rows)
        elif data.get("act") == "none" and self.mix is not None:
            self.decide(rows, None)
        elif (chosen := self._named(data.get("category", ""))) is None:
            messages.error(self.request, _("Choose a category from the list."))
        else:
            self.decide(rows, chosen)

    @property
    def overrule(self) -> bool:
        return bool(self.request.POST.get("overrule"))

    def say(self, done: int, left: int, text: str) -> None:
        if done:
            messages.success(self.request, text % {"count": done})
        if left:
            said = ngettext(
                "%(count)d was decided by a person before and stays as it was.",
                "%(count)d were decided by a person before and stay as they were.",
                left,
            )
            messages.warning(self.request, said % {"count": left})

    def _category(self, pk: int) -> Category:
        if pk not in self.choices:
            raise InvalidInput("unknown_category", _("This category is no longer there. Choose another one."))
        return Category.objects.get(pk=pk)

    def _named(self, text: str) -> Category | None:
        """The category of this full name, or of this own name where only one has it."""
        wanted = " ".join(text.split()).casefold()
        if not wanted:
            return None
        full = [pk for pk, name in self.choices.items() if name.casefold() == wanted]
        own = [pk for pk, name in self.choices.items() if name.rpartition(" › ")[2].casefold() == wanted]
        found = full or own
        return Category.objects.get(pk=found[0]) if len(found) == 1 else None


class CategoryQueue(_QueuePage):
    """Paths of all vendors, those first under which most offers on sale have no category."""

    page_title = gettext_lazy("Categories to decide")
    template_name = "cms/operators/category_queue.html"
    fragment = "cms/operators/_category_queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        links = reads.queue(self.vendor)
        sums = reads.sums(links)
        page: Page[Any] = _Counted(links, sums.paths).get_page(self.request.GET.get("p"))
        waiting = reads.with_suggestions(list(page.object_list))
        return super().get_context_data(page=page, sums=sums, waiting=waiting, **kwargs)

    def decide(self, rows: list[int], category: Category | None) -> None:
        decided = decisions.map_paths(
            link_ids=rows, category=category, user=self.request.user, overrule=self.overrule
        )
        text = ngettext("%(count)d path was decided.", "%(count)d paths were decided.", len(decided))
        self.say(len(decided), len(rows) - len(decided), text)

    def mix(self, rows: list[int]) -> None:
        marked = decisions.mark_mixed(link_ids=rows, user=self.request.user)
        text = ngettext(
            "%(count)d path is mixed now: its goods are placed one by one.",
            "%(count)d paths are mixed now: their goods are placed one by one.",
            marked,
        )
        self.say(marked, len(rows) - marked, text)


class UnsureGoods(_QueuePage):
    """Goods under mixed paths whose own suggestion nobody would rely on."""

    page_title = gettext_lazy("Unsure goods of mixed categories")
    template_name = "cms/operators/unsure_goods.html"
    fragment = "cms/operators/_unsure_goods.html"

    def trail(self) -> list[tuple[str, str]]:
        return [*super().trail(), (reverse("operators_category_queue"), _("Categories to decide"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Not counted: that would walk all of them to draw twenty.
        number = max(number_of(self.request.GET.get("p", "")), 1)
        first = (number - 1) * ON_PAGE
        goods = list(reads.unsure_goods(self.vendor)[first : first + ON_PAGE + 1])
        return super().get_context_data(
            goods=goods[:ON_PAGE],
            number=number,
            earlier=number - 1,
            later=number + 1 if len(goods) > ON_PAGE else 0,
            **kwargs,
        )

    def decide(self, rows: list[int], category: Category | None) -> None:
        if category is None:
            return
        done, left = decisions.place_by_hand(
            offer_ids=rows, category=category, user=self.request.user, overrule=self.overrule
        )
        self.say(done, left, ngettext("%(count)d good was placed.", "%(count)d goods were placed.", done))
