"""What tests of requests share: carrying the outbox to this room's handler."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import outbox


@pytest.fixture
def drain() -> Callable[[], None]:
    """Hands every waiting fact for requests to the handler; the index stays out of it."""

    def run() -> None:
        while outbox.drain("requests"):
            pass

    return run
