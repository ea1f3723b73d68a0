"""Where the goods are in a JSON document: which array, or which object of objects, by the looks of its records."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import ijson
import numpy as np
from ijson.common import IncompleteJSONError, JSONError

from price_lists.errors import NoGoodsFound, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.readers import encodings
from price_lists.readers.feed_names import named_field

_CHUNK = 64 * 1024
_NESTING = 64
_QUOTE, _OPEN, _CLOSE = ord('"'), ord("{"), ord("}")
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_ENOUGH = 20  # so many records with a name and a price settle it
_BLANKS = bytes.maketrans(bytes(range(32)), b" " * 32)
_NAMES = frozenset({Field.TITLE, Field.TITLE_UK, Field.TITLE_RU, Field.TITLE_EN})
_PRICES = frozenset({Field.PRICE, Field.DISCOUNT_PRICE})
VARIANTS = frozenset({"variants", "offers", "skus", "modifications", "variations", "variant"})
_TREES = frozenset({"categories", "groups", "sections", "category", "catalogs", "categorylist"})
_PARENTS = ("parentId", "parent_id", "parentID", "parent", "parentCategoryId")
_CATEGORY_IDS = frozenset({"categoryid", "groupid", "sectionid"})
_DEPTH = 30


class Utf8Stream:
    """The document as UTF-8 with blanks for control characters, which the parser would refuse in texts."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = encodings.decoder(encoding)
        self._first = True
        self._depth = _Depth()

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
                self._depth.check(data)
                return data
            if not chunk:
                return b""


class _Depth:
    """Watches how deep the document nests: the parser's memory grows with the square of it."""

    def __init__(self) -> None:
        self._depth = 0
        self._inside = 0  # 1 within a text
        self._rest = b""

    def check(self, data: bytes) -> None:
        data = self._rest + data
        self._rest = b""
        if b"\\" in data:
            if (len(data) - len(data.rstrip(b"\\"))) % 2:  # the sign that it escapes comes in the next piece
                data, self._rest = data[:-1], b"\\"
            data = _ESCAPED.sub(b"", data)
        signs = np.frombuffer(data, dtype=np.uint8)
        inside = (np.cumsum(signs == _QUOTE) + self._inside) & 1
        folded = signs | 0x20  # "[" becomes "{", "]" becomes "}"
        steps = ((folded == _OPEN).astype(np.int64) - (folded == _CLOSE)) * (1 - inside)
        depths = np.cumsum(steps) + self._depth
        if depths.size:
            if int(depths.max()) > _NESTING:
                raise UnreadableFile("damaged_json", detail=f"it nests deeper than {_NESTING} levels")
            self._depth, self._inside = int(depths[-1]), int(inside[-1])


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
    currency = ""
    wants_tree = False
    lists: Counter[str] = Counter()
    with path.open("rb") as stream, told():
        last_key = ""
        for prefix, event, value in ijson.parse(Utf8Stream(stream, encoding), buf_size=_CHUNK):
            if event == "map_key":
                last_key = cast("str", value)
                frame = stack[-1]
                meaning = named_field(last_key, by_words=True)[0]
                frame.named = frame.named or meaning in _NAMES
                frame.priced = frame.priced or meaning in _PRICES
                wants_tree = wants_tree or last_key.replace("_", "").lower() in _CATEGORY_IDS
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
                    if found[place] >= _ENOUGH and (trees or not wants_tree):
                        break
                elif frame.named and frame.in_array and _is_tree(frame.prefix):
                    trees[frame.prefix] = trees.get(frame.prefix, 0) + 1
            elif event == "string":
                if len(stack) == 1 and named_field(last_key)[0] == Field.CURRENCY and not currency:
                    currency = cast("str", value)
                elif prefix.endswith("item.item"):
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
        source = Utf8Stream(stream, encoding)
        if shape.kind == "values":
            for key, value in ijson.kvitems(source, shape.prefix, buf_size=_CHUNK):
                if isinstance(value, dict):
                    yield {"@id": key} | value
        elif shape.kind == "rows":
            names: list[str] = []
            for row in ijson.items(source, shape.prefix, buf_size=_CHUNK):
                if not isinstance(row, list):
                    continue
                if not names:
                    names = [str(cell) for cell in row]
                else:
                    yield dict(zip(names, row, strict=False))
        else:
            yield from ijson.items(source, shape.prefix, buf_size=_CHUNK)


def category_paths(path: Path, encoding: str, prefix: str) -> dict[str, tuple[str, ...]]:
    """Paths of categories by id."""
    names: dict[str, str] = {}
    parents: dict[str, str] = {}
    with path.open("rb") as stream, told():
        for record in ijson.items(Utf8Stream(stream, encoding), prefix, buf_size=_CHUNK):
            if not isinstance(record, dict):
                continue
            identifier = record.get("id", record.get("ID", record.get("code")))
            name = record.get("name_ua") or record.get("name") or record.get("title")
            if isinstance(name, dict):
                name = name.get("uk") or name.get("ua") or next(iter(name.values()), "")
            if identifier is None or not name:
                continue
            names[str(identifier)] = " ".join(str(name).split())
            parent = next((record[key] for key in _PARENTS if record.get(key)), None)
            if parent is not None and not isinstance(parent, dict):
                parents[str(identifier)] = str(parent)
    return {identifier: _path(identifier, names, parents) for identifier in names}


def _path(identifier: str, names: dict[str, str], parents: dict[str, str]) -> tuple[str, ...]:
    path: list[str] = []
    seen: set[str] = set()
    current: str | None = identifier
    while current in names and current not in seen and len(path) < _DEPTH:
        seen.add(current)
        path.append(names[current])
        current = parents.get(current)
    return tuple(reversed(path))


class told:  # noqa: N801 - reads as a word where it is used
    """Turns the parser's complaints into refusals that name what is wrong."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, IncompleteJSONError) and "premature" in str(error):
            raise UnreadableFile("truncated_file", detail="JSON") from error
        if isinstance(error, JSONError | UnicodeError | json.JSONDecodeError):
            raise UnreadableFile("damaged_json", detail=" ".join(str(error).split())[:200]) from error
