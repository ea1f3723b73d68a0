"""Blocks with live goods, categories and vendors. None breaks when something is gone: it shows the rest, or hides."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms import selectors
from cms.blocks.choosers import ChosenCategory, ChosenOffer, ChosenVendor
from cms.blocks.plain import LinkBlock, language_of
from cms.selectors import Row


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
    categories = blocks.ListBlock(
        ChosenCategory(required=False, label=_("category")),
        label=_("these categories"),
        help_text=_("Without any, the top categories with the most to choose from."),
        default=[],
        max_num=24,
    )

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        chosen = list(value["categories"])
        context["categories"] = (
            selectors.chosen_categories(chosen) if chosen else selectors.top_categories(value["count"])
        )
        return context

    class Meta:
        icon = "grip"
        label = _("category tiles")
        template = "cms/blocks/category_tiles.html"


class PickedGoodsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    goods = blocks.ListBlock(
        ChosenOffer(required=False, label=_("good")), label=_("goods"), min_num=1, max_num=12
    )
    link = LinkBlock(label=_("link"), required=False)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["tiles"] = selectors.picked_goods(list(value["goods"]))
        context["url"] = value["link"].url_in(language_of(parent_context))
        return context

    class Meta:
        icon = "pick"
        label = _("chosen goods")
        template = "cms/blocks/picked_goods.html"


class GoodsRowBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    words = blocks.CharBlock(label=_("search words"), required=False, max_length=120)
    category = ChosenCategory(label=_("category"), required=False)
    vendor = ChosenVendor(label=_("vendor"), required=False)
    max_price = blocks.DecimalBlock(
        label=_("not dearer than"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    order = blocks.ChoiceBlock(
        label=_("order"),
        choices=[
            ("relevance", _("best first")),
            ("price_asc", _("cheapest first")),
            ("newest", _("newest first")),
        ],
        default="relevance",
    )
    count = blocks.IntegerBlock(label=_("how many"), min_value=2, max_value=12, default=6)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        row, category = row_of(value)
        context["category"] = category
        context["tiles"] = selectors.goods_for_row(row) if row else []
        return context

    class Meta:
        icon = "list-ul"
        label = _("row of goods")
        template = "cms/blocks/goods_row.html"


def row_of(value: Any) -> tuple[Row | None, Any]:
    """What a row asks for, and its category as it is now. None where what it is limited to is gone."""
    vendor = value["vendor"]
    category = selectors.current_category(value["category"]) if value["category"] else None
    if (value["category"] and category is None) or (vendor and vendor.is_out_of_sight):
        return None, None
    row = Row(
        words=value["words"] or "",
        category_id=category.pk if category else None,
        vendor_id=vendor.pk if vendor else None,
        max_price=value["max_price"],
        sort=value["order"] or "relevance",
        count=value["count"],
    )
    return row, category


class VendorSpotlightBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    vendor = ChosenVendor(label=_("vendor"), required=False)
    text = blocks.TextBlock(label=_("text"), required=False, max_length=400)
    count = blocks.IntegerBlock(label=_("how many of its goods"), min_value=0, max_value=6, default=3)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        vendor = value["vendor"]
        context["vendor"] = vendor if vendor and not vendor.is_out_of_sight else None
        row = Row(vendor_id=vendor.pk, count=value["count"]) if context["vendor"] and value["count"] else None
        context["tiles"] = selectors.goods_for_row(row) if row else []
        return context

    class Meta:
        icon = "user"
        label = _("vendor in the spotlight")
        template = "cms/blocks/vendor_spotlight.html"


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


class NewestListsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    count = blocks.IntegerBlock(label=_("how many"), min_value=2, max_value=12, default=4)

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["lists"] = selectors.newest_lists(value["count"])
        return context

    class Meta:
        icon = "history"
        label = _("newest price lists")
        template = "cms/blocks/newest_lists.html"
