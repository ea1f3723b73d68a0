"""What the pages of the storefront read: directory of vendors and categories, cards of offers, one good."""

from storefront.selectors.attributes import (
    attributes_by_code,
    attributes_within,
    name_of,
    range_text,
    value_text,
)
from storefront.selectors.cards import (
    Action,
    Card,
    action_of,
    alternative_cards,
    cards,
    cards_of_offers,
    facts_of,
)
from storefront.selectors.compared import Comparison, comparison
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
from storefront.selectors.missing import way_name
from storefront.selectors.prices import AskedPrice, basis_name

__all__ = [
    "Action",
    "AskedPrice",
    "Card",
    "CategoryNode",
    "Comparison",
    "Good",
    "ProductPage",
    "action_of",
    "alternative_cards",
    "attributes_by_code",
    "attributes_within",
    "basis_name",
    "cards",
    "cards_of_offers",
    "category_by_slug",
    "category_names",
    "category_path",
    "category_tree",
    "comparison",
    "facts_of",
    "good",
    "leaving_url",
    "name_of",
    "placeholder_url",
    "product_page",
    "public_vendor",
    "public_vendors",
    "public_vendors_by_slug",
    "range_text",
    "similar_offers",
    "subcategories",
    "top_categories",
    "value_text",
    "vendor_names",
    "way_name",
]
