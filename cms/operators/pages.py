"""What the operators' own pages in Wagtail's admin share: the way back to the desk, pages of a list, who acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from accounts.models import User
from core.ids import id_of

#: Pairs, barcodes, paths or words on a page: one glance each.
ON_PAGE = 20


class DeskPage(PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page says its permission, template and icon."""

    raise_exception = True
    _show_breadcrumbs = True

    @property
    def actor(self) -> str:
        return str(self.request.user.typed_id)

    def trail(self) -> list[tuple[str, str]]:
        """(url, label) between the desk's home and this page."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        steps = [(reverse("wagtailadmin_home"), _("Home")), *self.trail(), ("", self.get_page_title())]
        return [{"url": url, "label": label} for url, label in steps]

    def back(self, place: str = "") -> HttpResponse:
        """To where the button was, the same page of the list."""
        page = self.request.POST.get("page", "")
        query = f"?p={page}" if page.isdigit() else ""
        return HttpResponseRedirect(f"{self.request.path}{query}{place}")

    def page_of(self, rows: Any) -> Page[Any]:
        return Paginator(rows, ON_PAGE).get_page(self.request.GET.get("p"))


def number_of(text: str) -> int:
    """What was chosen, 0 where that is no number of a row."""
    return id_of(text) or 0


def with_people(rows: Iterable[Any], column: str) -> list[tuple[Any, str]]:
    """Rows with the e-mail address of whoever the column names, "" for those without an account."""
    rows = list(rows)
    actors = {getattr(row, column) for row in rows}
    pks = {int(pk) for kind, _colon, pk in (actor.partition(":") for actor in actors) if kind == "user"}
    emails = {f"user:{pk}": email for pk, email in User.objects.filter(pk__in=pks).values_list("pk", "email")}
    return [(row, emails.get(getattr(row, column), "")) for row in rows]
