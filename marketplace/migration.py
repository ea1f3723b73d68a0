"""`python -m marketplace.migration`: Django's `migrate`, which tells how far it is, also into a pipe."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import Any, Final

import django
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db.models.signals import pre_migrate

EVERY_SECONDS: Final = 2.0


class Command(migrate.Command):
    """As `migrate --verbosity 0 --no-input`, with a line every two seconds."""

    _all = _done = 0
    _told_at = 0.0

    def handle(self, *arguments: Any, **options: Any) -> None:
        self._begun = self._told_at = time.monotonic()
        pre_migrate.connect(self._plan_made)
        try:
            super().handle(*arguments, **options)
        finally:
            pre_migrate.disconnect(self._plan_made)
        if self._done:
            self._tell(f"{self._done} migrations in {time.monotonic() - self._begun:.0f} s")

    def _plan_made(self, *, plan: list[Any], **_: Any) -> None:
        if not self._all and plan:
            self._all = len(plan)
            self._tell(f"{self._all} migrations")

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:  # noqa: ARG002 - Django's signature
        if action == "apply_success":
            self._done += 1
        if action == "apply_start" and time.monotonic() - self._told_at >= EVERY_SECONDS:
            self._tell(f"{self._done} of {self._all}: {migration.app_label}")
        elif self._done == self._all and action == "apply_success":
            self._tell(f"{self._done} of {self._all}: rights and first pages")

    def _tell(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()
        self._told_at = time.monotonic()


def main() -> int:
    """Exit status 1 with the reason on standard error if it failed."""
    # The models of every step are rendered anew, all in cycles: collected less often it takes a twelfth less time.
    gc.set_threshold(50_000, 20, 20)
    django.setup()
    gc.freeze()
    command = Command()
    options = vars(
        command.create_parser("manage.py", "migrate").parse_args(["--verbosity", "0", "--no-input"])
    )
    try:
        command.execute(*options.pop("args", ()), **options)
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    sys.exit(main())
