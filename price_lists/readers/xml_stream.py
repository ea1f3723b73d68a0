"""XML read as a stream: no document types, no entities, wrong encodings and stray signs mended."""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lxml import etree

from price_lists.errors import Refusal, UnreadableFile
from price_lists.readers import encodings, limits

_CHUNK = 256 * 1024
_PROLOG = 64 * 1024
_PIECE = 64 * 1024  # as the parser gets it
_KEPT = 100
_DECLARED = re.compile(r"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ROOT = re.compile(r"<([^\W\d][\w.:-]*)")
# The one document type that honest feeds carry; it is never loaded.
_PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE\s+yml_catalog\s+SYSTEM\s+[\"']shops\.dtd[\"']\s*>")
# What is never closed takes the rest: looked for from each beginning anew it would take the square of the length.
_NOT_MARKUP = re.compile(r"<\?.*?(?:\?>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
# What libxml refuses in bytes that are UTF-8 otherwise: control characters, surrogates, loose ampersands,
# and names of entities that only HTML knows.
_SUSPECT = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xed[\xa0-\xbf]|\xef\xbf[\xbe\xbf]|&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)"
    rb"|&#(?:x(?:[0-9A-Fa-f]|1[0-9A-Fa-f]|[dD][89a-fA-F][0-9A-Fa-f]{2});|(?:[0-9]|[12][0-9]|3[01]|5[5-7][0-9]{3});)"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&(?:(#?)(\w{1,31});)?")
_OPENED = re.compile(rb"<([^\s<>/!?=]{1,100})(?=[\s/>])[^<>]*>?")
_FIVE = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(frozen=True, slots=True)
class XmlLook:
    root: str  # local name
    encoding: str
    declared: str
    clean: bool  # can go to the parser as it is
    closed: bool  # the root element is closed at the end


def look_into_xml(path: Path, *, encoding: str = "") -> XmlLook | None:
    """What the document is; None if it is no XML. Raises Refusal for document types and entities."""
    with path.open("rb") as stream:
        head = stream.read(_PROLOG)
    start = (
        head[:4096].decode(encodings.detect(head[:4096], whole=False), "replace").lstrip("\ufeff\x00 \t\r\n")
    )
    if not start.startswith("<") or (start[:2] not in {"<?", "<!"} and not _ROOT.match(start)):
        return None
    match = _DECLARED.search(start[:200])
    declared = match[1].lower() if match else ""
    real = encoding or encodings.detect_file(path, declared=declared)
    text = head.decode(real, "replace").lstrip("\ufeff")
    prolog = _NOT_MARKUP.sub(" ", text)
    doctype = prolog.find("<!")
    root = _ROOT.search(prolog)
    if 0 <= doctype < (root.start() if root else len(prolog)):
        plain = _PLAIN_DOCTYPE.match(prolog, doctype)
        if prolog[doctype : doctype + 14].lower() == "<!doctype html":
            raise Refusal("html_page")
        if plain is None:
            raise Refusal("xml_doctype")
        if "<!" in prolog[plain.end() : root.start() if root else None]:
            raise Refusal("xml_doctype")
    if root is None:
        raise Refusal("unknown_xml", detail="?")
    name = root[1].rpartition(":")[2]
    clean = real in {"utf-8", "utf-8-sig"} and declared in {"", "utf-8", "utf8"}
    closed, clean = _scan(path, root[1], real, clean=clean)
    return XmlLook(name, "utf-8" if real == "utf-8-sig" else real, declared, clean, closed)


def _scan(path: Path, root: str, encoding: str, *, clean: bool) -> tuple[bool, bool]:
    """One pass over the bytes: is the end there, and can the parser take them unmended?"""
    tail = b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK * 4):
            if clean:
                # a reference cut in two by the chunk's end looks loose and only costs speed
                clean = _SUSPECT.search(chunk) is None
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    clean = False
            tail = (tail + chunk)[-4096:]
    ending = tail.decode(encoding, "replace")
    return re.search(rf"</\s*{re.escape(root)}\s*>", ending) is not None, clean


class _Mended:
    """The document as UTF-8 that libxml can take: a file-like object for iterparse."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = encodings.decoder(encoding)
        self._rest = ""
        self._first = True
        self._ended = False

    def read(self, _size: int = -1) -> bytes:
        while not self._ended:
            chunk = self._stream.read(_CHUNK)
            self._ended = not chunk
            text = self._rest + self._decoder.decode(chunk, final=self._ended)
            self._rest = ""
            if self._first and text:
                self._first = False
                text = text.lstrip("\ufeff")
                # the declaration names an encoding that is not true any more
                text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
            if not self._ended:
                cut = text.rfind("&", len(text) - 40)
                if cut >= 0:
                    text, self._rest = text[:cut], text[cut:]
            if text:
                data = _REFERENCE.sub(_mend_reference, _CONTROL.sub("", text)).encode("utf-8", "replace")
                if data:
                    return data
        return b""


def _mend_reference(match: re.Match[str]) -> str:  # noqa: PLR0911 - one kind of reference after the other
    number_sign, name = match[1], match[2]
    if not name:
        return "&amp;"
    if number_sign:
        try:
            code = int(name[1:], 16) if name[:1] in {"x", "X"} else int(name)
        except ValueError:
            return "&amp;" + match.group()[1:]
        if (
            code in {9, 10, 13}
            or 0x20 <= code < 0xD800
            or 0xE000 <= code < 0xFFFE
            or 0x10000 <= code < 0x110000
        ):
            return match.group()
        return "\ufffd" if code >= 0xD800 else ""
    if name in _FIVE:
        return match.group()
    known = html.entities.html5.get(f"{name};")
    if known:
        return known.replace("&", "&amp;").replace("<", "&lt;")
    return "&amp;" + match.group()[1:]


class Watched:
    """A document on its way to the parser, which keeps in memory all that comes until an element waited for ends."""

    def __init__(self, source: IO[bytes] | _Mended) -> None:
        self._source = source
        self._value = 0  # bytes since the last sign of markup
        self._place = b""  # around that sign
        self._signs = 0
        self._growth = limits.Growth()
        self.is_long_since = False  # since what stood before the elements was forgotten
        self.size = 0  # bytes since an element ended, and what came before it in the same piece
        self.number = 0  # of elements that have ended

    def ended(self) -> None:
        """An element that was waited for is there, and goes now."""
        self.number += 1
        self.size = self._signs = 0

    def read(self, _size: int = -1) -> bytes:
        data = self._source.read(_PIECE)
        place = data.rfind(b"<")
        if place >= 0:
            self._value = len(data) - place
            self._place = data[max(place - 300, 0) : place + 500]
        else:
            self._value += len(data)
            if len(self._place) < 800:  # the sign stood at the end of its piece
                self._place += data[:500]
            if self._value > limits.VALUE_BYTES:
                raise limits.value_too_long(self.number + 1, *self.seen())
        if self.size:
            self._signs += data.count(b"<") + data.count(b"=")
        self.size += len(data)
        if self._growth.check(len(data), self.number + 1):
            self.is_long_since = True
        if self.size > limits.RECORD_BYTES or self._signs > limits.RECORD_SIGNS:
            raise limits.record_too_big(self.number + 1, *self.seen())
        return data

    def seen(self) -> tuple[str, str]:
        """The last element's name and how its text begins."""
        tags = list(_OPENED.finditer(self._place))
        if not tags:
            return "?", ""
        value = self._place[tags[-1].end() :].removeprefix(b"<![CDATA[")
        return tags[-1][1].decode("utf-8", "replace"), value.decode("utf-8", "replace")


@contextmanager
def elements(path: Path, look: XmlLook, tags: tuple[str, ...]) -> Iterator[Iterator[tuple[str, Any]]]:
    """(event, element) of the named elements' ends (any namespace), in order, with memory freed behind.

    The tree behind an element is dropped when the next one is asked for. Raises UnreadableFile.
    """
    with path.open("rb") as stream:
        yield _walk(Watched(stream if look.clean else _Mended(stream, look.encoding)), tags)


def _walk(source: Watched, tags: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    wanted = tuple(f"{{*}}{tag}" for tag in tags)  # matches the name without a namespace, too
    try:
        parser = etree.iterparse(
            source,
            events=("end",),
            tag=wanted,
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in parser:
            if source.is_long_since:
                source.is_long_since = False
                _drop_before(element)
            source.ended()
            yield event, element
            element.clear()
            parent = element.getparent()
            if parent is not None:
                previous = element.getprevious()
                while previous is not None:
                    parent.remove(previous)
                    previous = element.getprevious()
    except etree.XMLSyntaxError as error:
        detail = str(error.msg or error)[:200]
        if "huge text node" in detail:
            raise limits.value_too_long(source.number + 1, *source.seen()) from error
        if "xcessive depth" in detail:
            raise UnreadableFile("nested_too_deep", detail="256") from error
        code = (
            "truncated_file" if "Premature end" in detail or "no element found" in detail else "damaged_xml"
        )
        raise UnreadableFile(code, detail=detail) from error


def _drop_before(element: Any) -> None:
    """Forget what stood before the element's holders, a long tree of groups say; a few plain texts may be asked for."""
    holder = element.getparent()
    while holder is not None and (above := holder.getparent()) is not None:
        previous, kept = holder.getprevious(), 0
        while previous is not None:
            before = previous.getprevious()
            kept += 1
            if len(previous) or kept > _KEPT:
                above.remove(previous)
            previous = before
        holder = above


def local_name(element: Any) -> str:
    name: str = element.tag
    return name.rpartition("}")[2]
