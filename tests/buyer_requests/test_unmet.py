"""Requests that nobody answered, as vendors see them by category."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from buyer_requests.models import BuyerRequest, RequestLine
from buyer_requests.selectors.unmet import unanswered_by_category
from catalog.models import Category
from catalog.selectors import categories_below
from search.learning.selectors import unmet_demand
from search.models import UnmetDemand
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import CategoryFactory


@pytest.mark.django_db
def test_a_vendor_of_very_many_categories_sees_what_is_below_them():
    office, other = CategoryFactory(), CategoryFactory()
    paper = CategoryFactory(parent=CategoryFactory(parent=office))
    nodes = (
        Category(path=f"{5_000 + number}", depth=1, slug=f"many-{number}", name=str(number))
        for number in range(1_100)
    )
    many = {category.pk for category in Category.objects.bulk_create(nodes)}
    published = timezone.now() - dt.timedelta(days=3)
    for category in (paper, paper, other):
        request = make_open()
        BuyerRequest.objects.filter(pk=request.pk).update(published_at=published)
        RequestLine.objects.filter(request=request).update(category=category)
    for category in (paper, other):
        UnmetDemand.objects.create(
            above_ceiling=False,
            words="самокат",
            language="uk",
            category=category,
            visitors=5,
            refreshed_at=timezone.now(),
        )

    assert categories_below({office.pk, paper.pk}) == {office.pk, paper.get_parent().pk, paper.pk}
    assert categories_below({paper.pk}) == {paper.pk}
    found = unanswered_by_category(fewest=2, of_categories=many | {office.pk})
    assert [(each.category, each.lines) for each in found] == [(paper, 4)]
    assert [row.category for row in unmet_demand(of_categories=many | {office.pk})] == [paper]
    assert unanswered_by_category(fewest=2, of_categories=many) == []
