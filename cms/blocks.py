"""Blocks of which operators build pages. A block shows live goods and never breaks when one is gone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms import selectors


class HeroBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    lead = blocks.TextBlock(label=_("lead"), required=False, max_length=300)

    class Meta:
        icon = "title"
        label = _("hero with search")
        template = "cms/blocks/hero.html"


class CategoryTilesBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    count = blocks.IntegerBlock(label=_("how many"), min_value=3, max_value=24, default=8)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["categories"] = selectors.top_categories(value["count"])
        return context

    class Meta:
        icon = "grip"
        label = _("category tiles")
        template = "cms/blocks/category_tiles.html"


class GoodsRowBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    words = blocks.CharBlock(label=_("search words"), required=False, max_length=120)
    category = blocks.CharBlock(label=_("category address"), required=False, max_length=80)
    count = blocks.IntegerBlock(label=_("how many"), min_value=2, max_value=12, default=6)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["tiles"] = selectors.goods_for_row(
            words=value["words"], category_slug=value["category"], count=value["count"]
        )
        return context

    class Meta:
        icon = "list-ul"
        label = _("row of goods")
        template = "cms/blocks/goods_row.html"


class VendorRowBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    count = blocks.IntegerBlock(label=_("how many"), min_value=2, max_value=12, default=4)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["vendors"] = selectors.vendors_for_row(value["count"])
        return context

    class Meta:
        icon = "group"
        label = _("vendors")
        template = "cms/blocks/vendor_row.html"


TEXT_BLOCKS = [
    ("heading", blocks.CharBlock(label=_("heading"), icon="title", template="cms/blocks/heading.html")),
    ("text", blocks.RichTextBlock(label=_("text"), features=["bold", "italic", "link", "ol", "ul", "h3"])),
    ("question", blocks.StructBlock(
        [("question", blocks.CharBlock(label=_("question"))), ("answer", blocks.RichTextBlock(label=_("answer")))],
        icon="help", label=_("question and answer"), template="cms/blocks/question.html",
    )),
]  # fmt: skip
HOME_BLOCKS = [
    ("hero", HeroBlock()),
    ("categories", CategoryTilesBlock()),
    ("goods", GoodsRowBlock()),
    ("vendors", VendorRowBlock()),
    *TEXT_BLOCKS,
]
