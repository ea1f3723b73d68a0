"""Who works for a vendor no longer holds no key to it, invited again or not."""

from __future__ import annotations

import pytest

from price_lists.services.uploads import open_source
from price_lists.sources.registering import give_key, source_of_key
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
