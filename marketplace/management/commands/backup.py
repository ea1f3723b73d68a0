"""`manage.py backup FILE`: database, pictures and vendors' files in one archive, while the site runs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.backup import CannotBackUp, take_backup


class Command(BaseCommand):
    help = "Writes database, pictures and vendors' files into one archive with checksums. The site may run."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace FILE if it exists")

    def handle(self, *_args: Any, file: Path, force: bool, **_options: Any) -> None:
        try:
            made = take_backup(file.absolute(), force=force)
        except CannotBackUp as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(made, ensure_ascii=False))
