"""Companies and their people."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from tests.factories.accounts import UserFactory
from vendors.enums import Role, VendorState
from vendors.models import Membership, Vendor


class VendorFactory(DjangoModelFactory):
    """An approved company without people."""

    class Meta:
        model = Vendor

    slug = factory.Sequence(lambda n: f"vendor-{n}")
    name = factory.Sequence(lambda n: f"Постачальник {n}")
    state = VendorState.APPROVED
    city = "Київ"
    email = factory.LazyAttribute(lambda vendor: f"sales@{vendor.slug}.example")


class MembershipFactory(DjangoModelFactory):
    """An owner, of a company of its own unless told."""

    class Meta:
        model = Membership

    vendor = factory.SubFactory(VendorFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER
