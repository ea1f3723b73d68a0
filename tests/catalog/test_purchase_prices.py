"""Which further prices are the vendor's own affair."""

from __future__ import annotations

import pytest

from catalog.purchase_prices import is_purchase_label


@pytest.mark.parametrize(
    ("label", "is_purchase"),
    [
        ("Закупівельна ціна", True),
        ("Себестоимость, грн", True),
        ("Вхід", True),
        ("Purchase price", True),
        ("Cost price", True),
        ("Оптова ціна", False),
        ("Ціна від 10 шт", False),
        ("Без входу в акцію", False),
        ("", False),
    ],
)
def test_a_heading_tells_a_purchase_price(label, is_purchase):
    assert is_purchase_label(label) is is_purchase
