"""Links by which people share a file, as the links under which the file itself comes."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

_ID: Final = r"(?P<id>[A-Za-z0-9_-]{10,})"
_SHEET: Final = re.compile(rf"/spreadsheets/(?:u/\d+/)?d/{_ID}(?:/|$)")
_PUBLISHED: Final = re.compile(rf"/spreadsheets/d/e/{_ID}/pub(?:html)?$")
_FILE: Final = re.compile(rf"/file/(?:u/\d+/)?d/{_ID}(?:/|$)")
_DROPBOX: Final = frozenset({"dropbox.com", "www.dropbox.com"})
_PLAIN_ID: Final = re.compile(_ID)


def direct_link(url: str) -> str:
    """Where the file behind a share link of Google or Dropbox is downloaded from; other links as they are."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # no address at all, which whoever asks it says in words
        return url.strip()
    host = (parts.hostname or "").lower()
    if host == "docs.google.com":
        return _google_sheet(url, parts.path, parts.query)
    if host == "drive.google.com":
        return _google_file(url, parts.path, parts.query)
    if host in _DROPBOX and parts.path.startswith(("/s/", "/scl/")):
        asked = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"dl", "raw"}]
        return urlunsplit(("https", "www.dropbox.com", parts.path, urlencode([*asked, ("dl", "1")]), ""))
    return url.strip()


def _google_sheet(url: str, path: str, query: str) -> str:
    if published := _PUBLISHED.fullmatch(path):
        if parse_qs(query).get("output"):
            return url
        return f"https://docs.google.com/spreadsheets/d/e/{published['id']}/pub?output=xlsx"
    if (shared := _SHEET.match(path)) and "/export" not in path and "/d/e/" not in path:
        # The whole workbook: which of its sheets are lists of goods is seen when it is read.
        return f"https://docs.google.com/spreadsheets/d/{shared['id']}/export?format=xlsx"
    return url


def _google_file(url: str, path: str, query: str) -> str:
    said = parse_qs(query).get("id", [""])[0]
    shared = _FILE.match(path) or (_PLAIN_ID.fullmatch(said) if path in {"/open", "/uc"} else None)
    if shared is None:
        return url
    # "confirm" answers the question about files too big to be scanned.
    return f"https://drive.usercontent.google.com/download?id={shared['id']}&export=download&confirm=t"
