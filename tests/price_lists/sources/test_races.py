"""Two people at once at the last place that is left: one of them gets it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from core.errors import Conflict
from price_lists.models import Source, UploadKey
from price_lists.services.uploads import open_source
from price_lists.sources import registering
from price_lists.sources.enums import Precedence, Role
from tests.factories.accounts import UserFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_place_is_given_once(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite the transaction itself keeps the second one out")
    vendor, user = VendorFactory(), UserFactory()
    source = open_source(vendor=vendor, name="main")
    monkeypatch.setattr(registering, "MAX_KEYS", 1)
    monkeypatch.setattr(registering, "MAX_SOURCES", 2)
    ready, told = threading.Barrier(4), []

    def run(number):
        try:
            ready.wait(timeout=20)
            if number % 2:
                registering.give_key(source=source, user=user)
            else:
                registering.add_source(
                    vendor=vendor, name=f"s{number}", role=Role.FULL, precedence=Precedence.NORMAL
                )
        except Conflict as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["too_many_keys", "too_many_sources"]
    assert (Source.objects.count(), UploadKey.objects.count()) == (2, 1)
