"""The Lviv vendor's Google Merchant feed (RSS 2.0 with the g: namespace)."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from marketplace.demo.offers import Item

PHOTOS = "https://photos.ryad.example/"
SITE = "https://dim-chystota.example"
_G = "http://base.google.com/ns/1.0"
#: First part of the vendor's path -> number in Google's taxonomy.
_GOOGLE = {
    "Побутова хімія": "4973",
    "Паперова продукція": "623",
    "Прибирання": "623",
    "Продукти": "422",
    "Посуд": "672",
    "Догляд": "469",
    "Техніка": "604",
    "Офіс": "922",
}


def merchant(items: Iterable[Item]) -> bytes:
    """The feed as bytes."""
    root = etree.Element("rss", nsmap={"g": _G}, version="2.0")
    channel = etree.SubElement(root, "channel")
    for tag, text in (
        ("title", "Дім і Чистота"),
        ("link", SITE),
        ("description", "Товари для дому та офісу, Львів"),
    ):
        etree.SubElement(channel, tag).text = text
    for item in items:
        _good(channel, item)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _good(channel: etree._Element, item: Item) -> None:
    good = item.good
    entry = etree.SubElement(channel, "item")
    _g(entry, "id", f"DC-{item.code}")
    _g(entry, "title", good.name_uk)
    _g(entry, "description", f"{good.name_uk}. {good.description_uk}")
    _g(entry, "link", f"{SITE}/{good.key}.html")
    _g(entry, "image_link", PHOTOS + good.photo)
    _g(
        entry,
        "availability",
        "backorder" if item.stock is None else "in_stock" if item.stock else "out_of_stock",
    )
    if item.old_price is None:
        _g(entry, "price", f"{item.price} UAH")
    else:
        _g(entry, "price", f"{item.old_price} UAH")
        _g(entry, "sale_price", f"{item.price} UAH")
    _g(entry, "brand", good.brand.name)
    _g(entry, "gtin", good.gtin)
    _g(entry, "mpn", good.mpn)
    _g(entry, "google_product_category", _GOOGLE[item.path[0]])
    _g(entry, "product_type", " > ".join(item.path))
    for name, value in good.attributes_uk:
        detail = etree.SubElement(entry, f"{{{_G}}}product_detail")
        _g(detail, "attribute_name", name)
        _g(detail, "attribute_value", value)


def _g(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_G}}}{tag}").text = text
