"""Files that go with a bid: few, small, of known kinds by their bytes, kept apart from everything that is served by path."""

from __future__ import annotations

import hashlib
import os
import re
import time
import uuid
import zipfile
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Final

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from buyer_requests.bidding.models import private_storage
from buyer_requests.enums import BidState
from buyer_requests.errors import FileRefused, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import Bid, BidFile, BuyerRequest
from buyer_requests.sealing import files as sealed_files
from buyer_requests.sealing.holding import is_sealed
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.services.publishing import require_open
from vendors.models import Vendor

MOST_FILES: Final = 5
MOST_BYTES: Final = 5 * 1024 * 1024
#: Bytes without a row are as old as that before they go: an upload writes them before its row is there for others.
LEFT_SECONDS: Final = 24 * 3600
_AT_ONCE: Final = 500
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What an office file holds, by the part that tells its kind.
_OFFICE: Final = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_STARTS: Final = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/plain": ".txt",
    _OFFICE["xl/workbook.xml"]: ".xlsx",
    _OFFICE["word/document.xml"]: ".docx",
}


def attach_file(*, vendor: Vendor, user: User, request: BuyerRequest, name: str, file: IO[bytes]) -> BidFile:
    """Adds a file to the vendor's bid (a draft is begun where there is none) while bids are taken.

    The same bytes again are the file that is there. Raises FileRefused, UnknownRequest, RequestNotOpen. A bid in
    force shows a new file at once and is not a new revision until it is sent again.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileRefused("file_too_big", megabytes=MOST_BYTES // 2**20)
    if not content:
        raise FileRefused("file_empty")
    media_type = kind_of(content)
    if not media_type:
        raise FileRefused("file_kind")
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        current, now = locked_request(request.pk)
        require_visible(current, vendor)
        require_open(current, now)
        if is_sealed(current):
            name = safe_name(name, media_type)
            sealed_files.attach(
                vendor=vendor,
                user=user,
                request=current,
                name=name,
                media_type=media_type,
                sha256=digest,
                content=content,
                most=MOST_FILES,
                now=now,
            )
            return BidFile(name=name, media_type=media_type, size=len(content), sha256=digest)
        bid = Bid.objects.filter(request=current, vendor=vendor).first()
        bid = bid or Bid.objects.create(request=current, vendor=vendor, currency=current.currency)
        known = bid.files.filter(sha256=digest).first()
        if known is not None:
            return known
        if bid.files.count() >= MOST_FILES:
            raise FileRefused("too_many_files", most=MOST_FILES)
        stored = BidFile(
            bid=bid,
            name=safe_name(name, media_type),
            media_type=media_type,
            size=len(content),
            sha256=digest,
            uploaded_by=user,
        )
        stored.file.save("file", ContentFile(content), save=False)
        try:
            # Should the transaction fail later on, the bytes lie there without a row: names are random.
            stored.save()
        except Exception:
            stored.file.delete(save=False)
            raise
        return stored


@transaction.atomic
def remove_file(*, vendor: Vendor, request: BuyerRequest, file: BidFile) -> None:
    """Takes a file away while bids are taken; its bytes go once that has come to pass, unless a round has them too."""
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    held = BidFile.objects.filter(pk=file.pk, bid__request=current, bid__vendor=vendor).first()
    if held is None:
        raise UnknownRequest("unknown_file")
    storage, path = held.file.storage, str(held.file.name)
    held.delete()
    if not BidFile.objects.filter(file=path).exists():
        transaction.on_commit(lambda: storage.delete(path))


def sweep_files() -> int:
    """Deletes bytes that no row names: their bid, or its vendor, was deleted, or an upload failed. Returns how many.

    Nothing that was written within a day is touched, so an upload in progress is safe, however long it takes; names are
    random and never used again. Names of sealed files stand in the encrypted bids of their request.
    """
    storage = private_storage()
    root = Path(storage.location)
    before = time.time() - LEFT_SECONDS
    old = _old_names(root, "bids", before)
    swept = 0
    while some := list(islice(old, _AT_ONCE)):
        named = set(BidFile.objects.filter(file__in=some).values_list("file", flat=True))
        for name in some:
            if name not in named:
                storage.delete(name)
                swept += 1
    for request, names in groupby(_old_names(root, sealed_files.FOLDER, before), key=_folder_of):
        if not _UUID.fullmatch(request):
            continue
        living = sealed_files.living(request)
        if living is None:
            continue
        for name in names:
            if name not in living:
                storage.delete(name)
                swept += 1
    return swept


def _folder_of(name: str) -> str:
    """Of a sealed file the request that it belongs to."""
    return name.split("/")[1]


def _old_names(root: Path, top: str, before: float) -> Iterator[str]:
    """Files of bids last written before that moment, by their names in the storage; those of a folder together."""
    for folder, _folders, files in os.walk(root / top):
        for file in files:
            path = Path(folder) / file
            try:
                written = path.lstat().st_mtime
            except FileNotFoundError:
                continue  # removed meanwhile
            if written < before:
                yield path.relative_to(root).as_posix()


def file_of_vendor(public_id: uuid.UUID, vendor: Vendor) -> BidFile:
    """Raises UnknownRequest for another vendor's, as for one that is not there."""
    file = (
        BidFile.objects.filter(public_id=public_id, bid__vendor=vendor).select_related("bid__request").first()
    )
    if file is None:
        raise UnknownRequest("unknown_file")
    return file


def file_of_buyer(public_id: uuid.UUID, buyer: User) -> BidFile:
    """For who made the request, of a bid that is in force; of a sealed one only after the opening."""
    file = (
        BidFile.objects.filter(public_id=public_id, bid__request__buyer=buyer, bid__state=BidState.SENT)
        .exclude(bid__request__sealing__isnull=False, bid__request__sealing__opened_at=None)
        .first()
    )
    if file is None:
        raise UnknownRequest("unknown_file")
    return file


def kind_of(content: bytes) -> str:
    """The media type told by the bytes themselves, "" for what is not taken: names and headers can say anything."""
    for start, media_type in _STARTS.items():
        if content.startswith(start):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    if b"\x00" in content:
        return ""
    try:
        content.decode()
    except UnicodeDecodeError:
        return ""
    return "text/plain"


def _office_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(ContentFile(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if any("vbaproject" in name.lower() for name in names):
        return ""
    return next((media_type for part, media_type in _OFFICE.items() if part in names), "")


def safe_name(name: str, media_type: str) -> str:
    """The file's name for people: without folders and control characters, with the ending of its kind."""
    base = re.split(r"[/\\]", name)[-1]
    base = re.sub(r"[^\w .,()№+-]+", "_", base).strip(" .")
    ending = _ENDINGS[media_type]
    stem = base[: base.rfind(".")] if "." in base else base
    if media_type == "image/jpeg" and base.lower().endswith(".jpeg"):
        ending = ".jpeg"
    return f"{(stem or 'file')[: 150 - len(ending)]}{ending}"
