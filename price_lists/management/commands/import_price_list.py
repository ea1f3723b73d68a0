"""Imports a price list from beginning to end: `manage.py import_price_list FILE --vendor SLUG`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import outbox
from core.errors import DomainError
from price_lists import services
from price_lists.enums import RunState
from price_lists.guard_words import in_words
from vendors.models import Vendor

#: Seconds: some thousands of offers.
COMPARED_FOR = 20


class Command(BaseCommand):
    help = (
        "Imports a price list and applies what the guard lets through. Prints JSON with the run and its counts;"
        " exit status 0 only if it was applied. A list that the guard holds is left for the vendor's word:"
        " its reasons go to standard error and the exit status is 3. With --dry-run nothing is changed: the counts and"
        " the exit status are those that applying it would have given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--vendor", required=True, metavar="SLUG")
        parser.add_argument(
            "--source",
            metavar="NAME",
            help="the series it belongs to; found by its name and goods if not given",
        )
        parser.add_argument("--dry-run", action="store_true", help="only check: read, compare, judge, report")
        parser.add_argument(
            "--timeout", type=float, default=3600, help="seconds to wait for the index and the matcher"
        )

    def handle(
        self, *, file: Path, vendor: str, source: str | None, dry_run: bool, timeout: float, **_: Any
    ) -> None:
        seller = Vendor.objects.filter(slug=vendor).first()
        if seller is None:
            raise CommandError(f"There is no vendor {vendor!r}.")
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            run = services.import_file(
                vendor=seller, path=file, source_name=source, only_check=dry_run, timeout=timeout
            )
        except DomainError as error:
            remedy = getattr(error, "remedy", "")
            raise CommandError(f"{error} {remedy}".strip()) from error
        self.stdout.write(json.dumps({"run": run.pk, "counts": services.report_counts(run)}))
        for reason in in_words(run.guard):
            self.stderr.write(f"{reason['title']} {reason['text']}")
        if run.state == RunState.CHECKED and not run.guard:
            return
        if run.state != RunState.APPLIED:
            raise SystemExit(3)
        if not outbox.drain_until_empty(["search", "requests"], timeout=timeout):
            raise CommandError("Applied, but not everything could be indexed yet; a worker goes on with it.")
        # Of photos their addresses alone: a worker fetches them.
        outbox.drain_until_empty(["photos", "watching"], timeout=timeout)
        # A large list takes minutes to compare with the goods of others; it is found meanwhile, so workers go on with it.
        if outbox.drain_until_empty(["identity"], timeout=min(timeout, COMPARED_FOR)):
            outbox.drain_until_empty(["search"], timeout=timeout)
        else:
            self.stderr.write(
                "Applied and indexed; workers go on comparing it with the goods of other vendors."
            )
