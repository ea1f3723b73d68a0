"""The process of a zygote: it has the site loaded and becomes, by forking, whatever a test asks for.

Loading Django, Celery and the rooms takes seconds, a fork milliseconds; the child opens its own connections. Orders
come as lines of JSON on standard input, each answered by a line with the child's process id.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

from celery.bin.celery import celery  # noqa: E402 - needs django.setup()

from marketplace.celery import QUEUES, app  # noqa: E402 - needs django.setup()
from tests.stack.ending import end_with  # noqa: E402 - needs django.setup()
from tests.stack.faults import actions, hooks  # noqa: E402 - needs django.setup()


def main():
    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the system
    answer({"ready": True})
    own = os.getpid()
    for line in sys.stdin:  # which ends with the test run, however that ends
        order = json.loads(line)
        pid = os.fork()
        if pid:
            answer({"pid": pid})
            continue
        status = 1
        try:
            end_with(own)
            become(order)
            status = 0
        except BaseException:  # noqa: BLE001 - the child must never return into the loop
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)


def answer(said):
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def become(order):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if order["kind"] == "celery":
        os.environ.update(order["environment"])
        celery.main(order["arguments"])
    hooks.apply(**order.get("hooks", {}))
    if order["kind"] == "worker":
        work(**order.get("worker", {}))
    else:
        act(order)


def work(*, queues=QUEUES, pool="threads", concurrency=3, clock=True):
    """As the Makefile and the compose file start it."""
    command = ["worker", "--pool", pool, "--concurrency", str(concurrency), "--queues", ",".join(queues)]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    app.worker_main([*command, *(["--clock"] if clock else [])])


def act(order):
    """One function of `actions`; what it returns, or why it failed, is left in a file."""
    try:
        said = {"result": getattr(actions, order["action"])(**order.get("kwargs", {}))}
    except BaseException as error:  # noqa: BLE001 - told to the test
        traceback.print_exc()
        said = {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    target = Path(order["answer"])
    part = target.with_suffix(".part")
    part.write_text(json.dumps(said, default=str))
    part.rename(target)


if __name__ == "__main__":
    main()
