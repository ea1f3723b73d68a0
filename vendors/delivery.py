"""Terms of delivery as searches ask for them: what delivery costs at whom, and who serves which region."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from vendors.cities import region_of_city
from vendors.models import PickupPoint, Vendor


@dataclass(frozen=True, slots=True)
class Delivery:
    """Vendors on equal terms: a flat cost, and the order's price from which it is free; in 1/10,000 UAH."""

    vendors: frozenset[int]
    cost: int
    free_from: int | None = None

    def of(self, price: int) -> int:
        """What delivery of one unit at this price costs."""
        return 0 if self.free_from is not None and price >= self.free_from else self.cost


def paid_deliveries() -> tuple[Delivery, ...]:
    """Everybody who takes money for delivery, by terms."""
    by_terms: dict[tuple[int, int | None], set[int]] = defaultdict(set)
    rows = Vendor.objects.public().filter(delivery_price__gt=0)
    for pk, cost, free_from in rows.values_list("pk", "delivery_price", "free_delivery_from"):
        by_terms[cost, free_from].add(pk)
    return tuple(
        Delivery(frozenset(vendors), cost, free_from)
        for (cost, free_from), vendors in sorted(
            by_terms.items(), key=lambda each: (each[0][0], each[0][1] is not None, each[0][1] or 0)
        )
    )


def vendors_serving(region: str) -> frozenset[int]:
    """Who delivers to the region, or is there. Who names no regions delivers everywhere."""
    rows = Vendor.objects.public().values_list("pk", "region", "delivery_regions")
    delivering = {pk for pk, own, regions in rows if own == region or not regions or region in regions}
    return frozenset(delivering) | vendors_with_pickup(region)


def vendors_with_pickup(region: str = "") -> frozenset[int]:
    """Who has a pickup point in the region, or anywhere. A point in a city that we do not know is where its vendor is."""
    rows = PickupPoint.objects.filter(vendor__in=Vendor.objects.public())
    return frozenset(
        pk
        for pk, own, city in rows.values_list("vendor_id", "vendor__region", "city")
        if not region or (region_of_city(city) or own) == region
    )
