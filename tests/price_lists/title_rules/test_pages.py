"""The vendor's page of held names, and the ways to it."""

import pytest
from django.urls import reverse

from price_lists.title_rules.enums import Action, Rule
from price_lists.title_rules.services import set_actions
from tests.factories.price_lists import good, imported
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db


def test_vendors_see_their_held_names_with_the_fault_and_the_way_there(vendor, tmp_path, sign_in):
    client = sign_in(MembershipFactory(vendor=vendor).user)
    at = reverse("price_lists:names", args=[vendor.slug])
    empty = client.get(at)
    assert empty.context["held"] == []
    set_actions(actions={Rule.LINK: Action.HOLD}, actor="user:1")
    run = imported(vendor, tmp_path / "a.csv", [good(1, title="Ніж www.own.ua"), good(2)])
    imported(VendorFactory(), tmp_path / "b.csv", [good(1, title="Ніж www.their.ua")])
    body = client.get(at).content.decode()
    assert "<mark>www.own.ua</mark>" in body
    assert "their.ua" not in body
    for page in (
        reverse("price_lists:run", args=[vendor.slug, run.pk]),
        reverse("desk:home", args=[vendor.slug]),
    ):
        assert f'href="{at}"' in client.get(page).content.decode()
