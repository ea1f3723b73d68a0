"""Readers: one module a format, recognised by content. A further format is a module and a line here."""

from __future__ import annotations

from pathlib import Path

from price_lists.errors import NoGoodsFound, Refusal, UnknownFormat
from price_lists.readers import (
    commerceml,
    delimited,
    documents,
    google,
    json_feeds,
    markup_tables,
    spreadsheets,
    yml,
)
from price_lists.readers.archives import document_kind
from price_lists.readers.base import FeedReader, Peek, Reader, SheetRows
from price_lists.readers.encodings import SAMPLE
from price_lists.readers.packed import FILES_READER, Opening, OpeningFeed, recognise_packed
from price_lists.readers.saved_pages import is_saved_page
from price_lists.readers.unpacking import packing_of
from price_lists.readers.xml_stream import look_into_xml

__all__ = [
    "READERS",
    "FeedReader",
    "Peek",
    "Reader",
    "SheetRows",
    "reader_for",
    "recognise",
    "recognise_plain",
]

# Asked in this order; delimited text comes last because nearly everything is text.
READERS: tuple[Reader, ...] = (
    spreadsheets.READER,
    documents.READER,
    markup_tables.EXCEL_XML_READER,
    markup_tables.HTML_READER,
    commerceml.READER,  # before YML, which takes unknown makes, too
    yml.READER,
    google.READER,
    json_feeds.JSON_LINES_READER,
    json_feeds.JSON_READER,
    delimited.READER,
)

_OTHERS = (
    (b"%PDF", "PDF"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "a database"),
)

# Archives that are not unpacked: the vendor is told to pack the list anew.
_ARCHIVES = (
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"MSCF", "a CAB archive"),
)


def recognise(path: Path) -> tuple[str, Reader]:
    """The format's name and its reader, by content alone; archives are looked into. Raises Refusal."""
    with path.open("rb") as stream:
        head = stream.read(8)
    packing = packing_of(path, head)
    return recognise_packed(path, packing) if packing else recognise_plain(path)


def recognise_plain(path: Path) -> tuple[str, Reader]:  # noqa: C901 - one question after the other
    """As `recognise`, for a file that is no archive of files. Raises Refusal."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise NoGoodsFound("empty_file")
    for magic, name in _ARCHIVES:
        if head.startswith(magic):
            raise UnknownFormat("archive_kind", detail=name)
    if head[257:262] == b"ustar":
        raise UnknownFormat("archive_kind", detail="a TAR archive")
    for magic, name in _OTHERS:
        # two letters alone are no proof: an article may begin with them
        if head.startswith(magic) and (len(magic) > 2 or b"\x00" in head[:1024]):
            raise UnknownFormat("not_a_price_list", detail=name)
    beginning = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    page = (
        beginning.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
        or (beginning.startswith(b"<") and b"<html" in beginning)
        or is_saved_page(head)
    )
    if page:
        name = markup_tables.HTML_READER.recognise(path, head)
        if not name:
            raise UnknownFormat("html_page")
        return name, markup_tables.HTML_READER
    for reader in READERS:
        name = reader.recognise(path, head)
        if name and not (name == "csv" and beginning.startswith((b"<?xml", b"<"))):
            return name, reader
    raise _stranger(path, head)


def _stranger(path: Path, head: bytes) -> Refusal:
    """What to say about a file that no reader knows."""
    if head.startswith(b"PK"):
        return UnknownFormat("not_a_price_list", detail=document_kind(path) or "a ZIP archive")
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return UnknownFormat("not_a_price_list", detail="binary data")
    look = look_into_xml(path)
    if look is None or look.root.lower() == "html":
        return UnknownFormat("html_page")
    return UnknownFormat("unknown_xml", detail=look.root)


def reader_for(format_name: str) -> Reader:
    """The reader that a mapping's format belongs to. Raises Refusal."""
    for reader in READERS:
        if format_name in reader.formats:
            return OpeningFeed(reader) if hasattr(reader, "field_of") else Opening(reader)
    if format_name in FILES_READER.formats:
        return FILES_READER
    raise Refusal("unknown_format", detail=format_name)
