"""Where the goods are in a JSON document: which array, or which object of objects, by the looks of its records."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import ijson
import numpy as np
from ijson.common import IncompleteJSONError, JSONError

from price_lists.errors import NoGoodsFound, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.readers import encodings, limits
from price_lists.readers.feed_names import named_field
from price_lists.readers.limits import CategoryTree

_CHUNK = 64 * 1024
_NESTING = 64
_KEYS = 1000  # so many different names and places are told apart
_QUOTE, _OPEN, _CLOSE = ord('"'), ord("{"), ord("}")
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_ZERO = ord("0")
_STRIDE = 250  # every so many bytes one is looked at: a long number shows in four of them in a row
_FIGURES = re.compile(rb"[0-9]{1000,}")
_NEXT = re.compile(rb"[ \t\r\n]*")
_NAMED = re.compile(rb'"([^"]{1,100})"\s*:')
_ENOUGH = 20  # so many records with a name and a price settle it
_BLANKS = bytes.maketrans(bytes(range(32)), b" " * 32)
_NAMES = frozenset({Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN})
_PRICES = frozenset({Field.PRICE, Field.DISCOUNT_PRICE})
VARIANTS = frozenset({"variants", "offers", "skus", "modifications", "variations", "variant"})
_TREES = frozenset({"categories", "groups", "sections", "category", "catalogs", "categorylist"})
_PARENTS = ("parentId", "parent_id", "parentID", "parent", "parentCategoryId")
_CATEGORY_IDS = frozenset({"categoryid", "groupid", "sectionid"})


class Utf8Stream:
    """The document as UTF-8 with blanks for control characters, which the parser would refuse in texts.

    `builds_below`: records that stand deeper than so many levels are put together from it, so that none may grow
    without end.
    """

    def __init__(self, stream: IO[bytes], encoding: str, *, builds_below: int | None = None) -> None:
        self._stream = stream
        self._decoder = encodings.decoder(encoding)
        self._first = True
        self._watch = _Watch(builds_below)
        self._growth = limits.Growth()

    def ended(self) -> None:
        """A record is there, and goes now."""
        self._watch.ended()

    def read(self, size: int = _CHUNK) -> bytes:
        if size == 0:  # asked by ijson to learn whether bytes or text come
            return b""
        while True:
            chunk = self._stream.read(_CHUNK)
            text = self._decoder.decode(chunk, final=not chunk)
            if self._first and text:
                self._first = False
                text = text.removeprefix("\ufeff")
            if text:
                data = text.encode("utf-8", "replace").translate(_BLANKS)
                self._watch.check(data)
                self._growth.check(len(data), self._watch.number + 1)
                return data
            if not chunk:
                return b""


class _Watch:
    """Watches the pieces of a document on their way to the parser, which takes texts and records of any size.

    Its memory grows with the square of the depth, and its time with the length of the names around a value.
    """

    def __init__(self, builds_below: int | None) -> None:
        self._depth = 0
        self._inside = 0  # 1 within a text
        self._rest = b""
        self._value = 0  # bytes since the last quote
        self._place = b""  # around it
        self._named = False  # a long text ended with the piece: the next one tells whether it is a name
        self._size = self._signs = 0
        self._floor = builds_below
        self.number = 0

    def ended(self) -> None:
        self.number += 1
        self._size = self._signs = 0

    def check(self, data: bytes) -> None:
        data = self._rest + data
        self._rest = b""
        if b"\\" in data:
            if (len(data) - len(data.rstrip(b"\\"))) % 2:  # the sign that it escapes comes in the next piece
                data, self._rest = data[:-1], b"\\"
            data = _ESCAPED.sub(b"", data)
        if not data:
            return
        signs = np.frombuffer(data, dtype=np.uint8)
        quotes = signs == _QUOTE
        self._check_texts(data, np.flatnonzero(quotes))
        inside = (np.cumsum(quotes) + self._inside) & 1
        figures = (signs[::_STRIDE] ^ _ZERO) < 10
        if (figures[3:] & figures[2:-1] & figures[1:-2] & figures[:-3]).any():
            _check_figures(data, inside)
        folded = signs | 0x20  # "[" becomes "{", "]" becomes "}"
        steps = ((folded == _OPEN).astype(np.int64) - (folded == _CLOSE)) * (1 - inside)
        depths = np.cumsum(steps) + self._depth
        if int(depths.max()) > _NESTING:
            raise UnreadableFile("nested_too_deep", detail=_NESTING)
        self._depth, self._inside = int(depths[-1]), int(inside[-1])
        if self._floor is not None:
            self._check_record(
                data, int(np.count_nonzero(steps > 0)), between=int(depths.min()) <= self._floor
            )

    def _check_texts(self, data: bytes, quotes: Any) -> None:
        """No text longer than any is, and no long one as a name."""
        if self._named:
            self._refuse_name(data, -1)
        if not quotes.size:
            self._value += len(data)
        else:
            first = int(quotes[0])
            if self._inside and self._value + first > limits.NAME_BYTES:
                self._refuse_name(data, first)
            self._value += first
            self._refuse_value()
            begun = quotes[self._inside :: 2]
            ended = quotes[self._inside + 1 :: 2]
            lengths = ended - begun[: ended.size]
            for place in np.flatnonzero(lengths > limits.NAME_BYTES):
                self._refuse_name(data, int(ended[place]))
            last = int(quotes[-1])
            self._value = len(data) - last - 1
            self._place = data[max(last - 300, 0) : last + 300]
        self._refuse_value()

    def _refuse_value(self) -> None:
        if self._value > limits.VALUE_BYTES:
            name, value = self._seen()
            raise limits.value_too_long(self.number + 1, name, value)

    def _refuse_name(self, data: bytes, end: int) -> None:
        """Refuse the long text that ends there if it is a name: a colon follows."""
        behind = _NEXT.match(data, end + 1)
        assert behind is not None
        self._named = behind.end() == len(data)
        if data[behind.end() : behind.end() + 1] == b":":
            text = data[max(end - limits.NAME_BYTES, 0) : max(end, 0)]
            raise limits.name_too_long(self.number + 1, text.decode("utf-8", "replace"))

    def _check_record(self, data: bytes, opened: int, *, between: bool) -> None:
        if self._size:  # since the last piece no record has ended
            self._signs += opened + data.count(b",")
        self._size += len(data)
        if between:
            self._size = self._signs = 0
        elif self._size > limits.RECORD_BYTES or self._signs > limits.RECORD_SIGNS:
            names = _NAMED.findall(data[-4000:])
            name = names[-1].decode("utf-8", "replace") if names else "?"
            raise limits.record_too_big(self.number + 1, name, data[-60:].decode("utf-8", "replace"))

    def _seen(self) -> tuple[str, str]:
        """The last name before the long text, and how this begins."""
        names = _NAMED.findall(self._place)
        value = self._place.rpartition(b'"')[2]
        return names[-1].decode("utf-8", "replace") if names else "?", value.decode("utf-8", "replace")


def _check_figures(data: bytes, inside: Any) -> None:
    """No number may be longer than any is: of whole ones with more than 4,300 figures the parser dies with its process."""
    for found in _FIGURES.finditer(data):
        if not inside[found.start()]:
            raise UnreadableFile("damaged_json", detail=f"a number of more than {4 * _STRIDE} figures")


@dataclass(slots=True)
class Shape:
    """How to come to the records: `kind` is "items", "values" (an object of objects), "rows" or "one"."""

    kind: str
    prefix: str
    tree: str = ""  # prefix of the array of categories
    currency: str = ""  # that the envelope names for all prices
    keys: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Frame:
    prefix: str
    in_array: bool
    key: str
    named: bool = False
    priced: bool = False


def shape_of(path: Path, encoding: str) -> Shape:  # noqa: C901, PLR0912 - one pass over the parser's events
    """The shape, by the first records that look like goods. Raises NoGoodsFound, UnreadableFile."""
    found: Counter[tuple[str, str]] = Counter()
    trees: dict[str, int] = {}
    stack: list[_Frame] = []
    seen: Counter[str] = Counter()
    meanings: dict[str, Field] = {}
    currency = ""
    wants_tree = False
    lists: Counter[str] = Counter()
    with path.open("rb") as stream, told():
        last_key = ""
        for prefix, event, value in ijson.parse(Utf8Stream(stream, encoding), buf_size=_CHUNK):
            if event == "map_key":
                last_key = cast("str", value)
                frame = stack[-1]
                meaning = meanings.get(last_key)
                if meaning is None:
                    if len(meanings) >= limits.NAMES:  # identifiers as names, or names without end
                        continue
                    meaning = meanings[last_key] = named_field(last_key, by_words=True)[0]
                frame.named = frame.named or meaning in _NAMES
                frame.priced = frame.priced or meaning in _PRICES
                wants_tree = wants_tree or last_key.replace("_", "").lower() in _CATEGORY_IDS
                if len(seen) < _KEYS:
                    seen[last_key] += 1
            elif event == "start_map":
                in_array = prefix == "item" or prefix.endswith(".item")
                holder = prefix.removesuffix(".item").rpartition(".")[2]
                stack.append(_Frame(prefix, in_array, holder))
            elif event == "end_map":
                frame = stack.pop()
                parent = stack[-1] if stack else None
                if frame.priced and parent is not None and frame.key.lower() in VARIANTS and parent.named:
                    parent.priced = True
                elif frame.named and frame.priced:
                    place = _place(frame, parent)
                    found[place] += 1
                    if (found[place] >= _ENOUGH and (trees or not wants_tree)) or len(found) >= _KEYS:
                        break
                elif frame.named and frame.in_array and _is_tree(frame.prefix) and len(trees) < _KEYS:
                    trees[frame.prefix] = trees.get(frame.prefix, 0) + 1
            elif event == "string":
                if len(stack) == 1 and named_field(last_key)[0] == Field.CURRENCY and not currency:
                    currency = cast("str", value)
                elif prefix.endswith("item.item") and len(lists) < _KEYS:
                    lists[prefix.removesuffix(".item")] += 1
    if not found and lists:
        return Shape("rows", lists.most_common(1)[0][0])
    if not found:
        raise NoGoodsFound("json_without_goods", detail=", ".join(key for key, _n in seen.most_common(12)))
    (kind, prefix), _count = found.most_common(1)[0]
    tree = max(trees, key=lambda name: trees[name]) if trees else ""
    return Shape(kind, prefix, "" if tree == prefix else tree, currency, seen)


def _place(frame: _Frame, parent: _Frame | None) -> tuple[str, str]:
    if frame.in_array:
        return "items", frame.prefix
    return ("values", parent.prefix) if parent is not None else ("one", "")


def _is_tree(prefix: str) -> bool:
    parts = prefix.split(".")
    return len(parts) > 1 and parts[-2].lower().replace("_", "") in _TREES


def records(path: Path, encoding: str, shape: Shape) -> Iterator[Any]:
    """The records one after the other, with numbers as they are written. Raises UnreadableFile."""
    with path.open("rb") as stream, told():
        # a document that is one good is built whole, other goods stand at least in an array or object
        source = Utf8Stream(stream, encoding, builds_below=0 if shape.kind == "one" else 1)
        if shape.kind == "values":
            for key, value in ijson.kvitems(source, shape.prefix, buf_size=_CHUNK):
                source.ended()
                if isinstance(value, dict):
                    yield {"@id": key} | value
        elif shape.kind == "rows":
            names: list[str] = []
            for row in ijson.items(source, shape.prefix, buf_size=_CHUNK):
                source.ended()
                if not isinstance(row, list):
                    continue
                if not names:
                    names = [str(cell) for cell in row]
                else:
                    yield dict(zip(names, row, strict=False))
        else:
            for record in ijson.items(source, shape.prefix, buf_size=_CHUNK):
                source.ended()
                yield record


def category_paths(path: Path, encoding: str, prefix: str) -> Mapping[str, tuple[str, ...]]:
    """Paths of categories by id."""
    tree = CategoryTree()
    with path.open("rb") as stream, told():
        source = Utf8Stream(stream, encoding, builds_below=1)
        for record in ijson.items(source, prefix, buf_size=_CHUNK):
            source.ended()
            if not isinstance(record, dict):
                continue
            identifier = record.get("id", record.get("ID", record.get("code")))
            name = record.get("name_ua") or record.get("name") or record.get("title")
            if isinstance(name, dict):
                name = name.get("uk") or name.get("ua") or next(iter(name.values()), "")
            if identifier is None or not name:
                continue
            parent = next((record[key] for key in _PARENTS if record.get(key)), None)
            above = "" if parent is None or isinstance(parent, dict) else str(parent)
            tree.add(str(identifier), " ".join(str(name).split()), above)
    return tree.paths()


class told:  # noqa: N801 - reads as a word where it is used
    """Turns the parser's complaints into refusals that name what is wrong."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, IncompleteJSONError) and "premature" in str(error):
            raise UnreadableFile("truncated_file", detail="JSON") from error
        if isinstance(error, JSONError | UnicodeError | json.JSONDecodeError | ArithmeticError):
            raise UnreadableFile("damaged_json", detail=" ".join(str(error).split())[:200]) from error
