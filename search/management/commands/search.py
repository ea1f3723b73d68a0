"""`manage.py search rebuild|verify|status|rollback`: keeping the index, for operators."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.errors import DomainError
from search import indexing, selectors
from search.engines import get_engine
from search.errors import EngineUnavailable
from search.models import IndexBuild, IndexCheck

SHOWN = 20  # ids of a kind, failures: more are counted


class Command(BaseCommand):
    help = "Builds, compares, shows and rolls back the search index."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        rebuild = actions.add_parser("rebuild", help="build a new index beside the live one and swap them")
        rebuild.add_argument("--background", action="store_true", help="leave it to a worker")
        rebuild.add_argument("--abandon", action="store_true", help="give up the one that runs or was left")
        verify = actions.add_parser("verify", help="compare the index with the database, offer by offer")
        verify.add_argument("--quick", action="store_true", help="versions only, not whole documents")
        verify.add_argument("--mend", action="store_true", help="write what is wrong and look again")
        verify.add_argument(
            "--limit", type=int, default=SHOWN, help="ids told of each kind (all are counted)"
        )
        for each in (rebuild, verify):
            each.add_argument(
                "--patience", type=float, default=60, help="seconds to wait for changes on their way (60)"
            )
        rollback = actions.add_parser("rollback", help="make the previous index live again, and mend it")
        rollback.add_argument(
            "--no-mend", action="store_true", help="leave it as it was when it was replaced"
        )
        status = actions.add_parser("status", help="what the index holds and what it lacks")
        status.add_argument("--limit", type=int, default=SHOWN, help="failures told (all are counted)")
        for each in (rebuild, verify, rollback, status):
            each.add_argument("--json", action="store_true", help="JSON on standard output and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        action = {
            "rebuild": self._rebuild,
            "verify": self._verify,
            "rollback": self._roll_back,
            "status": self._status,
        }[options["action"]]
        self.stderr.write(_installation())
        try:
            action(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _rebuild(self, options: Mapping[str, Any]) -> None:
        if options["abandon"]:
            generation = indexing.abandon_rebuild()
            self._tell(options, {"abandoned": generation}, [f"Given up: {generation or 'nothing'}"])
            return
        if options["background"]:
            job = indexing.start_rebuild()
            self._tell(options, {"job": str(job.pk)}, [f"A worker does it as job {job.pk}."])
            return
        begun = time.monotonic()
        offers = indexing.rebuild_index(report=_Progress(self.stderr), patience=options["patience"])
        seconds = round(time.monotonic() - begun, 1)
        failed = selectors.index_failures().count()
        self._tell(
            options,
            {"offers": offers, "failed": failed, "seconds": seconds, "generation": _status().generation},
            [f"{offers} offers indexed in {seconds} s, {failed} could not be."],
        )

    def _verify(self, options: Mapping[str, Any]) -> None:
        self._compare(options, deep=not options["quick"], mend=options["mend"], limit=options["limit"])

    def _roll_back(self, options: Mapping[str, Any]) -> None:
        generation = indexing.roll_back_index()
        self.stderr.write(f"{generation} is live.")
        if options["no_mend"]:
            self._tell(options, {"generation": generation}, [])
            return
        # By versions: what the index before has of an unchanged offer is what it had when it was live.
        self._compare(options, deep=False, mend=True, limit=SHOWN, generation=generation)

    def _compare(
        self, options: Mapping[str, Any], *, deep: bool, mend: bool, limit: int, **more: str
    ) -> None:
        found = indexing.verify_index(
            deep=deep, mend=mend, patience=options.get("patience", 60), report=_Progress(self.stderr)
        )
        kinds = {kind.value: {"count": len(ids), "offers": ids[:limit]} for kind, ids in found.found.items()}
        answer = {
            **more,
            "offers": found.offers,
            "deep": found.is_deep,
            "seconds": round(found.seconds, 1),
            "mended": found.mended,
            "on_their_way": found.on_their_way,
            "differences": kinds,
        }
        lines = [
            (
                f"{found.offers} offers compared in {found.seconds:.1f} s, {found.mended} mended, "
                f"{found.on_their_way} on their way, {found.total} differ."
            )
        ]
        for kind, ids in found.found.items():
            rest = f" … and {len(ids) - limit} more" if len(ids) > limit else ""
            lines.append(f"  {kind.value}: {len(ids)}: {', '.join(map(str, ids[:limit]))}{rest}")
        self._tell(options, answer, lines)
        if found.total:
            raise CommandError(f"The index differs from the database in {found.total} offers.")

    def _status(self, options: Mapping[str, Any]) -> None:
        engine, status = get_engine(), _status()
        try:
            engine.status()
            reachable = True
        except EngineUnavailable as error:
            reachable = False
            self.stderr.write(f"The engine does not answer ({error.code}): what it holds is not known now.")
        failures = selectors.index_failures()
        build, check = selectors.last_build(), selectors.last_check()
        answer = {
            "engine": engine.name,
            "reachable": reachable,
            "exists": status.exists,
            "generation": status.generation,
            "previous": status.previous,
            "building": status.building,
            "documents": status.documents,
            "tombstones": status.tombstones,
            "bytes": status.bytes,
            "on_sale": selectors.on_sale().count(),
            "lag_seconds": round(selectors.index_lag(), 1),
            "failures": {
                "count": failures.count(),
                "offers": [
                    {
                        "offer": each.offer_id,
                        "version": each.version,
                        "reason": each.reason,
                        "attempts": each.attempts,
                        "first_at": each.first_at.isoformat(),
                        "last_at": each.last_at.isoformat(),
                    }
                    for each in failures[: options["limit"]]
                ],
            },
            "last_rebuild": _build_told(build),
            "last_check": _check_told(check),
        }
        self._tell(options, answer, _status_lines(answer))
        if not reachable:
            raise CommandError("The search engine does not answer; searches are answered by the database.")

    def _tell(self, options: Mapping[str, Any], answer: Mapping[str, Any], lines: Sequence[str]) -> None:
        for line in [json.dumps(answer, ensure_ascii=False)] if options["json"] else lines:
            self.stdout.write(line)


class _Progress:
    """A line for people every two seconds."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._told_at = time.monotonic()

    def __call__(self, done: int, total: int, step: str) -> None:
        if time.monotonic() - self._told_at >= 2:
            self._told_at = time.monotonic()
            self._out.write(f"{step}: {done} of {total}")


def _installation() -> str:
    """Which one the command looks at: a machine may have several, and the environment chooses."""
    chosen: Any = settings.OPENSEARCH
    index = f"{chosen['prefix']} on OpenSearch" if chosen["hosts"] else settings.SEARCH_INDEX_PATH
    return f"Database {connection.settings_dict['NAME']} ({connection.vendor}), index {index}"


def _status() -> Any:
    return indexing.index_status()


def _build_told(build: IndexBuild | None) -> dict[str, Any] | None:
    if build is None:
        return None
    if build.finished_at is None:
        state = "stale" if selectors.rebuild_is_stale(build) else "running"
    else:
        state = "failed" if build.error else "done"
    return {
        "state": state,
        "generation": build.generation,
        "done": build.done,
        "total": build.total,
        "started_at": build.started_at.isoformat(),
        "finished_at": build.finished_at and build.finished_at.isoformat(),
        "error": build.error,
    }


def _check_told(check: IndexCheck | None) -> dict[str, Any] | None:
    if check is None:
        return None
    return {
        "at": check.started_at.isoformat(),
        "deep": check.is_deep,
        "seconds": check.seconds,
        "offers": check.offers,
        "mended": check.mended,
        "differences": check.differences,
    }


def _index_lines(told: Mapping[str, Any]) -> list[str]:
    return [
        f"Engine {told['engine']}, index {told['generation'] or 'missing'}, {told['bytes'] / 1e6:.1f} MB",
        f"  documents  {told['documents']:9}  (on sale in the database: {told['on_sale']})",
        f"  tombstones {told['tombstones']:9}",
    ]


def _status_lines(told: Mapping[str, Any]) -> list[str]:
    lines = [
        *(_index_lines(told) if told["reachable"] else [f"Engine {told['engine']} does not answer"]),
        f"  changes wait since {told['lag_seconds']} s" if told["lag_seconds"] else "  no change waits",
        f"  kept to roll back to: {told['previous'] or 'nothing'}",
    ]
    if build := told["last_rebuild"]:
        lines.append(
            f"Rebuild {build['state']} {build['done']}/{build['total']}, begun {build['started_at']}"
            + (f": {build['error']}" if build["error"] else "")
        )
    elif told["building"]:
        lines.append(f"Rebuild left behind: {told['building']}")
    if check := told["last_check"]:
        kinds = ", ".join(f"{kind} {count}" for kind, count in check["differences"].items())
        depth = "deep" if check["deep"] else "quick"
        lines.append(f"Compared {check['at']} ({depth}, {check['offers']} offers): {kinds or 'equal'}")
    failures = told["failures"]
    lines.append(f"Not indexable: {failures['count']}")
    lines += [
        f"  offer {each['offer']} v{each['version']}, {each['attempts']} attempts: {each['reason']}"
        for each in failures["offers"]
    ]
    return lines
