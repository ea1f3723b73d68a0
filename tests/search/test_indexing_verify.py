"""Index against database: every kind of difference is found and mended, and what is on its way is none."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from catalog.models import Offer
from catalog.services import changes
from core import outbox
from core.models import OutboxEntry
from search import indexing, selectors, tasks
from search.documents import tombstone
from search.errors import NothingToRollBack
from search.indexing import comparing, walking
from search.indexing.walking import Kind
from search.models import IndexBuild, IndexCheck, IndexFailure
from tests.factories.catalog import OfferFactory
from tests.factories.search import document, poison


@pytest.fixture
def planted(either_index, monkeypatch):
    """Offers with one difference of each kind among sound ones, by kind; pages are small enough to matter."""
    monkeypatch.setattr(walking, "PAGE", 3)
    monkeypatch.setattr(walking, "DEEP_PAGE", 2)
    first = OfferFactory()
    made = [first, *OfferFactory.create_batch(11, vendor=first.vendor)]
    indexing.index_facts([{"offers": [offer.pk for offer in made]}])
    plan = dict(
        zip(("missing", "dead", "gone", "hidden", "stale", "ahead", "changed", "bad"), made[2:], strict=False)
    )
    now = timezone.now()
    plan["missing"] = OfferFactory(vendor=first.vendor)  # nobody was told
    either_index.write([tombstone(offer_id=plan["dead"].pk, version=1)])
    Offer.objects.filter(pk=plan["gone"].pk).update(withdrawn_at=now, version=2)
    Offer.objects.filter(pk=plan["hidden"].pk).update(hidden_at=now)  # even without a new version
    Offer.objects.filter(pk=plan["stale"].pk).update(version=3)
    either_index.write([document(plan["ahead"].pk, "щось інше", version=9)])
    Offer.objects.filter(pk=plan["changed"].pk).update(title="Лампа")
    poison(plan["bad"], version=2)
    either_index.write([document(10**9, "чуже", version=4)])
    return {name: offer.pk for name, offer in plan.items()} | {"stranger": 10**9}


def by_kind(planted, *, deep):
    found = {
        Kind.MISSING: sorted([planted["dead"], planted["missing"]]),
        Kind.EXTRA: sorted([planted["gone"], planted["hidden"], planted["stranger"]]),
        Kind.STALE: [planted["stale"]],
        Kind.AHEAD: [planted["ahead"]],
    }
    if deep:
        return found | {Kind.CHANGED: [planted["changed"]], Kind.FAILED: [planted["bad"]]}
    return found | {Kind.STALE: sorted([planted["stale"], planted["bad"]])}


def test_equal_is_equal(either_index):
    OfferFactory()
    assert indexing.verify_index().found == {Kind.MISSING: [Offer.objects.get().pk]}
    indexing.rebuild_index()
    for deep in (False, True):
        result = indexing.verify_index(deep=deep)
        assert (result.found, result.offers, result.on_their_way, result.mended) == ({}, 1, 0, 0)


def test_each_planted_difference_is_found(planted):
    assert indexing.verify_index(deep=True, patience=0).found == by_kind(planted, deep=True)
    assert indexing.verify_index(deep=False, patience=0).found == by_kind(planted, deep=False)


def test_each_difference_is_mended_but_what_cannot_be_indexed(planted, either_index):
    result = indexing.verify_index(mend=True, patience=0)
    assert result.found == {Kind.FAILED: [planted["bad"]]}
    assert result.mended == 8
    assert IndexFailure.objects.get().offer_id == planted["bad"]
    assert indexing.verify_index(deep=True, patience=0).found == {Kind.FAILED: [planted["bad"]]}
    assert indexing.verify_index(deep=False, patience=0).found == {Kind.FAILED: [planted["bad"]]}
    assert planted["stranger"] not in {each.id for each in either_index.stored()}
    Offer.objects.filter(pk=planted["bad"]).update(attributes={})
    assert indexing.verify_index(deep=True, mend=True, patience=0).found == {}
    assert not IndexFailure.objects.exists()


def test_a_database_that_was_set_back_gets_ahead_of_its_index_again(index):
    offer = OfferFactory()
    index.write([document(offer.pk, "щось інше", version=9)])
    assert indexing.verify_index(mend=True).found == {}
    offer.refresh_from_db()
    assert offer.version == 10
    assert [each.version for each in index.stored()] == [10]
    assert outbox.drain("search") == 1


def test_tombstones_that_are_not_there_are_no_difference(either_index):
    OfferFactory(withdrawn_at=timezone.now())
    either_index.write([tombstone(offer_id=10**9, version=3)])
    assert indexing.verify_index().found == {}


def test_what_is_on_its_way_is_no_difference(index):
    offer = OfferFactory()
    with transaction.atomic():
        changes.announce([offer.pk], consumers=["search"])
    result = indexing.verify_index(patience=0.1)
    assert (result.found, result.on_their_way) == ({}, 1)
    assert outbox.drain("search") == 1
    result = indexing.verify_index(patience=0.1)
    assert (result.found, result.on_their_way) == ({}, 0)


def test_changes_that_keep_coming_are_not_waited_for(index, monkeypatch):
    offer, busy = OfferFactory(), OfferFactory()
    with transaction.atomic():
        changes.announce([offer.pk, busy.pk], consumers=["search"])
    slept = []

    def sleep(seconds):
        assert len(slept) < 20
        slept.append(seconds)
        outbox.drain("search")
        with transaction.atomic():
            changes.announce([busy.pk], consumers=["search"])

    monkeypatch.setattr(comparing.time, "sleep", sleep)
    assert indexing.verify_index(patience=60).found == {}


def test_a_change_that_was_set_aside_is_a_difference(index):
    offer = OfferFactory()
    with transaction.atomic():
        changes.announce([offer.pk], consumers=["search"])
    OutboxEntry.objects.update(dead_at=timezone.now())
    assert indexing.verify_index(patience=0.1).found == {Kind.MISSING: [offer.pk]}


def test_what_changes_and_is_indexed_while_it_looks_is_no_difference(index, monkeypatch):
    offer = OfferFactory()
    look = comparing._Look.again

    def meanwhile(self, ids):
        Offer.objects.filter(pk=offer.pk).update(title="Лампа", version=5)
        indexing.index_facts([{"offers": [offer.pk]}])
        return look(self, ids)

    monkeypatch.setattr(comparing._Look, "again", meanwhile)
    assert indexing.verify_index().found == {}


def test_the_last_results_are_kept(index, monkeypatch):
    monkeypatch.setattr(comparing, "CHECKS_KEPT", 2)
    offer = OfferFactory()
    tasks.verify()
    tasks.verify(deep=True)
    indexing.verify_index(mend=True)
    assert [
        (check.is_deep, check.differences, check.mended) for check in IndexCheck.objects.order_by("pk")
    ] == [
        (True, {"missing": 1}, 0),
        (True, {}, 1),
    ]
    assert selectors.last_check().total == 0
    assert [each.id for each in index.stored()] == [offer.pk]


def test_without_an_engine_the_tasks_leave_it_for_the_next_time(settings, tmp_path, db):
    settings.SEARCH_INDEX_PATH = tmp_path / "none"
    tasks.verify()
    tasks.sweep_tombstones()
    assert not IndexCheck.objects.exists()


# The commands


def told(capsys, *words):
    call_command("search", *words, "--json")
    return json.loads(capsys.readouterr().out)


def test_verify_ends_with_an_error_while_something_differs(index, capsys):
    offers = [OfferFactory() for _ in range(3)]
    with pytest.raises(CommandError, match="differs from the database in 3 offers"):
        call_command("search", "verify", "--quick", "--limit", "2", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["differences"] == {"missing": {"count": 3, "offers": [each.pk for each in offers[:2]]}}
    answer = told(capsys, "verify", "--mend")
    assert (answer["mended"], answer["differences"], answer["offers"]) == (3, {}, 3)
    call_command("search", "verify")
    assert capsys.readouterr().out.startswith("3 offers compared in ")


def test_verify_names_the_offers_for_people(index, capsys):
    offer = OfferFactory()
    with pytest.raises(CommandError):
        call_command("search", "verify")
    assert f"  missing: 1: {offer.pk}\n" in capsys.readouterr().out


def test_rebuild_roll_back_and_status(index, capsys):
    offer = OfferFactory()
    answer = told(capsys, "rebuild")
    assert (answer["offers"], answer["failed"]) == (1, 0)
    Offer.objects.filter(pk=offer.pk).update(version=2)
    second = told(capsys, "rebuild")["generation"]
    status = told(capsys, "status")
    assert (status["engine"], status["documents"], status["on_sale"]) == ("embedded", 1, 1)
    assert (status["generation"], status["previous"]) == (second, answer["generation"])
    assert status["last_rebuild"]["state"] == "done"
    assert status["lag_seconds"] == 0
    back = told(capsys, "rollback")
    assert (back["generation"], back["mended"]) == (answer["generation"], 1)
    assert [each.version for each in index.stored()] == [2]
    told(capsys, "rollback", "--no-mend")
    assert told(capsys, "status")["generation"] == second


def test_status_tells_what_could_not_be_indexed_and_the_stale_rebuild(index, capsys):
    bad = OfferFactory()
    poison(bad)
    indexing.index_facts([{"offers": [bad.pk]}])
    with transaction.atomic():
        changes.announce([bad.pk], consumers=["search"])
    long_ago = timezone.datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone())
    IndexBuild.objects.create(pk=1, started_at=long_ago, heartbeat_at=long_ago, done=5, total=9)
    status = told(capsys, "status")
    assert status["failures"]["count"] == 1
    assert status["failures"]["offers"][0]["offer"] == bad.pk
    assert status["last_rebuild"]["state"] == "stale"
    call_command("search", "status")
    lines = capsys.readouterr().out
    assert "Not indexable: 1\n" in lines
    assert f"  offer {bad.pk} v1, 1 attempts: " in lines
    assert "Rebuild stale 5/9" in lines
    assert told(capsys, "rebuild", "--abandon") == {"abandoned": ""}
    assert told(capsys, "status")["last_rebuild"]["state"] == "failed"


def test_a_rebuild_can_be_left_to_a_worker(index, capsys):
    job = told(capsys, "rebuild", "--background")["job"]
    tasks.rebuild(job_id=job)
    assert told(capsys, "status")["last_rebuild"]["state"] == "done"


def test_a_refusal_is_told(index):
    with pytest.raises(CommandError, match=str(NothingToRollBack())):
        call_command("search", "rollback")
