"""A change of many offers: looked at, carried out, stopped, gone on with, taken back; told to everybody who must learn."""

import datetime as dt

import pytest
from django.utils import timezone

from catalog import tasks
from catalog.attributes.current import stored_rules
from catalog.attributes.reading import facts_of
from catalog.attributes.services import AttributeInput, ChoiceInput, Place, add_attribute, place_attributes
from catalog.bulk_edit import choosing, services
from catalog.bulk_edit.choosing import Criteria
from catalog.bulk_edit.enums import Action, EditState, Found, RowState
from catalog.bulk_edit.errors import EditNotPossible, NoReason, NothingChosen
from catalog.bulk_edit.judging import Filler
from catalog.enums import EditRank
from catalog.models import BulkEdit, Offer, OfferEdit
from catalog.services.offers import edit_offer
from core.jobs.services import request_cancel
from core.jobs.work import Work
from core.models import AuditEntry, Job, JobState, OutboxEntry
from notifications.models import Notification
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.price_lists import goods, imported
from tests.factories.vendors import MembershipFactory

pytestmark = pytest.mark.django_db
ACTOR = "user:7"
TASKS = {
    services.PREPARE: tasks.bulk_prepare,
    services.APPLY: tasks.bulk_apply,
    services.UNDO: tasks.bulk_undo,
}


def run(job):
    TASKS[job.kind](job_id=str(job.pk), **job.kwargs)
    job.refresh_from_db()
    return job


def done(edit):
    edit.refresh_from_db()
    return edit


def told(consumer):
    entries = OutboxEntry.objects.filter(consumer=consumer, topic="offers_changed")
    return sorted({pk for entry in entries for pk in entry.payload["offers"]})


@pytest.fixture
def shelf():
    """A category with three offers, and another one."""
    here, there = CategoryFactory(), CategoryFactory()
    offers = OfferFactory.create_batch(3, category=here)
    OutboxEntry.objects.all().delete()
    return here, there, offers


def moved(there, offers, **more):
    edit = services.begin_edit(
        action=Action.CATEGORY,
        given={"category": there.pk},
        actor=ACTOR,
        ids=[each.pk for each in offers],
        **more,
    )
    run(services.apply_edit(edit=edit, actor=ACTOR))
    return done(edit)


def test_offers_are_moved_by_an_operators_word_and_everybody_learns_of_it(shelf):
    here, there, offers = shelf
    Offer.objects.filter(pk=offers[0].pk).update(category=there)
    edit = services.begin_edit(
        action=Action.CATEGORY, given={"category": there.pk}, actor=ACTOR, ids=[each.pk for each in offers]
    )
    assert (edit.state, edit.counts["waiting"], edit.counts["same"]) == (EditState.READY, 2, 1)
    assert set(Offer.objects.values_list("category", flat=True)) == {here.pk, there.pk}
    versions = dict(Offer.objects.values_list("pk", "version"))
    job = run(services.apply_edit(edit=edit, actor=ACTOR))
    assert (job.state, done(edit).state, edit.counts["applied"]) == (JobState.DONE, EditState.APPLIED, 2)
    assert set(Offer.objects.values_list("category", flat=True)) == {there.pk}
    changed = [each.pk for each in offers[1:]]
    for consumer in ("search", "requests", "watching"):
        assert told(consumer) == changed
    assert {pk: version - versions[pk] for pk, version in Offer.objects.values_list("pk", "version")} == {
        offers[0].pk: 0,
        **dict.fromkeys(changed, 1),
    }
    words = OfferEdit.objects.values_list("offer", "field", "value", "rank", "actor")
    assert sorted(words) == [(pk, "category_id", there.pk, EditRank.OPERATOR, ACTOR) for pk in changed]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.details["offers"]) == ("catalog.apply_bulk_edit", ACTOR, 2)
    with pytest.raises(EditNotPossible):
        services.apply_edit(edit=edit, actor=ACTOR)


def test_taking_back_leaves_alone_what_was_changed_since(shelf):
    here, there, offers = shelf
    edit_offer(offer=offers[2], values={"category_id": here.pk}, rank=EditRank.OPERATOR, actor="user:3")
    edit = moved(there, offers)
    third = CategoryFactory()
    edit_offer(offer=offers[0], values={"category_id": third.pk}, rank=EditRank.OPERATOR, actor="user:9")
    run(services.undo_edit(edit=edit, actor=ACTOR))
    assert (done(edit).state, edit.counts["undone"], edit.counts["changed_since"]) == (EditState.UNDONE, 2, 1)
    assert list(Offer.objects.order_by("pk").values_list("category", flat=True)) == [
        third.pk,
        here.pk,
        here.pk,
    ]
    words = dict(OfferEdit.objects.values_list("offer", "actor"))
    assert words == {offers[0].pk: "user:9", offers[2].pk: "user:3"}
    with pytest.raises(EditNotPossible):
        services.undo_edit(edit=edit, actor=ACTOR)


def test_a_change_there_and_back_by_a_later_edit_counts_as_changed(shelf):
    here, there, offers = shelf
    first = moved(there, offers[:1])
    moved(here, offers[:1])
    moved(there, offers[:1])
    run(services.undo_edit(edit=first, actor=ACTOR))
    assert done(first).counts["changed_since"] == 1
    assert Offer.objects.get(pk=offers[0].pk).category_id == there.pk


def test_taking_back_lets_the_vendors_own_word_hold_again(shelf):
    _here, there, offers = shelf
    edit = moved(there, offers[:1])
    vendors_own = CategoryFactory()
    edit_offer(offer=offers[0], values={"category_id": vendors_own.pk}, rank=EditRank.VENDOR, actor="user:5")
    assert Offer.objects.get(pk=offers[0].pk).category_id == there.pk
    run(services.undo_edit(edit=edit, actor=ACTOR))
    assert Offer.objects.get(pk=offers[0].pk).category_id == vendors_own.pk


def test_hiding_says_why_to_the_vendor_and_taking_back_shows_what_nobody_hid_since(shelf):
    _here, _there, offers = shelf
    person = MembershipFactory(vendor=offers[0].vendor).user
    with pytest.raises(NoReason):
        services.begin_edit(action=Action.HIDE, given={}, actor=ACTOR, ids=[offers[0].pk], reason=" ")
    ids = [each.pk for each in offers]
    edit = services.begin_edit(action=Action.HIDE, given={}, actor=ACTOR, ids=ids, reason="Підробки.")
    run(services.apply_edit(edit=edit, actor=ACTOR))
    assert list(Offer.objects.values_list("hidden_reason", flat=True)) == ["Підробки."] * 3
    message = Notification.objects.get(user=person)
    assert (message.kind, message.params["count"], message.params["reason"]) == (
        "offers.hidden",
        1,
        "Підробки",
    )
    Offer.objects.filter(pk=offers[1].pk).update(hidden_at=timezone.now() + dt.timedelta(days=1))
    OutboxEntry.objects.all().delete()
    run(services.undo_edit(edit=done(edit), actor=ACTOR))
    assert done(edit).counts["changed_since"] == 1
    shown = [offers[0].pk, offers[2].pk]
    assert sorted(Offer.objects.filter(hidden_at=None).values_list("pk", flat=True)) == shown
    for consumer in ("search", "requests", "watching", "identity", "photos"):
        assert told(consumer) == shown
    assert Notification.objects.filter(user=person).order_by("pk").last().kind == "offers.shown"


def test_showing_again_can_be_taken_back_with_the_old_reason(shelf):
    _here, _there, offers = shelf
    ids = [offers[0].pk]
    hiding = services.begin_edit(action=Action.HIDE, given={}, actor=ACTOR, ids=ids, reason="Перевірка")
    run(services.apply_edit(edit=hiding, actor=ACTOR))
    hidden = Offer.objects.values("hidden_at", "hidden_reason").get(pk=ids[0])
    showing = services.begin_edit(action=Action.SHOW, given={}, actor=ACTOR, ids=ids, reason="Усе гаразд")
    run(services.apply_edit(edit=showing, actor=ACTOR))
    assert Offer.objects.get(pk=ids[0]).hidden_at is None
    run(services.undo_edit(edit=done(showing), actor=ACTOR))
    assert Offer.objects.values("hidden_at", "hidden_reason").get(pk=ids[0]) == hidden


def test_what_was_stopped_half_way_goes_on_and_does_nothing_twice(shelf, monkeypatch):
    _here, there, offers = shelf
    monkeypatch.setattr(services, "CHUNK", 1)
    edit = services.begin_edit(
        action=Action.CATEGORY, given={"category": there.pk}, actor=ACTOR, ids=[each.pk for each in offers]
    )
    job = services.apply_edit(edit=edit, actor=ACTOR)
    progress = Work.progress

    def pressed(self, done, total=None, message=None):
        if done == 2:
            request_cancel(job=job)
        self._written_at = 0  # each step looks
        progress(self, done, total, message)

    monkeypatch.setattr(Work, "progress", pressed)
    assert run(job).state == JobState.CANCELLED
    assert (done(edit).state, edit.counts["applied"]) == (EditState.STOPPED, 2)
    monkeypatch.setattr(Work, "progress", progress)
    from core.jobs.services import retry_job

    OutboxEntry.objects.all().delete()
    retry_job(job=job)
    assert run(job).state == JobState.DONE
    assert (done(edit).state, edit.counts["applied"]) == (EditState.APPLIED, 3)
    assert told("search") == [offers[2].pk]


def test_a_killed_worker_leaves_whole_chunks_and_the_next_one_goes_on(shelf, monkeypatch):
    _here, there, offers = shelf
    monkeypatch.setattr(services, "CHUNK", 1)
    edit = services.begin_edit(
        action=Action.CATEGORY, given={"category": there.pk}, actor=ACTOR, ids=[each.pk for each in offers]
    )
    services.apply_edit(edit=edit, actor=ACTOR)

    def killed(done, _total):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.run(edit_id=edit.pk, kind=services.APPLY, report=killed)
    assert Offer.objects.filter(category=there).count() == 1
    services.run(edit_id=edit.pk, kind=services.APPLY, report=lambda *_: None)
    assert (done(edit).counts["applied"], told("search")) == (3, [each.pk for each in offers])


def test_all_that_match_are_frozen_at_that_moment_and_looked_at_by_a_job(shelf, monkeypatch):
    here, there, offers = shelf
    monkeypatch.setattr(services, "LOOKED_AT", 2)
    edit = services.begin_edit(
        action=Action.CATEGORY, given={"category": there.pk}, actor=ACTOR, criteria=Criteria(category=here.pk)
    )
    OfferFactory(category=here)  # later, so not meant
    assert edit.state == EditState.PREPARING
    run(Job.objects.get())
    assert (done(edit).state, edit.counts["waiting"]) == (EditState.READY, 3)
    assert list(edit.rows.order_by("offer").values_list("offer", flat=True)) == [each.pk for each in offers]
    with pytest.raises(NothingChosen):
        services.begin_edit(action=Action.CATEGORY, given={"category": there.pk}, actor=ACTOR)


# Attributes -----------------------------------------------------------------------------------------------


@pytest.fixture
def cups():
    """Cups with a colour that is read from names, and a volume."""
    category = CategoryFactory()
    colours = [
        ChoiceInput(names={"uk": "чорний"}, code="black"),
        ChoiceInput(names={"uk": "білий"}, code="white"),
    ]
    colour = add_attribute(
        given=AttributeInput(names={"uk": "Колір"}, kind="choice", choices=colours, code="colour")
    )
    volume = add_attribute(
        given=AttributeInput(names={"uk": "Об'єм"}, kind="number", unit="ml", code="volume")
    )
    place_attributes(category=category, places=[Place(colour.pk, 1), Place(volume.pk, 2)])
    OutboxEntry.objects.all().delete()
    return category, colour


def labels(offer):
    return [fact.label for fact in facts_of(Offer.objects.get(pk=offer.pk))]


def test_a_value_that_a_person_set_stands_above_what_the_vendor_says(cups):
    category, _colour = cups
    said = OfferFactory(category=category, title="Чашка", attributes={"Колір": "білий"})
    already = OfferFactory(category=category, title="Чашка чорна 300 мл")
    elsewhere = OfferFactory(category=CategoryFactory())
    edit = services.begin_edit(
        action=Action.FACTS,
        given={"set": {"colour": "black", "volume": {"amount": 250.0, "unit": "ml"}}},
        actor=ACTOR,
        ids=[said.pk, already.pk, elsewhere.pk],
    )
    assert (edit.counts["waiting"], edit.counts["left_out"]) == (2, 1)
    run(services.apply_edit(edit=edit, actor=ACTOR))
    assert labels(said) == labels(already) == ["colour=black", "volume=250"]
    assert told("search") == told("requests") == [said.pk, already.pk]
    run(services.undo_edit(edit=done(edit), actor=ACTOR))
    assert (labels(said), labels(already)) == (["colour=white"], ["colour=black", "volume=300"])
    assert not OfferEdit.objects.exists()


def test_a_value_is_cleared_or_kept_from_being_told(cups):
    category, _colour = cups
    offer = OfferFactory(category=category, title="Чашка чорна")

    def facts(**given):
        edit = services.begin_edit(action=Action.FACTS, given=given, actor=ACTOR, ids=[offer.pk])
        run(services.apply_edit(edit=edit, actor=ACTOR))
        return done(edit)

    facts(set={"colour": None})
    assert labels(offer) == []
    cleared = facts(clear=["colour"])
    assert labels(offer) == ["colour=black"]
    run(services.undo_edit(edit=cleared, actor=ACTOR))
    assert labels(offer) == []


def test_names_fill_an_attribute_with_doubts_and_conflicts_told_apart(cups):
    category, colour = cups
    colour.name_rule = "beside"  # by itself it is read only beside its word
    colour.save()
    place_attributes(category=category, places=[Place(colour.pk, 1)])
    new = OfferFactory(category=category, title="Чашка чорна")
    read = OfferFactory(category=category, title="Чашка, колір чорний")
    conflict = OfferFactory(category=category, title="Чашка чорна", attributes={"Колір": "білий"})
    doubt = OfferFactory(
        category=category,
        title="Чашка чорна",
        texts={"uk": {"title": "Чашка чорна"}, "ru": {"title": "Чашка білий"}},
    )
    OfferFactory(category=category, title="Чашка")
    edit = services.begin_edit(
        action=Action.FILL, given={"code": "colour"}, actor=ACTOR, criteria=Criteria(category=category.pk)
    )
    run(Job.objects.get())
    assert dict(done(edit).rows.values_list("offer", "found")) == {
        new.pk: Found.NEW,
        read.pk: Found.READ,
        conflict.pk: Found.CONFLICT,
        doubt.pk: Found.DOUBT,
    }
    assert edit.counts["none"] == 1
    assert Filler("colour", stored_rules()).evidence(new) == ["чорна"]
    run(services.apply_edit(edit=edit, actor=ACTOR, take=[Found.NEW, Found.CONFLICT]))
    assert edit.rows.filter(state=RowState.APPLIED).count() == 2
    assert (labels(new), labels(conflict), labels(doubt)) == (["colour=black"], ["colour=black"], [])
    run(services.undo_edit(edit=done(edit), actor=ACTOR))
    assert (labels(new), labels(conflict)) == ([], ["colour=white"])


# Choosing -------------------------------------------------------------------------------------------------


def test_offers_are_found_by_what_they_are_and_lack(cups):
    category, colour = cups
    black = OfferFactory(category=category, title="Чашка чорна", price_amount=500)
    plain = OfferFactory(category=category, title="Чашка", photos=["https://a.example/1.jpg"])
    lost = OfferFactory(category=None, price_amount=700)
    hidden = OfferFactory(hidden_at=timezone.now(), hidden_reason="x")

    def found(**told):
        return [each.pk for each in choosing.page(Criteria(**told)).offers]

    assert found() == [lost.pk, plain.pk, black.pk]
    assert found(uncategorised=True) == [lost.pk]
    assert found(category=category.pk) == [plain.pk, black.pk]
    assert found(state="hidden") == [hidden.pk]
    assert found(no_photo=True, category=category.pk) == [black.pk]
    assert found(price_to=600) == [black.pk]
    assert found(missing=colour.pk) == [plain.pk]
    assert found(vendor=black.vendor_id) == [black.pk]
    assert choosing.counted(Criteria()) == (3, True)


def test_a_page_goes_on_where_the_window_ended(monkeypatch):
    monkeypatch.setattr(choosing, "WINDOW", 2)
    offers = OfferFactory.create_batch(5, price_amount=9_000_000)
    Offer.objects.filter(pk=offers[0].pk).update(price_amount=1)
    found, after, pages = [], None, 0
    while pages < 9:
        page = choosing.page(Criteria(price_to=5), before=after)
        found += [each.pk for each in page.offers]
        pages, after = pages + 1, page.after
        if after is None:
            break
    assert (found, pages, page.is_whole) == ([offers[0].pk], 3, True)


def test_old_edits_are_forgotten_with_their_rows(shelf):
    _here, there, offers = shelf
    moved(there, offers)
    assert services.forget_old_edits(before=timezone.now()) == 3
    assert not BulkEdit.objects.exists()


def test_an_operators_word_survives_a_real_import_of_the_vendors_next_list(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    category = CategoryFactory()
    colour = add_attribute(
        given=AttributeInput(
            names={"uk": "Колір"},
            kind="choice",
            choices=[ChoiceInput(names={"uk": "чорний"}, code="black")],
            code="colour",
        )
    )
    place_attributes(category=category, places=[Place(colour.pk, 1)])
    ids = list(Offer.objects.order_by("pk").values_list("pk", flat=True))
    for action, given in (
        (Action.CATEGORY, {"category": category.pk}),
        (Action.FACTS, {"set": {"colour": "black"}}),
        (Action.HIDE, {}),
    ):
        chosen = ids[:2] if action != Action.HIDE else ids[:1]
        edit = services.begin_edit(action=action, given=given, actor=ACTOR, ids=chosen, reason="Так треба")
        run(services.apply_edit(edit=edit, actor=ACTOR))
    run_of_list = imported(vendor, tmp_path / "b.csv", goods(3, brand="Інший", price="77.00"))
    assert run_of_list.counts["changed"] == 3
    rows = Offer.objects.order_by("pk").values_list(
        "brand", "price_amount", "category", "facts", "hidden_reason"
    )
    assert list(rows)[:2] == [
        ("Інший", 770_000, category.pk, {"colour": "black"}, "Так треба"),
        ("Інший", 770_000, category.pk, {"colour": "black"}, ""),
    ]
    assert (list(rows)[2][2] != category.pk, list(rows)[2][3]) == (True, {})
    imported(vendor, tmp_path / "c.csv", goods(1))  # the others are withdrawn …
    imported(vendor, tmp_path / "d.csv", goods(3))  # … and come back
    assert Offer.objects.values_list("category", "facts", "withdrawn_at").get(pk=ids[1]) == (
        category.pk,
        {"colour": "black"},
        None,
    )
