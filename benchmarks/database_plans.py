"""How PostgreSQL carries out the product's own statements with a million offers: EXPLAIN, judged by bounds.

    python benchmarks/database_plans.py                     # 1,000,000 offers, writes results/database_plans.json
    python benchmarks/database_plans.py --offers 4000 --no-result       # the small size, for correctness

Nothing is retyped: selectors and services run, each statement they send is explained with ANALYZE and BUFFERS in a
savepoint and then carried out, and all is rolled back. It fails where a statement reads a big table from end to end
that it should not, or touches more pages than its bound (8 kB each, hit or read). At a small size the planner
is told to shun sequential scans instead: one that is left shows that no index serves.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import write_result
from benchmarks.tables import like_migrated, make_tables

#: A table of fewer rows than this share of the offers is read from end to end as it pleases the planner.
BIG = 0.04
_EXPLAINED = ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")


@dataclasses.dataclass
class Case:
    """`pages`: bound of the pages that all statements touch together. `scans`: tables that may be read whole."""

    name: str
    run: Callable[[], object]
    pages: int
    scans: frozenset[str] = frozenset()


@dataclasses.dataclass
class Statement:
    sql: str
    milliseconds: float
    pages: int
    scanned: list[str]
    plan: dict[str, Any]


def address() -> str:
    """The environment's database server, else the one that `make services` started."""
    from tests.parts import postgresql

    return os.environ.get("RYAD_DATABASE_URL") or postgresql()


@contextlib.contextmanager
def database(name: str | None) -> Iterator[None]:
    """A migrated database under that name, kept, or one of its own that goes; this process' Django uses it."""
    import psycopg

    server = urlsplit(address())
    made = name or f"ryad_plans_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as admin:
        there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [made]).fetchone()
        if not there:
            admin.execute(f'CREATE DATABASE "{made}"{like_migrated()}')
    os.environ.update(
        RYAD_DATABASE_URL=server._replace(path=f"/{made}").geturl(),
        RYAD_DATABASE_STATEMENT_SECONDS="3600",
        RYAD_OPENSEARCH_URL="",
        RYAD_REDIS_URL="",
        DJANGO_SETTINGS_MODULE="marketplace.settings.test",
        RYAD_LOG_LEVEL="ERROR",
    )
    import django

    django.setup()
    from django.db import connections

    try:
        make_tables()
        yield
    finally:
        connections.close_all()
        if not name:
            with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as admin:
                admin.execute(f'DROP DATABASE "{made}" WITH (FORCE)')


def explained(case: Case, big: set[str]) -> list[Statement]:
    """The statements of the case with their plans; whatever they wrote is rolled back."""
    from django.db import connection, transaction

    found: list[Statement] = []
    inside = False

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal inside
        if inside or many or not sql.lstrip().upper().startswith(_EXPLAINED) or "nextval" in sql:
            return execute(sql, params, many, context)
        inside = True
        try:
            point = transaction.savepoint()
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                answer = cursor.fetchone()[0]
            transaction.savepoint_rollback(point)
        finally:
            inside = False
        (told,) = json.loads(answer) if isinstance(answer, str) else answer
        plan = told["Plan"]
        pages = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
        scanned = sorted({node["Relation Name"] for node in nodes(plan)
                          if node["Node Type"] == "Seq Scan" and node["Relation Name"] in big})  # fmt: skip
        found.append(Statement(" ".join(sql.split()), told["Execution Time"], pages, scanned, plan))
        return execute(sql, params, many, context)

    with contextlib.suppress(_Undo), transaction.atomic():
        with connection.execute_wrapper(explain):
            case.run()
        raise _Undo
    return found


class _Undo(Exception):
    """Rolls a case back."""


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def big_tables(offers: int) -> set[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [max(1_000, BIG * offers)]
        )
        return {name for (name,) in cursor.fetchall()}


def index_figures() -> dict[str, list[dict[str, Any]]]:
    """Size of each index of the tables that imports write."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, indexrelname, pg_relation_size(indexrelid) / 1048576 FROM pg_stat_user_indexes"
            " WHERE relname IN ('catalog_offer', 'catalog_pricechange', 'catalog_stocklevel', 'catalog_offerprice',"
            " 'price_lists_sourceitem') ORDER BY 1, 3 DESC"
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for table, index, size in cursor.fetchall():
            found.setdefault(table, []).append({"index": index, "mb": size})
    return found


def judge(case: Case, statements: list[Statement], *, is_full: bool) -> list[str]:
    wrong = [
        f"{case.name}: reads {', '.join(sorted(left))} from end to end: {each.sql[:400]}"
        for each in statements
        if (left := set(each.scanned) - case.scans)
    ]
    pages = sum(each.pages for each in statements)
    if is_full and pages > case.pages:
        worst = max(statements, key=lambda each: each.pages)
        wrong.append(f"{case.name}: {pages:,} pages, bound {case.pages:,}; most in: {worst.sql[:400]}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument(
        "--database", help="keep the filled database under this name, and use it if it is there"
    )
    parser.add_argument("--only", help="cases whose name holds this")
    parser.add_argument("--plans", action="store_true", help="print the plans")
    parser.add_argument("--no-result", action="store_true")
    given = parser.parse_args()
    with database(given.database):
        from django.db import connection

        from benchmarks import plans_cases, plans_inputs
        from catalog.models import Offer

        begun = time.perf_counter()
        if Offer.objects.count() != given.offers:
            plans_inputs.fill(given.offers)
        filled = time.perf_counter() - begun
        is_full = given.offers >= 500_000
        if not is_full:
            with connection.cursor() as cursor:
                cursor.execute("SET enable_seqscan = off")
        big, wrong, report = big_tables(given.offers), [], {}
        for case in plans_cases.cases(given.offers):
            if given.only and given.only not in case.name:
                continue
            explained(case, big)  # once for the cache: pages count alike, times do not
            statements = explained(case, big)
            wrong += judge(case, statements, is_full=is_full)
            report[case.name] = {
                "statements": len(statements),
                "ms": round(sum(each.milliseconds for each in statements), 1),
                "pages": sum(each.pages for each in statements),
                "bound": case.pages,
                "read_whole": sorted({name for each in statements for name in each.scanned}),
            }
            print(f"{case.name:45} {report[case.name]['ms']:9.1f} ms {report[case.name]['pages']:9,} pages"
                  f" of {case.pages:,}, {len(statements)} statements {report[case.name]['read_whole'] or ''}")  # fmt: skip
            if given.plans:
                for each in statements:
                    print(f"-- {each.milliseconds:.1f} ms {each.pages} pages: {each.sql[:600]}")
                    print("\n".join(outline(each.plan)))
        indexes = index_figures()
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    figures = {"command": f"python benchmarks/database_plans.py --offers {given.offers}", "postgresql": version,
               "fill_seconds": round(filled, 1), "cases": report, "indexes": indexes}  # fmt: skip
    write_result("database_plans", figures, keep=not given.no_result)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        sys.exit(1)


def outline(plan: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The plan as people read it."""
    told = [plan["Node Type"], plan.get("Relation Name", ""), plan.get("Index Name", ""),
            str(plan.get("Index Cond", plan.get("Recheck Cond", "")))[:150]]  # fmt: skip
    pages = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
    yield (
        f"{'  ' * depth}{' '.join(part for part in told if part)} rows {plan.get('Plan Rows')}→"
        f"{plan.get('Actual Rows')}×{plan.get('Actual Loops')} {plan.get('Actual Total Time')} ms {pages} p"
    )
    for below in plan.get("Plans", ()):
        yield from outline(below, depth + 1)


if __name__ == "__main__":
    main()
