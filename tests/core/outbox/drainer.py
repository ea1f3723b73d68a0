"""A process that drains the outbox and notes each fact it saw; `die` makes it kill itself before it deletes."""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.core.outbox.file_settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - needs django.setup()
from django.db import transaction  # noqa: E402 - needs django.setup()

from core import outbox  # noqa: E402 - needs django.setup()
from core.outbox import claims  # noqa: E402 - needs django.setup()

ROOM = Path(os.environ["OUTBOX_TEST_ROOM"])
# Short where a claim has to run out or be renewed; otherwise longer than a busy machine may stop a process, for a claim
# that ran out is rightly worked on twice.
claims.LEASE = timedelta(seconds=0.6 if {"slow", "die"} & set(sys.argv) else 600)


def note(text):
    descriptor = os.open(ROOM / "notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, text.encode())
    os.close(descriptor)


def handle(facts):
    note("".join(f"{fact['n']} {os.getpid()}\n" for fact in facts))
    if "die" in sys.argv:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(1.5 if "slow" in sys.argv else 0.01)


outbox.register("ear", handle, batch=5, exclusive="exclusive" in sys.argv)
if "fill" in sys.argv:
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        outbox.emit_many([("ear", "number", {"n": number}) for number in range(int(sys.argv[-1]))])
else:
    sys.exit(0 if outbox.drain_until_empty(["ear"], timeout=50) else 1)
