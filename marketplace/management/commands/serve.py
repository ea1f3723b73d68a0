"""`manage.py serve` as Django's own commands see it; manage.py takes a shorter way to the same."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace import serve


class Command(BaseCommand):
    help = "Runs the site and its worker together until Ctrl-C. Migrates the database first if needed."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        serve.add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            serve.serve(**{name: options[name] for name in ("host", "port", "web_workers", "threads")})
        except serve.CannotServe as error:
            raise CommandError(str(error)) from None
