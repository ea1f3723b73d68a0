"""What is asked of offers in many places: which are on sale, of which goods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

from vendors.enums import VendorState
from vendors.models import Vendor

if TYPE_CHECKING:
    from catalog.models import Offer


class OfferQuerySet(models.QuerySet["Offer"]):
    def on_sale(self) -> OfferQuerySet:
        """Neither withdrawn by the vendor nor hidden by an operator, of a vendor whom buyers may see."""
        return self.filter(
            withdrawn_at__isnull=True, hidden_at__isnull=True, vendor__state=VendorState.APPROVED
        )

    def shown(self) -> OfferQuerySet:
        """On sale, and not of a vendor whose holiday hides its offers."""
        return self.on_sale().exclude(vendor__in=Vendor.objects.out_of_sight())

    def with_barcode(self, *gtins: str) -> OfferQuerySet:
        """Offers of the goods with these barcodes. The empty one is excluded in so many words: without them
        SQLite does not see that the partial index holds all that is asked for, and reads every offer.
        """
        return self.filter(gtin__in=gtins).exclude(gtin="")

    def in_groups_of(self, offers: Iterable[Offer]) -> OfferQuerySet:
        """All offers of the goods that these are offers of, themselves among them."""
        offers = list(offers)
        products = {offer.product_id for offer in offers if offer.product_id}
        same = models.Q(pk__in=[offer.pk for offer in offers])
        if products:
            same |= models.Q(product__in=products)
        gtins = {
            offer.gtin for offer in offers if offer.gtin and not offer.product_id and not offer.stands_alone
        }
        if gtins:
            by_barcode = models.Q(gtin__in=gtins, product__isnull=True, stands_alone=False)
            same |= by_barcode & ~models.Q(gtin="")
        return self.filter(same)
