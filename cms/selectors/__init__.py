"""What pages show: live goods, categories, vendors and lists of prices for blocks, menus, help. Nothing here writes."""

from cms.selectors.goods import Row, Tile, found_for_row, goods_for_row, picked_goods
from cms.selectors.places import (
    FreshList,
    chosen_categories,
    current_category,
    newest_lists,
    top_categories,
    vendors_for_row,
)

__all__ = [
    "FreshList",
    "Row",
    "Tile",
    "chosen_categories",
    "current_category",
    "found_for_row",
    "goods_for_row",
    "newest_lists",
    "picked_goods",
    "top_categories",
    "vendors_for_row",
]
