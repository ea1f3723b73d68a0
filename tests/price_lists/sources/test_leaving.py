"""Who works for a vendor no longer holds no key to it, invited again or not; links of such people wait."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from price_lists.models import Feed
from price_lists.services.uploads import open_source
from price_lists.sources import registering
from price_lists.sources.enums import Precedence, Role
from price_lists.sources.registering import give_key, source_of_key
from price_lists.tasks import fetch_due
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.services import remove_member

pytestmark = pytest.mark.django_db


def test_keys_of_somebody_who_was_taken_off_stay_shut_after_a_new_invitation():
    vendor = VendorFactory()
    owner = MembershipFactory(vendor=vendor, role="owner")
    helper = MembershipFactory(vendor=vendor, role="assistant")
    elsewhere = MembershipFactory(user=helper.user)
    secrets = {}
    for member in (owner, helper, elsewhere):
        source = open_source(vendor=member.vendor, name="main")
        secrets[member.pk] = (source.pk, give_key(source=source, user=member.user)[1])
    helper_id = helper.pk
    remove_member(vendor=vendor, actor=owner, membership_id=helper_id)
    MembershipFactory(vendor=vendor, role="assistant", user=helper.user)
    opens = {
        pk: source_of_key(source_id=source_id, secret=secret) is not None
        for pk, (source_id, secret) in secrets.items()
    }
    assert opens == {owner.pk: True, helper_id: False, elsewhere.pk: True}


def a_link(member):
    return registering.add_source(
        vendor=member.vendor,
        name=f"link {member.pk}",
        role=Role.FULL,
        precedence=Precedence.NORMAL,
        url="https://shop.example/list.csv",
        by=member.user,
    ).feed


def test_a_link_of_somebody_who_left_is_paused_and_told_of(client):
    vendor = VendorFactory()
    owner = MembershipFactory(vendor=vendor, role="owner")
    helper, closing = (MembershipFactory(vendor=vendor, role="assistant") for _ in range(2))
    kept, links = a_link(owner), [a_link(helper), a_link(closing)]
    Feed.objects.filter(pk=kept.pk).update(set_by=None)  # from before it was noted
    remove_member(vendor=vendor, actor=owner, membership_id=helper.pk)
    assert Feed.objects.filter(is_on=False).get() == links[0]
    User.objects.filter(pk=closing.user_id).update(is_active=False)
    fetch_due()
    fetch_due()
    assert set(Feed.objects.filter(is_on=False)) == set(links)
    told = Notification.objects.filter(kind="price_lists.feed_left", user=owner.user)
    assert sorted(each.params["source"] for each in told) == sorted(each.source.name for each in links)

    client.force_login(owner.user)
    page = reverse("price_lists:source", args=[vendor.slug, links[0].source_id])
    warning = "той, хто його задав, тут більше не працює"
    assert warning in client.get(page).content.decode()
    client.post(reverse("price_lists:source_pause", args=[vendor.slug, links[0].source_id]), {"resume": "1"})
    fetch_due()
    links[0].refresh_from_db()
    assert (links[0].is_on, links[0].set_by) == (True, owner.user)
    assert warning not in client.get(page).content.decode()
