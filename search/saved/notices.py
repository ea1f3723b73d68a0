"""The messages of watching: their kinds, and what fills them. Goods and prices are worded in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from catalog.models import Offer
from core.money import Money
from core.templatetags.ui import format_money
from notifications import kinds
from search.saved import damping
from search.saved.enums import WatchEvent
from search.saved.links import stop_url
from search.saved.models import PriceWatch, SavedSearch
from search.saved.offers import price_of

if TYPE_CHECKING:
    from accounts.models import User
    from search.saved.judging import Verdict

FOUND: Final = "watching.found"
CHEAPER: Final = "watching.cheaper"
BACK: Final = "watching.back"
PRICES: Final = (CHEAPER, BACK)
KIND_OF: Final = {WatchEvent.CHEAPER: CHEAPER, WatchEvent.BACK: BACK}


def register() -> None:
    """Called once when the application starts."""
    kinds.register(
        FOUND,
        label=gettext_lazy("A saved search finds something new"),
        subject=ngettext_lazy(
            "%(count)d new good for your search “%(name)s”",
            "%(count)d new goods for your search “%(name)s”",
            "count",
        ),
        body="%(goods)s",
        icon="bookmark",
        action=gettext_lazy("See what is new"),
    )
    kinds.register(
        CHEAPER,
        label=gettext_lazy("A price that I watch falls"),
        subject=ngettext_lazy(
            "%(count)d good that you watch is cheaper: %(first)s",
            "%(count)d goods that you watch are cheaper: %(first)s and others",
            "count",
        ),
        body="%(goods)s",
        icon="trending-down",
        action=gettext_lazy("See watched prices"),
    )
    kinds.register(
        BACK,
        label=gettext_lazy("A good that I watch is on sale again"),
        subject=ngettext_lazy(
            "%(count)d good that you watch is on sale again: %(first)s",
            "%(count)d goods that you watch are on sale again: %(first)s and others",
            "count",
        ),
        body="%(goods)s",
        icon="package",
        action=gettext_lazy("See watched prices"),
    )


def search_url(pk: int) -> str:
    return reverse("watching:search", args=[pk])


def watches_url() -> str:
    return reverse("watching:list") + "#prices"


def found_params(search: SavedSearch, offers: Sequence[Offer], count: int) -> dict[str, Any]:
    """Of a message about `count` goods, of which these are the first."""
    language = search.user.language
    with translation.override(language):
        lines = [
            _("%(title)s: %(price)s, %(vendor)s")
            % {
                "title": offer.title_in(language),
                "price": format_money(price_of(offer)),
                "vendor": offer.vendor.name,
            }
            for offer in offers
        ]
        return {
            "count": count,
            "name": search.name,
            "goods": _listed(lines, count),
            "stop": [[search.name, stop_url("search", [search.pk])]],
            "stop_all": stop_url("search", [search.pk]),
        }


def price_params(user: User, told: Sequence[tuple[PriceWatch, Verdict]]) -> dict[str, Any]:
    """Of a message about all these watches of one person."""
    language = user.language
    with translation.override(language):
        titles = [watch.title_in(language) for watch, _verdict in told]
        lines = [_line(title, verdict) for title, (_watch, verdict) in zip(titles, told, strict=True)]
        return {
            "count": len(told),
            "first": titles[0],
            "goods": _listed(lines[: damping.NAMED], len(told)),
            "stop": [
                [title, stop_url("watch", [watch.pk])]
                for title, (watch, _verdict) in zip(titles[: damping.NAMED], told, strict=False)
            ],
            "stop_all": stop_url("watch", [watch.pk for watch, _verdict in told]),
        }


def _line(title: str, verdict: Verdict) -> str:
    if verdict.price is None:
        return title
    price = format_money(Money.from_price(verdict.price.amount, verdict.price.currency))
    if verdict.was is None:
        return _("%(title)s: %(price)s") % {"title": title, "price": price}
    was = format_money(Money.from_price(*verdict.was))
    return _("%(title)s: %(price)s now, %(was)s when you were told last") % {
        "title": title,
        "price": price,
        "was": was,
    }


def _listed(lines: Sequence[str], count: int) -> str:
    more = [_("and %(n)d more") % {"n": count - len(lines)}] if count > len(lines) else []
    return "\n".join([*lines, *more])
