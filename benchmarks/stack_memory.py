"""Goal X6: memory that a web process and workers gather over ten thousand requests and ten thousand tasks.

    make services
    python benchmarks/stack_memory.py                                        # 20,000 offers
    python benchmarks/stack_memory.py --offers 500 --requests 60 --tasks 60 --warm-up 20 --no-result

Web: the site with its workers as `make run-full` starts it; four clients ask for results (4 of 10), offers (3),
categories (2) and the home page, hardly any of them twice. New words fill the caches of their analysis, which have
bounds; `--again` asks for the same pages once more and shows what grows beside them. Workers: the crews of marketplace/processes.py with the
same arguments, one after the other. Of the prefork one the child is never replaced here, for a new one every 2,000
tasks would hide what it gathers; what it does is the pulse and the drain of the index, with a price changed every
twenty tasks. Memory is what the kernel says is resident (VmRSS), and of it what is the process's own (RssAnon): files
that are mapped, the lexicon above all, come in as they are read and belong to all processes.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_http import get
from benchmarks.search_inputs import ROOT, write_result
from benchmarks.stack_inputs import LEAVES, TOP_CATEGORIES, fill, use_services, versions
from benchmarks.stack_lag import change_price, site
from benchmarks.stack_search import questions

CLIENTS = 4
STEPS = 5  # looks at memory between the beginning and the end
AT_ONCE = 500  # messages that wait at most
EDIT_EVERY = 20


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def family(pid: int) -> list[int]:
    return [pid, *(deeper for child in children(pid) for deeper in family(child))]


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def memory(pids: list[int]) -> dict[str, float]:
    """Megabytes of all of them together."""
    kilobytes = {"VmRSS": 0, "RssAnon": 0}
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        for name in kilobytes:
            kilobytes[name] += int(status.partition(f"{name}:")[2].split()[0])
    return {
        "resident_mb": round(kilobytes["VmRSS"] / 1024, 1),
        "own_mb": round(kilobytes["RssAnon"] / 1024, 1),
    }


def growth(steps: list[dict[str, float]]) -> dict[str, Any]:
    first, last = steps[0]["resident_mb"], steps[-1]["resident_mb"]
    return {
        "steps": steps,
        "grown_mb": round(last - first, 1),
        "grown_percent": round(100 * (last - first) / first, 2),
    }


# Web ----------------------------------------------------------------------------------------------------------


def pages(count: int, offers: int) -> list[str]:
    """Addresses in a fixed order that is drawn once."""
    chance = random.Random(20241107)
    asked = iter(questions(count))

    def search() -> str:
        query = {"q": next(asked)} | ({"max_price": "5000"} if chance.random() < 0.5 else {})
        return "/search/?" + urllib.parse.urlencode(query)

    def offer() -> str:
        return f"/offers/{chance.randint(1, offers)}/"

    def category() -> str:
        slug = f"leaf-{chance.randrange(TOP_CATEGORIES)}-{chance.randrange(LEAVES)}"
        return f"/categories/{slug}/?max_price={chance.randint(1_000, 10_000)}"

    kinds = [search] * 4 + [offer] * 3 + [category] * 2 + [lambda: chance.choice(("/", "/ru/", "/en/"))]
    return [chance.choice(kinds)() for _ in range(count)]


def ask(port: int, paths: list[str]) -> None:
    """Raises RuntimeError unless every page is answered."""
    good: list[int] = []
    threads = [
        threading.Thread(target=lambda part: good.append(get(port, part)[1]), args=(paths[number::CLIENTS],))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if sum(good) != len(paths):
        raise RuntimeError(f"{len(paths) - sum(good)} of {len(paths)} pages did not answer 200")


def web(
    environment: dict[str, str], *, offers: int, requests: int, warm_up: int, again: int
) -> dict[str, Any]:
    paths = pages(warm_up + requests, offers)
    with site(environment) as (port, supervisor):
        servers = [pid for pid in family(supervisor) if "granian" in command(pid)]
        # The first starts the one that answers.
        serving = max(family(servers[0]), key=lambda pid: memory([pid])["resident_mb"])
        ask(port, paths[:warm_up])
        steps = [{"requests": 0, **memory([serving])}]
        begun = time.perf_counter()
        for step in range(STEPS):
            first, last = (warm_up + requests * (step + more) // STEPS for more in (0, 1))
            ask(port, paths[first:last])
            steps.append({"requests": last - warm_up, **memory([serving])})
        seconds = time.perf_counter() - begun
        known = [steps[-1] | {"requests": 0}]
        chance = random.Random(20241109)
        for _ in range(again and STEPS):
            ask(port, chance.choices(paths, k=again // STEPS))
            known.append({"requests": len(known) * (again // STEPS), **memory([serving])})
    return {
        **({"pages_asked_before": growth(known)} if again else {}),
        "warm_up": warm_up,
        "requests": requests,
        "seconds": round(seconds, 1),
        **growth(steps),
    }


# Workers ------------------------------------------------------------------------------------------------------


@contextmanager
def worker(name: str, environment: dict[str, str]) -> Iterator[tuple[int, str]]:
    """One of the crews alone: its process and the name that it answers to."""
    from marketplace.celery import app
    from marketplace.processes import CREWS

    (crew,) = [each for each in CREWS if each.name == name]
    called = f"{crew.name}-{random.SystemRandom().randrange(1 << 32):x}@bench"
    arguments = ["--hostname", called, "--loglevel", "ERROR"]
    if crew.pool == "prefork":
        arguments += ["--max-tasks-per-child", "100000000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", *crew.arguments(), *arguments], cwd=ROOT, env=environment
    )
    try:
        end = time.monotonic() + 60
        while not app.control.inspect(destination=[called], timeout=0.5).ping():
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError(f"the worker {name} did not start")
        yield process.pid, called
    finally:
        process.terminate()
        process.wait(60)


def worked(called: str) -> int:
    """Tasks that the worker took and has done with."""
    from marketplace.celery import app

    asked = app.control.inspect(destination=[called], timeout=2)
    told, running = asked.stats() or {}, asked.active() or {}
    if called not in told or called not in running:
        return 0
    return sum(told[called]["total"].values()) - len(running[called])


#: What the crews are given in turn: task, queue, arguments.
ROUNDS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "index": [
        ("pulse.beat", "index", {"queue": "index"}),
        ("outbox.drain", "index", {"consumer": "search"}),
    ],
    "notify": [
        ("pulse.beat", "notify", {"queue": "notify"}),
        ("jobs.sweep", "default", {}),
        ("notifications.send_mail", "notify", {}),
        ("outbox.sweep", "default", {}),
    ],
}


def tasks(name: str, environment: dict[str, str], *, offers: int, count: int, warm_up: int) -> dict[str, Any]:
    from marketplace.celery import app

    chance = random.Random(20241108)
    sent = woken = 0
    with worker(name, environment) as (pid, called):

        def work(upto: int) -> None:
            nonlocal sent, woken
            while sent < upto:
                for _ in range(min(AT_ONCE, upto - sent)):
                    task, queue, arguments = ROUNDS[name][sent % len(ROUNDS[name])]
                    if name == "index" and sent % EDIT_EVERY == 0:
                        change_price(chance.randint(1, offers), chance.randint(10_000, 100_000_000))
                        woken += 1  # a drain for each change
                    app.send_task(task, queue=queue, kwargs=arguments, ignore_result=True)
                    sent += 1
                end = time.monotonic() + 600
                while worked(called) < sent + woken:
                    if time.monotonic() > end:
                        raise RuntimeError(f"{name}: {worked(called)} of {sent + woken} tasks were done")
                    time.sleep(0.2)

        work(warm_up)
        crew = family(pid)
        steps = [{"tasks": 0, **memory(crew)}]
        begun = time.perf_counter()
        for step in range(STEPS):
            upto = count * (step + 1) // STEPS
            work(warm_up + upto)
            steps.append({"tasks": upto, **memory(crew)})
        seconds = time.perf_counter() - begun
        if family(pid) != crew:
            raise RuntimeError(f"{name}: processes were replaced")
        done = worked(called)
    return {
        "processes": len(crew),
        "warm_up": warm_up,
        "tasks": done - warm_up,
        "seconds": round(seconds, 1),
        **growth(steps),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offers", type=int, default=20_000)
    options.add_argument("--requests", type=int, default=10_000)
    options.add_argument("--tasks", type=int, default=10_000)
    options.add_argument(
        "--warm-up", type=int, default=1_000, help="requests and tasks before the first look"
    )
    options.add_argument("--again", type=int, default=0, help="requests for pages that were asked before")
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    environment = use_services(f"bench_memory_{given.offers}")
    import django

    django.setup()
    fill(given.offers)
    from cms.services import ensure_pages
    from core.models import OutboxEntry
    from search.services import rebuild_index

    ensure_pages()
    OutboxEntry.objects.all().delete()
    rebuild_index()
    figures: dict[str, Any] = {**versions(), "offers": given.offers}
    figures["web"] = web(
        environment, offers=given.offers, requests=given.requests, warm_up=given.warm_up, again=given.again
    )
    for name, kind in (("index", "prefork_worker"), ("notify", "threads_worker")):
        figures[kind] = tasks(
            name, environment, offers=given.offers, count=given.tasks, warm_up=given.warm_up
        )
    write_result("stack_memory", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
