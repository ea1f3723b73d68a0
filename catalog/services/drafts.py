"""What a source says about one offer, in the shape of the catalogue's columns, and people's edits over it.

No database here: a draft is made while reading, stored as JSON between reading and applying, and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core import text

#: Columns of Offer that come from the text part of a draft, with the lengths that the database takes.
TEXT_LIMITS = {
    "title": 500,
    "brand": 120,
    "maker": 160,
    "country": 80,
    "article": 120,
    "mpn": 120,
    "gtin": 14,
    "url": 1000,
    "unit": 3,
}
#: What a person may change about an offer; each is an `OfferEdit.field`.
EDITABLE = frozenset(
    {
        *TEXT_LIMITS,
        "description",
        "photos",
        "videos",
        "attributes",
        "pack_count",
        "category_id",
        "price_amount",
        "price_currency",
        "old_price_amount",
        "participation",
    }
)
#: Begins the field of an edit of one attribute; the value is what `Offer.facts` keeps for it.
FACT = "fact:"
_SEARCHED = frozenset({"title", "brand", "maker", "article", "mpn", "gtin", "attributes", "texts"})


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """One offer of a source: `text`, `price` and `stock` are compared apart, so each can change alone.

    text: title, texts, brand, maker, country, article, mpn, gtin, url, photos, videos, attributes, unit,
    pack_count. price: amount (1/10,000), currency, old (or None), vat, vat_percent, tiers as lists
    [kind, label, amount, currency, min_quantity]. stock: state, quantity (text or None), days (or None).
    """

    text: dict[str, Any]
    price: dict[str, Any]
    stock: dict[str, Any]

    def columns(self) -> dict[str, Any]:
        """The columns of Offer that the draft settles, analysed text included."""
        columns = {
            **self.text,
            "price_amount": self.price["amount"],
            "price_currency": self.price["currency"],
            "old_price_amount": self.price["old"],
            "vat": self.price["vat"],
            "vat_percent": self.price["vat_percent"],
            "availability": self.stock["state"],
        }
        columns["search_text"] = searched_text(columns)
        columns["collation_key"] = text.collation_key(columns["title"])
        return columns


def searched_text(columns: Mapping[str, Any]) -> str:
    """The analysed words by which an offer is found without an engine: all but its descriptions.

    Codes count whole: taking each apart would cost as much as its title.
    """
    said = {columns["title"]: None, columns["brand"]: None, columns["maker"]: None}
    for words in columns["texts"].values():
        said[words.get("title", "")] = None
    said.update(dict.fromkeys(columns["attributes"].values()))
    found = text.search_text(*said)
    codes = {text.normalize_code(columns[name]) for name in ("article", "mpn", "gtin") if columns[name]}
    missing = " ".join(sorted(code for code in codes if code and f" {code} " not in found))
    return f"{found or ' '}{missing} " if missing else found


def with_edits(columns: dict[str, Any], edits: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """`columns` with people's words over them: (field, value), the one that wins last."""
    changed = dict(columns)
    touched = set()
    for field, value in edits:
        if field.startswith(FACT):
            changed["facts"] = {**(changed.get("facts") or {}), field.removeprefix(FACT): value}
            continue
        if field in {"title", "description"}:
            said = changed.get("texts") or {"": {}}
            changed["texts"] = {language: {**words, field: value} for language, words in said.items()}
            touched.add("texts")
        if field != "description":
            changed[field] = value
        touched.add(field)
    if touched & _SEARCHED and "texts" in changed:
        changed["search_text"] = searched_text(changed)
        changed["collation_key"] = text.collation_key(changed["title"])
    return changed
