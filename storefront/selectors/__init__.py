"""What the pages of the storefront read: directory of vendors and categories, cards of offers, one good."""

from storefront.selectors.cards import (
    Action,
    Card,
    action_of,
    alternative_cards,
    cards,
    cards_of_offers,
    facts_of,
)
from storefront.selectors.directory import (
    CategoryNode,
    category_by_slug,
    category_names,
    category_path,
    category_tree,
    placeholder_url,
    public_vendor,
    public_vendors,
    public_vendors_by_slug,
    subcategories,
    top_categories,
    vendor_names,
)
from storefront.selectors.goods import Good, ProductPage, good, leaving_url, product_page, similar_offers

__all__ = [
    "Action",
    "Card",
    "CategoryNode",
    "Good",
    "ProductPage",
    "action_of",
    "alternative_cards",
    "cards",
    "cards_of_offers",
    "category_by_slug",
    "category_names",
    "category_path",
    "category_tree",
    "facts_of",
    "good",
    "leaving_url",
    "placeholder_url",
    "product_page",
    "public_vendor",
    "public_vendors",
    "public_vendors_by_slug",
    "similar_offers",
    "subcategories",
    "top_categories",
    "vendor_names",
]
