"""Operators take a picture away for good: its files go, and the same bytes are refused wherever they come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.photos import storing
from catalog.photos.addresses import key_of
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, RemovedPhoto
from catalog.photos.pictures import SIZES
from catalog.services.changes import PHOTOS
from core import outbox
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import NotFound
from vendors.appeals.services import lift

log = structlog.get_logger(__name__)

REMOVE: Final = audit_kinds.register("photos.remove", _("Took a photo down"))
SHOW_AGAIN: Final = audit_kinds.register("photos.show_again", _("Let a photo be shown again"))

#: The outbox's topic of pictures whose files have to go.
TAKEN_DOWN: Final = "photo_removed"
#: The kind of decision that vendors appeal against; its subject is `photo:<content>`.
DECISION: Final = "photo.removed"
#: Why such a photo is refused, see `messages.WORDS`.
REMOVED: Final = "removed"
#: What becomes of the row of a photo that was removed.
REFUSED: Final = {
    "state": PhotoState.REFUSED, "error": REMOVED, "content": "", "sizes": "", "etag": "", "last_modified": "",
}  # fmt: skip
_FILE: Final = re.compile(r"/([0-9a-f]{32})-[0-9]{1,4}\.webp(?:[?#].*)?$")


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that is shown: one of the photos with these bytes, and at how many addresses they stand."""

    photo: Photo
    addresses: int


def find(address: str) -> Found | None:
    """By the address of one of its files, as a page shows it, or by the one that a vendor names."""
    file = _FILE.search(address.strip())
    shown = Photo.objects.exclude(content="").select_related("vendor")
    photo = (
        shown.filter(content=file[1]).order_by("pk") if file else shown.filter(key=key_of(address.strip()))
    ).first()
    if photo is None:
        return None
    return Found(photo, Photo.objects.filter(content=photo.content).count())


def remove_photo(*, content: str, reason: str, actor: str) -> int:
    """Deletes the files and refuses these bytes from now on. Returns how many addresses showed them.
    Raises NotFound where none does any more.
    """
    # Committed before the photos are looked at: a worker that writes one of them meanwhile asks for this afterwards.
    refuse(content=content, reason=reason, actor=actor)
    count = drop(content)
    log.info("photos.removed", content=content, addresses=count, actor=actor)
    return count


@transaction.atomic
def refuse(*, content: str, reason: str, actor: str) -> None:
    """Refuses these bytes in the caller's transaction; the outbox deletes the files once it stands, whoever dies then.
    Raises NotFound where nothing shows them.
    """
    photos = Photo.objects.filter(content=content)
    shown = photos.exclude(content="").first()
    if shown is None:
        raise NotFound("unknown_photo")
    RemovedPhoto.objects.get_or_create(
        content=content, defaults={"address": shown.address, "reason": reason[:255], "removed_by": actor}
    )
    record(
        actor=actor,
        action=REMOVE,
        subject=f"photo:{content}",
        subject_name=shown.address[:200],
        reason=reason,
        details={"addresses": photos.count()},
    )
    outbox.emit(PHOTOS, TAKEN_DOWN, {"content": content})


def drop(content: str) -> int:
    """Nothing shows these bytes any more; returns how many photos did. Repeating it is harmless."""
    photos = Photo.objects.filter(content=content)
    with transaction.atomic():
        sides = {int(side) for sizes in photos.values_list("sizes", flat=True) for side in sizes.split(",")}
        count = photos.update(**REFUSED)
    # After the rows: a file without a photo is found by the nightly walk, a photo without a file would be fetched anew.
    storing.remove(content, sides | set(SIZES))
    return count


def is_removed(content: str) -> bool:
    return RemovedPhoto.objects.filter(content=content).exists()


def show_again(*, removed: RemovedPhoto, actor: str) -> None:
    """Its addresses are asked again in their time, or when their vendor has them asked."""
    with transaction.atomic():
        lift(kind=DECISION, subject=f"photo:{removed.content}")
        RemovedPhoto.objects.filter(pk=removed.pk).delete()
        record(
            actor=actor,
            action=SHOW_AGAIN,
            subject=f"photo:{removed.content}",
            subject_name=removed.address[:200],
        )
    log.info("photos.shown_again", content=removed.content, actor=actor)
