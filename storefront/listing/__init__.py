"""A list of offers with its filters, as a page draws it."""

from storefront.listing.addresses import Addresses
from storefront.listing.page import Listing, listing, request_url

__all__ = ["Addresses", "Listing", "listing", "request_url"]
