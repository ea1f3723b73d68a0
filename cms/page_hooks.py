"""What the pages of the site add to Wagtail's admin. `cms.wagtail_hooks` loads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from cms.blocks import choosers
from cms.operators import site_pages


@hooks.register("register_admin_urls")
def page_urls() -> list[URLPattern]:
    return [
        path("pages-to-mend/", site_pages.PagesToMend.as_view(), name="operators_pages_to_mend"),
        path("help-usefulness/", site_pages.HelpUsefulness.as_view(), name="operators_help"),
        path("pages-at/<int:pk>/", site_pages.PreviewAt.as_view(), name="operators_page_at"),
    ]


@hooks.register("register_admin_viewset")
def page_viewsets() -> list[Any]:
    return [site_pages.MenuViewSet(), choosers.offers, choosers.categories, choosers.vendors]


@hooks.register("register_page_header_buttons")
def look_ahead(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.pk and page.depth > 1 and page.permissions_for_user(user).can_edit():
        yield Button(
            _("See it at another time"),
            reverse("operators_page_at", args=[page.pk]),
            icon_name="calendar",
            priority=45,
        )
