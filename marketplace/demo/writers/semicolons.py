"""The Odesa vendor's CSV, as its 1C exports it: cp1251, semicolons, decimal commas, words for the stock."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from marketplace.demo.catalogue import chance
from marketplace.demo.offers import Item
from marketplace.demo.writers.slips import to_cp1251

PHOTOS = "https://photos.ryad.example/"
_UNITS = {
    "pcs": "шт",
    "pack": "упак",
    "ream": "пач",
    "set": "набор",
    "box": "кор",
    "roll": "рул",
    "pair": "пара",
    "bottle": "бут",
}
_HEADINGS = (
    "Артикул",
    "Наименование",
    "Торговая марка",
    "Группа товара",
    "Ед. изм.",
    "Цена, грн",
    "Наличие",
    "Штрихкод",
    "Фото",
)
#: Places in the list whose price is agreed on the phone, and whose price somebody forgot.
BY_AGREEMENT = (37, 151, 262, 349)
FORGOTTEN = (88, 203, 310)
#: The place of the good that stands in the list twice.
TWICE = 120


def semicolons(items: Iterable[Item], *, flaws: bool = True) -> bytes:
    """The list as bytes. `flaws` adds the rows that no list of this vendor has ever been without."""
    listed = list(items)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    for place, item in enumerate(listed):
        price = _price(item.price)
        if flaws and place in BY_AGREEMENT:
            price = "дог."
        elif flaws and place in FORGOTTEN:
            price = ""
        writer.writerow(_row(item, price))
    if flaws:
        again = listed[TWICE]
        writer.writerow(_row(again, _price(again.price - Decimal("0.50"))))
    writer.writerow([])
    writer.writerow(["", f"Итого наименований: {len(listed)}"])
    return to_cp1251(out.getvalue()).encode("cp1251")


def _row(item: Item, price: str) -> list[str]:
    good = item.good
    unit = _UNITS[good.unit]
    return [
        good.mpn,
        good.name_en if good.name_en and chance(good.key, "imported") < 0.15 else good.name_ru,
        good.brand.name,
        "/".join(item.path),
        f"{unit} ({good.pack} шт)" if good.pack > 1 else unit,
        price,
        "под заказ" if item.stock is None else "есть" if item.stock else "нет",
        # A third of the goods was entered before the shop had a scanner.
        good.gtin if chance(good.key, "scanned") < 0.7 else "",
        PHOTOS + good.photo,
    ]


def _price(price: Decimal) -> str:
    """1 234,50 with the no-break space that 1C puts between thousands."""
    return f"{price:,.2f}".replace(",", "\u00a0").replace(".", ",")
