"""The help centre: its front with a search, its articles, and what readers say of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks import TEXT_BLOCKS
from cms.models.base import RowPage
from cms.models.pages import faq_json_ld


class Audience(models.TextChoices):
    BUYER = "buyer", _("Buyers")
    VENDOR = "vendor", _("Vendors")
    ALL = "all", _("Everybody")


class HelpIndexPage(RowPage):
    """The front of the help centre: a search field, and articles by whom they are for."""

    lead = models.CharField(_("lead"), max_length=300, blank=True, default="")

    content_panels = [*RowPage.content_panels, FieldPanel("lead")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.HelpPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("help centre")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.selectors import help as helping

        words = request.GET.get("q", "")[: helping.MOST_WORDS].strip()
        found = helping.found_articles(words, language=self.locale.language_code) if words else []
        sections = [] if found else helping.sections_of(self)
        return super().get_context(request, *args, **kwargs) | {
            "help_words": words,
            "found": found,
            "sections": sections,
        }


class HelpPage(RowPage):
    """One article: what it is about in a sentence, the text, and whether it helped."""

    lead = models.CharField(_("lead"), max_length=300, blank=True, default="")
    audience = models.CharField(_("for whom"), max_length=10, choices=Audience, default=Audience.ALL)
    body = StreamField(TEXT_BLOCKS, blank=True)

    content_panels: ClassVar[list[Any]] = [
        *RowPage.content_panels,
        FieldPanel("lead"),
        FieldPanel("audience"),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms.HelpIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("help article")

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not getattr(request, "is_preview", False):
            from cms.help_votes import take_vote

            return take_vote(request, page=self)
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.help_votes import has_voted
        from cms.selectors import help as helping

        return super().get_context(request, *args, **kwargs) | {
            "contents": [(block.id, block.value) for block in self.body if block.block_type == "heading"],
            "beside": helping.beside(self),
            "has_voted": has_voted(request, self),
            "index": self.get_parent(),
            "faq_json_ld": faq_json_ld(self.body),
        }


class HelpVotes(models.Model):
    """How many said that an article helped them, and how many that it did not. Nobody is named."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="+", primary_key=True)
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.page_id}: +{self.yes} -{self.no}"
