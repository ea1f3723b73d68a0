"""Why an offer stands where it stands in a list, said to the reader."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from catalog.models import Offer
from search.query import Hit, Why

#: What fits under a title.
MOST_REASONS = 4


def why_here(hit: Hit, offer: Offer) -> str:
    """The reasons that say most, in one line; "" where nothing was asked by words."""
    if Why.WITHIN_LIMITS in hit.why or not hit.why or hit.why == (Why.PINNED,):
        return ""
    said = [_of_words(hit), *(text for why, text in _others(hit, offer) if text and why in hit.why)]
    return str(capfirst(" · ".join(said[:MOST_REASONS])))


def _of_words(hit: Hit) -> str:
    why = hit.why
    if Why.CODE in why:
        return _("exactly this number")
    if Why.SOME_WORDS in why:
        return _("some of the words")
    if Why.OTHER_WORDS in why:
        return _("other words for the same")
    if Why.IN_TITLE in why:
        return (
            _("all words in the title, as corrected") if Why.CORRECTED in why else _("all words in the title")
        )
    return _("some words only in the description") if Why.DESCRIBED in why else _("all words")


def _others(hit: Hit, offer: Offer) -> list[tuple[Why, str]]:
    found = hit.others + 1
    cheapest = ngettext("cheapest of %(count)d", "cheapest of %(count)d", found) % {"count": found}
    category = offer.category.name if offer.category else ""
    return [
        (Why.CHEAPEST, cheapest if hit.others else ""),
        (Why.AVAILABLE, _("in stock")),
        (Why.FRESH, pgettext("its vendor confirmed the offer within a day", "fresh")),
        (Why.BRAND, _("of this brand")),
        (Why.CATEGORY, _("in “%(category)s”") % {"category": category} if category else ""),
        (Why.TRUSTED, _("trusted vendor")),
    ]
