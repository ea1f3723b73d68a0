"""The electronics vendor's YML: document type of old, names in two languages, params, a few prices in dollars."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from marketplace.demo.catalogue import chance
from marketplace.demo.offers import USD, Item

PHOTOS = "https://photos.ryad.example/"
SITE = "https://technobazar.example"
#: Bought for dollars, so listed in dollars.
IN_DOLLARS = frozenset({"laptops", "ssd"})
_UNITS = {"pack": "упак", "ream": "пачка", "set": "комплект", "box": "коробка", "pcs": "шт"}


def yml(items: Iterable[Item], *, date: str) -> bytes:
    """The feed as bytes."""
    listed = list(items)
    root = etree.Element("yml_catalog", date=date)
    shop = etree.SubElement(root, "shop")
    _text(shop, "name", "ТехноБазар")
    _text(shop, "company", "ТОВ «ТехноБазар»")
    _text(shop, "url", SITE)
    currencies = etree.SubElement(shop, "currencies")
    etree.SubElement(currencies, "currency", id="UAH", rate="1")
    etree.SubElement(currencies, "currency", id="USD", rate=str(USD))
    ids = _categories(shop, listed)
    offers = etree.SubElement(shop, "offers")
    for item in listed:
        _offer(offers, item, ids)
    return etree.tostring(
        root,
        encoding="UTF-8",
        xml_declaration=True,
        pretty_print=True,
        doctype='<!DOCTYPE yml_catalog SYSTEM "shops.dtd">',
    )


def _categories(shop: etree._Element, items: list[Item]) -> dict[tuple[str, ...], str]:
    ids: dict[tuple[str, ...], str] = {}
    parent = etree.SubElement(shop, "categories")
    for path in sorted({item.path for item in items}):
        for depth in range(1, len(path) + 1):
            if path[:depth] in ids:
                continue
            ids[path[:depth]] = str(100 + len(ids))
            category = _text(parent, "category", path[depth - 1])
            category.set("id", ids[path[:depth]])
            if depth > 1:
                category.set("parentId", ids[path[: depth - 1]])
    return ids


def _offer(offers: etree._Element, item: Item, ids: dict[tuple[str, ...], str]) -> None:
    good = item.good
    offer = etree.SubElement(offers, "offer", id=item.code, available="true" if item.stock else "false")
    dollars = good.category in IN_DOLLARS
    _text(offer, "url", f"{SITE}/p/{good.key}/")
    _text(offer, "price", _price(item.price, dollars=dollars))
    if item.old_price is not None:
        _text(offer, "oldprice", _price(item.old_price, dollars=dollars))
    _text(offer, "currencyId", "USD" if dollars else "UAH")
    _text(offer, "categoryId", ids[item.path])
    _text(offer, "picture", PHOTOS + good.photo)
    # Suppliers' price lists are copied as they are: a third of what has an English name keeps it.
    english = good.name_en if chance(good.key, "english") < 0.35 else ""
    _text(offer, "name", english or good.name_ru)
    _text(offer, "name_ua", good.name_uk)
    _text(offer, "vendor", good.brand.name)
    _text(offer, "vendorCode", good.mpn)
    _text(offer, "barcode", good.gtin)
    _text(offer, "country_of_origin", good.brand.country_ru)
    if item.stock is not None:
        _text(offer, "stock_quantity", str(item.stock))
    _text(offer, "description", "").text = etree.CDATA(_described(good.name_ru, good.description_ru))
    _text(offer, "description_ua", "").text = etree.CDATA(_described(good.name_uk, good.description_uk))
    _text(offer, "param", _UNITS[good.unit]).set("name", "Единица измерения")
    for name, value in good.attributes_ru:
        _text(offer, "param", value).set("name", name)


def _described(name: str, text: str) -> str:
    return f"<p>{name}.</p><p>{text}</p>"


def _price(price: Decimal, *, dollars: bool) -> str:
    if dollars:
        price = (price / USD).quantize(Decimal(1), ROUND_HALF_UP)
    return str(
        price.quantize(Decimal(1), ROUND_HALF_UP) if dollars or price == price.to_integral() else price
    )


def _text(parent: etree._Element, tag: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, tag)
    element.text = text
    return element
