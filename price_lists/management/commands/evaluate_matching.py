"""Match two labelled tables of goods and print how well that went, as JSON; nothing is written anywhere."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from price_lists.identity.evaluation import BadTable, evaluate


class Command(BaseCommand):
    help = (
        "Match the goods of LEFT with those of RIGHT (CSV: id, title, optional brand, mpn, gtin, price, description), "
        "compare with TRUTH (left_id, right_id, optional label) and print figures as JSON. Writes nothing."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("left", metavar="LEFT", type=Path)
        parser.add_argument("right", metavar="RIGHT", type=Path)
        parser.add_argument("truth", metavar="TRUTH", type=Path)

    def handle(self, *_args: Any, left: Path, right: Path, truth: Path, **_: Any) -> None:
        try:
            figures = evaluate(left, right, truth)
        except BadTable as error:
            self.stdout.write(
                json.dumps({"error": {"code": "bad_table", "message": str(error)}}, ensure_ascii=False)
            )
            sys.exit(1)
        self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1))
