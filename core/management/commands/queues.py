"""`manage.py queues`: what waits, what failed and what was set aside, and how to give it another chance."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from core import broker, outbox
from core.broker.store import MessageStore
from core.models import Job
from core.outbox import selectors


class Command(BaseCommand):
    help = "Shows the broker's queues, the outbox and long work; revives or forgets what was set aside."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--revive-message", type=int, metavar="ID", help="put a dead letter back into its queue"
        )
        parser.add_argument("--forget-messages", action="store_true", help="delete all dead letters")
        parser.add_argument("--revive-entry", type=int, metavar="ID", help="try a dead outbox entry again")
        parser.add_argument(
            "--revive-entries", metavar="CONSUMER", help="try all dead outbox entries of a consumer again"
        )
        parser.add_argument("--purge", metavar="QUEUE", help="delete the messages that wait in a queue")

    def handle(self, *_args: Any, **options: Any) -> None:
        store = _store()
        try:
            self._act(store, options)
            self._show_broker(store)
        finally:
            if store is not None:
                store.close()
        self._show_outbox()
        self._show_jobs()

    def _act(self, store: MessageStore | None, options: dict[str, Any]) -> None:
        if options["revive_entry"] is not None and not outbox.revive([options["revive_entry"]]):
            raise CommandError(f"No outbox entry {options['revive_entry']} has been set aside.")
        if options["revive_entries"]:
            count = outbox.revive_all(consumer=options["revive_entries"])
            self.stdout.write(f"{count} outbox entries are tried again.")
        if options["revive_message"] is None and not options["forget_messages"] and not options["purge"]:
            return
        if store is None:
            raise CommandError("The broker is not ours: use its own tools.")
        if options["revive_message"] is not None and not store.revive(options["revive_message"]):
            raise CommandError(f"There is no dead letter {options['revive_message']}.")
        if options["forget_messages"]:
            self.stdout.write(f"{store.purge_dead_letters()} dead letters forgotten.")
        if options["purge"]:
            self.stdout.write(f"{store.purge(options['purge'])} messages deleted.")

    def _show_broker(self, store: MessageStore | None) -> None:
        if store is None:
            return
        self.stdout.write("Queues (waiting, in hand)")
        for queue, (waiting, in_hand) in store.sizes().items():
            self.stdout.write(f"  {queue:12} {waiting:7} {in_hand:7}")
        for letter in store.dead_letters(limit=20):
            self.stdout.write(
                f"  dead letter {letter.id} in {letter.queue}: {letter.reason}: {letter.payload[:300]}"
            )

    def _show_outbox(self) -> None:
        self.stdout.write("Outbox (waiting, failing, set aside, oldest)")
        for line in selectors.backlogs():
            oldest = f"{line.oldest_at:%Y-%m-%d %H:%M:%S}" if line.oldest_at else ""
            self.stdout.write(
                f"  {line.consumer:12} {line.waiting:7} {line.failing:7} {line.dead:7} {oldest}"
            )
        for entry in selectors.dead_entries()[:20]:
            self.stdout.write(
                f"  set aside {entry.pk} {entry.consumer}/{entry.topic}: {entry.last_error[:300]}"
            )

    def _show_jobs(self) -> None:
        self.stdout.write("Long work")
        for row in Job.objects.values("kind", "state").annotate(count=Count("pk")).order_by("kind", "state"):
            self.stdout.write(f"  {row['kind']:28} {row['state']:10} {row['count']:7}")


def _store() -> MessageStore | None:
    url = settings.CELERY_BROKER_URL
    return MessageStore(broker.broker_path(url)) if url.startswith(f"{broker.SCHEME}://") else None
