"""`manage.py load_demo`: the demo row's categories, people, companies, price lists and requests."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.demo import state


class Command(BaseCommand):
    help = "Loads the demo row into this installation; what is there already stays as it is."

    def handle(self, **_: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is no demo installation: the demo's password is public. Set RYAD_DEMO=1 if it is one."
            )
        if state.is_loaded():
            self.stdout.write("The demo row is loaded.")
            return
        from marketplace.demo import loader  # a second start does not need the writers of workbooks and feeds

        began = time.monotonic()
        loader.load(say=self._say)
        self.stdout.write(f"The demo row is loaded ({time.monotonic() - began:.0f} s).")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # a pipe would keep it until the end
