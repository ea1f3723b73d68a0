"""Requests follow the category tree."""

import pytest

from buyer_requests.models import CategoryFollow
from catalog.services.categories import merge_category
from tests.factories.catalog import CategoryFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def test_follows_of_a_merged_category_go_on_with_its_target():
    old, new = CategoryFactory(), CategoryFactory()
    both, one = VendorFactory(), VendorFactory()
    for vendor, category in ((both, old), (both, new), (one, old)):
        CategoryFollow.objects.create(vendor=vendor, category=category)
    merge_category(source=old, target=new)
    assert sorted(CategoryFollow.objects.values_list("vendor", "category")) == sorted(
        [(both.pk, new.pk), (one.pk, new.pk)]
    )
