"""What happened to the tree between an action and its undoing, its plan or its job is never written over."""

import datetime as dt

import pytest
from django.utils import timezone

from buyer_requests.models import CategoryFollow
from catalog import tasks
from catalog.attributes.services import AttributeInput, add_attribute
from catalog.bulk_edit import services as bulk
from catalog.bulk_edit.enums import Action, EditState, RowState
from catalog.enums import EditRank
from catalog.errors import CategoryLoop
from catalog.models import (
    BulkRow,
    Category,
    CategoryAddress,
    CategoryAttribute,
    CategoryCode,
    CategoryRevision,
    CategoryState,
    Offer,
    OfferEdit,
    TreeOperation,
)
from catalog.tree import operations, revisions, undoing
from catalog.tree.addresses import where_now
from catalog.tree.enums import OperationState, RevisionState
from catalog.tree.errors import CategoryGone, TargetNeeded, TreeBusy
from catalog.tree.splitting import Rule
from core.jobs.services import request_cancel
from core.models import Job, JobState
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db
BY, OTHER = "user:7", "user:8"


def fresh(category):
    return Category.objects.get(pk=category.pk)


def merge(source, target):
    return operations.merge(source=fresh(source), target=fresh(target), actor=BY)


def write(category, state=RevisionState.PUBLISHED, actor=BY, publish_at=None, shows=False, **content):
    return revisions.write(
        category=fresh(category),
        content=content,
        state=state,
        actor=actor,
        publish_at=publish_at,
        shows=shows,
    )


@pytest.fixture
def crossed():
    """A was moved out of P, then P below A: the first move cannot be undone now."""
    parent = CategoryFactory(slug="p")
    child = CategoryFactory(slug="a", parent=parent)
    done = operations.move(category=fresh(child), target=None, actor=BY)
    operations.move(category=fresh(parent), target=fresh(child), actor=BY)
    return parent, child, done


def test_an_undo_that_fails_holds_nobody_up_and_can_be_tried_again(crossed):
    parent, child, done = crossed
    with pytest.raises(CategoryLoop):
        undoing.undo(operation=done, actor=BY)
    done.refresh_from_db()
    assert done.state == OperationState.STOPPED
    operations.move(category=fresh(parent), target=None, actor=BY)
    assert undoing.undo(operation=done, actor=BY).state == OperationState.UNDONE
    assert fresh(child).get_parent() == parent


def test_a_category_that_is_at_work_elsewhere_is_not_undone(crossed):
    _parent, child, done = crossed
    TreeOperation.objects.exclude(pk=done.pk).update(state=OperationState.RUNNING, target_id=child.pk)
    with pytest.raises(TreeBusy):
        undoing.undo(operation=done, actor=BY)


@pytest.fixture
def dead():
    """An undo whose request died ten minutes ago, before it did anything."""
    source, target = CategoryFactory(slug="source"), CategoryFactory(slug="target")
    OfferFactory.create_batch(2, category=source)
    done = merge(source, target)
    done.state = OperationState.UNDOING
    done.before["undo_at"] = (timezone.now() - dt.timedelta(minutes=10)).isoformat()
    done.save()
    return source, target, done


def test_an_undo_that_died_with_its_request_is_a_workers(dead):
    source, _target, done = dead
    assert undoing.revive() == 1
    job = Job.objects.get()
    assert (job.task, undoing.revive()) == (undoing.UNDO, 0)
    tasks.undo_tree_operation(job_id=str(job.pk), **job.kwargs)
    done.refresh_from_db()
    assert (done.state, Offer.objects.filter(category=source).count()) == (OperationState.UNDONE, 2)


def test_an_undo_whose_job_failed_or_was_cancelled_counts_as_stopped_and_is_tried_again(dead):
    source, _target, done = dead
    undoing.revive()
    Job.objects.update(state=JobState.FAILED)
    assert undoing.revive() == 1
    done.refresh_from_db()
    assert done.state == OperationState.STOPPED
    assert operations.run(operation_id=done.pk) == done.result
    undoing.undo(operation=done, actor=BY)
    assert Offer.objects.filter(category=source).count() == 2


def test_cancelling_the_job_of_an_undo_stops_it(dead):
    _source, _target, done = dead
    undoing.revive()
    request_cancel(job=Job.objects.get())
    done.refresh_from_db()
    assert done.state == OperationState.STOPPED


def test_an_undo_that_stopped_half_way_knows_what_it_did(monkeypatch):
    source, target = CategoryFactory(), CategoryFactory()
    OfferFactory.create_batch(2, category=source)
    done = merge(source, target)
    with monkeypatch.context() as patch:
        patch.setattr(undoing, "_chunks_back", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            undoing.undo(operation=done, actor=BY)
    undone = undoing.undo(operation=done, actor=BY)
    assert (undone.state, undone.result["offers"]) == (OperationState.UNDONE, 2)
    assert Offer.objects.filter(category=source).count() == 2


@pytest.mark.parametrize("what", ["follow", "address", "shown"])
def test_a_category_that_somebody_knows_goes_nowhere_without_a_place(what):
    bare = CategoryFactory()
    if what == "follow":
        CategoryFollow.objects.create(vendor=VendorFactory(), category=bare)
    elif what == "address":
        CategoryAddress.objects.create(slug="old", category=bare)
    else:
        revisions.show(category=bare, shown=True, actor=BY)
    with pytest.raises(TargetNeeded):
        operations.delete(category=fresh(bare), target=None, actor=BY)
    assert Category.objects.filter(pk=bare.pk).exists()


def test_a_deleted_category_comes_back_with_its_number_its_writings_and_codes():
    bare = CategoryFactory(slug="bare")
    write(bare, name_uk="Порожня")
    CategoryCode.objects.create(category=bare, scheme="google", code="7")
    done = operations.delete(category=fresh(bare), target=None, actor=BY)
    assert not Category.objects.filter(pk=bare.pk).exists()
    undoing.undo(operation=done, actor=BY)
    assert (fresh(bare).slug, fresh(bare).name_uk) == ("bare", "Порожня")
    assert CategoryRevision.objects.filter(category=bare).count() == 2
    assert CategoryCode.objects.get(code="7").category_id == bare.pk
    assert Category.find_problems() == ([], [], [], [], [])


def bulk_edit(there, offer):
    return bulk.begin_edit(action=Action.CATEGORY, given={"category": there.pk}, actor=BY, ids=[offer.pk])


def work(edit, step, task):
    job = step(edit=edit, actor=BY)
    task(job_id=str(job.pk), **job.kwargs)
    edit.refresh_from_db()
    return BulkRow.objects.get(edit=edit).state


def test_taking_back_a_bulk_edit_follows_a_merge():
    here, there, into = CategoryFactory(), CategoryFactory(), CategoryFactory()
    offer = OfferFactory(category=here)
    OfferEdit.objects.create(
        offer=offer, field="category_id", value=here.pk, rank=EditRank.OPERATOR, actor=OTHER
    )
    edit = bulk_edit(there, offer)
    work(edit, bulk.apply_edit, tasks.bulk_apply)
    merge(here, into)
    assert work(edit, bulk.undo_edit, tasks.bulk_undo) == RowState.UNDONE
    offer.refresh_from_db()
    assert offer.category_id == into.pk
    assert OfferEdit.objects.get().value == into.pk


def test_taking_back_a_bulk_edit_leaves_what_came_from_a_deleted_category():
    here, there = CategoryFactory(), CategoryFactory()
    offer = OfferFactory(category=here)
    edit = bulk_edit(there, offer)
    work(edit, bulk.apply_edit, tasks.bulk_apply)
    operations.delete(category=fresh(here), target=None, actor=BY)
    assert work(edit, bulk.undo_edit, tasks.bulk_undo) == RowState.CHANGED_SINCE
    offer.refresh_from_db()
    assert (offer.category_id, edit.state) == (there.pk, EditState.UNDONE)


def test_a_bulk_edit_whose_category_was_merged_or_deleted_after_the_preview():
    here, there, into, gone = CategoryFactory.create_batch(4)
    one, two = OfferFactory.create_batch(2, category=here)
    follows, stays = bulk_edit(there, one), bulk_edit(gone, two)
    merge(there, into)
    operations.delete(category=fresh(gone), target=None, actor=BY)
    assert work(follows, bulk.apply_edit, tasks.bulk_apply) == RowState.APPLIED
    assert work(stays, bulk.apply_edit, tasks.bulk_apply) == RowState.CHANGED_SINCE
    assert list(Offer.objects.order_by("pk").values_list("category", flat=True)) == [into.pk, here.pk]


def test_where_a_category_went_is_found_over_several_merges_and_never_in_a_circle():
    one, two, three, four = CategoryFactory.create_batch(4)
    for source, target in ((one, two), (two, three)):
        Category.objects.filter(pk=source.pk).update(merged_into=target)
    Category.objects.filter(pk=four.pk).update(merged_into=four)
    assert where_now([one.pk, three.pk, four.pk, 0]) == {one.pk: three.pk, three.pk: three.pk}


def test_undoing_a_split_leaves_offers_where_they_are_seen_once_its_category_was_merged():
    source, target = CategoryFactory(), CategoryFactory()
    OfferFactory(category=source, title="Папір")
    done = operations.split(
        category=fresh(source), rules=[Rule({"uk": "Папір"}, words="папір")], shown=True, actor=BY
    )
    merge(source, target)
    undone = undoing.undo(operation=done, actor=BY)
    assert (undone.result["left"], undone.result["why"]) == (1, "moved_since")
    assert Offer.objects.get().category_id == done.before["made"][0]


def test_a_merge_does_not_switch_off_what_the_target_inherits():
    top = CategoryFactory()
    target, source = CategoryFactory(parent=top), CategoryFactory(parent=top)
    colour = add_attribute(given=AttributeInput(names={"uk": "Колір"}, kind="text"))
    CategoryAttribute.objects.create(category=top, attribute=colour)
    CategoryAttribute.objects.create(category=source, attribute=colour, is_off=True)
    done = merge(source, target)
    assert not CategoryAttribute.objects.filter(category=target).exists()
    undoing.undo(operation=done, actor=BY)
    assert CategoryAttribute.objects.get(category=source).is_off is True


def test_a_planned_writing_changes_only_what_it_was_about():
    paper = CategoryFactory(name_uk="Папір", slug="paper", icon="")
    now = timezone.now()
    write(paper, RevisionState.SCHEDULED, publish_at=now - dt.timedelta(minutes=1), fresh_days=9)
    write(paper, actor=OTHER, name_uk="Папір офісний", slug="office-paper")
    assert revisions.do_planned() == 1
    assert (fresh(paper).name_uk, fresh(paper).slug, fresh(paper).fresh_days) == (
        "Папір офісний",
        "office-paper",
        9,
    )
    last = CategoryRevision.objects.filter(category=paper, content__fresh_days=9).get()
    assert (last.content["name_uk"], "base" in last.content) == ("Папір офісний", False)


def test_a_proposal_for_a_time_is_published_at_that_time_in_the_name_of_who_approved_it():
    paper = CategoryFactory(name_uk="Папір")
    at = timezone.now() + dt.timedelta(days=1)
    proposal = write(paper, RevisionState.WAITING, publish_at=at, name_uk="Інше")
    approved = revisions.approve(revision=proposal, actor=OTHER, answer="yes")
    assert (approved.state, approved.decided_by, fresh(paper).name_uk) == (
        RevisionState.SCHEDULED,
        OTHER,
        "Папір",
    )
    CategoryRevision.objects.filter(pk=proposal.pk).update(publish_at=timezone.now())
    assert revisions.do_planned() == 1
    proposal.refresh_from_db()
    assert (fresh(paper).name_uk, proposal.decided_by, proposal.answer) == ("Інше", OTHER, "yes")


def test_a_merged_category_is_not_shown_again_and_its_plans_come_back_with_it():
    source, target = CategoryFactory(name_uk="Папір"), CategoryFactory()
    later = timezone.now() + dt.timedelta(days=1)
    revisions.plan(category=source, show_at=later, hide_at=None, actor=BY)
    planned = write(source, RevisionState.WAITING, shows=True, name_uk="Інше")
    done = merge(source, target)
    planned.refresh_from_db()
    assert (planned.state, CategoryState.objects.get(pk=source.pk).show_at) == (RevisionState.DROPPED, None)
    CategoryState.objects.filter(pk=source.pk).update(show_at=timezone.now() - dt.timedelta(days=1))
    assert revisions.do_planned() == 0
    for act in (
        lambda: revisions.show(category=source, shown=True, actor=BY),
        lambda: write(source, name_uk="Інше"),
        lambda: write(source, RevisionState.SCHEDULED, name_uk="Інше"),
        lambda: revisions.plan(category=source, show_at=later, hide_at=None, actor=BY),
    ):
        with pytest.raises(CategoryGone):
            act()
    assert fresh(source).is_active is False
    undoing.undo(operation=done, actor=BY)
    planned.refresh_from_db()
    assert (planned.state, CategoryState.objects.get(pk=source.pk).show_at) == (RevisionState.WAITING, later)
