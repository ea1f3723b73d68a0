"""Files of sealed bids: encrypted before they are written, and read through the same keys for ever after.

After the opening the bytes stay as they lie; rows of `BidFile` name them then, and `read` decrypts.
"""

from __future__ import annotations

import datetime as dt
import uuid
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from buyer_requests.bidding.models import private_storage
from buyer_requests.errors import FileRefused, UnknownRequest
from buyer_requests.locks import locked_request
from buyer_requests.models import Bid, BidFile, BuyerRequest
from buyer_requests.sealing.errors import BidUnreadable
from buyer_requests.sealing.holding import HeldBid, HeldFile, held_by, keys_of, opened, terms_for
from buyer_requests.sealing.models import SealedBid, SealedTerms
from buyer_requests.sealing.sending import note_files
from buyer_requests.selectors.visibility import require_visible
from buyer_requests.services.publishing import require_open
from vendors.models import Vendor

FOLDER = "sealed"


def attach(
    *,
    vendor: Vendor,
    user: User,
    request: BuyerRequest,
    name: str,
    media_type: str,
    sha256: str,
    content: bytes,
    most: int,
    now: dt.datetime,
) -> None:
    """Adds a checked file; the request is locked. The same bytes again change nothing. Raises FileRefused."""
    terms = _terms(request)
    held = held_by(terms, vendor) or HeldBid(vendor.pk)
    if any(file.sha256 == sha256 for file in held.files):
        return
    if len(held.files) >= most:
        raise FileRefused("too_many_files", most=most)
    path = f"{FOLDER}/{request.public_id}/{uuid.uuid4().hex}"
    locked = keys_of(terms).lock(content, place=path)
    stored = private_storage().save(path, ContentFile(locked))
    held.files.append(
        HeldFile(str(uuid.uuid4()), name, media_type, len(content), sha256, stored, user.pk if user else None)
    )
    note_files(terms=terms, held=held, user=user, now=now)


@transaction.atomic
def take_away(*, vendor: Vendor, request: BuyerRequest, public_id: uuid.UUID) -> None:
    """Takes a file away while bids are taken; its bytes go once that has come to pass. Locks the request."""
    current, now = locked_request(request.pk)
    require_visible(current, vendor)
    require_open(current, now)
    terms = _terms(current)
    held = held_by(terms, vendor)
    file = next((each for each in held.files if each.public_id == str(public_id)), None) if held else None
    if held is None or file is None:
        raise UnknownRequest("unknown_file")
    held.files.remove(file)
    note_files(terms=terms, held=held, user=None, now=now)
    transaction.on_commit(lambda: private_storage().delete(file.path))


def as_row(request: BuyerRequest, vendor: Vendor, public_id: uuid.UUID) -> BidFile:
    """The vendor's own file in the shape of a stored one, for `read`. Raises UnknownRequest."""
    held = held_by(_terms(request), vendor)
    file = next((each for each in held.files if each.public_id == str(public_id)), None) if held else None
    if file is None:
        raise UnknownRequest("unknown_file")
    bid = Bid(request=request, vendor=vendor)
    return BidFile(bid=bid, file=file.path, name=file.name, media_type=file.media_type, size=file.size)


def read(file: BidFile) -> IO[bytes]:
    """The bytes of a file, decrypted where they were sealed. Raises BidUnreadable."""
    path = str(file.file.name)
    if not path.startswith(f"{FOLDER}/"):
        plain: IO[bytes] = file.file.open("rb")
        return plain
    return BytesIO(_bytes(_terms(file.bid.request), path))


def living(public_id: str) -> set[str] | None:
    """Paths of all files of a request's bids, drafts too, sealed and opened; None where they cannot be told.

    One bid that cannot be decrypted (its secret may come back) keeps every file of the request.
    """
    request = BuyerRequest.objects.filter(public_id=public_id).select_related("sealing").first()
    if request is None:
        return set()  # a request with a sealed bid is never deleted
    terms = terms_for(request)
    if terms is None:
        return None
    paths = set(BidFile.objects.filter(bid__request=request).values_list("file", flat=True))
    rows = SealedBid.objects.filter(request=request)
    try:
        keys = keys_of(terms) if rows.exists() else None
        for row in rows.iterator(chunk_size=50):
            assert keys is not None  # there are rows
            paths |= {file.path for file in opened(terms, keys, row).files}
    except BidUnreadable:
        return None
    return paths


def _bytes(terms: SealedTerms, path: str) -> bytes:
    try:
        with private_storage().open(path, "rb") as stored:
            return keys_of(terms).unlock(stored.read(), place=path)
    except FileNotFoundError as error:
        raise BidUnreadable("file_gone") from error


def _terms(request: BuyerRequest) -> SealedTerms:
    terms = terms_for(request)
    if terms is None:
        raise UnknownRequest("unknown_file")
    return terms
