"""What a test has the site do in a process of its own: people and lists made, imports begun, the index compared."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.core.files.base import File

from core import outbox
from tests import migrated


def prepare():
    """The tables, two vendors with an owner each, and a buyer."""
    from accounts.models import User
    from vendors.enums import Role, VendorState
    from vendors.models import Membership, Vendor

    migrated.migrate(os.environ["RYAD_DATABASE_URL"])
    for slug in ("first", "second"):
        vendor = Vendor.objects.create(slug=slug, name=slug.title(), state=VendorState.APPROVED)
        owner = User.objects.create_user(f"{slug}@example.com", "Correct-horse-battery-7")
        Membership.objects.create(vendor=vendor, user=owner, role=Role.OWNER)
    User.objects.create_user("buyer@example.com", "Correct-horse-battery-7")


def import_here(*, path, vendor="first"):
    """A list from beginning to end in this process; what the outbox holds of it is indexed and matched."""
    from price_lists.services import import_file
    from vendors.models import Vendor

    run = import_file(vendor=Vendor.objects.get(slug=vendor), path=Path(path), source_name="main")
    outbox.drain_until_empty(timeout=60)
    return {"state": run.state, "counts": run.counts}


def upload(*, path, vendor="first", send=True):
    """What the upload page does: the file is kept, a run opened and its job sent to a worker; returns the run's id."""
    from price_lists import services
    from price_lists.services.uploads import open_source, receive_upload
    from vendors.models import Vendor

    company = Vendor.objects.get(slug=vendor)
    with Path(path).open("rb") as bytes_:
        run, is_new = receive_upload(
            vendor=company,
            source=open_source(vendor=company, name="main"),
            file=File(bytes_, name=Path(path).name),
            auto_apply=True,
        )
    assert is_new
    if send:
        services.begin(run=run)
    return run.pk


def send_job(*, run):
    """The job's message once more, as a broker that is unsure delivers it."""
    from core.jobs.services import send
    from core.models import Job

    send(Job.objects.get(subject=f"import_run:{run}"))


def advance(*, run):
    """What the worker's task does with the run, in this process."""
    from core.jobs.work import work_on
    from price_lists import services
    from price_lists.models import ImportRun

    job = services.start(run=ImportRun.objects.get(pk=run))
    with work_on(job.pk) as work:
        assert work is not None
        services.advance(run=ImportRun.objects.get(pk=run), work=work)


def drain(*, consumer="search"):
    return outbox.drain(consumer)


def change_offers(*, ids, price):
    """New prices, each offer's version raised and announced with it."""
    from catalog.models import Offer
    from catalog.services.changes import touch

    return touch(Offer.objects.filter(pk__in=ids), price_amount=price)


def publish(*, lines=("Степлер офісний",), title="Канцтовари"):
    """A buyer's request; matching and notices follow from the outbox. Returns its id."""
    import datetime as dt
    from decimal import Decimal

    from django.utils import timezone

    from accounts.models import User
    from buyer_requests import services

    buyer = User.objects.get(email="buyer@example.com")
    draft = services.create_draft(buyer=buyer)
    services.save_draft(
        buyer=buyer,
        request=draft,
        title=title,
        deadline_at=timezone.now() + dt.timedelta(days=3),
        lines=[services.LineInput(text=text, quantity=Decimal(1), unit="H87") for text in lines],
    )
    return services.publish_request(buyer=buyer, request=draft).pk


def verify(*, mend=False):
    """How index and database differ: {kind: how many}, {} where they are equal."""
    from search.indexing import verify_index

    found = verify_index(mend=mend, patience=20)
    return {kind.value: len(ids) for kind, ids in found.found.items()} | (
        {"on their way": found.on_their_way} if found.on_their_way else {}
    )


def rebuild():
    from search.indexing import rebuild_index

    return rebuild_index()


def search_times(*, words, times):
    """Seconds and engine of searches in one process, one after the other."""
    from search.query import SearchQuery
    from search.services import search

    found = []
    for _ in range(times):
        begun = time.monotonic()
        results = search(SearchQuery(words=words))
        found.append([round(time.monotonic() - begun, 3), results.engine, results.total])
    return found


def sign_in(*, email):
    """The cookie of a person who is signed in."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email=email))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def page(*, path, session="", file=""):
    """Status, the time to come back and the text of a page, as the site's code answers it in this process; with a
    `file`, as a form sends it.
    """
    from django.conf import settings
    from django.test import Client

    client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    if file:
        with Path(file).open("rb") as bytes_:
            answer = client.post(path, {"file": bytes_})
    else:
        answer = client.get(path)
    return [answer.status_code, answer.headers.get("Retry-After", ""), answer.text]
