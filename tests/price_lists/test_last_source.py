"""A vendor has so many sources and no more, also where files open them."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from core.errors import Conflict
from price_lists.models import ImportRun, PriceList, Source
from price_lists.services import open_source, receive_upload, uploads

pytestmark = pytest.mark.django_db


def test_a_file_opens_no_source_beyond_the_last_and_leaves_nothing(vendor, private, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_SOURCES", 2)
    first, second = open_source(vendor=vendor, name="first"), open_source(vendor=vendor, name="second")
    assert open_source(vendor=vendor, name="first") == first
    with pytest.raises(Conflict) as refused:
        receive_upload(vendor=vendor, file=ContentFile(b"a;b\n1;2\n", name="third.csv"))
    assert refused.value.code == "too_many_sources"
    assert set(Source.objects.all()) == {first, second}
    assert (PriceList.objects.count(), ImportRun.objects.count()) == (0, 0)
    storage = PriceList._meta.get_field("file").storage
    assert storage.listdir(f"price_lists/{vendor.pk}")[1] == []
    _run, is_new = receive_upload(vendor=vendor, file=ContentFile(b"a;b\n1;3\n", name="second.csv"))
    assert is_new
