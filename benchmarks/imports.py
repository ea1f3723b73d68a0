"""How fast price lists get into the catalogue, next to bare parsing and to writing the same rows barely.

    python benchmarks/imports.py                                        # SQLite, 100,000 rows, all formats
    python benchmarks/imports.py --rows 1000000 --formats csv --rounds 1
    RYAD_DATABASE_URL=postgresql://… python benchmarks/imports.py       # databases of its own on that server
    python benchmarks/imports.py --rows 500 --rounds 1 --no-result      # the small size, for correctness

In each round and for each format: the file is new, comes again with the same goods, and with other prices for one in
a hundred. Each of the three is a process of its own over the same database, so peak memory and cold caches are its
own; the bare work runs right before it. On PostgreSQL the processor time of the server's process is told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.import_bare import bare_parsing, bare_writing
from benchmarks.import_inputs import FORMATS, SHARED, goods, repriced, write_csv
from benchmarks.import_watching import Children, Phases, peak_of, server_seconds

ROOT = Path(__file__).resolve().parents[1]
SERVER = os.environ.get("RYAD_DATABASE_URL", "")
KINDS = ("new", "unchanged", "changed")


def run_one(kind: str, form: str, folder: Path) -> dict[str, Any]:
    """One import in this process."""
    import django

    django.setup()
    from django.db import connection

    from catalog.models import Offer
    from core.models import OutboxEntry
    from core.patience import bulk_work
    from price_lists.services import import_file, report_counts
    from vendors.models import Vendor

    vendor, _made = Vendor.objects.get_or_create(
        slug="bench", defaults={"name": "Bench", "state": "approved"}
    )
    OutboxEntry.objects.all().delete()
    with bulk_work():  # which maps no file: its pages would count as the import's memory
        versions = sum(Offer.objects.values_list("version", flat=True).iterator())
    server = server_seconds(connection)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Children() as watched, Phases() as phases:
        begun, used = time.perf_counter(), time.process_time()
        run = import_file(
            vendor=vendor, path=folder / f"{kind}.{FORMATS[form][0]}", source_name=f"bench {form}"
        )
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    memory = peak_of()  # before the answers below are counted
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    return {
        "rows": run.counts["offers"],
        "seconds": seconds,
        "processor": cpu,
        "processor_of_children": child,
        "processor_of_server": server_seconds(connection) - server,
        "phases": phases.told(run.counts["offers"]),
        "state": run.state,
        "counts": report_counts(run),
        "offers_written": sum(Offer.objects.values_list("version", flat=True).iterator()) - versions,
        "outbox_rows": OutboxEntry.objects.count(),
        **memory,
        "peak_child_mb": watched.peak_mb,
    }


def make_template(folder: Path) -> None:
    """The migrated database that every round begins with."""
    import django

    django.setup()
    from benchmarks.tables import make_tables

    make_tables()


class Databases:
    """Copies of one migrated database; what is made on a server is dropped in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = [f"ryad_bench_imports_{os.getpid()}_{each}" for each in ("empty", "used")]

    def __enter__(self) -> Self:
        if SERVER:
            self._on_server(f'CREATE DATABASE "{self.names[0]}"')
        self.call("--template", place=0)
        return self

    def __exit__(self, *_: object) -> None:
        if SERVER:
            for name in self.names:
                self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def fresh(self) -> None:
        shutil.rmtree(self.folder / "used", ignore_errors=True)
        shutil.copytree(self.folder / "empty", self.folder / "used")
        if SERVER:
            self._on_server(f'DROP DATABASE IF EXISTS "{self.names[1]}" WITH (FORCE)')
            self._on_server(f'CREATE DATABASE "{self.names[1]}" TEMPLATE "{self.names[0]}"')

    def call(self, *arguments: str, place: int = 1) -> str:
        """This script in a process of its own, which knows one of the two databases."""
        var = self.folder / ("empty", "used")[place]
        var.mkdir(exist_ok=True)
        url = urlsplit(SERVER)._replace(path=f"/{self.names[place]}").geturl() if SERVER else ""
        environment = {
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
            "RYAD_LOG_LEVEL": "ERROR",
            **os.environ,
            "RYAD_VAR": str(var),
            "RYAD_DATABASE_URL": url,
            "RYAD_DATABASE_POOL": "0",
            "RYAD_REDIS_URL": "",
            "RYAD_OPENSEARCH_URL": "",
        }
        done = subprocess.run(
            [sys.executable, __file__, *arguments, "--folder", str(self.folder)],
            capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        return done.stdout

    def _on_server(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(urlsplit(SERVER)._replace(path="/postgres").geturl(), autocommit=True) as server:
            server.execute(statement)  # type: ignore[call-overload]  # names of our own making


def write_inputs(folder: Path, form: str, rows: int) -> None:
    ending, write, _parse = FORMATS[form]
    made = goods(rows)
    write_csv(folder / "rows.csv", made)
    write_csv(folder / "repriced.csv", repriced(made))
    write(folder / f"new.{ending}", made)
    shutil.copyfile(folder / f"new.{ending}", folder / f"unchanged.{ending}")
    write(folder / f"changed.{ending}", repriced(made))
    if form in {"xlsx", "ods"}:  # written once more it has other bytes: the times of its parts
        time.sleep(2.1)
        write(folder / f"unchanged.{ending}", made)
    else:
        with (folder / f"unchanged.{ending}").open("ab") as file:
            file.write(b"\r\n")


def measure(rows: int, rounds: int, formats: list[str]) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="ryad-bench-imports-"))
    results: dict[str, Any] = {}
    try:
        with Databases(folder) as databases:
            for form in formats:
                write_inputs(folder, form, rows)
                found: dict[str, list[dict[str, Any]]] = {}
                for number in range(rounds):
                    databases.fresh()
                    for kind in ("bare", *KINDS):
                        one = json.loads(databases.call("--one", kind, "--format", form).splitlines()[-1])
                        found.setdefault(kind, []).append(one)
                        if kind != "bare":
                            told = f"{one['seconds']:.1f} s, processor {one['processor']:.1f} s"
                            print(
                                f"round {number + 1} {form} {kind}: {told}, {one['phases']}",
                                file=sys.stderr,
                                flush=True,
                            )
                check(found, rows)
                results[form] = summed_up(found) | {"measured": moment()}
                for path in folder.glob(f"*.{FORMATS[form][0]}"):
                    path.unlink()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return results


def moment() -> dict[str, Any]:
    """When, and how busy others kept the machine."""
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "load": [round(each, 2) for each in os.getloadavg()],
    }


def check(found: dict[str, list[dict[str, Any]]], rows: int) -> None:
    """What must hold at any size."""
    for each in (one for kind in KINDS for one in found[kind]):
        assert (each["state"], each["rows"]) == ("applied", rows), each
    for each in found["unchanged"]:
        assert (each["offers_written"], each["outbox_rows"]) == (0, 0), each
    for each in found["changed"]:
        assert each["counts"]["changed"] == each["offers_written"] == len(range(0, rows, 100)), each


def summed_up(found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Medians of all rounds but the first, which warms disks, where there are more than two."""
    kept = {kind: each[1:] if len(each) > 2 else each for kind, each in found.items()}
    bare = {name: round(statistics.median(one[name] for one in kept["bare"]), 3) for name in kept["bare"][0]}
    out: dict[str, Any] = {"bare": bare}
    for kind in KINDS:
        seconds = [one["seconds"] for one in kept[kind]]
        times = [one["processor"] + one["processor_of_children"] for one in kept[kind]]
        middle, processor = statistics.median(seconds), statistics.median(times)
        last = kept[kind][-1]
        out[kind] = {
            **last,
            "seconds": round(middle, 2),
            "spread": [round(min(seconds), 2), round(max(seconds), 2)],
            "processor": round(processor, 2),
            "processor_of_children": round(last["processor_of_children"], 2),
            "processor_of_server": round(last["processor_of_server"], 2),
            "processor_microseconds_a_row": round(processor / last["rows"] * 1e6, 1),
            "rows_per_second": round(last["rows"] / middle),
            "rows_per_processor_second": round(last["rows"] / processor),
            "processor_times_bare_parsing": round(processor / bare["parse_processor"], 1),
            "seconds_times_bare_work": round(middle / bare[f"{kind}_seconds"], 2),
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--formats", default=",".join(FORMATS), help="of " + ", ".join(FORMATS))
    parser.add_argument("--no-result", action="store_true")
    parser.add_argument("--one", choices=("bare", *KINDS), help=argparse.SUPPRESS)
    parser.add_argument("--format", choices=FORMATS, help=argparse.SUPPRESS)
    parser.add_argument("--template", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.template:
        make_template(given.folder)
    elif given.one == "bare":
        ending, _write, parse = FORMATS[given.format]
        print(json.dumps(bare_parsing(parse, given.folder / f"new.{ending}") | bare_writing(given.folder)))
    elif given.one:
        print(json.dumps(run_one(given.one, given.format, given.folder)))
    else:
        report(given)


def report(given: argparse.Namespace) -> None:
    results = measure(given.rows, given.rounds, given.formats.split(","))
    place = "postgresql" if SERVER else "sqlite"
    told = {
        "command": f"python benchmarks/imports.py --rows {given.rows} --rounds {given.rounds} --formats {given.formats}",
        "database": place,
        "rows": given.rows,
        "titles": "real" if (SHARED / "titles_vocab.tsv.gz").exists() else "made up",
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "results": results,
    }
    text = json.dumps(told, ensure_ascii=False, indent=1)
    if not given.no_result:
        file = ROOT / "benchmarks" / "results" / f"imports_{place}_{given.rows}.json"
        file.parent.mkdir(exist_ok=True)
        if file.exists():  # formats that were not measured now keep what was measured before
            told["results"] = json.loads(file.read_text(encoding="utf-8"))["results"] | results
            text = json.dumps(told, ensure_ascii=False, indent=1)
        file.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
