"""A Celery app over our transport with tasks that note what happens to them; run as a process by the tests."""

import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from celery import Celery

from core.broker import broker_url

ROOM = Path(os.environ["BROKER_TEST_ROOM"])

app = Celery("broker_test", broker=broker_url(ROOM / "broker.sqlite3"), set_as_current=False)
app.conf.update(
    broker_transport_options={
        "lease_seconds": 1.0,
        "max_losses": int(os.environ.get("BROKER_TEST_MAX_LOSSES", "3")),
    },
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    task_ignore_result=True,
)


def note(line: str) -> None:
    # One short write with O_APPEND is atomic: several workers share the file.
    descriptor = os.open(ROOM / "notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line} {os.getpid()}\n".encode())
    os.close(descriptor)


@app.task(shared=False, name="work")
def work(name: str, seconds: float) -> None:
    note(f"begin {name}")
    time.sleep(seconds)
    note(f"end {name}")


@app.task(shared=False, name="poison")
def poison() -> None:
    note("begin poison")
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(shared=False, name="retried", bind=True, max_retries=3)
def retried(self) -> None:
    note(f"try {self.request.retries}")
    if self.request.retries < 1:
        raise self.retry(countdown=0.3)
