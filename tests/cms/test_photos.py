"""The operators' page that takes pictures away: who comes in, what is found, what goes and stays away."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from catalog.photos import storing
from catalog.photos.addresses import key_of
from catalog.photos.models import Photo, PhotoHost, RemovedPhoto
from catalog.photos.pictures import file_name, gallery
from catalog.photos.recording import record
from catalog.photos.workshop import Workshop
from cms.services import ensure_operators_group
from core.outgoing import Answer
from tests.catalog.photos.pictures import picture
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db
PAGE = "operators_photos"
CONTENT = "ab" * 16


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


def photos(*addresses) -> list[Photo]:
    vendor = VendorFactory(name="Shop")
    host = PhotoHost.objects.create(name="shop.example", vendor=vendor)
    storing.put(CONTENT, {60: b"RIFF"})
    return [
        Photo.objects.create(
            key=key_of(address), address=address, vendor=vendor, host=host, state="ready", content=CONTENT, sizes="60"
        )
        for address in addresses
    ]  # fmt: skip


def test_a_vendor_who_is_signed_in_removes_nothing(client):
    photos("https://shop.example/1.jpg")
    client.force_login(MembershipFactory().user)
    for answered in (
        client.get(reverse(PAGE)),
        client.post(reverse(PAGE), {"content": CONTENT, "reason": "x"}),
    ):
        assert (answered.status_code, answered.url.partition("?")[0]) == (302, reverse("account_login"))
    assert (Photo.objects.get().content, RemovedPhoto.objects.exists()) == (CONTENT, False)


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/1.jpg",
        f"https://this.site.example/media/photos/ab/{CONTENT}-60.webp",
        f" /media/photos/ab/{CONTENT}-1280.webp?x ",
    ],
)
def test_a_picture_is_found_and_removed_for_good(client, operator, tmp_path, address):
    one, _two = photos("https://shop.example/1.jpg", "https://shop.example/2.jpg")
    page = client.get(reverse(PAGE), {"address": address}).content.decode()
    for shown in (f"/media/{file_name(CONTENT, 60)}", "It stands at 2 addresses.", "Shop."):
        assert shown in page
    client.post(reverse(PAGE), {"act": "remove", "content": CONTENT, "reason": " "})
    assert Photo.objects.filter(content=CONTENT).count() == 2
    client.post(reverse(PAGE), {"act": "remove", "content": CONTENT, "reason": "A face"})
    assert set(Photo.objects.values_list("state", "error", "content")) == {("refused", "removed", "")}
    assert gallery([one.address]) == []
    assert not default_storage.exists(file_name(CONTENT, 60))
    removed = RemovedPhoto.objects.get()
    assert (removed.content, removed.reason, removed.removed_by) == (CONTENT, "A face", operator.typed_id)
    assert "A face" in client.get(reverse(PAGE)).content.decode()

    # The same bytes again, then once more after an operator's change of mind.
    path = tmp_path / "photo"
    path.write_bytes(picture())
    answer = Answer(url=one.address, status=200, not_modified=False, sha256=CONTENT * 2, size=9)
    with Workshop() as workshop:
        one.refresh_from_db()
        assert record(one, answer, "", path=path, workshop=workshop) == "refused"
        client.post(reverse(PAGE), {"act": "show", "pk": removed.pk})
        assert record(one, answer, "", path=path, workshop=workshop) == "ready"
    assert not RemovedPhoto.objects.exists()
    assert len(gallery([one.address])) == 1


def test_what_is_shown_nowhere_is_said_so(client, operator):
    page = client.get(reverse(PAGE), {"address": "https://shop.example/none.jpg"}).content.decode()
    assert "No picture is shown from this address." in page
    answered = client.post(reverse(PAGE), {"act": "remove", "content": "", "reason": "x"}, follow=True)
    assert "There is nothing here." in answered.content.decode()
    assert not RemovedPhoto.objects.exists()
