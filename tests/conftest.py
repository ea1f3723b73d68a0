"""What every test may rely on: a fresh cache, no leftover language, and clients signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests import parts


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Limits count in the cache: one test must not use up another's."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A view that switched the language leaves it switched in the thread."""
    with translation.override("uk"):
        yield


@pytest.fixture(scope="session")
def require_part() -> Callable[[str], Path]:
    """`require_part("chromium")` is where the part is; a missing one skips the test, or fails it in CI."""
    return parts.require_part


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """`sign_in(user)` is a client in which the user is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
