"""Races for a lot with real connections at once, held against a sequential oracle; lateness of the end; live watchers.

    RYAD_DATABASE_URL=postgresql://… python benchmarks/auctions.py                 # writes results/auctions.json
    RYAD_DATABASE_URL=… python benchmarks/auctions.py --races 20 --control 20 --auctions 0 --watchers 0 --no-result

Races need PostgreSQL: each is two to five bidders who name prices at once from connections of their own, with floors, keys sent
twice and ends in the midst of it. The oracle knows nothing of the code: it goes through the log in its order and decides
anew. The control runs the same without the request's lock and without the database's rule that each event has its number
once; it has to go wrong. `--database` names a database that is made for it and dropped.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.auctions_oracle import UNIT, Race, make_races, oracle, people, without_lock
from benchmarks.search_inputs import write_result
from benchmarks.tables import like_migrated, make_tables

ROOT = Path(__file__).resolve().parents[1]
#: So often a move is sent again whose lock did not come in time.
PATIENCE = 5


@contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh database on the server of RYAD_DATABASE_URL; its address."""
    import psycopg

    from tests.parts import postgresql

    given = os.environ.get("RYAD_DATABASE_URL") or postgresql()
    address = given.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"{like_migrated()}')
        try:
            yield address
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def move(race: Race, step: tuple[int, str, int, str, float], vendor: Any) -> int:
    """How often it had to be sent again: on a busy machine a lock does not come in time, and the same key may come twice."""
    from django.db import OperationalError

    from buyer_requests.auctioning import moving
    from buyer_requests.errors import AuctionRuns
    from buyer_requests.models import BuyerRequest

    _slot, kind, amount, key, _wait = step
    act = moving.place_bid if kind == "bid" else moving.set_floor
    for times in range(PATIENCE):
        try:
            act(vendor=vendor, request=BuyerRequest(pk=race.request_id), lot=1, amount=amount, key=key)
        except AuctionRuns:  # it ended before the turn of this one: answered so, and not written down
            race.over.add(key)
        except OperationalError:
            continue
        return times
    raise TimeoutError("no lock")


def run_races(request_ids: list[int], threads: int, seed: int) -> dict[str, Any]:
    """Runs each race at once on `threads` connections and holds its log against the oracle."""
    from django.db import connection

    from buyer_requests.locks import database_now
    from buyer_requests.models import AuctionLot
    from vendors.models import Vendor

    chance = random.Random(seed)
    vendors = {vendor.pk: vendor for vendor in Vendor.objects.all()}
    wrong: list[str] = []
    told: set[str] = set()
    again: list[str] = []
    figures = {"moves": 0, "refused": 0, "automatic": 0, "late": 0, "over": 0, "doubles": 0, "errors": 0}
    pool = ThreadPoolExecutor(threads)

    def attempt(race: Race, step: tuple[int, str, int, str, float], gate: threading.Barrier) -> str:
        try:
            gate.wait(timeout=120)
            time.sleep(step[-1])
            again.extend([step[3]] * move(race, step, vendors[race.seats[step[0]]]))
        except Exception as error:  # noqa: BLE001 - whatever it ends in is counted
            return f"{type(error).__name__}: {error}"[:120]
        finally:
            connection.close()  # back into the pool: the next race has threads of its own
        return ""

    for request_id in request_ids:
        race = Race(request_id, chance)
        if race.ends is not None:
            AuctionLot.objects.filter(auction__request=request_id).update(
                due_at=database_now() + dt.timedelta(seconds=race.ends)
            )
        for begin in range(0, len(race.tries), threads):
            steps = race.tries[begin : begin + threads]
            gate = threading.Barrier(len(steps))
            errors = [each for each in pool.map(partial(attempt, race, gate=gate), steps) if each]
            figures["errors"] += len(errors)
            told.update(errors)
        wrong += [f"{request_id}: {each}" for each in oracle(race, figures)]
    pool.shutdown()
    return {
        **figures,
        "sent_again": len(again),
        "races": len(request_ids),
        "wrong": len({each.split(":")[0] for each in wrong}),
        "first": [*wrong[:5], *sorted(told)[:5]],
    }


# -- the end on the second ---------------------------------------------------------------------------------------


def lateness(environment: dict[str, str], count: int, buyer: Any, vendors: list[Any]) -> dict[str, float]:
    """Auctions that end over a minute, closed by a worker with its clock; seconds after the moment, by the database."""
    from buyer_requests.locks import database_now
    from buyer_requests.models import AuctionLot

    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "celery", "-A", "marketplace", "--skip-checks", "--quiet", "worker",
         "--pool", "threads", "--concurrency", "3", "--clock", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        chance = random.Random(5)
        time.sleep(20)
        ids = make_races(buyer, vendors, count, chance)
        begun = database_now()
        for place, request_id in enumerate(ids):
            AuctionLot.objects.filter(auction__request=request_id).update(
                due_at=begun + dt.timedelta(seconds=8 + 50 * place / count + chance.uniform(0, 0.4))
            )
        lots = AuctionLot.objects.filter(auction__request__in=ids)
        for _ in range(100):
            time.sleep(1)
            if not lots.filter(closed_at=None).exists():
                break
        late = sorted(
            (lot.closed_at - lot.due_at).total_seconds() for lot in lots if lot.closed_at and lot.due_at
        )
    finally:
        worker.terminate()
        worker.wait(30)
    return {"closed": len(late), "of": count, **_percentiles(late)}


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    pick = {
        name: ordered[min(len(ordered) - 1, int(len(ordered) * share))]
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    return {**{name: round(value, 3) for name, value in pick.items()}, "most": round(ordered[-1], 3)}


# -- watchers ----------------------------------------------------------------------------------------------------


def watched(  # noqa: C901, PLR0915 - one scene after the other
    environment: dict[str, str], watchers: int, moves: int, buyer: Any, vendors: list[Any]
) -> dict[str, Any]:
    """One web process with so many open streams while prices fall: what arrives, in which order, how soon."""
    from django.db import connection
    from django.test import Client

    from buyer_requests.auctioning import moving
    from buyer_requests.models import Auction, AuctionBidder, AuctionEvent, BuyerRequest

    request = BuyerRequest.objects.get(pk=make_races(buyer, vendors, 1, random.Random(9))[0])
    auction = Auction.objects.get(request=request)
    client = Client()
    client.force_login(buyer)
    cookie = client.cookies["sessionid"].value
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--http", "1", "--no-ws", "--log-level", "warning", "marketplace.asgi:application"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    heard: list[list[tuple[int, float]]] = [[] for _ in range(watchers)]
    path = f"/requests/{request.public_id}/auction/live/?after={auction.seq}"

    async def watch(place: int, ready: asyncio.Semaphore) -> None:
        async with ready:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={cookie}\r\n\r\n".encode()
            )
            status = await reader.readline()
            assert b" 200 " in status, status
            while (await reader.readline()).strip():
                pass
        try:
            while line := await reader.readline():
                if line.startswith(b"data: {") and b'"seq"' in line:
                    heard[place].append((json.loads(line[6:])["seq"], time.time()))
        finally:
            writer.close()

    def drive() -> None:
        chance = random.Random(3)
        seats = list(AuctionBidder.objects.filter(auction=auction).select_related("vendor"))
        price = 8_900 * UNIT
        for _ in range(moves):
            price -= UNIT * 50
            moving.place_bid(
                vendor=chance.choice(seats).vendor, request=request, lot=1, amount=price, key=uuid.uuid4().hex
            )
            time.sleep(0.1)
        connection.close()

    async def all_of_it() -> tuple[int, int]:
        for _ in range(240):
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.25)
        ready = asyncio.Semaphore(8)
        tasks = [asyncio.create_task(watch(place, ready)) for place in range(watchers)]
        await asyncio.sleep(1)
        while ready.locked():  # noqa: ASYNC110 - watchers come as fast as they are let in
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)
        loop = asyncio.get_running_loop()
        seen = _threads(server.pid), await loop.run_in_executor(None, _connections)
        await loop.run_in_executor(None, drive)
        await asyncio.sleep(3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return seen

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        threads, connections = asyncio.run(all_of_it())
    finally:
        server.terminate()
        server.wait(20)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    events = AuctionEvent.objects.filter(auction=auction, seq__gt=auction.seq, code="")
    at = {event.seq: event.at.timestamp() for event in events}
    delays = [moment - at[seq] for each in heard for seq, moment in each if seq in at]
    return {
        "watchers": watchers,
        "events": len(at),
        "delivered": sum(len([seq for seq, _ in each if seq in at]) for each in heard),
        "of": watchers * len(at),
        "in_order": sum([seq for seq, _ in each] == sorted(at) for each in heard),
        "seconds": _percentiles(delays),
        "server_threads": threads,
        "database_connections": connections,
        "server_processor_seconds": round(spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime, 2),
    }


def _threads(pid: int) -> int:
    """Of the web process, which granian starts as its child."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(len(list(Path(f"/proc/{each}/task").iterdir())) for each in children)


def _connections() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument(
        "--control", type=int, default=300, help="races without the lock, which have to go wrong"
    )
    parser.add_argument("--threads", type=int, default=6)
    parser.add_argument("--auctions", type=int, default=100, help="that end within a minute, for each broker")
    parser.add_argument("--watchers", type=int, default=200)
    parser.add_argument("--moves", type=int, default=50)
    parser.add_argument("--database", default="ryad_bench_auctions")
    parser.add_argument("--no-result", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory(prefix="ryad-auctions-") as folder,
        database(options.database) as address,
    ):
        redis = os.environ.pop("RYAD_REDIS_URL", "")
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev", "RYAD_VAR": folder,
            "RYAD_DATABASE_URL": address, "RYAD_LOG_LEVEL": "ERROR", "RYAD_OPENSEARCH_URL": "",
            "RYAD_DATABASE_POOL": "20",
        }  # fmt: skip
        import django

        django.setup()
        from django.urls import get_resolver

        # Who is told of an end is told an address: the first one loads every page of the site, which may take ten
        # seconds on a busy machine, and the lock of a request would be held so long.
        _ = get_resolver().reverse_dict
        make_tables()
        environment = {**os.environ}
        buyer, vendors = people()
        if options.watchers:
            figures["live"] = watched(environment, options.watchers, options.moves, buyer, vendors)
        if options.auctions:
            figures["lateness"] = {"sqlite-lease": lateness(environment, options.auctions, buyer, vendors)}
            if redis:
                with_redis = environment | {"RYAD_REDIS_URL": redis.rpartition("/")[0] + "/9"}
                figures["lateness"]["redis"] = lateness(with_redis, options.auctions, buyer, vendors)
        chance = random.Random(2026)
        if options.races:
            used = time.process_time()
            parts = [
                run_races(
                    make_races(buyer, vendors, min(500, options.races - done), chance), options.threads, done
                )
                for done in range(0, options.races, 500)
            ]
            figures["races"] = _added(parts) | {"processor_seconds": round(time.process_time() - used, 1)}
        if options.control:
            without_lock()
            figures["control_without_lock"] = run_races(
                make_races(buyer, vendors, options.control, chance), options.threads, 7
            )
    write_result("auctions", figures, keep=not options.no_result)
    failed = figures.get("races", {}).get("wrong", 0) or figures.get("races", {}).get("errors", 0)
    if failed:
        sys.exit(f"A race went wrong: {figures['races']}")
    if options.control and not figures["control_without_lock"]["wrong"]:
        sys.exit(f"The control did not go wrong: {figures['control_without_lock']}")


def _added(parts: list[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total[name] + value if name in total else value
    total["first"] = total["first"][:5]
    return total


if __name__ == "__main__":
    main()
