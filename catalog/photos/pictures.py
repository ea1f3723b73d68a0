"""What pages show of photos: the files made here, this installation's own drawings, or nothing yet. One statement for
all photos of a page, and none where no photo stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from catalog.models import Offer
from catalog.photos.addresses import FETCH, LINK, is_ours, key_of, looked_at, own_url, to_fetch
from catalog.photos.models import Photo

#: Files of one photo, as sides of a square in pixels; a small photo ends with its own size.
SIZES: Final = (160, 320, 640, 1280)
#: For browsers that do not choose by themselves.
_PLAIN: Final = 320
#: An offer's card shows the first that is there of so many.
_TRIED: Final = 3
FOLDER: Final = "photos"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as a page draws it: `src` alone, or with files in several sizes (`srcset`) of which `large` is the
    largest, `side` pixels wide and high.
    """

    src: str
    srcset: str = ""
    large: str = ""
    side: int = 0

    def __str__(self) -> str:
        return self.src


def file_name(content: str, side: int) -> str:
    """Below the storage's root. The first two figures part the files into 256 folders."""
    return f"{FOLDER}/{content[:2]}/{content}-{side}.webp"


def first_pictures(offers: Iterable[Offer]) -> dict[int, Picture]:
    """The picture of each offer's card, by the offer's id; nothing for those without."""
    tried = {offer.pk: looked_at(offer.photos)[:_TRIED] for offer in offers}
    drawn = _drawn(address for addresses in tried.values() for address in addresses)
    found = {pk: [drawn[each] for each in addresses if each in drawn] for pk, addresses in tried.items()}
    return {pk: pictures[0] for pk, pictures in found.items() if pictures}


def gallery(photos: Iterable[Any]) -> list[Picture]:
    """All photos of one offer that can be shown, in the vendor's order."""
    addresses = looked_at(photos)
    drawn = _drawn(addresses)
    return [drawn[address] for address in addresses if address in drawn]


def logo(address: str) -> Picture | None:
    """A vendor's logo, if it can be shown."""
    return next(iter(gallery([address])), None) if address else None


def _drawn(addresses: Iterable[str]) -> dict[str, Picture]:
    drawn: dict[str, Picture] = {}
    elsewhere = []
    for address in addresses:
        own = own_url(address)
        if own:
            drawn[address] = Picture(own, large=own)
        elif settings.PHOTOS == LINK and not is_ours(address):
            drawn[address] = Picture(address, large=address)
        elif settings.PHOTOS == FETCH:
            elsewhere.append(address)
    keys = {key_of(address): address for address in to_fetch(elsewhere)}
    if keys:
        ready = Photo.objects.filter(key__in=list(keys)).exclude(content="")
        for key, content, sizes in ready.values_list("key", "content", "sizes"):
            drawn[keys[key]] = of_files(content, sizes)
    return drawn


def of_files(content: str, sizes: str) -> Picture:
    """The picture whose files are named so."""
    files: Mapping[int, str] = {
        int(side): f"{settings.MEDIA_URL}{file_name(content, int(side))}" for side in sizes.split(",")
    }
    largest = max(files)
    plain = min((side for side in files if side >= _PLAIN), default=largest)
    return Picture(
        files[plain],
        ", ".join(f"{url} {side}w" for side, url in sorted(files.items())),
        files[largest],
        largest,
    )
