"""What the search benchmarks share: titles, made-up offers, and the result file."""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SHARED = Path(os.environ.get("RYAD_SHARED_DATA", ROOT.parent / "shared" / "data"))
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.test")

_KINDS = (
    "Степлер",
    "Папір офісний",
    "Ручка кулькова",
    "Ноутбук",
    "Тетрадь",
    "Картридж",
    "Лампа",
    "Mouse",
    "Чохол",
    "Кабель USB",
)
_BRANDS = ("Buromax", "Axent", "HP", "Canon", "Maestro", "Philips", "Samsung", "Zoom")
_MORE = (
    "синій",
    "черный",
    "А4",
    "80 г/м2",
    "500 арк",
    "0,5 мм",
    "12 шт",
    "металевий",
    "офисный",
    "24/6",
    "1 л",
    "wireless",
)


def titles(seed: int = 1) -> tuple[list[str], str]:
    """Distinct titles in a fixed order, and where they come from: real ones where the data is present."""
    chance = random.Random(seed)
    source = SHARED / "titles_vocab.tsv.gz"
    if source.exists():
        with gzip.open(source, "rt", encoding="utf-8") as file:
            found = [line.rstrip("\n").split("\t")[2] for line in file][1:]
        chance.shuffle(found)
        return found, "titles_vocab.tsv.gz"
    made = {
        f"{chance.choice(_KINDS)} {chance.choice(_BRANDS)} {' '.join(chance.sample(_MORE, 3))} {chance.randint(100, 9999)}"
        for _ in range(50_000)
    }
    return sorted(made), "made up"


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """(wall seconds, processor seconds, answer)."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return time.perf_counter() - wall, time.process_time() - cpu, answer


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 6),
        "low": round(min(values), 6),
        "high": round(max(values), 6),
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Milliseconds at p50, p95 and p99 of seconds."""
    ordered = sorted(values)
    return {
        f"p{share}": round(ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] * 1000, 3)
        for share in (50, 95, 99)
    }


def write_result(name: str, figures: dict[str, Any], *, keep: bool) -> None:
    result = {
        "benchmark": name,
        "command": " ".join(["python", *sys.argv]),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {
            "processors": os.cpu_count(),
            "load": [round(each, 2) for each in os.getloadavg()],
            "python": platform.python_version(),
            "system": platform.system(),
            "tantivy": version("tantivy"),
        },
        **figures,
    }
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if keep:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.json").write_text(
            json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
