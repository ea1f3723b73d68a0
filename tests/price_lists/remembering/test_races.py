"""Vendors who confirm and take back the same words at once: none of them is lost, and nobody waits in a ring."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, connections

from price_lists.mapping.model import Mapping
from price_lists.mapping.words import STOCK, with_answers
from price_lists.models import CommonWord
from price_lists.remembering.recording import remember
from tests.factories.vendors import VendorFactory

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite one writes after the other"),
    pytest.mark.django_db(transaction=True),
]


def test_all_votes_are_counted_whoever_comes_at_once():
    words = [f"слово {number}" for number in range(20)]
    vendors, ready, failed = [VendorFactory() for _ in range(4)], threading.Barrier(4), []

    def run(number):
        order = words if number % 2 else words[::-1]
        said = with_answers(Mapping("csv"), {(STOCK, word): "none" for word in order})
        try:
            ready.wait(timeout=20)
            for _ in range(5):
                remember(vendor=vendors[number], mapping=said)
                remember(vendor=vendors[number], mapping=Mapping("csv"), found=said)
            if number:
                remember(vendor=vendors[number], mapping=said)
        except DatabaseError as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert list(CommonWord.objects.order_by("word").values_list("word", "vendors")) == [
        (word, 3) for word in sorted(words)
    ]
