"""YML (yml_catalog) with the dialects of Ukrainian portals: Prom, Rozetka, Hotline, MAUDAU, Epicentr.

Format: https://yandex.ru/support/marketplace/assortment/files/index.html (yml_catalog/shop/offers/offer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import TYPE_CHECKING, Any

from price_lists.errors import NoGoodsFound, Refusal, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.readers import limits
from price_lists.readers.base import Beginning, Peek
from price_lists.readers.feed_names import LANGUAGES, named_field
from price_lists.readers.limits import CategoryTree
from price_lists.readers.xml_stream import XmlLook, elements, local_name, look_into_xml
from price_lists.readers.yml_cells import flattened
from price_lists.rows import RawRow, RowIssue
from price_lists.validation.currencies import currency_code

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_ROOTS = frozenset({"yml_catalog", "price", "shop"})
_OFFERS = ("offer", "item", "product", "good", "tovar", "position")
# Feeds of unknown make are taken if they plainly hold goods.
_GOODS = re.compile(
    r"<(?:\w+:)?(?:offer|item|shopitem|product|good|tovar|position|товар|row)[\s>]", re.IGNORECASE
)
_PRICED = re.compile(
    r"<(?:\w+:)?(?:price(?:_?(?:r?uah|vat|retail))?|cost|ціна|цена)[\s>]|\bprice=\"", re.IGNORECASE
)
# Feeds of unknown make call their goods by one of these; the known dialects by one of _OFFERS.
_OTHER_OFFERS = (
    "Offer",
    "Item",
    "Product",
    "OFFER",
    "ITEM",
    "PRODUCT",
    "SHOPITEM",
    "Товар",
    "товар",
    "ТОВАР",
    "row",
    "Row",
)
_HEAD = 256 * 1024
_CURRENCIES = 200


class YmlReader:
    formats = frozenset({"yml"})

    def recognise(self, path: Path, head: bytes) -> str:
        if b"<" not in head[:4096]:
            return ""
        look = look_into_xml(path)
        if look is None:
            return ""
        if look.root in _ROOTS:
            return "yml"
        text = head.decode(look.encoding, "replace")
        if "http://base.google.com/ns/1.0" in text:
            return ""
        return "yml" if _GOODS.search(text) and _PRICED.search(text) else ""

    def peek(self, path: Path, format_name: str, *, encoding: str = "", delimiter: str = "") -> Peek:  # noqa: ARG002
        look = _look(path, encoding)
        if not look.closed:
            raise UnreadableFile("truncated_file", detail=f"</{look.root}>")
        paths, currency = _head(path, look)
        beginning = Beginning()
        for row in self._rows(path, look, paths):
            if isinstance(row, RawRow) and not beginning.take(row.number, row.cells):
                break
        if not beginning.rows:
            raise NoGoodsFound("no_offers_in_feed")
        details = {"declared_encoding": look.declared}
        return Peek(beginning.named(), look.encoding, currency=currency, details=details)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        look = _look(path, mapping.encoding)
        if not look.closed:
            raise UnreadableFile("truncated_file", detail=f"</{look.root}>")
        categories, _currency = _head(path, look)
        yield from self._rows(path, look, categories)

    def _rows(
        self, path: Path, look: XmlLook, categories: MappingType[str, tuple[str, ...]]
    ) -> Iterator[RawRow | RowIssue]:
        number = 0
        most = 2 * limits.RECORD_FIELDS
        with elements(path, look, _tags(path, look)) as found:
            for _event, element in found:
                if not (len(element) or element.get("price")) or _is_nested(element):
                    continue
                number += 1
                cells, category = flattened(element)
                if len(cells) > most:
                    yield limits.too_many_fields(number, cells)
                else:
                    yield RawRow("", number, cells, categories.get(category, ()))

    def field_of(self, name: str) -> tuple[Field, str]:
        # names in Cyrillic belong to no known dialect, so the words of headings are asked
        return named_field(name, by_words=not name.isascii())


def _look(path: Path, encoding: str) -> XmlLook:
    look = look_into_xml(path, encoding=encoding if encoding not in {"", "utf-8"} else "")
    if look is None:
        raise Refusal("unknown_xml", detail="?")
    return look


def _tags(path: Path, look: XmlLook) -> tuple[str, ...]:
    """What the goods are called here: the fewer names the parser compares with, the faster it is."""
    with path.open("rb") as stream:
        text = stream.read(_HEAD).decode(look.encoding, "replace")
    called = tuple(name for name in (*_OFFERS, *_OTHER_OFFERS) if re.search(rf"<(?:\w+:)?{name}[\s>]", text))
    begun = "</categories" in text or "<categor" not in text  # a long tree of groups hides the goods
    return called if called and begun else _OFFERS


def _is_nested(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) in {
        "offer",
        "promo",
        "purchase",
        "gift",
        "promo-gifts",
        "product",
        "item",
        "good",
    }


def _head(path: Path, look: XmlLook) -> tuple[MappingType[str, tuple[str, ...]], str]:
    """Category paths by id and the feed's own currency, read from before the offers, or else after them."""
    tree = CategoryTree()
    currencies: list[tuple[str, str]] = []
    offers_seen = 0
    with elements(path, look, ("category", "currency", "categories", "catalog", *_tags(path, look))) as found:
        for _event, element in found:
            name = local_name(element)
            if name == "currency" and not _within(element, _ROWS):
                code = element.get("id") or element.get("code") or (element.text or "").strip()
                if code and len(currencies) < _CURRENCIES:
                    currencies.append((code, (element.get("rate") or "").strip()))
            elif name == "category" and _within(element, _TREES):
                tree.add(*_category(element))
            elif name == "categories" or (name == "catalog" and tree.names):
                break
            elif name in _ROWS:
                offers_seen += 1
                # feeds that give categories at each offer have no list anywhere
                if offers_seen > 5 and not tree.names and element.find("{*}categoryId") is None:
                    break
    base = [code for code, rate in currencies if rate in {"1", "1.0", "1.00"}]
    chosen = base if len(base) == 1 else [code for code, _rate in currencies] if len(currencies) == 1 else []
    return tree.paths(), currency_code(chosen[0]) if chosen else ""


_TREES = frozenset({"categories", "catalog", "shop", "price", "yml_catalog", "category"})
_ROWS = frozenset({*_OFFERS, *_OTHER_OFFERS})


def _category(element: Any) -> tuple[str, str, str]:
    """Id, name and the parent's id, whichever way and case they are written in."""
    told = {name.lower().replace("_", ""): value for name, value in element.items()}
    title = (element.text or "").strip()
    for child in element:
        if isinstance(child.tag, str) and not len(child):
            name = local_name(child).lower().replace("_", "")
            language = LANGUAGES.get((child.get("lang") or "").lower(), "")
            if name != "name" or language in {"", "uk"} or "name" not in told:
                told[name] = (child.text or "").strip()
    parent = told.get("parentid", "")
    above = element.getparent()
    if not parent and above is not None and local_name(above) == "category":
        parent = above.get("id") or ""  # the tree is written as a tree
    title = title or told.get("nameua") or told.get("nameuk") or told.get("name") or told.get("title") or ""
    return told.get("id", ""), " ".join(title.split()), parent.strip()


def _within(element: Any, names: frozenset[str]) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) in names


READER = YmlReader()
