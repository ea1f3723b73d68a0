"""People who watch, and the outbox carried to its end."""

import pytest
from django.utils import timezone

from catalog.models import Offer
from catalog.services.changes import announce
from core import outbox
from search.query import SearchQuery
from search.saved import links, services
from search.saved.enums import CONSUMER
from tests.factories.accounts import UserFactory


@pytest.fixture
def buyer(db):
    return UserFactory()


@pytest.fixture
def tell(db):
    """`tell(offer, ...)`: the catalogue says that these offers changed, and `watching` hears it."""

    def tell_of(*offers):
        if offers:
            announce([offer.pk for offer in offers], consumers=[CONSUMER])
        while outbox.drain(CONSUMER):
            pass

    return tell_of


@pytest.fixture
def save(buyer, tell):
    """`save(words="степлер", ...)`: a saved search of the buyer that has taken stock."""

    def saved(user=None, name="Моє", **limits):
        sealed = links.seal(SearchQuery(**limits), url="/search/?q=x", name=name)
        search = services.save_search(user=user or buyer, what=sealed)
        tell()
        search.refresh_from_db()
        return search

    return saved


@pytest.fixture
def change(tell):
    """`change(offer, price_amount=1)`: other values, and the fact of it."""

    def changed(offer, **values):
        Offer.objects.filter(pk=offer.pk).update(updated_at=timezone.now(), **values)
        tell(offer)

    return changed
