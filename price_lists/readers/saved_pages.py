"""Web pages saved whole (MHTML, RFC 2557): browsers and Excel write the page and its pictures as parts of a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from pathlib import Path

_HEADERS = re.compile(
    rb"\s*(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\r\n]{0,2000}\r?\n(?:[ \t][^\r\n]{0,2000}\r?\n)*){2,40}"
)
_RELATED = re.compile(rb"^content-type:\s*(?:multipart/related|text/html)\b", re.IGNORECASE | re.MULTILINE)
_VERSION = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb"\n--[^>\s]")
_BOUNDARIES = 4000  # each part is an object of its own
_PARTS = 200  # a page has its pictures beside it; of a workbook each sheet is a page


def is_saved_page(head: bytes) -> bool:
    """Whether the file begins with the headers of a letter that holds a page."""
    headers = _HEADERS.match(head[:8192])
    return headers is not None and bool(_VERSION.search(headers.group()) and _RELATED.search(headers.group()))


def saved_pages(path: Path, limit: int) -> Iterator[tuple[bytes, str]]:
    """The pages and the encoding that each declares, of at most `limit` bytes of the file."""
    with path.open("rb") as stream:
        data = stream.read(limit)
    if sum(1 for _begun in _BOUNDARY.finditer(data)) > _BOUNDARIES:
        return
    try:
        letter = message_from_bytes(data.lstrip())
    except (MessageError, ValueError, RecursionError):
        return
    for place, part in enumerate(letter.walk()):
        if place > _PARTS:
            return
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                yield page, part.get_content_charset() or ""
