"""`manage.py join_offers`: has offers compared again, all of them or those of one vendor, and waits for it."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from catalog.models import Offer, Product
from core import outbox
from price_lists.joining.consumer import CONSUMER
from price_lists.joining.decisions import announce_words
from price_lists.joining.enums import ConflictState, PairState
from price_lists.joining.models import GtinConflict, OfferPair

_STEP = 10_000


class Command(BaseCommand):
    help = (
        "Compares offers on sale with each other and joins those of one good: after an update that judges"
        " differently, or once for offers from before there were goods. What people decided stays."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--vendor", help="only the offers of the vendor with this slug")
        parser.add_argument("--no-wait", action="store_true", help="leave the work to the workers")
        parser.add_argument("--timeout", type=float, default=3600, help="seconds to wait (3600)")

    def handle(self, *_args: Any, **options: Any) -> None:
        offers = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True)
        if options["vendor"]:
            offers = offers.filter(vendor__slug=options["vendor"])
        last, told = 0, 0
        while ids := list(offers.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_STEP]):
            last = ids[-1]
            with transaction.atomic():
                told += announce_words(ids)
        begun = time.monotonic()
        if not options["no_wait"] and not outbox.drain_until_empty([CONSUMER], timeout=options["timeout"]):
            raise CommandError("Not all offers were compared in time; the workers go on with the rest.")
        counts = {
            "offers": told,
            "seconds": round(time.monotonic() - begun, 1),
            "goods": Product.objects.count(),
            "doubtful_pairs": OfferPair.objects.filter(state=PairState.OPEN).count(),
            "quarantined_barcodes": GtinConflict.objects.filter(state=ConflictState.OPEN).count(),
        }
        self.stdout.write(json.dumps(counts))
