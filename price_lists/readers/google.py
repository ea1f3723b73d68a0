"""Google Merchant feeds in RSS 2.0 and Atom (the tab-separated kind is read as delimited text).

Attributes: https://support.google.com/merchants/answer/7052112.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from price_lists.errors import NoGoodsFound, Refusal, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.readers import limits
from price_lists.readers.base import Beginning, Peek
from price_lists.readers.xml_stream import XmlLook, elements, local_name, look_into_xml
from price_lists.rows import RawRow, RowIssue

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_ITEMS = ("item", "entry")
_GOOGLE = "http://base.google.com/ns/1.0"

_MEANING: dict[str, Field] = {
    "id": Field.SOURCE_ID,
    "title": Field.TITLE,
    "description": Field.DESCRIPTION,
    "link": Field.URL,
    "image_link": Field.PHOTO,
    "additional_image_link": Field.PHOTO,
    "video_link": Field.VIDEO,
    "availability": Field.AVAILABILITY,
    "quantity": Field.STOCK,
    "sell_on_google_quantity": Field.STOCK,
    "price": Field.PRICE,
    "sale_price": Field.DISCOUNT_PRICE,
    "brand": Field.BRAND,
    "gtin": Field.GTIN,
    "mpn": Field.MPN,
    "product_type": Field.CATEGORY,
}
_ATTRIBUTES = frozenset(
    {
        "color", "size", "material", "pattern", "age_group", "gender", "size_type", "size_system", "condition",
        "product_length", "product_width", "product_height", "product_weight", "energy_efficiency_class",
        "unit_pricing_measure",
    }
)  # fmt: skip


class GoogleMerchantReader:
    formats = frozenset({"google_merchant"})

    def recognise(self, path: Path, head: bytes) -> str:
        if b"<" not in head[:4096]:
            return ""
        look = look_into_xml(path)
        if look is None or look.root not in {"rss", "feed"}:
            return ""
        text = head.decode(look.encoding, "replace")
        return "google_merchant" if _GOOGLE in text or "<g:" in text else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        look = _look(path, encoding)
        beginning = Beginning()
        for row in _rows(path, look):
            if isinstance(row, RawRow) and not beginning.take(row.number, row.cells):
                break
        if not beginning.rows:
            raise NoGoodsFound("no_offers_in_feed")
        return Peek(beginning.named(), look.encoding, details={"declared_encoding": look.declared})

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        yield from _rows(path, _look(path, mapping.encoding))

    def field_of(self, name: str) -> tuple[Field, str]:
        lowered = name.lower()
        if lowered in _MEANING:
            return _MEANING[lowered], ""
        if lowered.startswith("detail:"):
            return Field.ATTRIBUTE, name[7:]
        return (Field.ATTRIBUTE, lowered.replace("_", " ")) if lowered in _ATTRIBUTES else (Field.IGNORE, "")


def _look(path: Path, encoding: str) -> XmlLook:
    look = look_into_xml(path, encoding=encoding if encoding not in {"", "utf-8"} else "")
    if look is None:
        raise Refusal("unknown_xml", detail="?")
    if not look.closed:
        raise UnreadableFile("truncated_file", detail=f"</{look.root}>")
    return look


def _rows(path: Path, look: XmlLook) -> Iterator[RawRow | RowIssue]:
    most = 2 * limits.RECORD_FIELDS
    with elements(path, look, _ITEMS) as found:
        for number, (_event, element) in enumerate(found, 1):
            cells = _flatten(element)
            yield RawRow("", number, cells) if len(cells) <= most else limits.too_many_fields(number, cells)


def _flatten(element: Any) -> tuple[str, ...]:
    cells: list[str] = []
    own = {
        child.tag
        for child in element
        if isinstance(child.tag, str) and child.tag.startswith(f"{{{_GOOGLE}}}")
    }
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = local_name(child)
        # <title> beside <g:title> says the same again
        if not child.tag.startswith(f"{{{_GOOGLE}}}") and f"{{{_GOOGLE}}}{name}" in own:
            continue
        if name == "product_detail":
            label = child.findtext(f"{{{_GOOGLE}}}attribute_name") or ""
            cells += (f"detail:{label}", child.findtext(f"{{{_GOOGLE}}}attribute_value") or "")
        elif name == "link" and not (child.text or "").strip() and child.get("href"):
            cells += (name, child.get("href"))
        elif not len(child):
            cells += (name, child.text or "")
    return tuple(cells)


READER = GoogleMerchantReader()
