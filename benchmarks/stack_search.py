"""Goal S1: searching OpenSearch and PostgreSQL at 200,000 and 1,000,000 offers, beside the raw engine.

    make services
    python benchmarks/stack_search.py --offers 1000000
    python benchmarks/stack_search.py --offers 1000 --queries 20 --rounds 1 --no-result

Raw: the bodies that the engine sends for a question, recorded and posted by a bare HTTP client. Engine: one question
with facets and limits through our engine. Service: the whole search as pages ask it, with the ladder, alternatives and
ranking, which asks the engine several times. Page: the result page through HTTP from one web process, over one
connection and over eight; then at a steady rate from as many processes as there are processors. Processor time of the
site and of this client are stated apart; the node's are not. Database and index are kept for the next run.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_http import Server, load, rated_pages
from benchmarks.search_http import queries as pages
from benchmarks.search_inputs import percentiles, spread, write_result
from benchmarks.stack_indexing import Raw
from benchmarks.stack_inputs import fill_and_index, use_services, versions

CEILING = 50_000_000  # of 100,000,000: half of the offers are below
CHOSEN_VENDORS = 100  # of 200


def questions(count: int) -> list[str]:
    """Two or three words of the title of one offer."""
    from catalog.models import Offer

    chance = random.Random(20241103)
    ids = [chance.randint(1, Offer.objects.count()) for _ in range(count)]
    found = Offer.objects.in_bulk(ids)
    asked = []
    for one in ids:
        words = found[one].title.split()
        asked.append(" ".join(chance.sample(words, min(len(words), chance.randint(2, 3)))))
    return asked


def recorded(engine: Any, ask: Callable[[], Any]) -> list[tuple[str, bytes]]:
    """The search bodies that the engine sends while `ask` runs, with their paths."""
    import orjson

    sent: list[tuple[str, bytes]] = []
    plain = engine.client.search

    def search(index: str, body: dict[str, Any], **rest: Any) -> Any:
        path = f"/{index}/_search" if index else "/_search"
        query = "&".join(f"{name}={value}" for name, value in (rest.get("params") or {}).items())
        sent.append((f"{path}?{query}" if query else path, orjson.dumps(body)))
        return plain(index, body, **rest)

    engine.client.search = search
    try:
        ask()
    finally:
        del engine.client.search
    return sent


def timed_each(work: Callable[[Any], Any], items: list[Any]) -> list[float]:
    times = []
    for item in items:
        begun = time.perf_counter()
        work(item)
        times.append(time.perf_counter() - begun)
    return times


def measured(given: argparse.Namespace, environment: dict[str, str]) -> list[dict[str, Any]]:
    """Rounds of figures in seconds, one after another on the same questions."""
    from core.money import Money
    from search import services
    from search.analysis import query_words
    from search.engines import get_engine
    from search.engines.base import EngineQuery, Filters
    from search.query import SearchQuery

    engine = get_engine()
    vendors = frozenset(range(*_vendor_range()))
    limits = Filters(max_price=CEILING, vendors_in=vendors)
    asked = questions(given.queries)
    engine_queries = [EngineQuery(words=query_words(words), filters=limits) for words in asked]
    service_queries = [
        SearchQuery(words=words, max_price=Money(Decimal(CEILING) / 10_000, "UAH"), vendors_in=vendors)
        for words in asked
    ]
    bodies = [recorded(engine, lambda q=query: engine.search(q))[-1] for query in engine_queries]
    raw = Raw(environment["RYAD_OPENSEARCH_URL"].split(",")[0])
    server = Server(environment)
    paths = pages(given.queries)
    rounds = []
    try:
        load(server, paths, 1)
        for _ in range(given.rounds):
            one: dict[str, Any] = {
                "raw": percentiles(timed_each(lambda sent: raw.call("POST", *sent), bodies)),
                "engine": percentiles(timed_each(engine.search, engine_queries)),
                "service": percentiles(timed_each(services.search, service_queries)),
                "page_one_client": load(server, paths, 1),
                "page_eight_clients": load(server, paths, 8),
            }
            rounds.append(one)
        rounds[-1]["server_peak_mb"] = server.memory_mb()
    finally:
        server.stop()
    return rounds


def _vendor_range() -> tuple[int, int]:
    from vendors.models import Vendor

    first = Vendor.objects.order_by("pk").values_list("pk", flat=True)[0]
    return first, first + CHOSEN_VENDORS


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offers", type=int, default=200_000)
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5, help="the first is dropped if there are several")
    options.add_argument("--rate", type=int, default=20, help="result pages a second of the last measurement")
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    environment = use_services(f"bench_{given.offers}")
    import django

    django.setup()
    fill_and_index(given.offers)
    rounds = measured(given, environment)
    rated = rated_pages(environment, given.queries, given.rate)
    kept = rounds[1:] or rounds
    figures: dict[str, Any] = {**versions(), "offers": given.offers, "queries": given.queries}
    for name in ("raw", "engine", "service"):
        figures[f"{name}_ms"] = {
            share: spread([one[name][share] for one in kept]) for share in ("p50", "p95", "p99")
        }
    for name in ("page_one_client", "page_eight_clients"):
        of = [one[name] for one in kept]
        figures[name] = {
            **{
                f"{share}_ms": spread([one["milliseconds"][share] for one in of])
                for share in ("p50", "p95", "p99")
            },
            **{
                key: spread([one[key] for one in of])
                for key in ("requests_per_second", "server_processor_ms", "client_processor_ms")
            },
        }
    raw, engine = figures["raw_ms"]["p95"]["median"], figures["engine_ms"]["p95"]["median"]
    figures["engine_p95_to_raw"] = {
        "ratio": round(engine / raw, 2),
        "milliseconds_over": round(engine - raw, 1),
    }
    figures["pages_at_rate"] = rated
    figures["server_peak_mb"] = rounds[-1]["server_peak_mb"]
    figures["client_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    write_result(f"stack_search_{given.offers}", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
