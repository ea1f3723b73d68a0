"""Reading a version's file again, as it was read then, into a file of goods, problems and values that were changed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from catalog.services.drafts import OfferDraft
from price_lists import reading
from price_lists.mapping.model import Mapping
from price_lists.messages import issue
from price_lists.models import ImportRun
from price_lists.readings.became import Became, Made
from price_lists.readings.files import reading_path, terms_then, written
from price_lists.rows import OfferRow, RawRow, RowIssue, Severity, is_by_name, repeated_key
from price_lists.services.drafting import StagedDraft, digest, draft_of, merged, staged
from price_lists.title_rules.services import rules_then

_BATCH = 2_000
_SCHEMA = """
CREATE TABLE goods (
    key TEXT PRIMARY KEY, row INTEGER, sheet TEXT, title TEXT, folded TEXT, category TEXT, brand TEXT,
    amount INTEGER, currency TEXT, unit TEXT, state TEXT, quantity TEXT, said TEXT, price TEXT,
    price_hash BLOB, stock_hash BLOB, text_hash BLOB, repeats INTEGER
) WITHOUT ROWID;
CREATE TABLE problems (
    row INTEGER, sheet TEXT, "column" TEXT, value TEXT, folded TEXT, code TEXT, severity TEXT
);
CREATE TABLE made (
    "column" TEXT, value TEXT, kind TEXT, became TEXT, folded TEXT, rows INTEGER, row INTEGER, sheet TEXT,
    UNIQUE ("column", value, kind, became)
);
"""
_GOODS = (
    "key", "row", "sheet", "title", "folded", "category", "brand", "amount", "currency", "unit", "state",
    "quantity", "said", "price", "price_hash", "stock_hash", "text_hash", "repeats",
)  # fmt: skip
_INDEXES = """
CREATE INDEX goods_place ON goods (sheet, row);
CREATE INDEX problems_place ON problems (severity, sheet, row);
CREATE INDEX problems_row ON problems (sheet, row);
CREATE INDEX made_order ON made ("column", rows DESC);
"""
#: Short texts by which a change is named; the rest is in the hash.
SAID = ("brand", "maker", "country", "article", "mpn", "gtin", "url", "unit", "pack_count")
Progress = Callable[[int], None]


def build_reading(run: ImportRun, progress: Progress = lambda _rows: None) -> Path:
    """The reading of a run, made if it is not there yet. Raises Refusal as the first reading would."""
    path = reading_path(run)
    if path.exists():
        return path
    with written(path) as connection:
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        _Building(run, connection).read(progress)
        for statement in _INDEXES.split(";\n"):
            connection.execute(statement)
    return path


class _Building:
    def __init__(self, run: ImportRun, connection: sqlite3.Connection) -> None:
        self.path = run.price_list.file.path
        self.mapping = Mapping.from_json(run.mapping or {})
        self.terms = terms_then(run, self.mapping)
        self.understand = reading.normaliser(self.mapping, names=rules_then(run))
        self.became = Became(self.mapping)
        self.connection = connection

    def read(self, progress: Progress) -> None:
        batch: list[tuple[RawRow, bytes] | RowIssue] = []
        done = 0
        for item in reading.raw_rows(self.path, self.mapping):
            batch.append(item)
            if len(batch) == _BATCH:
                self._keep(batch)
                done += len(batch)
                batch = []
                progress(done)
        self._keep(batch)

    def _keep(self, batch: list[tuple[RawRow, bytes] | RowIssue]) -> None:
        issues: list[RowIssue] = []
        offers: list[OfferRow] = []
        made: Counter[Made] = Counter()
        first: dict[Made, tuple[int, str]] = {}
        for item in batch:
            if isinstance(item, RowIssue):
                issues.append(item)
                continue
            for said in self.understand(item[0]):
                if isinstance(said, RowIssue):
                    issues.append(said)
                    continue
                offers.append(said)
                for change in self.became.of(item[0], said):
                    made[change] += 1
                    first.setdefault(change, (said.row, said.sheet))
        self._keep_goods(offers, issues)
        self._keep_issues(issues)
        self.connection.executemany(
            "INSERT INTO made VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            ' ON CONFLICT ("column", value, kind, became) DO UPDATE SET rows = rows + excluded.rows',
            [
                (*change, f"{change.column} {change.value} {change.became}".casefold(), rows, *first[change])
                for change, rows in made.items()
            ],
        )

    def _keep_goods(self, offers: list[OfferRow], issues: list[RowIssue]) -> None:
        """The same good again wins, unless it is a further price of it or only its name tells the two apart."""
        rows: dict[str, dict[str, Any]] = {}
        earlier = self._earlier([offer.key() for offer in offers])
        for offer in offers:
            key = offer.key()
            row = self._row(key, offer)
            known = rows.get(key) or earlier.get(key)
            if known is None:
                rows[key] = row
            elif is_by_name(key) and not _other_currency(known, row):
                known["repeats"] += 1
                rows.setdefault(key, known)
                again = repeated_key(key, known["repeats"])
                rows[again] = row | {"key": again}
            else:
                rows[key] = _one_of_two(known, row, issues) | {"repeats": known["repeats"]}
        marks = ", ".join("?" * len(_GOODS))
        self.connection.executemany(
            f"INSERT OR REPLACE INTO goods VALUES ({marks})",  # noqa: S608 - question marks alone
            [tuple(row[name] for name in _GOODS) for row in rows.values()],
        )

    def _earlier(self, keys: list[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        names = ", ".join(_GOODS)
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ", ".join("?" * len(part))
            query = f"SELECT {names} FROM goods WHERE key IN ({marks})"  # noqa: S608 - names come from this code
            for values in self.connection.execute(query, part):
                found[values[0]] = dict(zip(_GOODS, values, strict=True))
        return found

    def _row(self, key: str, offer: OfferRow) -> dict[str, Any]:
        draft = staged(draft_of(offer, self.terms), offer.category_path)
        text, price, stock = draft.draft.text, draft.draft.price, draft.draft.stock
        return {
            "key": key,
            "row": offer.row,
            "sheet": offer.sheet,
            "title": text["title"],
            "folded": f"{text['title']} {key} {text['brand']}".casefold(),
            "category": " › ".join(offer.category_path),
            "brand": text["brand"],
            "amount": price["amount"],
            "currency": price["currency"],
            "unit": text["unit"],
            "state": stock["state"],
            "quantity": stock["quantity"],
            "said": orjson.dumps([text[name] for name in SAID]).decode(),
            "price": orjson.dumps(price).decode(),
            "price_hash": draft.price_hash,
            "stock_hash": draft.stock_hash,
            "text_hash": draft.text_hash,
            "repeats": 1,
        }

    def _keep_issues(self, issues: list[RowIssue]) -> None:
        self.connection.executemany(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    max(each.row, 0), each.sheet, each.column, each.value,
                    f"{each.column} {each.value} {each.row}".casefold(), each.code, each.severity.value,
                )
                for each in issues
            ],
        )  # fmt: skip


def _other_currency(known: dict[str, Any], row: dict[str, Any]) -> bool:
    return bool(known["currency"] and row["currency"]) and known["currency"] != row["currency"]


def _one_of_two(first: dict[str, Any], later: dict[str, Any], issues: list[RowIssue]) -> dict[str, Any]:
    """As staging does it: in another currency a further price of the same offer, else the later row."""
    one, two = _priced(first), _priced(later)
    draft, main, _both = merged(one, two)
    if later["currency"] == first["currency"]:
        _note("duplicate_article", first, later, issues)
    else:
        _note("merged_price", later, first, issues)
    price = orjson.dumps(draft.draft.price)
    kept = first if main is one else later
    return kept | {
        "amount": draft.draft.price["amount"],
        "currency": draft.draft.price["currency"],
        "price": price.decode(),
        "price_hash": digest(price),
    }


def _priced(row: dict[str, Any]) -> StagedDraft:
    """As much of a draft as merging looks at."""
    draft = OfferDraft(text={}, price=orjson.loads(row["price"]), stock={})
    return StagedDraft(draft=draft, json="", price_hash=b"", stock_hash=b"", text_hash=b"")


def _note(code: str, at: dict[str, Any], other: dict[str, Any], issues: list[RowIssue]) -> None:
    issues.append(
        issue(code, row=at["row"], sheet=at["sheet"], value=str(other["row"]), severity=Severity.WARNING)
    )
