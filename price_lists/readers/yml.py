"""YML (yml_catalog) with the dialects of Ukrainian portals: Prom, Rozetka, Hotline, MAUDAU, Epicentr.

Format: https://yandex.ru/support/marketplace/assortment/files/index.html (yml_catalog/shop/offers/offer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from price_lists.errors import NoGoodsFound, Refusal, UnreadableFile
from price_lists.mapping.model import Field
from price_lists.readers.base import PEEK_ROWS, Peek, SheetRows
from price_lists.readers.xml_stream import XmlLook, elements, local_name, look_into_xml
from price_lists.rows import RawRow, RowIssue
from price_lists.validation.currencies import currency_code

if TYPE_CHECKING:
    from price_lists.mapping.model import Mapping

_ROOTS = frozenset({"yml_catalog", "price", "shop"})
_OFFERS = ("offer", "item", "product", "good", "tovar", "position")
# Feeds of unknown make are taken if they plainly hold goods.
_GOODS = re.compile(r"<(?:\w+:)?(?:offer|item|product|good|tovar|position)[\s>]", re.IGNORECASE)
_PRICED = re.compile(r"<(?:\w+:)?price(?:r?uah)?[\s>]", re.IGNORECASE)
_CONTAINERS = frozenset({"pictures", "images", "photos", "params", "characteristics"})
_DEPTH = 30  # a category tree that is deeper has a circle in it

_MEANING: dict[str, Field] = {
    "@id": Field.SOURCE_ID,
    "id": Field.SOURCE_ID,
    "@available": Field.AVAILABILITY,
    "available": Field.AVAILABILITY,
    "presence": Field.AVAILABILITY,
    "availability": Field.AVAILABILITY,
    "@in_stock": Field.AVAILABILITY,
    "price": Field.PRICE,
    "priceuah": Field.PRICE,
    "priceruah": Field.PRICE,
    "cost": Field.PRICE,
    "price_promo": Field.DISCOUNT_PRICE,
    "promo_price": Field.DISCOUNT_PRICE,
    "oldprice": Field.OLD_PRICE,
    "old_price": Field.OLD_PRICE,
    "price_old": Field.OLD_PRICE,
    "currencyid": Field.CURRENCY,
    "currency": Field.CURRENCY,
    "vendor": Field.BRAND,
    "brand": Field.BRAND,
    "manufacturer": Field.MAKER,
    "vendorcode": Field.ARTICLE,
    "article": Field.ARTICLE,
    "sku": Field.ARTICLE,
    "code": Field.ARTICLE,
    "barcode": Field.GTIN,
    "ean": Field.GTIN,
    "gtin": Field.GTIN,
    "mpn": Field.MPN,
    "country_of_origin": Field.COUNTRY,
    "country": Field.COUNTRY,
    "url": Field.URL,
    "link": Field.URL,
    "picture": Field.PHOTO,
    "image": Field.PHOTO,
    "image_link": Field.PHOTO,
    "photo": Field.PHOTO,
    "img": Field.PHOTO,
    "video": Field.VIDEO,
    "video_url": Field.VIDEO,
    "stock_quantity": Field.STOCK,
    "quantity_in_stock": Field.STOCK,
    "quantity": Field.STOCK,
    "stock": Field.STOCK,
    "amount": Field.STOCK,
    "count": Field.STOCK,
    "unit": Field.UNIT,
    "measure": Field.UNIT,
    "category": Field.CATEGORY,
}
_TEXTS = {"name": "title", "title": "title", "description": "description"}
_LANGUAGES = {
    "ua": "uk",
    "uk": "uk",
    "ukr": "uk",
    "uk-ua": "uk",
    "ru": "ru",
    "rus": "ru",
    "ru-ru": "ru",
    "en": "en",
    "eng": "en",
}
_LOCALISED = re.compile(r"(name|title|description)(?:[:_-](\w+(?:-\w+)?))?\Z")
_MEASURES = frozenset(
    {"weight", "height", "width", "length", "dimensions", "volume", "warranty", "guarantee", "model"}
)
# Parameters that are no attributes but fields of the offer; compared in lower case without punctuation.
_PARAMETERS: dict[str, Field] = {
    "артикул": Field.ARTICLE,
    "код товару": Field.ARTICLE,
    "код товара": Field.ARTICLE,
    "sku": Field.ARTICLE,
    "mpn": Field.MPN,
    "штрихкод": Field.GTIN,
    "штрих код": Field.GTIN,
    "ean": Field.GTIN,
    "gtin": Field.GTIN,
    "міра виміру": Field.UNIT,
    "одиниця виміру": Field.UNIT,
    "единица измерения": Field.UNIT,
    "бренд": Field.BRAND,
    "торгова марка": Field.BRAND,
    "торговая марка": Field.BRAND,
    "виробник": Field.MAKER,
    "производитель": Field.MAKER,
    "країна виробник": Field.COUNTRY,
    "країна виробник товару": Field.COUNTRY,
    "країна виробництва": Field.COUNTRY,
    "країна походження": Field.COUNTRY,
    "страна производитель": Field.COUNTRY,
    "страна производитель товара": Field.COUNTRY,
    "страна производства": Field.COUNTRY,
    "страна регистрации бренда": Field.IGNORE,
    "країна реєстрації бренду": Field.IGNORE,
    "мінімальна кратність товару": Field.IGNORE,
}


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
        rows: list[tuple[int, tuple[str, ...]]] = []
        for row in self._rows(path, look):
            rows.append((row.number, row.cells))
            if len(rows) >= PEEK_ROWS:
                break
        if not rows:
            raise NoGoodsFound("no_offers_in_feed")
        _paths, currency = _head(path, look)
        details = {"declared_encoding": look.declared}
        return Peek([SheetRows("", rows)], look.encoding, currency=currency, details=details)

    def rows(self, path: Path, mapping: Mapping) -> Iterator[RawRow | RowIssue]:
        look = _look(path, mapping.encoding)
        if not look.closed:
            raise UnreadableFile("truncated_file", detail=f"</{look.root}>")
        yield from self._rows(path, look)

    def _rows(self, path: Path, look: XmlLook) -> Iterator[RawRow]:
        categories, _currency = _head(path, look)
        number = 0
        with elements(path, look, _OFFERS) as found:
            for _event, element in found:
                if not len(element) or _is_nested(element):
                    continue
                number += 1
                cells, category = _flatten(element)
                yield RawRow("", number, cells, categories.get(category, ()))

    def field_of(self, name: str) -> tuple[Field, str]:
        if name.startswith("param:"):
            label = name[6:]
            plain = " ".join(re.sub(r"[\W_]+", " ", label.lower()).split())
            return _PARAMETERS.get(plain, Field.ATTRIBUTE), label.strip(" :")
        lowered = name.lower()
        meaning = _MEANING.get(lowered)
        if meaning:
            return meaning, ""
        text = _LOCALISED.match(lowered)
        if text and (not text[2] or text[2] in _LANGUAGES):
            base = _TEXTS[text[1]]
            return Field(f"{base}_{_LANGUAGES[text[2]]}" if text[2] else base), ""
        if lowered in _MEASURES:
            return Field.ATTRIBUTE, lowered
        return Field.IGNORE, ""


def _look(path: Path, encoding: str) -> XmlLook:
    look = look_into_xml(path, encoding=encoding if encoding not in {"", "utf-8"} else "")
    if look is None:
        raise Refusal("unknown_xml", detail="?")
    return look


def _is_nested(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) in {
        "offer",
        "promo",
        "purchase",
        "gift",
        "promo-gifts",
        "product",
    }


def _head(path: Path, look: XmlLook) -> tuple[dict[str, tuple[str, ...]], str]:
    """Category paths by id and the feed's own currency, read from before the offers, or else after them."""
    names: dict[str, str] = {}
    parents: dict[str, str] = {}
    currencies: list[tuple[str, str]] = []
    offers_seen = 0
    with elements(path, look, ("category", "currency", "categories", "catalog", *_OFFERS)) as found:
        for _event, element in found:
            name = local_name(element)
            if name == "currency" and element.get("id"):
                currencies.append((element.get("id"), (element.get("rate") or "").strip()))
            elif name == "category" and _within(element, {"categories", "catalog", "shop"}):
                identifier = element.get("id") or _child_text(element, "id")
                title = (element.text or "").strip() or _child_text(element, "name")
                if identifier and title:
                    names[identifier] = " ".join(title.split())
                    parent = (
                        element.get("parentId")
                        or element.get("parent_id")
                        or _child_text(element, "parentId")
                    )
                    if parent and parent != identifier:
                        parents[identifier] = parent
            elif name == "categories" or (name == "catalog" and names):
                break
            elif name in _OFFERS:
                offers_seen += 1
                # feeds that give categories at each offer have no list anywhere
                if offers_seen > 5 and not names and element.find("{*}categoryId") is None:
                    break
    paths = {identifier: _path_of(identifier, names, parents) for identifier in names}
    base = [code for code, rate in currencies if rate in {"1", "1.0", "1.00"}]
    chosen = base if len(base) == 1 else [code for code, _rate in currencies] if len(currencies) == 1 else []
    return paths, currency_code(chosen[0]) if chosen else ""


def _within(element: Any, names: set[str]) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) in names


def _child_text(element: Any, name: str) -> str:
    child = element.find(f"{{*}}{name}")
    return (child.text or "").strip() if child is not None else ""


def _path_of(identifier: str, names: dict[str, str], parents: dict[str, str]) -> tuple[str, ...]:
    path: list[str] = []
    seen: set[str] = set()
    current: str | None = identifier
    while current in names and current not in seen and len(path) < _DEPTH:
        seen.add(current)
        path.append(names[current])
        current = parents.get(current)
    return tuple(reversed(path))


def _flatten(element: Any) -> tuple[tuple[str, ...], str]:
    """The offer as name and value by turns, and its category's id."""
    cells: list[str] = []
    category = ""
    named = False
    for name, value in element.items():
        cells += ("@" + name, value)
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            continue
        if tag[0] == "{":
            tag = tag.rpartition("}")[2]
        value = child.text or ""
        if len(child):
            if tag in _CONTAINERS:
                cells += _grouped(child)
                continue
            value = _nested_text(child)
        named = named or (tag.startswith(("name", "title")) and bool(value))
        if tag == "param":
            label = child.get("name") or ""
            unit = child.get("unit")
            cells += ("param:" + label, f"{value.strip()} {unit}" if unit else value)
        elif tag == "categoryId":
            category = category or value.strip()
            cells += (tag, value)
        else:
            language = child.get("lang") or child.get("{http://www.w3.org/XML/1998/namespace}lang")
            cells += (f"{tag}:{language.lower()}" if language else tag, value)
    if not named:  # the "vendor.model" kind: the name is put together from three elements
        parts = [_child_text(element, name) for name in ("typePrefix", "vendor", "model")]
        cells += ("name", " ".join(part for part in parts if part))
    return tuple(cells), category


def _grouped(element: Any) -> list[str]:
    """Elements that only wrap repeated ones: <pictures><picture>, <params><param>, <images><image>."""
    cells: list[str] = []
    for child in element:
        if isinstance(child.tag, str) and not len(child):
            name = local_name(child)
            cells += (f"param:{child.get('name')}" if name == "param" else name, child.text or "")
    return cells


def _nested_text(element: Any) -> str:
    """Markup inside a description that was not put into CDATA; of values by language the Ukrainian one."""
    for value in element.findall("{*}value"):
        if value.get("lang") in {"uk", "ua"}:
            return value.text or ""
    if local_name(element) not in {"description", "name", "description_ua", "description_ru", "value"}:
        return " ".join(part.strip() for part in element.itertext() if part.strip())
    return "".join(element.itertext())


READER = YmlReader()
