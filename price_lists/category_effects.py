"""What of this room names categories: told before an operation on the tree, carried along, brought back by its undoing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from catalog.tree.pointers import Pointer, register
from price_lists.models import CategoryLink, OfferSuggestion


def connect() -> None:
    """Called once when the application starts."""
    register(Pointer("price_lists.links", _("categories of vendors that lead to it"), CategoryLink))
    register(Pointer("price_lists.suggestions", _("suggestions for single goods"), OfferSuggestion))
