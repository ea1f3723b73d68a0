"""The embedded engine: offers indexed per second beside raw tantivy with the same text, and search times.

python benchmarks/search_engine.py                                  # 100,000 offers, results/search_engine.json
python benchmarks/search_engine.py --offers 1000 --queries 20 --rounds 2 --no-result
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
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


def raw_tantivy(made: list[dict[str, Any]], folder: Path) -> None:
    """The anchor: the same text through tantivy's own tokenizer, with the same columns, in the same chunks."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in ("title", "description", "brand", "codes"):
        builder.add_text_field(name, stored=name == "title")
    for name in ("id", "vendor", "categories", "price"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    folder.mkdir(parents=True)
    index = tantivy.Index(builder.build(), str(folder))
    for start in range(0, len(made), CHUNK):
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        for each in made[start : start + CHUNK]:
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
            writer.add_document(row)
        writer.commit()
        writer.wait_merging_threads()


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

    services.current_rates = lambda: Rates("UAH", {"UAH": 1_000_000}, {})  # no database here
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
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--offers", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    made, source = offers(given.offers)
    folder = Path(tempfile.mkdtemp(prefix="ryad-bench-search-"))
    own, raw, engine = [], [], None
    try:
        for number in range(given.rounds):
            _, cpu, engine = timed(lambda number=number: through_the_engine(made, folder / f"own-{number}"))
            own.append(len(made) / cpu)
            raw.append(
                len(made) / timed(lambda number=number: raw_tantivy(made, folder / f"raw-{number}"))[1]
            )
        figures = {
            "offers": len(made),
            "vocabulary": f"{source}; offers are synthetic",
            "index_unit": "offers per processor second, first round (cold analysis) apart",
            "index_cold": round(own[0]),
            "index_own": spread(own[1:] or own),
            "index_raw_tantivy": spread(raw[1:] or raw),
            "index_ratio": round(spread(own[1:] or own)["median"] / spread(raw[1:] or raw)["median"], 3),
            "search": search_times(engine, made, given.queries),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_result("search_engine", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
