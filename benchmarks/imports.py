"""How fast price lists get into the catalogue: 100,000 rows as CSV and XLSX on SQLite, beside a raw anchor.

    python benchmarks/imports.py                  # 100,000 rows, 3 rounds, writes results/imports.json
    python benchmarks/imports.py --rows 2000 --rounds 1 --no-result      # the small size, for correctness

Each measurement is a process of its own with an empty database, so peak memory and cold caches are its own. The
anchor parses the same CSV with the standard library and inserts the twelve columns with executemany into a table
with three indexes of the same database kind and settings.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import os
import platform
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("RYAD_SHARED_DATA", ROOT.parent / "shared" / "data"))
HEADER = [
    "Артикул", "Назва", "Ціна, грн", "Стара ціна", "Од.", "Залишок", "Бренд", "Код виробника", "Штрихкод",
    "Категорія", "Посилання", "Фото",
]  # fmt: skip
KINDS = ("anchor", "csv_new", "csv_unchanged", "csv_changed", "xlsx_new")
_THINGS = [
    "Степлер",
    "Папір",
    "Ручка",
    "Олівець",
    "Зошит",
    "Калькулятор",
    "Маркер",
    "Папка",
    "Ножиці",
    "Клей",
    "Дырокол",
    "Блокнот",
    "Мышь",
    "Клавиатура",
]
_KINDS = [
    "металевий",
    "офісний",
    "кольоровий",
    "синий",
    "чёрный",
    "компактный",
    "professional",
    "mini",
    "deluxe",
    "24/6",
    "А4",
    "А5",
    "№10",
    "80",
    "г/м2",
]


def titles() -> list[str]:
    """Real titles where the shared vocabulary lies beside the repository, else some of our own making."""
    source = SHARED / "titles_vocab.tsv.gz"
    if source.exists():
        with gzip.open(source, "rt", encoding="utf-8") as file:
            found = [line.rstrip("\n").split("\t")[2] for line in itertools.islice(file, 1, None)]
        random.Random(7).shuffle(found)
        # Titles alone: one that reads as a total or a heading would rightly be no good.
        return [title for title in found if 8 < len(title) < 300 and title[:1].isalpha() and " " in title]
    return [f"{thing} {first} {second}" for thing in _THINGS for first in _KINDS for second in _KINDS]


def goods(rows: int) -> list[list[str]]:
    """Twelve columns of synthetic goods: the titles are real, the rest is drawn with a fixed seed."""
    vocabulary = titles()
    chance = random.Random(11)
    made = []
    for number in range(rows):
        title = vocabulary[number % len(vocabulary)]
        if number >= len(vocabulary):
            title += f" {number // len(vocabulary) + 1}"
        price = chance.randrange(500, 5_000_000) / 100
        made.append([
            f"A{number:07d}", title, f"{price:.2f}", f"{price * 1.1:.2f}" if number % 5 == 0 else "", "шт",
            str(chance.randrange(0, 200)), f"Brand {number % 300}", f"MP-{number % 9000}", gtin(number),
            f"Розділ {number % 12} / Група {number % 240}", f"https://shop.example/p/{number}",
            f"https://shop.example/i/{number}.jpg",
        ])  # fmt: skip
    return made


def gtin(number: int) -> str:
    body = f"482{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{(10 - total % 10) % 10}"


def write_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *rows])


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, *rows]):
            for column, value in enumerate(row):
                if number and column in {2, 3, 5} and value:
                    sheet.write_number(number, column, float(value))
                else:
                    sheet.write_string(number, column, value)


def run_anchor(folder: Path) -> dict[str, Any]:
    database = sqlite3.connect(folder / "anchor.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(
        "CREATE TABLE goods (id INTEGER PRIMARY KEY AUTOINCREMENT, article, title, price, old, unit, stock, brand,"
        " mpn, gtin, category, url, photo)"
    )
    for column in ("article", "brand", "gtin"):
        database.execute(f"CREATE INDEX by_{column} ON goods ({column})")
    begun, used = time.perf_counter(), time.process_time()
    number = 0
    with (folder / "new.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file, delimiter=";")
        next(reader)
        while batch := list(itertools.islice(reader, 2000)):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                "INSERT INTO goods (article, title, price, old, unit, stock, brand, mpn, gtin, category, url, photo)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                batch,
            )
            database.execute("COMMIT")
            number += len(batch)
    return {"rows": number, "seconds": time.perf_counter() - begun, "cpu": time.process_time() - used}


def run_import(kind: str, folder: Path) -> dict[str, Any]:
    os.environ["RYAD_VAR"] = str(folder / "var")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    os.environ.setdefault("RYAD_LOG_LEVEL", "ERROR")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from benchmarks.tables import make_tables
    from catalog.models import Offer
    from core.models import OutboxEntry
    from price_lists.services import import_file, report_counts
    from vendors.models import Vendor

    make_tables()
    vendor = Vendor.objects.create(slug="bench", name="Bench", state="approved")
    if kind in {"csv_unchanged", "csv_changed"}:
        import_file(vendor=vendor, path=folder / "new.csv", source_name="bench")
        OutboxEntry.objects.all().delete()
    versions = sum(Offer.objects.values_list("version", flat=True).iterator())
    file = {
        "csv_new": "new.csv",
        "csv_unchanged": "same.csv",
        "csv_changed": "changed.csv",
        "xlsx_new": "new.xlsx",
    }
    begun, used = time.perf_counter(), time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = import_file(vendor=vendor, path=folder / file[kind], source_name="bench")
    seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    children_after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "rows": run.counts["offers"],
        "seconds": seconds,
        "cpu": cpu
        + children_after.ru_utime
        + children_after.ru_stime
        - children.ru_utime
        - children.ru_stime,
        "state": run.state,
        "guard": run.guard,
        "counts": report_counts(run),
        "offers_written": sum(Offer.objects.values_list("version", flat=True).iterator()) - versions,
        "outbox_rows": OutboxEntry.objects.count(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "peak_reading_child_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "offers": Offer.objects.count(),
    }


def measure(rows: int, rounds: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="ryad-bench-imports-"))
    try:
        made = goods(rows)
        write_csv(folder / "new.csv", made)
        write_csv(folder / "same.csv", made)
        with (folder / "same.csv").open("a", encoding="utf-8") as file:
            file.write("\r\n")  # other bytes, the same goods
        write_csv(
            folder / "changed.csv",
            [
                [*row[:2], f"{float(row[2]) * 1.03:.2f}", *row[3:]] if n % 10 == 0 else row
                for n, row in enumerate(made)
            ],
        )
        write_xlsx(folder / "new.xlsx", made)
        del made
        found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        for number in range(rounds):
            for kind in KINDS:
                shutil.rmtree(folder / "var", ignore_errors=True)
                for left in folder.glob("anchor*"):
                    left.unlink()
                answer = subprocess.run(
                    [sys.executable, __file__, "--one", kind, "--folder", str(folder)],
                    check=True, capture_output=True, text=True, cwd=ROOT,
                )  # fmt: skip
                one = json.loads(answer.stdout.splitlines()[-1])
                found[kind].append(one)
                print(
                    f"round {number + 1} {kind}: {one['rows'] / one['seconds']:,.0f} rows/s, {one['seconds']:.1f} s"
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    kept = {
        kind: each[1:] if len(each) > 2 else each for kind, each in found.items()
    }  # the first warms disks
    anchor = statistics.median(one["seconds"] for one in kept["anchor"])
    return {
        kind: {
            **each[-1],
            "seconds": round(statistics.median(one["seconds"] for one in each), 2),
            "spread": [
                round(min(one["seconds"] for one in each), 2),
                round(max(one["seconds"] for one in each), 2),
            ],
            "rows_per_second": round(each[-1]["rows"] / statistics.median(one["seconds"] for one in each)),
            "times_anchor": round(statistics.median(one["seconds"] for one in each) / anchor, 2),
        }
        for kind, each in kept.items()
    }


def check(result: dict[str, Any], rows: int) -> None:
    """What must hold at any size."""
    for kind in KINDS[1:]:
        assert result[kind]["state"] == "applied", result[kind]
        assert result[kind]["offers"] == rows, result[kind]
    assert result["csv_unchanged"]["offers_written"] == 0
    assert result["csv_unchanged"]["outbox_rows"] == 0
    assert result["csv_changed"]["counts"]["changed"] == rows // 10
    assert result["csv_changed"]["offers_written"] == rows // 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-result", action="store_true")
    parser.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        done = run_anchor(given.folder) if given.one == "anchor" else run_import(given.one, given.folder)
        print(json.dumps(done))
        return
    result = measure(given.rows, given.rounds)
    check(result, given.rows)
    report = {
        "command": f"python benchmarks/imports.py --rows {given.rows} --rounds {given.rounds}",
        "titles": "real" if (SHARED / "titles_vocab.tsv.gz").exists() else "made up",
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version(),
                    "sqlite": sqlite3.sqlite_version, "system": platform.platform()},
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "results": result,
    }  # fmt: skip
    if not given.no_result:
        place = ROOT / "benchmarks" / "results" / "imports.json"
        place.parent.mkdir(exist_ok=True)
        place.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report["results"], ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
