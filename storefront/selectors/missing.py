"""Which limit an alternative misses, and by how much, in words."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.attributes.rules import AttributeRule
from catalog.enums import Availability, Condition
from catalog.models import Offer
from core.money import Money
from core.templatetags.ui import format_money
from search.query import Alternative, Limit
from storefront.selectors.attributes import attributes_by_code, name_of, value_text
from vendors.enums import Participation
from vendors.regions import Region


def way_name(mode: str) -> str:
    """How a buyer comes by it."""
    return {
        Participation.LISTING.value: _("on the vendor's own site"),
        Participation.HOSTED.value: _("in the vendor's shop in the row"),
        Participation.CART.value: _("in the common cart"),
    }.get(mode, mode)


def missed(alternative: Alternative, offer: Offer, *, region: str = "") -> str:
    """`region` is the one that was asked for, if any."""
    match alternative.limit:
        case Limit.MAX_PRICE | Limit.MIN_PRICE | Limit.DELIVERED:
            return _price(alternative)
        case Limit.AVAILABILITY:
            return _availability(alternative, offer)
        case Limit.FACT:
            return _fact(attributes_by_code().get(alternative.code), alternative)
    place = str(Region(region).label) if region else ""
    return {
        Limit.VENDORS_IN: _("from a vendor you did not choose"),
        Limit.VENDORS_OUT: _("from a vendor you excluded"),
        Limit.CATEGORY: _("in another category: %(name)s")
        % {"name": offer.category.name if offer.category else "?"},
        Limit.BRAND: _("of another brand: %(brand)s") % {"brand": offer.brand or "?"},
        Limit.CONDITION: str(dict(Condition.choices).get(alternative.value, alternative.value)),
        Limit.PARTICIPATION: _("sold %(way)s") % {"way": way_name(alternative.value)},
        Limit.REGION: _("not delivered to: %(region)s") % {"region": place},
        Limit.PICKUP: _("no pickup in: %(region)s") % {"region": place} if place else _("no pickup"),
    }[alternative.limit]


def _price(alternative: Alternative) -> str:
    limit = alternative.limit
    if not alternative.by:
        return {
            Limit.MAX_PRICE: _("over your ceiling"),
            Limit.MIN_PRICE: _("below your lowest price"),
            Limit.DELIVERED: _("over your ceiling with delivery"),
        }[limit]
    texts = {
        Limit.MAX_PRICE: _("%(by)s over your ceiling"),
        Limit.MIN_PRICE: _("%(by)s below your lowest price"),
        Limit.DELIVERED: _("with delivery %(by)s over your ceiling"),
    }
    return texts[limit] % {"by": format_money(Money.from_price(alternative.by, settings.BASE_CURRENCY))}


def _availability(alternative: Alternative, offer: Offer) -> str:
    state = alternative.value or offer.availability
    if state == Availability.TO_ORDER and alternative.days:
        days = alternative.days
        return ngettext("to order, %(count)d day", "to order, %(count)d days", days) % {"count": days}
    return str(dict(Availability.choices).get(state, state))


def _fact(rule: AttributeRule | None, alternative: Alternative) -> str:
    if rule is None:
        return _("another value of “%(name)s”") % {"name": alternative.code}
    if not alternative.value:
        return _("“%(name)s” is not told") % {"name": name_of(rule)}
    return _("%(name)s: %(value)s instead") % {
        "name": name_of(rule),
        "value": value_text(rule, alternative.value),
    }
