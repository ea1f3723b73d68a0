"""What pages of a request show where others may join it."""

from __future__ import annotations

from django import template

from buyer_requests.models import BuyerRequest
from buyer_requests.pooling import selectors
from vendors.models import Vendor

register = template.Library()


@register.simple_tag
def organisers_pool(request: BuyerRequest) -> selectors.OrganisersView | None:
    return selectors.organisers_view(request)


@register.simple_tag
def vendors_pool(request: BuyerRequest, vendor: Vendor) -> selectors.VendorsView | None:
    return selectors.vendors_view(request, vendor)
