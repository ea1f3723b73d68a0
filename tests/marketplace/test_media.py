"""Pictures that operators upload are served; nothing beside them is."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

PIXEL = b"\x89PNG\r\n\x1a\n"


def test_an_uploaded_picture_is_served_and_its_neighbours_are_not(client, settings):
    folder = settings.MEDIA_ROOT / "images"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.png").write_bytes(PIXEL)
    (settings.MEDIA_ROOT / "secret.txt").write_text("no")
    answer = client.get(reverse("media_images", args=["a.png"]))
    assert b"".join(answer.streaming_content) == PIXEL
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert (
        client.get("/media/images/../secret.txt").status_code == 400
    )  # refused before any file is looked at
    assert client.get("/media/secret.txt").status_code == 404
