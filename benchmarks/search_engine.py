"""Goal S2: the embedded engine's search times, and offers indexed per processor second beside raw tantivy.

    python benchmarks/search_engine.py                                  # 100,000 offers, results/search_engine.json
    python benchmarks/search_engine.py --offers 1000000 --folder KEPT   # an index that is kept for the next run
    python benchmarks/search_engine.py --offers 1000 --queries 20 --rounds 2 --no-result

Indexing is measured on the first `--indexed` offers, beside three anchors in the same rounds and chunks, each tantivy
alone with one thread:
raw_text      the same titles, descriptions, brands and codes as they are written, through tantivy's own tokenizer, which
              lower-cases and divides; three columns. It finds no other form of a word and counts one facet: a floor
raw_columns   the same, with every column that our documents have: what is filtered, counted, compared and shown
raw_words     the very words and columns of our documents, analysed beforehand: what tantivy takes for what we ask of it
The processor time of all threads counts, tantivy's own too.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import percentiles, spread, timed, titles, write_result

CHUNK = 20_000


def offers(count: int) -> tuple[list[dict[str, Any]], str]:
    """Synthetic offers over real titles: a longer description is the text of two more titles."""
    chance = random.Random(20240602)
    found, source = titles()
    made = []
    for number in range(1, count + 1):
        title = found[number % len(found)]
        made.append(
            {
                "offer_id": number,
                "version": 1,
                "title": title if number <= len(found) else f"{title} {number}",
                "descriptions": [" ".join(chance.choices(found, k=2))],
                "brand": title.split()[0],
                "codes": [f"AR-{number}"],
                "vendor": chance.randint(1, 200),
                "categories": [chance.randint(1, 20), chance.randint(21, 300)],
                "availability": chance.choice(["in_stock", "to_order", "none"]),
                "price": chance.randint(10_000, 100_000_000),
            }
        )
    return made, source


def through_the_engine(made: list[dict[str, Any]], folder: Path) -> Any:
    from search.documents import build_document
    from search.engines.embedded import EmbeddedEngine

    engine = EmbeddedEngine(folder)
    generation = engine.begin_rebuild()
    for start in range(0, len(made), CHUNK):
        engine.write_rebuild(generation, [build_document(**each) for each in made[start : start + CHUNK]])
    engine.finish_rebuild(generation)
    return engine


def raw_text(made: list[dict[str, Any]], folder: Path) -> None:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in ("title", "description", "brand", "codes"):
        builder.add_text_field(name, stored=name == "title")
    for name in ("id", "vendor", "categories", "price"):
        builder.add_unsigned_field(name, indexed=True, fast=True)

    def row(each: dict[str, Any]) -> Any:
        row = tantivy.Document()
        row.add_unsigned("id", each["offer_id"])
        row.add_text("title", each["title"])
        row.add_text("description", each["descriptions"][0])
        row.add_text("brand", each["brand"])
        row.add_text("codes", each["codes"][0])
        row.add_unsigned("vendor", each["vendor"])
        row.add_unsigned("price", each["price"])
        for category in each["categories"]:
            row.add_unsigned("categories", category)
        return row

    _written(builder.build(), map(row, made), folder)


def raw_columns(made: list[dict[str, Any]], folder: Path) -> None:
    import orjson
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in ("title", "description", "brand_words"):
        builder.add_text_field(name)
    for name in ("brand", "availability", "condition", "codes"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name != "codes")
    for name in ("id", "alive", "vendor", "supply", "categories"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in ("version", "digest", "group", "price"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_bytes_field("source", stored=True)

    def row(each: dict[str, Any]) -> Any:
        row, number, brand = tantivy.Document(), each["offer_id"], each["brand"]
        for name, value in (
            ("id", number), ("alive", 1), ("vendor", each["vendor"]), ("supply", 0), ("version", 1),
            ("digest", number << 30), ("group", number), ("price", each["price"]),
        ):  # fmt: skip
            row.add_unsigned(name, value)
        for category in each["categories"]:
            row.add_unsigned("categories", category)
        for name, text in (
            ("title", each["title"]), ("description", each["descriptions"][0]), ("brand_words", brand), ("brand", brand),
            ("availability", each["availability"]), ("condition", "new"), ("codes", each["codes"][0]),
        ):  # fmt: skip
            row.add_text(name, text)
        told = (
            each["title"],
            "",
            brand,
            each["availability"],
            each["codes"],
            0,
            each["categories"],
            "new",
            "",
        )
        row.add_bytes("source", orjson.dumps(told))
        return row

    _written(builder.build(), map(row, made), folder)


def raw_words(documents: list[Any], folder: Path) -> None:
    from search.engines.embedded.schema import schema, to_tantivy

    _written(schema(), map(to_tantivy, documents), folder)


def _written(schema: Any, rows: Iterable[Any], folder: Path) -> None:
    import tantivy

    folder.mkdir(parents=True)
    index = tantivy.Index(schema, str(folder))
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, CHUNK)):
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        for row in chunk:
            writer.add_document(row)
        writer.commit()
        writer.wait_merging_threads()


def indexing(made: list[dict[str, Any]], rounds: int) -> dict[str, Any]:
    from search.documents import build_document

    folder = Path(tempfile.mkdtemp(prefix="ryad-bench-index-"))
    rates: dict[str, list[float]] = {}

    def documents() -> list[Any]:
        return [build_document(**each) for each in made]

    works: dict[str, Callable[[Any, Path], Any]] = {
        "own": through_the_engine,
        "raw_text": raw_text,
        "raw_columns": raw_columns,
        "raw_words": raw_words,
    }
    try:
        for _ in range(rounds):
            for name, work in works.items():
                target = folder / name
                given = documents() if name == "raw_words" else made
                _, cpu, _ = timed(partial(work, given, target))
                rates.setdefault(name, []).append(len(made) / cpu)
                shutil.rmtree(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    own = spread(rates["own"][1:] or rates["own"])
    anchors = {name: spread(each[1:] or each) for name, each in rates.items() if name != "own"}
    return {
        "offers": len(made),
        "unit": "offers per processor second, first round (cold analysis) apart",
        "cold": round(rates["own"][0]),
        "own": own,
        **anchors,
        "ratio_to": {name: round(own["median"] / each["median"], 3) for name, each in anchors.items()},
    }


def search_times(engine: Any, made: list[dict[str, Any]], count: int) -> dict[str, Any]:
    """Two or three words with a ceiling and ten vendors, a page of 24: the engine alone, and the whole service."""
    import django

    django.setup()
    from decimal import Decimal

    from core.money import Money
    from core.rates import Rates
    from search import services
    from search.analysis import query_words
    from search.engines.base import EngineQuery, Filters
    from search.query import SearchQuery
    from search.services import limits

    limits.current_rates = lambda: Rates("UAH", {"UAH": 1_000_000}, {})  # no database here
    chance = random.Random(20240603)
    asked = []
    for _ in range(count):
        words = chance.choice(made)["title"].split()
        asked.append(" ".join(chance.sample(words, min(len(words), chance.randint(2, 3)))))
    vendors = frozenset(range(1, 101))
    inside, plain, whole = [], [], []
    for words in asked * 2:
        analysed = query_words(words)
        filters = Filters(max_price=50_000_000, vendors_in=vendors)
        for facets, times in ((True, inside), (False, plain)):
            started = time.perf_counter()
            engine.search(EngineQuery(words=analysed, filters=filters, limit=24, with_facets=facets))
            times.append(time.perf_counter() - started)
        query = SearchQuery(words=words, max_price=Money(Decimal(5000), "UAH"), vendors_in=vendors)
        started = time.perf_counter()
        services.search(query, engine=engine, hidden_vendors=frozenset())
        whole.append(time.perf_counter() - started)
    return {
        "unit": "milliseconds, second pass over the queries",
        "engine_with_facets": percentiles(inside[count:]),
        "engine_without_facets": percentiles(plain[count:]),
        "service": percentiles(whole[count:]),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offers", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--rounds", type=int, default=4, help="of indexing; the first is apart")
    options.add_argument(
        "--indexed", type=int, default=100_000, help="how many offers indexing is measured on"
    )
    options.add_argument("--folder", help="keep the searched index there, for another run")
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    made, source = offers(given.offers)
    folder = Path(given.folder or tempfile.mkdtemp(prefix="ryad-bench-search-"))
    try:
        figures = {
            "offers": len(made),
            "vocabulary": f"{source}; offers are synthetic",
            "indexing": indexing(made[: given.indexed], given.rounds),
            "search": search_times(kept_index(made, folder), made, given.queries),
        }
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)
    write_result("search_engine", figures, keep=not given.no_result)


def kept_index(made: list[dict[str, Any]], folder: Path) -> Any:
    """The index of these offers that an earlier run left in the folder, else a new one."""
    from search.engines.embedded import EmbeddedEngine

    engine = EmbeddedEngine(folder)
    status = engine.status()
    return engine if status.exists and status.documents == len(made) else through_the_engine(made, folder)


if __name__ == "__main__":
    main()
