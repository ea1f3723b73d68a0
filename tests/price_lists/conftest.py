"""What tests of imports share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from price_lists.models import PriceList
from tests.factories.vendors import VendorFactory
from tests.parts import SHARED_DATA
from vendors.models import Vendor


@pytest.fixture
def private(settings, tmp_path, monkeypatch) -> Iterator[Path]:
    """A folder of its own for what vendors send. The field keeps the storage that it was loaded with."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    storage = PriceList._meta.get_field("file").storage

    def forget():
        for name in ("base_location", "location"):
            storage.__dict__.pop(name, None)

    forget()
    monkeypatch.setattr(storage, "_location", settings.PRIVATE_ROOT)
    yield settings.PRIVATE_ROOT
    forget()


@pytest.fixture
def vendor(db, private) -> Vendor:
    return VendorFactory()


@pytest.fixture(scope="session")
def shared_lists() -> Path:
    """The folder of real price lists, which are not part of the repository."""
    if not (SHARED_DATA / "price_lists").is_dir():
        pytest.skip("the real price lists are not here (RYAD_SHARED_DATA)")
    return SHARED_DATA
