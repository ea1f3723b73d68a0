"""Writes the demo vendors' price lists from the catalogue: `python -m marketplace.demo.generate`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from marketplace.demo.catalogue import HERE
from marketplace.demo.offers import Shop, assortment, later_kanc, suspicious_ofis
from marketplace.demo.writers.merchant import merchant
from marketplace.demo.writers.semicolons import semicolons
from marketplace.demo.writers.workbook import workbook
from marketplace.demo.writers.yml import yml

TARGET = HERE / "price_lists"
#: The lists that the demo row starts with, by vendor.
FILES = {
    Shop.KANC: "kancelyarskyi-dvir.xlsx",
    Shop.OFIS: "ofismarket-yug.csv",
    Shop.TECHNO: "technobazar.xml",
    Shop.DIM: "dim-i-chystota.xml",
}
#: Later versions to try by hand: an ordinary update, and an export that the guard has to hold.
LATER_KANC = "later/kancelyarskyi-dvir-next.xlsx"
SUSPICIOUS_OFIS = "later/ofismarket-yug-broken-export.csv"


def files() -> dict[str, bytes]:
    """Every price list by its path below price_lists/."""
    return {
        FILES[Shop.KANC]: workbook(assortment(Shop.KANC), day=dt.date(2026, 11, 16)),
        FILES[Shop.OFIS]: semicolons(assortment(Shop.OFIS)),
        FILES[Shop.TECHNO]: yml(assortment(Shop.TECHNO), date="2026-11-16 06:30"),
        FILES[Shop.DIM]: merchant(assortment(Shop.DIM)),
        LATER_KANC: workbook(later_kanc(), day=dt.date(2026, 11, 30)),
        SUSPICIOUS_OFIS: semicolons(suspicious_ofis(), flaws=False),
    }


def write(target: Path = TARGET) -> None:
    """Writes the files below `target`."""
    for name, content in files().items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{path}: {len(content):,} bytes")


if __name__ == "__main__":
    write()
