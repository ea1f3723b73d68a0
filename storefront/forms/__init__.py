"""The question that a page with results asks, read from its address, and written back in one form."""

from storefront.forms.addresses import canonical, pairs_of
from storefront.forms.facts import FactChoice
from storefront.forms.search import MAX_PAGE, PAGE_SIZE, SearchForm

__all__ = ["MAX_PAGE", "PAGE_SIZE", "FactChoice", "SearchForm", "canonical", "pairs_of"]
