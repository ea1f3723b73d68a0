"""Wagtail pages: home with curated rows, and plain pages (help, rules)."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from catalog.models import Offer
from cms.blocks import HOME_BLOCKS, TEXT_BLOCKS


class HomePage(Page):
    """The front of the row, from blocks that operators arrange."""

    body = StreamField(HOME_BLOCKS, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | {"nothing_on_sale": not Offer.objects.on_sale().exists()}

    max_count_per_parent = 3  # one for each language


class StandardPage(Page):
    """Help, rules, about: text with headings."""

    body = StreamField(TEXT_BLOCKS, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
