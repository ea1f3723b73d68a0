"""JSON in any envelope and JSON lines: records streamed one by one, their keys understood by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from price_lists.errors import NoGoodsFound, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.messages import issue
from price_lists.readers import encodings, limits
from price_lists.readers.base import Beginning, Peek
from price_lists.readers.feed_names import LANGUAGES, named_field
from price_lists.readers.json_shape import VARIANTS, Shape, category_paths, records, shape_of
from price_lists.rows import RawRow, RowIssue
from price_lists.validation.currencies import currency_code

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_LINE_LIMIT = 8 * 1024 * 1024  # a good with a longer line is none
_VARIANTS_WEIGHT = 256 * 1024**2
_START = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")
_PARAMETERS = frozenset(
    {"params", "param", "attributes", "characteristics", "properties", "features", "specs", "specifications", "parameters"}
)  # fmt: skip
_VALUES = ("value", "amount", "name", "title", "url", "src", "link", "href", "code", "id")
_AMOUNTS = ("amount", "value", "price", "current")
_RESTS = ("quantity", "qty", "count", "stock", "amount", "value", "available")


class JsonReader:
    """A document with an array of goods somewhere in it."""

    formats = frozenset({"json"})
    by_name = True  # keys are free, so their meaning is a guess by name

    def recognise(self, path: Path, head: bytes) -> str:  # noqa: ARG002 - the protocol's signature
        start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
        if not start.startswith((b"{", b"[", b"\xff\xfe", b"\xfe\xff")):
            return ""
        encoding = encodings.detect(head, whole=len(head) < encodings.SAMPLE)
        text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
        return "json" if _START.match(text) and not _first_object(text) else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        encoding = encoding or encodings.detect_file(path)
        _check_end(path, encoding)
        shape = shape_of(path, encoding)
        beginning = Beginning()
        for row in _rows(path, encoding, shape):
            if isinstance(row, RawRow) and not beginning.take(row.number, row.cells):
                break
        if not beginning.rows:
            raise NoGoodsFound("no_offers_in_feed")
        currency = currency_code(shape.currency) if shape.currency else ""
        return Peek(beginning.named(), encoding, currency=currency, details={"place": shape.prefix})

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        encoding = mapping.encoding or encodings.detect_file(path)
        _check_end(path, encoding)
        yield from _rows(path, encoding, shape_of(path, encoding))

    def field_of(self, name: str) -> tuple[Field, str]:
        return named_field(name, by_words=True)


class JsonLinesReader:
    """A good to a line; a line that is damaged keeps only its own good out."""

    formats = frozenset({"json_lines"})
    by_name = True

    def recognise(self, path: Path, head: bytes) -> str:  # noqa: ARG002 - the protocol's signature
        start = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
        if not start.startswith((b"{", b"\xff\xfe", b"\xfe\xff")):
            return ""
        encoding = encodings.detect(head, whole=len(head) < encodings.SAMPLE)
        text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
        return "json_lines" if _START.match(text) and _first_object(text) else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        encoding = encoding or encodings.detect_file(path)
        beginning = Beginning()
        for row in _lines(path, encoding):
            if isinstance(row, RawRow) and not beginning.take(row.number, row.cells):
                break
        rows = beginning.rows
        if not rows:
            raise NoGoodsFound("no_offers_in_feed")
        fields = {named_field(name, by_words=True)[0] for _number, cells in rows for name in cells[::2]}
        if Field.PRICE not in fields or not any(name.startswith("title") for name in fields):
            names = list(dict.fromkeys(name for _number, cells in rows for name in cells[::2]))
            raise NoGoodsFound("json_without_goods", detail=", ".join(names[:12]))
        return Peek(beginning.named(), encoding)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        yield from _lines(path, mapping.encoding or encodings.detect_file(path))

    def field_of(self, name: str) -> tuple[Field, str]:
        return named_field(name, by_words=True)


def _first_object(text: str) -> bool:
    """Whether the first line is a whole object, and one of several."""
    first, _newline, rest = text.partition("\n")
    if not first.startswith("{") or not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(first, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _check_end(path: Path, encoding: str) -> None:
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - 4096, 0))
        if encoding.startswith(("utf-16", "utf-32")):
            tail = stream.read().replace(b"\x00", b"")
        else:
            tail = stream.read()
    if not tail.rstrip(b" \t\r\n\x00\x1a").endswith((b"}", b"]")):
        raise UnreadableFile("truncated_file", detail="JSON")


def _rows(path: Path, encoding: str, shape: Shape) -> Iterator[RawRow | RowIssue]:
    paths = category_paths(path, encoding, shape.tree) if shape.tree else {}
    number = 0
    for record in records(path, encoding, shape):
        if not isinstance(record, dict):
            continue
        for cells, category in flattened(record):
            number += 1
            if len(cells) > 2 * limits.RECORD_FIELDS:
                yield limits.too_many_fields(number, cells)
            else:
                yield RawRow("", number, cells, paths.get(category, ()))


def _lines(path: Path, encoding: str) -> Iterator[RawRow | RowIssue]:
    with path.open("rb") as raw:
        for number, line in enumerate(_decoded(raw, encoding), 1):
            text = line.strip("\ufeff \t\r\n\x00,")
            if not text or text in {"[", "]"}:
                continue
            if (
                text.count(",") > limits.RECORD_SIGNS
                or text.count("{") + text.count("[") > limits.RECORD_SIGNS
            ):
                yield issue("json_line_damaged", row=number, value=text[:80])
                continue
            try:
                record = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, strict=False)
            except (ValueError, RecursionError):
                yield issue("json_line_damaged", row=number, value=text[:80])
                continue
            if not isinstance(record, dict):
                yield issue("json_line_damaged", row=number, value=text[:80])
                continue
            for cells, _category in flattened(record):
                if len(cells) > 2 * limits.RECORD_FIELDS:
                    yield limits.too_many_fields(number, cells)
                else:
                    yield RawRow("", number, cells)


def _decoded(raw: IO[bytes], encoding: str) -> Iterator[str]:
    """Lines, none longer than the limit: what is longer comes in pieces that are damaged each."""
    decoder = encodings.decoder(encoding)
    rest = ""
    while True:
        chunk = raw.read(256 * 1024)
        rest += decoder.decode(chunk, final=not chunk)
        *whole, rest = rest.split("\n")
        yield from whole
        if len(rest) > _LINE_LIMIT:
            yield rest
            rest = ""
        if not chunk:
            yield rest
            return


def flattened(record: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Names and values by turns and the category's id: one for the record, or one for each of its variants."""
    variants: list[dict[str, Any]] = []
    cells: list[str] = []
    category = ""
    for key, value in record.items():
        if type(value) is str:
            cells += (key, value if value.isascii() else _sound(value))
            if key[-2:] in {"Id", "id", "ID"} and key.lower().replace("_", "") in {"categoryid", "groupid"}:
                category = category or value
        elif key.lower() in VARIANTS and isinstance(value, list) and any(map(_is_variant, value)):
            variants = [variant for variant in value if isinstance(variant, dict)]
        else:
            category = category or _told_category(key, value)
            _put(cells, key, value)
    if not variants:
        yield tuple(cells), category
        return
    title = next(
        (cells[i + 1] for i in range(0, len(cells), 2) if named_field(cells[i])[0] == Field.TITLE), ""
    )
    _weigh_variants(len(variants), cells, title)
    for variant in variants:
        own: list[str] = []
        for key, value in variant.items():
            if named_field(key)[0] == Field.TITLE:
                told = str(value or "").strip()
                if told and told.lower() != "default title" and title.lower() not in told.lower():
                    told = f"{title} {told}"
                own += (key, told if told.lower() != "default title" else title)
            else:
                _put(own, key, value)
        # a variant's own word comes first, and the first word counts
        yield (*own, *cells), category


def _weigh_variants(count: int, cells: list[str], title: str) -> None:
    """Each variant repeats what its good says. Raises TooBig."""
    if count * (sum(map(len, cells)) + 8 * len(cells)) > _VARIANTS_WEIGHT:
        raise limits.record_too_big(0, "variants", title, limit=_VARIANTS_WEIGHT)


def _is_variant(value: Any) -> bool:
    return isinstance(value, dict) and any(named_field(key)[0] == Field.PRICE for key in value)


def _told_category(key: str, value: Any) -> str:
    plain = key.lower().replace("_", "")
    if plain in {"categoryid", "groupid"} and not isinstance(value, dict | list):
        return str(value)
    if plain == "category" and isinstance(value, dict) and not value.get("name") and not value.get("title"):
        return str(value.get("id") or "")
    return ""


def _put(cells: list[str], key: str, value: Any) -> None:  # noqa: C901, PLR0912 - one kind of value after the other
    """The value as cells: plain ones as they are, lists repeated, objects by what they hold."""
    if value is None:
        return
    if isinstance(value, list):
        if key.lower() in _PARAMETERS:
            _put_parameters(cells, value)
        elif named_field(key)[0] == Field.STOCK:
            _put_rests(cells, key, value)
        elif named_field(key)[0] == Field.CATEGORY and value and all(isinstance(part, str) for part in value):
            cells += (key, " > ".join(value))
        else:
            for item in value[:200]:
                _put(cells, key, item)
    elif isinstance(value, dict):
        if key.lower() in _PARAMETERS:
            for label, told in value.items():
                cells += (f"param:{label}", _text(told))
            return
        field = named_field(key)[0]
        languages = [name for name in value if name.lower().replace("-", "").replace("_", "") in LANGUAGES]
        if languages and len(languages) == len(value):
            if field in {Field.TITLE, Field.DESCRIPTION}:
                for name in languages:
                    cells += (f"{key}:{name}", _text(value[name]))
            else:
                best = min(
                    languages,
                    key=lambda name: LANGUAGES[name.lower().replace("-", "").replace("_", "")] != "uk",
                )
                cells += (key, _text(value[best]))
        elif field in {Field.PRICE, Field.OLD_PRICE, Field.DISCOUNT_PRICE, Field.TIER_PRICE}:
            amount = next((value[name] for name in _AMOUNTS if value.get(name) is not None), None)
            currency = value.get("currency") or value.get("currencyCode") or value.get("currency_code") or ""
            cells += (key, f"{_text(amount)} {_text(currency)}".strip())
        elif field == Field.STOCK:
            _put_rests(cells, key, [value])
        else:
            told = next((value[name] for name in _VALUES if value.get(name) is not None), None)
            if told is not None:
                cells += (key, _text(told))
    else:
        cells += (key, _text(value))


def _put_parameters(cells: list[str], items: list[Any]) -> None:
    for item in items[:200]:
        if not isinstance(item, dict):
            continue
        label = item.get("name") or item.get("title") or item.get("key") or item.get("label")
        value = next(
            (item[name] for name in ("value", "values", "option", "text") if item.get(name) is not None), None
        )
        if label and value is not None:
            unit = item.get("unit")
            cells += (f"param:{_text(label)}", f"{_text(value)} {unit}" if unit else _text(value))


def _put_rests(cells: list[str], key: str, items: list[Any]) -> None:
    """Rests by warehouse as their sum."""
    total = Decimal(0)
    counted = False
    for item in items:
        told = item
        if isinstance(item, dict):
            told = next((item[name] for name in _RESTS if item.get(name) is not None), None)
        text = _text(told)
        if re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", text):
            total += Decimal(text)
            counted = True
        elif text and not counted:
            cells += (key, text)
    if counted:
        cells += (key, format(total.normalize(), "f"))


def _text(value: Any) -> str:  # noqa: PLR0911 - one type after the other
    if isinstance(value, str):
        return _sound(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f") if -30 < value.adjusted() < 30 else str(value)
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value[:50])
    if isinstance(value, dict):
        return next((_text(value[name]) for name in _VALUES if value.get(name) is not None), "")
    return str(value)


def _sound(text: str) -> str:
    """Without halves of surrogate pairs, which neither the database nor the index takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


JSON_READER = JsonReader()
JSON_LINES_READER = JsonLinesReader()
