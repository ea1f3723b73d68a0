"""Counts the missing figures of past days from what the rooms still hold; those that are there stay."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.trends import services
from core.trends.measures import Measure


class Command(BaseCommand):
    help = "Count the dashboard's figures of past days that have none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=services.KEPT_DAYS, help="how many, today included")

    def handle(self, *, days: int, **_options: Any) -> None:
        def report(measure: Measure, written: int) -> None:
            self.stdout.write(f"{measure.key}: {written}")

        written = services.backfill(days=days, report=report)
        self.stdout.write(f"{written} figures of up to {min(days, services.KEPT_DAYS)} days.")
