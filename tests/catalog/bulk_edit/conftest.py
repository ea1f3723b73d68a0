"""Imports of whole price lists, as the tests of that room make them."""

from tests.price_lists.conftest import private, vendor

__all__ = ["private", "vendor"]
