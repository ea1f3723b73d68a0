"""Opens what sealed bids are due; an operator's last word on those whose secret is lost for good."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from buyer_requests.sealing import opening


class Command(BaseCommand):
    help = "Opens sealed requests past their deadline, names those that wait for a secret, or gives one of these up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--give-up",
            metavar="REQUEST",
            help="the request's public id: its secret is lost, tell of its bids as unreadable. This is final",
        )

    def handle(self, *_args: Any, give_up: str | None = None, **_: Any) -> None:
        if give_up is not None:
            self._give_up(give_up)
            return
        self.stdout.write(f"opened: {opening.open_due_requests()}")
        for terms in opening.without_secret().select_related("request"):
            self.stdout.write(f"waits for secret {terms.key_id}: {terms.request.public_id}")

    def _give_up(self, public_id: str) -> None:
        waiting = opening.without_secret().select_related("request")
        found = next((each.request for each in waiting if str(each.request.public_id) == public_id), None)
        if found is None:
            raise CommandError("No request of this id waits for a secret: nothing is to be given up.")
        if not opening.open_request(found.pk, gives_up=True):
            raise CommandError("Its deadline is ahead: put the secret back, or let the buyer cancel it.")
        self.stdout.write("The bids are told of as unreadable, and the request is closed.")
