"""The documents of the Ukrainian and Russian set: real names of goods, read from the shared data, never committed.

python benchmarks/relevance/corpus.py OUTPUT.jsonl         # one JSON object a line, as evaluate_search reads them

Each source gives its goods stable ids (source and the source's own key, or a digest of the name where it has none), so
that grades outlive a changed reader. Goods that a source names in both languages get one of them, by their id: so a
query in the other language has something to prove.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

SHARED = Path(os.environ.get("RYAD_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
LONGEST_DESCRIPTION = 3_000
_TAG = re.compile(r"<[^>]*>")
_GOOGLE = "{http://base.google.com/ns/1.0}"

Row = dict[str, Any]


def build(shared: Path = SHARED) -> Iterator[Row]:
    """All documents, each id once; in an order that depends on the data alone."""
    seen: set[str] = set()
    for source in (_pastry, _suitcases, _security, _wedding, _cleaning, _groceries, _linen, _phones):
        for row in source(shared):
            if row["title"] and row["id"] not in seen:
                seen.add(row["id"])
                yield {name: value for name, value in row.items() if value}


def _plain(html: str | None) -> str:
    return " ".join(unescape(_TAG.sub(" ", html or "")).split())[:LONGEST_DESCRIPTION]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _in_ukrainian(key: str) -> bool:
    """Which of two languages a good gets: half and half, the same for ever."""
    return int(_digest(key), 16) % 2 == 0


def _pastry(shared: Path) -> Iterator[Row]:
    tree = ET.parse(shared / "price_lists" / "google_merchant_uk.xml")
    for item in tree.iter("item"):
        yield {
            "id": f"pastry-{item.findtext(f'{_GOOGLE}id')}",
            "title": _plain(item.findtext(f"{_GOOGLE}title")),
            "brand": _plain(item.findtext(f"{_GOOGLE}brand")),
            "description": _plain(item.findtext(f"{_GOOGLE}description")),
        }


def _suitcases(shared: Path) -> Iterator[Row]:
    tree = ET.parse(shared / "price_lists" / "maudau_yml_uk_ru.xml")
    for offer in tree.iter("offer"):
        key = offer.get("id", "")
        language = "ua" if _in_ukrainian(key) else "ru"
        yield {
            "id": f"suitcase-{key}",
            "title": _plain(offer.findtext(f"name_{language}")),
            "brand": _plain(offer.findtext("vendor")),
            "description": _plain(offer.findtext(f"description_{language}")),
            "article": key,
        }


def _security(shared: Path) -> Iterator[Row]:
    with (shared / "price_lists" / "prom_529_columns.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        places = {name: place for place, name in reversed(list(enumerate(next(rows))))}
        for row in rows:
            key = row[places["Код_товару"]]
            ending = "_укр" if _in_ukrainian(key) else ""
            yield {
                "id": f"security-{key}",
                "title": _plain(row[places["Назва_позиції" + ending]]),
                "brand": _plain(row[places["Виробник"]]),
                "description": _plain(row[places["Опис" + ending]]),
                "article": key,
            }


def _wedding(shared: Path) -> Iterator[Row]:
    newest = max((shared / "feed_versions").glob("*_price.yml"))
    for offer in ET.parse(newest).iter("offer"):
        yield {
            "id": f"wedding-{offer.get('id')}",
            "title": _plain(offer.findtext("name")),
            "description": _plain(offer.findtext("description")),
        }


def _cleaning(shared: Path) -> Iterator[Row]:
    with (shared / "matching" / "marketing_product.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            gtin = row["ean_13"].removesuffix(".0")
            yield {
                "id": f"cleaning-{row['article']}",
                "title": _plain(row["name_1c"] or row["name"]),
                "brand": "Prosept",
                "article": row["article"],
                "gtins": [gtin] if gtin else [],
            }


def _groceries(shared: Path) -> Iterator[Row]:
    """One name of the two that two shops give."""
    with (shared / "matching" / "plu_pairs_ru.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["perek_title"] if int(_digest(row["plu"]), 16) % 2 else row["5ka_name"]
            yield {"id": f"grocery-{row['plu']}", "title": _plain(name), "article": row["plu"]}


def _linen(shared: Path) -> Iterator[Row]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(shared / "price_lists" / "mixed_sheets_ru.xlsx")
    for row in book.get_sheet_by_index(2).to_python():
        told = [str(cell) for cell in row if cell != ""]
        if len(told) >= 4 and told[0].isdigit():
            yield {"id": f"linen-{told[0]}", "title": _plain(told[1]), "article": told[0]}


def _phones(shared: Path) -> Iterator[Row]:
    """Phones, computers and what belongs to them, of two lists that have no keys."""
    with gzip.open(shared / "titles_vocab.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        for line in file:
            source, _language, title = line.rstrip("\n").split("\t", 2)
            if source in ("zbest", "ilya"):
                yield {"id": f"phone-{_digest(title)}", "title": _plain(title)}


def main() -> None:
    with Path(sys.argv[1]).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in build())


if __name__ == "__main__":
    main()
