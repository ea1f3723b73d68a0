"""Things that wait for an operator."""

import pytest
from wagtail.users.models import UserProfile

from catalog.flags.enums import FlagReason
from catalog.flags.services import report_offer
from price_lists.joining.models import OfferPair
from price_lists.models import CategoryLink
from price_lists.services.categories import path_hash
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import VendorState


@pytest.fixture
def operator():
    user = OperatorFactory(language="en", name="Olena")
    UserProfile.objects.create(user=user, preferred_language="en")
    return user


@pytest.fixture
def colleague():
    user = OperatorFactory(language="en", name="Petro")
    UserProfile.objects.create(user=user, preferred_language="en")
    return user


def application(**more):
    """A company that waits, with its owner."""
    return MembershipFactory(vendor=VendorFactory(state=VendorState.APPLIED, **more)).vendor


def reported(reason=FlagReason.FAKE_PRICE, **more):
    """An offer of a company with people, reported by somebody with an account."""
    offer = OfferFactory(vendor=MembershipFactory().vendor, **more)
    report_offer(offer_id=offer.pk, visitor=UserFactory().typed_id, reason=reason)
    return offer.flag_cases.get()


def path(name="Електроніка / Телефони", waiting=3, **more):
    return CategoryLink.objects.create(
        vendor=more.pop("vendor", None) or VendorFactory(),
        path=name,
        path_hash=path_hash(name.split(" / ")),
        titles=[f"{name} №1"],
        waiting=waiting,
        **more,
    )


def doubtful(**more):
    left, right = OfferFactory(title="Ручка синя"), OfferFactory(title="Ручка синя 0,7")
    return OfferPair.objects.create(
        left=left, right=right, probability=0.6, evidence=[["words_same", "ручка", "ручка", 1.5]],
        created_at="2026-01-01T00:00Z", **more,
    )  # fmt: skip
