"""Blocks of which operators build pages: of words and pictures, and of live goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.live import (
    CategoryTilesBlock,
    GoodsRowBlock,
    HeroBlock,
    NewestListsBlock,
    PickedGoodsBlock,
    VendorRowBlock,
    VendorSpotlightBlock,
)
from cms.blocks.plain import (
    RICH,
    BannerBlock,
    ColumnsBlock,
    FaqBlock,
    PictureBlock,
    QuoteBlock,
    RequestCallBlock,
    StepsBlock,
)

__all__ = ["HOME_BLOCKS", "TEXT_BLOCKS"]

TEXT_BLOCKS = [
    ("heading", blocks.CharBlock(label=_("heading"), icon="title", template="cms/blocks/heading.html")),
    ("text", blocks.RichTextBlock(label=_("text"), features=RICH)),
    ("question", blocks.StructBlock(
        [("question", blocks.CharBlock(label=_("question"))), ("answer", blocks.RichTextBlock(label=_("answer")))],
        icon="help", label=_("question and answer"), template="cms/blocks/question.html",
    )),
    ("steps", StepsBlock()),
    ("picture", PictureBlock()),
    ("quote", QuoteBlock()),
    ("faq", FaqBlock()),
]  # fmt: skip
HOME_BLOCKS = [
    ("hero", HeroBlock()),
    ("banner", BannerBlock()),
    ("picked", PickedGoodsBlock()),
    ("goods", GoodsRowBlock()),
    ("categories", CategoryTilesBlock()),
    ("vendor", VendorSpotlightBlock()),
    ("vendors", VendorRowBlock()),
    ("lists", NewestListsBlock()),
    ("call", RequestCallBlock()),
    ("columns", ColumnsBlock()),
    *TEXT_BLOCKS,
]
