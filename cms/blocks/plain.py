"""Blocks of words and pictures, and the banner with its days. Links to what is gone are not drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

from cms.addresses import check_address
from core.own_paths import in_language

RICH = ["bold", "italic", "link", "ol", "ul", "h3"]


def moment_of(parent_context: Any) -> dt.datetime:
    """The moment that a page is drawn for: now, or the one that an operator looks ahead to."""
    moment: dt.datetime | None = (parent_context or {}).get("moment")
    return moment or timezone.now()


def language_of(parent_context: Any) -> str:
    return str((parent_context or {}).get("LANGUAGE_CODE") or "uk")


class LinkValue(blocks.StructValue):
    def url_in(self, language: str) -> str:
        """Empty where the page is gone or not published."""
        page = self.get("page")
        if page is not None:
            return (page.localized.url or "") if page.live else ""
        return in_language(self.get("address") or "", language)


class LinkBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("words on the button"), required=False, max_length=60)
    page = blocks.PageChooserBlock(label=_("page"), required=False)
    address = blocks.CharBlock(
        label=_("or an address"),
        required=False,
        max_length=300,
        help_text=_("A path of this site, such as /vendors/, or https://…"),
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["page"] and value["address"]:
            raise StructBlockValidationError(
                {"address": ValidationError(_("Choose a page or write an address, not both."), code="both")}
            )
        if value["address"]:
            try:
                check_address(value["address"])
            except ValidationError as error:
                raise StructBlockValidationError({"address": error}) from error
        return value

    class Meta:
        icon = "link"
        label = _("link")
        value_class = LinkValue


class BannerBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    text = blocks.TextBlock(label=_("text"), required=False, max_length=300)
    image = ImageBlock(label=_("picture"), required=False)
    link = LinkBlock(label=_("link"))
    starts = blocks.DateTimeBlock(label=_("shown from"), required=False)
    ends = blocks.DateTimeBlock(label=_("shown until"), required=False)

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["starts"] and value["ends"] and value["ends"] <= value["starts"]:
            raise StructBlockValidationError(
                {"ends": ValidationError(_("It would end before it begins."), code="ends")}
            )
        return value

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["is_shown"] = is_due(value, moment_of(parent_context))
        context["url"] = value["link"].url_in(language_of(parent_context))
        return context

    class Meta:
        icon = "image"
        label = _("banner")
        template = "cms/blocks/banner.html"


def is_due(value: Any, moment: dt.datetime) -> bool:
    """Shown from `starts` on, and no more from `ends` on."""
    starts, ends = value.get("starts"), value.get("ends")
    return (not starts or starts <= moment) and (not ends or moment < ends)


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("picture"), required=False)
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("picture")
        template = "cms/blocks/picture.html"


class ColumnsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), required=False, max_length=120)
    columns = blocks.ListBlock(
        blocks.StructBlock([
            ("title", blocks.CharBlock(label=_("title"), max_length=120)),
            ("text", blocks.RichTextBlock(label=_("text"), features=RICH)),
        ]),
        label=_("columns"), min_num=2, max_num=3,
    )  # fmt: skip

    class Meta:
        icon = "grip"
        label = _("columns")
        template = "cms/blocks/columns.html"


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    steps = blocks.ListBlock(
        blocks.StructBlock([
            ("title", blocks.CharBlock(label=_("title"), max_length=80)),
            ("text", blocks.TextBlock(label=_("text"), required=False, max_length=300)),
        ]),
        label=_("steps"), min_num=2, max_num=6,
    )  # fmt: skip

    class Meta:
        icon = "list-ol"
        label = _("steps")
        template = "cms/blocks/steps.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("text"), max_length=500)
    author = blocks.CharBlock(label=_("who says it"), required=False, max_length=120)

    class Meta:
        icon = "openquote"
        label = _("quote")
        template = "cms/blocks/quote.html"


class FaqBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), required=False, max_length=120)
    questions = blocks.ListBlock(
        blocks.StructBlock([
            ("question", blocks.CharBlock(label=_("question"), max_length=200)),
            ("answer", blocks.RichTextBlock(label=_("answer"), features=RICH)),
        ]),
        label=_("questions"), min_num=1,
    )  # fmt: skip

    class Meta:
        icon = "help"
        label = _("questions and answers")
        template = "cms/blocks/faq.html"


class RequestCallBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    text = blocks.TextBlock(label=_("text"), required=False, max_length=300)

    class Meta:
        icon = "edit"
        label = _("call to publish a request")
        template = "cms/blocks/request_call.html"
