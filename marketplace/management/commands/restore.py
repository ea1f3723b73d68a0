"""`manage.py restore FILE`: the installation as it was when the archive was written."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.backup import CannotBackUp, CannotRestore, restore_backup


class Command(BaseCommand):
    help = (
        "Replaces database, pictures and vendors' files by those of an archive of `backup`, migrates if this"
        " code is newer, builds the search index and compares all of it. The site and its workers must be stopped."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace what is here")

    def handle(self, *_args: Any, file: Path, force: bool, **_options: Any) -> None:
        try:
            done = restore_backup(file.absolute(), force=force, say=self.stderr.write)
        except (CannotBackUp, CannotRestore) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(done, ensure_ascii=False))
        if done["index"]["differences"]:
            raise CommandError(
                "The search index differs from the database: manage.py search verify says where."
            )
