"""`manage.py queues` on a broker file, with something set aside everywhere."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.broker import broker_url
from core.broker.store import MessageStore
from core.jobs import services as jobs
from core.models import OutboxEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(tmp_path, settings):
    settings.CELERY_BROKER_URL = broker_url(tmp_path / "broker.sqlite3")
    store = MessageStore(tmp_path / "broker.sqlite3")
    yield store
    store.close()


def queues(**options):
    out = StringIO()
    call_command("queues", stdout=out, **options)
    return out.getvalue().splitlines()


def test_it_shows_what_waits_and_what_was_set_aside(store):
    store.put("imports", "one")
    store.put("imports", "two")
    store.bury(store.claim("imports").lease, reason="lost by 3 workers in a row")
    entry = OutboxEntry.objects.create(
        consumer="search",
        topic="offers",
        payload={},
        visible_at=timezone.now(),
        dead_at=timezone.now(),
        last_error="E",
    )
    jobs.start_job(kind="price_lists.import", task="t")
    assert queues() == [
        "Queues (waiting, in hand)",
        "  imports            1       0",
        "  dead letter 1 in imports: lost by 3 workers in a row: one",
        "Outbox (waiting, failing, set aside, oldest)",
        "  search             0       0       1 ",
        f"  set aside {entry.pk} search/offers: E",
        "Long work",
        "  price_lists.import           waiting          1",
    ]


def test_it_revives_purges_and_forgets(store):
    store.put("imports", "one")
    store.bury(store.claim("imports").lease, reason="why")
    entry = OutboxEntry.objects.create(
        consumer="nobody", topic="t", payload={}, visible_at=timezone.now(), dead_at=timezone.now()
    )
    queues(revive_message=1, revive_entry=entry.pk)
    assert store.size("imports") == 1
    entry.refresh_from_db()
    assert entry.dead_at is None
    assert queues(purge="imports")[0] == "1 messages deleted."
    store.put("imports", "two")
    store.bury(store.claim("imports").lease, reason="why")
    assert queues(forget_messages=True)[0] == "1 dead letters forgotten."


def test_unknown_ids_are_refused(store):
    with pytest.raises(CommandError, match="no dead letter 9"):
        queues(revive_message=9)
    with pytest.raises(CommandError, match="No outbox entry 9"):
        queues(revive_entry=9)


def test_another_broker_has_its_own_tools(settings):
    settings.CELERY_BROKER_URL = "memory://"
    assert queues()[0].startswith("Outbox")
    with pytest.raises(CommandError, match="its own tools"):
        queues(purge="imports")
