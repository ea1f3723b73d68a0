"""Two readings joined by key into a file of what came, went and changed. One pass of the database for each part."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from price_lists.models import ImportRun
from price_lists.readings.building import Progress, build_reading
from price_lists.readings.files import comparison_path, written

#: Bits of `kinds`, as `price_lists.enums.Kind` has them.
PRICE, STOCK, TEXT = 1, 2, 4
_CHANGES: Final = """
CREATE TABLE changes (
    change TEXT, kinds INTEGER, key TEXT, title TEXT, folded TEXT, old_row INTEGER, row INTEGER, sheet TEXT,
    old_amount INTEGER, old_currency TEXT, amount INTEGER, currency TEXT, percent REAL, size REAL,
    old_state TEXT, old_quantity TEXT, state TEXT, quantity TEXT, unit TEXT,
    old_title TEXT, old_category TEXT, category TEXT, old_said TEXT, said TEXT
)
"""
_CHANGED: Final = """
INSERT INTO changes
SELECT 'changed',
    (a.price_hash <> b.price_hash) + 2 * (a.stock_hash <> b.stock_hash) + 4 * (a.text_hash <> b.text_hash),
    b.key, b.title, a.folded || ' ' || b.folded, a.row, b.row, b.sheet,
    a.amount, a.currency, b.amount, b.currency,
    CASE WHEN a.currency = b.currency AND a.amount > 0 THEN 100.0 * (b.amount - a.amount) / a.amount END,
    CASE WHEN a.currency = b.currency AND a.amount > 0 THEN ABS(100.0 * (b.amount - a.amount) / a.amount)
        WHEN a.currency <> b.currency THEN 1e9 ELSE 0 END,
    a.state, a.quantity, b.state, b.quantity, b.unit,
    a.title, a.category, b.category,
    CASE WHEN a.text_hash <> b.text_hash THEN a.said END, CASE WHEN a.text_hash <> b.text_hash THEN b.said END
FROM older.goods a JOIN newer.goods b ON b.key = a.key
WHERE a.price_hash <> b.price_hash OR a.stock_hash <> b.stock_hash OR a.text_hash <> b.text_hash
"""
_ONE_SIDED: Final = """
INSERT INTO changes
SELECT '{change}', 0, g.key, g.title, g.folded, {old_row}, {row}, g.sheet,
    {old_amount}, {old_currency}, {amount}, {currency}, NULL, 0,
    {old_state}, {old_quantity}, {state}, {quantity}, g.unit, NULL, NULL, g.category, NULL, NULL
FROM {there}.goods g WHERE NOT EXISTS (SELECT 1 FROM {other}.goods o WHERE o.key = g.key)
"""
_SIDES: Final = ("row", "amount", "currency", "state", "quantity")


def build_comparison(older: ImportRun, newer: ImportRun, progress: Progress = lambda _rows: None) -> Path:
    """The comparison of two runs, with their readings; made if it is not there yet. Raises Refusal."""
    path = comparison_path(older, newer)
    if path.exists():
        return path
    one = build_reading(older, progress)
    other = build_reading(newer, progress)
    with written(path) as connection:
        connection.execute("COMMIT")  # nothing is attached within a transaction
        connection.execute("ATTACH ? AS older", [str(one)])
        connection.execute("ATTACH ? AS newer", [str(other)])
        connection.execute("BEGIN")
        _join(connection)
    return path


def _join(connection: sqlite3.Connection) -> None:
    connection.execute(_CHANGES)
    connection.execute(_CHANGED)
    connection.execute(_one_sided("new", "newer", "older"))
    connection.execute(_one_sided("gone", "older", "newer"))
    connection.execute("CREATE INDEX changes_kind ON changes (change, kinds)")
    connection.execute("CREATE INDEX changes_size ON changes (size DESC)")
    connection.execute(_COUNTS)


def _one_sided(change: str, there: str, other: str) -> str:
    old, new = ("NULL", "g.{}") if there == "newer" else ("g.{}", "NULL")
    sides = {f"old_{name}": old.format(name) for name in _SIDES} | {name: new.format(name) for name in _SIDES}
    return _ONE_SIDED.format(change=change, there=there, other=other, **sides)


_COUNTS: Final = """
CREATE TABLE counts AS SELECT
    COALESCE(SUM(change = 'new'), 0) AS new, COALESCE(SUM(change = 'gone'), 0) AS gone,
    COALESCE(SUM((kinds & 1) <> 0), 0) AS price, COALESCE(SUM((kinds & 2) <> 0), 0) AS stock,
    COALESCE(SUM((kinds & 4) <> 0), 0) AS text, COALESCE(SUM(change = 'changed'), 0) AS changed,
    COALESCE(SUM(percent > 0), 0) AS dearer, COALESCE(SUM(percent < 0), 0) AS cheaper,
    (SELECT COUNT(*) FROM older.goods) AS older, (SELECT COUNT(*) FROM newer.goods) AS newer
FROM changes
"""
