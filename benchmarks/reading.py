"""How fast price lists are read into offers, beside the bare parsers on the same files.

    python benchmarks/reading.py [--rows 100000] [--rounds 5] [--output FILE]

Makes a CSV of 12 columns, an XLSX and a YML feed with fixed seeds in a temporary folder; in each round the
anchor (csv.reader, calamine, lxml) and the reading run one after the other. The first round is dropped;
medians, their spread and the peak memory of a process that only reads are reported.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.test")

import django

django.setup()

import xlsxwriter  # noqa: E402 - after django.setup()
from lxml import etree  # noqa: E402 - after django.setup()
from python_calamine import CalamineWorkbook  # noqa: E402 - after django.setup()

from price_lists import reading  # noqa: E402 - after django.setup()
from price_lists.rows import OfferRow  # noqa: E402 - after django.setup()

WORDS = [
    "Степлер",
    "Папка",
    "Олівець",
    "Ручка",
    "Папір",
    "Зошит",
    "Лінійка",
    "Маркер",
    "Клей",
    "Ножиці",
    "Калькулятор",
    "Картридж",
    "Диск",
    "Кабель",
]
HEADINGS = [
    "Артикул",
    "Назва",
    "Бренд",
    "Категорія",
    "Ціна",
    "Валюта",
    "Од. вим.",
    "Залишок",
    "Країна",
    "Посилання",
    "Фото",
    "Колір",
]


def goods(rows: int) -> list[list[object]]:
    chance = random.Random(20260901)
    return [
        [
            f"A-{number:07d}",
            f"{chance.choice(WORDS)} {chance.choice(WORDS).lower()} №{number} 0,5 мм",
            f"Бренд {number % 300}",
            f"Канцтовари > {WORDS[number % len(WORDS)]}",
            round(chance.uniform(1, 999), 2),
            "грн",
            "шт",
            chance.randint(0, 500),
            "Україна",
            f"https://shop.example/p/{number}",
            f"https://img.example/{number}.jpg",
            chance.choice(["синій", "чорний", "червоний"]),
        ]
        for number in range(rows)
    ]


def write_csv(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows([*row[:4], str(row[4]).replace(".", ","), *row[5:]] for row in rows)


def write_xlsx(path: Path, rows: list[list[object]]) -> None:
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    sheet = workbook.add_worksheet()
    for number, row in enumerate([HEADINGS, *rows]):
        sheet.write_row(number, 0, row)
    workbook.close()


def write_yml(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?><yml_catalog><shop><categories>')
        stream.writelines(f'<category id="{number}">{word}</category>' for number, word in enumerate(WORDS))
        stream.write("</categories><offers>")
        for number, row in enumerate(rows):
            stream.write(
                f'<offer id="{number}" available="true"><name>{row[1]}</name><price>{row[4]}</price><currencyId>UAH</currencyId>'
                f"<categoryId>{number % len(WORDS)}</categoryId><vendor>{row[2]}</vendor><vendorCode>{row[0]}</vendorCode>"
                f'<url>{row[9]}</url><picture>{row[10]}</picture><param name="Колір">{row[11]}</param></offer>\n'
            )
        stream.write("</offers></shop></yml_catalog>")


def bare_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _row in csv.reader(stream, delimiter=";")) - 1


def bare_xlsx(path: Path) -> int:
    return sum(1 for _row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()) - 1


def bare_yml(path: Path) -> int:
    count = 0
    for _event, element in etree.iterparse(str(path), tag="offer"):
        count += 1
        element.clear()
    return count


def read_offers(path: Path) -> int:
    mapping = reading.inspect(path).mapping
    return sum(1 for item in reading.read(path, mapping) if isinstance(item, OfferRow))


def timed(work: Callable[[Path], int], path: Path, expected: int) -> float:
    begun = time.perf_counter()
    found = work(path)
    spent = time.perf_counter() - begun
    assert found == expected, (work.__name__, found, expected)
    return expected / spent


def only(path: Path) -> None:
    """Print the peak memory; of this process from /proc, as getrusage counts the parent that forked it."""
    read_offers(path)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({"process_mb": own, "child_mb": children}))


def measure(rows: int, rounds: int) -> dict[str, object]:
    made = goods(rows)
    report: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, write, bare in (
            ("csv", write_csv, bare_csv),
            ("xlsx", write_xlsx, bare_xlsx),
            ("yml", write_yml, bare_yml),
        ):
            path = Path(folder) / f"goods.{name}"
            write(path, made)
            anchors, ours = [], []
            for _round in range(rounds):
                anchors.append(timed(bare, path, rows))
                ours.append(timed(read_offers, path, rows))
            anchor, our = statistics.median(anchors[1:] or anchors), statistics.median(ours[1:] or ours)
            memory = subprocess.run(
                [sys.executable, str(Path(__file__).resolve()), "--only", str(path)],
                capture_output=True,
                check=True,
                text=True,
            )
            report[name] = {
                "rows_per_second": round(our),
                "spread": [round(min(ours)), round(max(ours))],
                "anchor_rows_per_second": round(anchor),
                "ratio": round(our / anchor, 3),
                **json.loads(memory.stdout),
            }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-result", action="store_true")
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        only(options.only)
        return
    result = {
        "benchmark": "reading",
        "rows": options.rows,
        "rounds": options.rounds,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": os.getloadavg()[0],
        "results": measure(options.rows, options.rounds),
    }
    text = json.dumps(result, ensure_ascii=False, indent=2)
    print(text)
    if not options.no_result:
        target = Path(__file__).parent / "results" / "reading.json"
        target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
