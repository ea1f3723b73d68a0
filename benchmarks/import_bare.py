"""The least that an import could do: parse the file, and put twelve columns into a table with three indexes."""

from __future__ import annotations

import csv
import itertools
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

_NAMES = "article, title, price, old, unit, stock, brand, mpn, gtin, category, url, photo"
_INDEXED = ("article", "brand", "gtin")
_MARKS = ", ".join("?" * 12)
Row = list[str]


def bare_parsing(parse: Callable[[Path], int], path: Path) -> dict[str, float]:
    begun, used = time.perf_counter(), time.process_time()
    parse(path)
    return {
        "parse_seconds": time.perf_counter() - begun,
        "parse_processor": time.process_time() - used,
    }


def bare_writing(folder: Path) -> dict[str, float]:
    """Seconds of the bare work for new, unchanged and changed rows, of the goods as CSV."""
    server = os.environ.get("RYAD_DATABASE_URL", "")
    return _postgresql(server, folder / "rows.csv") if server else _sqlite(folder)


def _batches(path: Path) -> Iterator[list[Row]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file, delimiter=";")
        next(reader)
        while batch := list(itertools.islice(reader, 2000)):
            yield batch


def _hash(row: Row) -> bytes:
    return blake2b("\x1f".join(row).encode(), digest_size=16).digest()


def _valid(row: Row) -> Row:
    """The least that may be called validation: a name, a price that is one, an empty cell for no old price."""
    if not row[1] or not 0 < float(row[2]) < 1e9 or not row[5].isdigit():
        raise ValueError(row)
    return row


def _sqlite(folder: Path) -> dict[str, float]:
    """By executemany in transactions of 2,000 rows; compared by joining hashes of the rows."""
    for left in folder.glob("bare.sqlite3*"):
        left.unlink()
    database = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(f"CREATE TABLE goods (id INTEGER PRIMARY KEY AUTOINCREMENT, {_NAMES})")
    database.execute("CREATE TABLE hashes (article PRIMARY KEY, hash) WITHOUT ROWID")
    for column in _INDEXED:
        database.execute(f"CREATE INDEX by_{column} ON goods ({column})")
    database.execute("CREATE TEMP TABLE now (article PRIMARY KEY, hash, data) WITHOUT ROWID")

    def new() -> None:
        for batch in _batches(folder / "rows.csv"):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(f"INSERT INTO goods ({_NAMES}) VALUES ({_MARKS})", map(_valid, batch))
            database.execute("COMMIT")

    def compare(path: Path) -> None:
        database.execute("DELETE FROM now")
        for batch in _batches(path):
            database.executemany(
                "INSERT INTO now VALUES (?, ?, ?)", ((row[0], _hash(row), row[2]) for row in batch)
            )
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            "UPDATE goods SET price = now.data FROM now JOIN hashes ON hashes.article = now.article"
            " WHERE goods.article = now.article AND hashes.hash <> now.hash"
        )
        database.execute("COMMIT")

    found = {"new_seconds": _timed(new)}
    for batch in _batches(folder / "rows.csv"):
        database.executemany("INSERT INTO hashes VALUES (?, ?)", ((row[0], _hash(row)) for row in batch))
    found["unchanged_seconds"] = _timed(lambda: compare(folder / "rows.csv"))
    found["changed_seconds"] = _timed(lambda: compare(folder / "repriced.csv"))
    database.close()
    return found


def _postgresql(server: str, path: Path) -> dict[str, float]:
    """COPY of the rows as they stand; checked, by COPY and one merge; compared by one join of hashes."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as database:
        run: Any = database.execute
        columns = ", ".join(f"{name} text" for name in _NAMES.split(", "))
        run("SET statement_timeout = 0")
        run(f"CREATE TABLE bare_goods (id bigserial PRIMARY KEY, {columns}, hash bytea)")
        for column in _INDEXED:
            run(f"CREATE INDEX bare_{column} ON bare_goods ({column})")
        run(f"CREATE UNLOGGED TABLE bare_copied ({columns})")

        def copied(file: Path) -> None:
            run("TRUNCATE bare_copied")
            with (
                database.cursor().copy(
                    "COPY bare_copied FROM STDIN (FORMAT csv, HEADER, DELIMITER ';')"
                ) as copy,
                file.open("rb") as source,
            ):
                while data := source.read(1 << 16):
                    copy.write(data)

        def new() -> None:
            run(f"CREATE TEMP TABLE bare_given ({columns}, hash bytea)")
            with database.cursor().copy("COPY bare_given FROM STDIN") as copy:
                for batch in _batches(path):
                    for row in batch:
                        copy.write_row((*_valid(row), _hash(row)))
            run(f"INSERT INTO bare_goods ({_NAMES}, hash) SELECT {_NAMES}, hash FROM bare_given")
            run("DROP TABLE bare_given")

        def compare(file: Path) -> None:
            run("CREATE TEMP TABLE bare_given (article text, price text, hash bytea)")
            with database.cursor().copy("COPY bare_given FROM STDIN") as copy:
                for batch in _batches(file):
                    for row in batch:
                        copy.write_row((row[0], row[2], _hash(row)))
            run("ANALYZE bare_given")
            run(
                "UPDATE bare_goods SET price = given.price FROM bare_given AS given"
                " WHERE bare_goods.article = given.article AND bare_goods.hash <> given.hash"
            )
            run("DROP TABLE bare_given")

        found = {"copy_seconds": _timed(lambda: copied(path)), "new_seconds": _timed(new)}
        run("ANALYZE bare_goods")
        found["unchanged_seconds"] = _timed(lambda: compare(path))
        found["changed_seconds"] = _timed(lambda: compare(path.with_name("repriced.csv")))
        run("DROP TABLE bare_goods, bare_copied")
    return found


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
