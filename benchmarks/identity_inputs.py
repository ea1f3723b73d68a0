"""Labelled sets for product identity, read from the folder of real data into the records that the matcher takes."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from price_lists.identity import Record

ROOT = Path(__file__).resolve().parents[1]
_FOLDERS = {
    "abt_buy": "Textual/Abt-Buy",
    "amazon_google": "Structured/Amazon-Google",
    "walmart_amazon": "Structured/Walmart-Amazon",
    "beer": "Structured/Beer",
}
_FIELDS = {
    "title": "title",
    "name": "title",
    "Beer_Name": "title",
    "manufacturer": "brand",
    "brand": "brand",
    "Brew_Factory_Name": "brand",
    "modelno": "mpn",
    "description": "description",
    "Style": "description",
    "ABV": "description",
    "price": "price",
}
_COLUMN = re.compile(r"COL (\S+) VAL (.*?)\s*(?=COL \S+ VAL |$)")


class Labelled(NamedTuple):
    """Two tables and what is known of their pairs. `listed`: pairs that are not named are not judged either."""

    name: str
    left: list[Record]
    right: list[Record]
    truth: dict[tuple[str, str], int]
    listed: bool


def folder() -> Path:
    return Path(os.environ.get("RYAD_SHARED_DATA") or ROOT.parent / "shared" / "data") / "matching"


def all_sets(part: str) -> list[Labelled]:
    """Every set; `part` is «train» or «valid»."""
    return [*(magellan(name, part) for name in _FOLDERS), plu(part), prosept(part)]


def magellan(name: str, part: str) -> Labelled:
    """Pairs as Ditto publishes them; a record is what is written, so that equal ones have one id."""
    left: dict[str, str] = {}
    right: dict[str, str] = {}
    truth: dict[tuple[str, str], int] = {}
    path = folder() / "er_magellan" / _FOLDERS[name] / f"{part}.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        one, two, label = line.split("\t")
        pair = (left.setdefault(one, f"l{len(left)}"), right.setdefault(two, f"r{len(right)}"))
        truth[pair] = max(int(label), truth.get(pair, 0))
    return Labelled(name, _records(left), _records(right), truth, listed=True)


def _records(written: dict[str, str]) -> list[Record]:
    return [_record(id=name, **_columns(text)) for text, name in written.items()]


def _columns(text: str) -> dict[str, str]:
    columns: dict[str, str] = {"title": ""}
    for column, value in _COLUMN.findall(text):
        field = _FIELDS.get(column)
        if field and value.strip():
            columns[field] = f"{columns.get(field, '')} {value}".strip()
    return columns


def _record(*, price: str = "", **columns: str) -> Record:
    return Record(price=_minor(price), **columns)


def _minor(price: str) -> int | None:
    digits = re.sub(r"[^0-9.]", "", price)
    return round(float(digits) * 100) if digits.strip(".") else None


def _rows(name: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (folder() / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _in_part(key: str, part: str) -> bool:
    """Half of the keys are «train», the other half «valid»."""
    return part == "all" or (hashlib.sha256(key.encode()).digest()[0] % 2 == 0) == (part == "train")


def plu(part: str) -> Labelled:
    """One good's names in two shops."""
    rows = [row for row in _rows("plu_pairs_ru.csv") if _in_part(row["plu"], part)]
    left = [Record(f"l{row['plu']}", row["perek_title"]) for row in rows]
    right = [Record(f"r{row['plu']}", row["5ka_name"]) for row in rows]
    truth = {(f"l{row['plu']}", f"r{row['plu']}"): 1 for row in rows}
    return Labelled("plu", left, right, truth, listed=False)


def prosept(part: str, title: str = "name") -> Labelled:
    """Dealers' offers and all products of the maker; a product's offers are in one part."""
    products = _rows("marketing_product.csv", ";")
    known = {row["id"] for row in products}
    keys = {
        (row["key"], row["dealer_id"]): row["product_id"]
        for row in _rows("marketing_productdealerkey.csv", ";")
    }
    left: dict[tuple[str, str], Record] = {}
    truth: dict[tuple[str, str], int] = {}
    for row in _rows("marketing_dealerprice_copy.csv", ";"):
        key = (row["product_key"], row["dealer_id"])
        product = keys.get(key)
        if product in known and product is not None and key not in left and _in_part(product, part):
            left[key] = Record(f"l{len(left)}", row["product_name"], price=_minor(row["price"]))
            truth[left[key].id, f"r{product}"] = 1
    right = [
        Record(f"r{row['id']}", row[title] or row["name"], price=_minor(row["recommended_price"]))
        for row in products
    ]
    return Labelled("prosept", list(left.values()), right, truth, listed=False)


def write(found: Labelled, where: Path) -> Sequence[str]:
    """The three files that `evaluate_matching` takes; their paths."""
    names = ("left.csv", "right.csv", "truth.csv")
    where.mkdir(parents=True, exist_ok=True)
    _write(where / names[0], ("id", "title", "brand", "mpn", "gtin", "price", "description"), found.left)
    _write(where / names[1], ("id", "title", "brand", "mpn", "gtin", "price", "description"), found.right)
    with (where / names[2]).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("left_id", "right_id", "label")[: 3 if found.listed else 2])
        rows.writerows((*pair, label)[: 3 if found.listed else 2] for pair, label in found.truth.items())
    return [str(where / name) for name in names]


def _write(path: Path, columns: Sequence[str], records: Iterable[Record]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        for record in records:
            price = "" if record.price is None else f"{record.price / 100:.2f}"
            rows.writerow([price if column == "price" else getattr(record, column) for column in columns])
