"""Home and landing pages from blocks, and plain pages (rules, about)."""

from __future__ import annotations

from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from catalog.models import Offer
from cms.blocks import HOME_BLOCKS, TEXT_BLOCKS
from cms.models.base import RowPage
from cms.panels import LacksPanel
from core.json_ld import as_script


class _WithQuestions(RowPage):
    """A page whose questions and answers machines read, too."""

    class Meta:
        abstract = True

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"faq_json_ld": faq_json_ld(self.body)}


def faq_json_ld(body: Any) -> str:
    """Schema.org's FAQPage of all questions on a page, one for the page; "" without any."""
    pairs: list[tuple[str, str]] = []
    for block in body:
        if block.block_type == "faq":
            pairs += [(each["question"], each["answer"].source) for each in block.value["questions"]]
        elif block.block_type == "question":
            pairs.append((block.value["question"], block.value["answer"].source))
    if not pairs:
        return ""
    return as_script(
        {
            "@type": "FAQPage",
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": question,
                    # Without the blank, the last word of a paragraph and the first of the next would be one.
                    "acceptedAnswer": {
                        "@type": "Answer",
                        "text": " ".join(strip_tags(answer.replace("<", " <")).split()),
                    },
                }
                for question, answer in pairs
            ],
        }
    )


class HomePage(_WithQuestions):
    """The front of the row, from blocks that operators arrange."""

    body = StreamField(HOME_BLOCKS, blank=True)

    content_panels = [*RowPage.content_panels, LacksPanel(), FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 3  # one for each language

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | {"nothing_on_sale": not Offer.objects.on_sale().exists()}


class LandingPage(_WithQuestions):
    """For one thing that many come for: a season, a trade, an action; from the same blocks as the home page."""

    body = StreamField(HOME_BLOCKS, blank=True)

    content_panels = [*RowPage.content_panels, LacksPanel(), FieldPanel("body")]
    parent_page_types = ["cms.HomePage", "cms.LandingPage"]
    subpage_types = ["cms.LandingPage", "cms.StandardPage"]

    class Meta:
        verbose_name = _("landing page")


class StandardPage(_WithQuestions):
    """Rules, about: text with headings."""

    body = StreamField(TEXT_BLOCKS, blank=True)

    content_panels = [*RowPage.content_panels, FieldPanel("body")]
    parent_page_types = ["cms.HomePage", "cms.StandardPage", "cms.LandingPage"]
    subpage_types = ["cms.StandardPage"]

    class Meta:
        verbose_name = _("page of text")
