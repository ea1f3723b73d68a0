"""Goal S3: suggestions as one types, at the server, on either engine.

    python benchmarks/suggestions.py --offers 1000000                          # SQLite and the embedded engine
    python benchmarks/suggestions.py --offers 1000000 --engine opensearch      # PostgreSQL; make services first
    python benchmarks/suggestions.py --offers 500 --typed 40 --rounds 1 --no-result

What is typed: one to three words of a title, cut anywhere from the second letter on, as pauses in typing do; one in ten in
the wrong layout, one in ten with a slip, one in ten a code. Every round has its own, so that no answer is a repeated one.
Anchor: the engine's look-up of words by the beginning that is typed, alone. Service: all suggestions, from the typed text
to ids. Answer: the fragment through HTTP from one web process over one connection, limits and cache off.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import percentiles, spread, titles, write_result

POPULAR = 2_000
MADE = 200_000
_LAYOUT = dict(zip("йцукенгшщзхїфівапролджєячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.", strict=True))


def typed(count: int, seed: int, offers: int) -> list[str]:
    chance = random.Random(seed)
    found, _ = titles()
    out = []
    while len(out) < count:
        words = [word for word in chance.choice(found[:offers]).split() if word.isalpha() and len(word) > 2]
        if not words:
            continue
        start = chance.randrange(len(words))
        text = " ".join(words[start : start + chance.randint(1, 3)])
        text = text[: chance.randint(2, len(text))]
        match chance.randrange(10):
            case 0:
                text = "".join(_LAYOUT.get(letter, letter) for letter in text.lower())
            case 1 if len(text) > 4:
                at = chance.randrange(1, len(text) - 1)
                text = text[:at] + text[at + 1 :]
            case 2:
                text = f"AR-{chance.randint(1, offers)}"
        out.append(text)
    return out


def fill_sqlite(offers: int) -> None:
    """The same rows as on PostgreSQL (benchmarks.stack_inputs); beyond 200,000 they are those again, each title with
    one word more.
    """
    from django.db import connection, transaction

    from benchmarks.stack_inputs import made
    from catalog.models import Offer

    first = min(offers, MADE)
    with transaction.atomic(), connection.cursor() as cursor:
        if not Offer.objects.exists():
            columns, rows = made(first)
            all_columns = (*columns, "stands_alone")
            values = ", ".join(["%s"] * len(all_columns))
            statement = f"INSERT INTO catalog_offer ({', '.join(all_columns)}) VALUES ({values})"
            while batch := [(*row, False) for row in itertools.islice(rows, 1_000)]:
                cursor.executemany(statement, batch)
        told = connection.introspection.get_table_description(cursor, "catalog_offer")
        names = [column.name for column in told if column.name != "id"]
        every = ", ".join(names)
        again = ", ".join("title || ' ' || %s" if name == "title" else name for name in names)
        for start in range(Offer.objects.count(), offers, first):
            cursor.execute(
                f"INSERT INTO catalog_offer (id, {every}) SELECT id + %s, {again} FROM catalog_offer WHERE id <= %s",
                [start, f"{start // first}", min(first, offers - start)],
            )


def make_popular(offers: int) -> None:
    from django.utils import timezone

    from search.suggesting.models import PopularQuery

    chance = random.Random(7)
    heads = dict.fromkeys(" ".join(title.split()[:2])[:200] for title in titles()[0][:offers])
    PopularQuery.objects.all().delete()
    PopularQuery.objects.bulk_create(
        PopularQuery(
            words=words, asked=chance.randint(5, 5_000), days=3, total=1, refreshed_at=timezone.now()
        )
        for words in list(heads)[:POPULAR]
    )


def timed_each(work: Callable[[str], Any], items: Sequence[str]) -> dict[str, dict[str, float]]:
    """Percentiles of the time by the clock, and of this process' own processor time."""
    clock, own = [], []
    for item in items:
        begun, used = time.perf_counter(), time.process_time()
        work(item)
        clock.append(time.perf_counter() - begun)
        own.append(time.process_time() - used)
    return {"clock": percentiles(clock), "processor": percentiles(own)}


def measured(given: argparse.Namespace, environment: dict[str, str]) -> dict[str, Any]:
    from benchmarks.search_http import Server, load
    from core import text
    from search.engines import get_engine
    from search.suggesting.keys import Typed
    from search.suggesting.selectors import suggestions

    engine = get_engine()
    if engine.name != given.engine:
        raise SystemExit(f"the settings chose {engine.name}")
    server = Server(environment)
    rounds, answered, asked = [], 0, 0
    try:
        for number in range(given.rounds):
            words = typed(given.typed, 1_000 + number, given.offers)
            anchor = timed_each(lambda each: engine.completions(text.fold(Typed.read(each).start)), words)
            fresh = typed(given.typed, 2_000 + number, given.offers)
            service = timed_each(lambda each: suggestions(words=each), fresh)
            asked += len(fresh)
            answered += sum(bool(suggestions(words=each)) for each in fresh)
            paths = [
                "/search/suggestions/?" + urllib.parse.urlencode({"q": each})
                for each in typed(given.typed, 3_000 + number, given.offers)
            ]
            rounds.append({"anchor": anchor, "service": service, "answer": load(server, paths, 1)})
        peak = server.memory_mb()
    finally:
        server.stop()
    if not answered:
        raise SystemExit("nothing was suggested at all")
    kept = rounds[1:] or rounds
    figures: dict[str, Any] = {
        f"{name}_{kind}_ms": {
            share: spread([one[name][kind][share] for one in kept]) for share in ("p50", "p95", "p99")
        }
        for name in ("anchor", "service")
        for kind in ("clock", "processor")
    }
    of = [one["answer"] for one in kept]
    figures["answer_ms"] = {
        share: spread([one["milliseconds"][share] for one in of]) for share in ("p50", "p95", "p99")
    }
    for key in ("server_processor_ms", "bytes_compressed"):
        figures[f"answer_{key}"] = spread([one[key] for one in of])
    figures["answered_share"] = round(answered / asked, 3)
    figures["server_peak_mb"] = peak
    return figures


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offers", type=int, default=200_000)
    options.add_argument("--engine", choices=["embedded", "opensearch"], default="embedded")
    options.add_argument("--typed", type=int, default=500, help="texts a round")
    options.add_argument("--rounds", type=int, default=5, help="the first is dropped if there are several")
    options.add_argument("--folder", help="keep database and index there, for another run")
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    folder = Path(given.folder or tempfile.mkdtemp(prefix="ryad-bench-suggestions-"))
    try:
        run(given, folder)
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)


def run(given: argparse.Namespace, folder: Path) -> None:
    os.environ["RYAD_VAR"] = str(folder / "var")
    if given.engine == "opensearch":
        from benchmarks.stack_inputs import fill_and_index, use_services, versions

        environment = use_services(f"bench_{given.offers}")
    else:
        os.environ |= {"RYAD_DEMO": "no", "RYAD_LOG_LEVEL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.site_settings"
        environment = {**os.environ}
    import django

    django.setup()
    from catalog.models import Offer
    from search.engines import get_engine
    from search.services import rebuild_index

    if given.engine == "opensearch":
        fill_and_index(given.offers)
    else:
        from benchmarks.tables import make_tables

        make_tables()
        if Offer.objects.count() != given.offers:
            fill_sqlite(given.offers)
        status = get_engine().status()
        if not status.exists or status.documents != given.offers:
            rebuild_index()
    make_popular(given.offers)
    told = versions() if given.engine == "opensearch" else {}
    figures = {**told, "engine": given.engine, "offers": given.offers, "typed": given.typed}
    figures |= measured(given, environment)
    write_result(f"suggestions_{given.engine}_{given.offers}", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
