"""Moves, merges, splits and deletions: what they change, that they go on after a stop, and what undoing gives back."""

import datetime as dt

import pytest

from buyer_requests.models import CategoryFollow
from catalog import tasks
from catalog.enums import EditRank
from catalog.errors import CategoryLoop
from catalog.models import Category, CategoryAddress, Offer, OfferEdit, TreeOperation
from catalog.services.categories import add_category
from catalog.tree import chunks, effects, operations, undoing
from catalog.tree.addresses import category_at
from catalog.tree.enums import OperationKind, OperationState
from catalog.tree.errors import NotUndoable, RulesMissing, TargetNeeded, TreeBusy
from catalog.tree.splitting import Rule, try_rules
from core.jobs.services import request_cancel
from core.jobs.work import Work
from core.models import AuditEntry, Job, JobState, OutboxEntry
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db
BY = "user:7"


@pytest.fixture
def shelves():
    """Two categories, the first with a child and three offers."""
    source, target = CategoryFactory(slug="source"), CategoryFactory(slug="target")
    CategoryFactory(slug="child", parent=source)
    OfferFactory.create_batch(3, category=source)
    OutboxEntry.objects.all().delete()
    return Category.objects.get(pk=source.pk), Category.objects.get(pk=target.pk)


def fresh(category):
    return Category.objects.get(pk=category.pk)


def held(category):
    return Offer.objects.filter(category=category.pk).count()


def run(job):
    """What a worker does."""
    {operations.RUN: tasks.tree_operation, undoing.UNDO: tasks.undo_tree_operation}[job.task](
        job_id=str(job.pk), **job.kwargs
    )
    job.refresh_from_db()


def test_a_merge_is_done_and_undone_with_all_that_named_the_category(shelves):
    source, target = shelves
    both, one = VendorFactory(), VendorFactory()
    for vendor, category in ((both, source), (both, target), (one, source)):
        CategoryFollow.objects.create(vendor=vendor, category=category)
    done = operations.merge(source=source, target=target, actor=BY, reason="the same goods")
    assert (done.state, done.moved, held(source), held(target)) == (OperationState.DONE, 3, 0, 3)
    assert (fresh(source).is_active, fresh(source).merged_into_id) == (False, target.pk)
    assert Category.objects.get(slug="child").get_parent() == target
    assert sorted(CategoryFollow.objects.values_list("vendor", "category")) == sorted(
        [(both.pk, target.pk), (one.pk, target.pk)]
    )
    trace = AuditEntry.objects.get(action="catalog.merge_category")
    assert (trace.actor, trace.reason, trace.subject) == (BY, "the same goods", f"category:{source.pk}")

    undone = undoing.undo(operation=done, actor="user:8")
    assert (undone.state, undone.result) == (OperationState.UNDONE, {"offers": 3, "rows": 2, "left": 0})
    assert (held(source), held(target)) == (3, 0)
    assert (fresh(source).is_active, fresh(source).merged_into_id) == (True, None)
    assert Category.objects.get(slug="child").get_parent() == source
    assert sorted(CategoryFollow.objects.values_list("vendor", "category")) == sorted(
        [(both.pk, source.pk), (both.pk, target.pk), (one.pk, source.pk)]
    )
    assert AuditEntry.objects.get(action="catalog.undo_tree_operation").actor == "user:8"
    with pytest.raises(NotUndoable):
        undoing.undo(operation=undone, actor=BY)


def test_undoing_leaves_alone_what_people_changed_since(shelves):
    source, target = shelves
    elsewhere = CategoryFactory()
    taken, said, _plain = Offer.objects.order_by("pk")
    done = operations.merge(source=source, target=target, actor=BY)
    Offer.objects.filter(pk=taken.pk).update(category=elsewhere)
    OfferEdit.objects.create(
        offer=said, field="category_id", value=target.pk, rank=EditRank.VENDOR, actor="user:9"
    )
    undone = undoing.undo(operation=done, actor=BY)
    assert (undone.result["offers"], undone.result["left"]) == (1, 2)
    assert (held(source), held(target), held(elsewhere)) == (1, 1, 1)


def test_a_persons_word_about_an_offer_follows_the_merge_and_its_undoing(shelves):
    source, target = shelves
    offer = Offer.objects.first()
    edit = OfferEdit.objects.create(
        offer=offer, field="category_id", value=source.pk, rank=EditRank.OPERATOR, actor=BY
    )
    done = operations.merge(source=source, target=target, actor=BY)
    edit.refresh_from_db()
    assert edit.value == target.pk
    undoing.undo(operation=done, actor=BY)
    edit.refresh_from_db()
    assert (edit.value, held(source)) == (source.pk, 3)


def test_addresses_lead_on_after_chains_of_merges_and_a_renaming(shelves):
    source, target = shelves
    last = CategoryFactory(slug="last")
    CategoryAddress.objects.create(slug="older", category=source)
    operations.merge(source=source, target=target, actor=BY)
    operations.merge(source=fresh(target), target=last, actor=BY)
    assert {slug: category_at(slug).pk for slug in ("older", "source", "target", "last")} == dict.fromkeys(
        ("older", "source", "target", "last"), last.pk
    )
    assert category_at("never") is None


def test_a_ring_of_redirects_leads_nowhere_instead_of_for_ever():
    one, two = CategoryFactory(slug="one"), CategoryFactory(slug="two")
    Category.objects.filter(pk=one.pk).update(merged_into=two)
    Category.objects.filter(pk=two.pk).update(merged_into=one)
    assert category_at("one") is None


def test_a_move_is_undone_to_its_old_place(shelves):
    source, target = shelves
    between = CategoryFactory(slug="between")
    done = operations.move(category=fresh(between), target=source, actor=BY)
    assert fresh(between).get_parent() == source
    assert undoing.undo(operation=done, actor=BY).result == {"offers": 0, "left": 0}
    assert [each.slug for each in Category.get_root_nodes()] == ["source", "target", "between"]
    done = operations.move(category=fresh(between), target=source, actor=BY)
    fresh(between).move(fresh(target), "last-child")
    assert undoing.undo(operation=done, actor=BY).result["left"] == 1
    assert fresh(between).get_parent() == target


def test_a_category_does_not_move_below_itself(shelves):
    source, _target = shelves
    with pytest.raises(CategoryLoop):
        operations.move(category=source, target=Category.objects.get(slug="child"), actor=BY)
    assert TreeOperation.objects.count() == 0


def test_a_full_category_is_only_deleted_with_a_place_for_what_it_holds(shelves):
    source, target = shelves
    with pytest.raises(TargetNeeded):
        operations.delete(category=source, target=None, actor=BY)
    assert (held(source), TreeOperation.objects.count()) == (3, 0)
    operations.delete(category=source, target=target, actor=BY)
    assert (held(target), fresh(source).merged_into_id) == (3, target.pk)


def test_an_empty_category_that_is_deleted_comes_back(shelves):
    _source, target = shelves
    done = operations.delete(category=target, target=None, actor=BY)
    assert not Category.objects.filter(slug="target").exists()
    undoing.undo(operation=done, actor=BY)
    again = Category.objects.get(slug="target")
    assert (again.name_uk, again.is_active) == (target.name_uk, True)
    assert Category.find_problems() == ([], [], [], [], [])


def test_a_split_goes_by_words_brand_price_vendor_and_attribute_the_first_rule_wins(shelves):
    source, _target = shelves
    vendor = VendorFactory()
    OfferFactory(category=source, title="Папір офісний А4", brand="Zoom")
    OfferFactory(category=source, title="Ручка синя", brand="Zoom", price_amount=50_000)
    OfferFactory(category=source, title="Ручка", price_amount=2_000_000, attributes={"Колір": "Червоний"})
    OfferFactory(category=source, title="Олівець", vendor=vendor, price_amount=2_000_000)
    rules = [
        Rule({"uk": "Папір"}, words="папір"),
        Rule({"uk": "Zoom дешеве"}, brand="ZOOM", highest="10"),
        Rule({"uk": "Червоне"}, attribute="колір", value="червоний"),
        Rule({"uk": "Їхнє"}, vendor=vendor.pk, lowest="150"),
    ]
    trial = try_rules(source, rules)
    assert [(share.number, share.titles) for share in trial.shares] == [
        (1, ["Папір офісний А4"]),
        (1, ["Ручка синя"]),
        (1, ["Ручка"]),
        (1, ["Олівець"]),
    ]
    assert (trial.rest.number, trial.looked_at, trial.whole) == (3, 7, True)
    done = operations.split(category=source, rules=rules, shown=False, actor=BY)
    made = [Category.objects.get(pk=pk) for pk in done.before["made"]]
    assert [(each.name_uk, each.is_active, held(each)) for each in made] == [
        ("Папір", False, 1),
        ("Zoom дешеве", False, 1),
        ("Червоне", False, 1),
        ("Їхнє", False, 1),
    ]
    assert held(source) == 3
    # no import puts them back
    assert OfferEdit.objects.filter(field="category_id", actor=f"tree_operation:{done.pk}").count() == 4
    undone = undoing.undo(operation=done, actor=BY)
    assert (undone.result, held(source)) == ({"offers": 4, "left": 0}, 7)
    assert not Category.objects.filter(pk__in=done.before["made"]).exists()
    assert not OfferEdit.objects.filter(field="category_id").exists()


@pytest.mark.parametrize("rules", [[], [Rule({"uk": "Без умов"})], [Rule({}, words="папір")]])
def test_a_split_without_names_or_conditions_is_refused(shelves, rules):
    with pytest.raises(RulesMissing):
        operations.split(category=shelves[0], rules=rules, shown=False, actor=BY)
    assert TreeOperation.objects.count() == 0


@pytest.fixture
def by_job(monkeypatch):
    monkeypatch.setattr(operations, "FOLLOWED_AT_ONCE", 2)
    monkeypatch.setattr(undoing, "FOLLOWED_AT_ONCE", 2)
    monkeypatch.setattr(chunks, "CHUNK", 1)


def test_a_large_merge_is_a_job_that_is_stopped_gone_on_with_and_undone(shelves, by_job, monkeypatch):
    source, target = shelves
    waiting = operations.merge(source=source, target=target, actor=BY)
    assert (waiting.state, held(source)) == (OperationState.WAITING, 3)
    with pytest.raises(TreeBusy):
        operations.move(category=target, target=None, actor=BY)
    job = Job.objects.get()
    progress = Work.progress

    def pressed(self, done, total=None, message=None):
        if done == 2:
            request_cancel(job=job)
        self._written_at = 0  # each step looks
        progress(self, done, total, message)

    monkeypatch.setattr(Work, "progress", pressed)
    run(job)
    waiting.refresh_from_db()
    assert (job.state, waiting.state) == (JobState.CANCELLED, OperationState.STOPPED)
    assert (held(source), held(target), waiting.moved) == (1, 2, 2)
    monkeypatch.setattr(Work, "progress", progress)
    Job.objects.update(state=JobState.WAITING, cancel_requested=False)
    run(job)
    waiting.refresh_from_db()
    assert (waiting.state, held(target), waiting.moved) == (OperationState.DONE, 3, 3)
    undoing.undo(operation=waiting, actor=BY)
    assert held(target) == 3
    run(Job.objects.get(task=undoing.UNDO))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.result["offers"], held(source)) == (OperationState.UNDONE, 3, 3)


def test_what_was_stopped_half_way_is_undone_as_far_as_it_came(shelves, by_job):
    source, target = shelves
    waiting = operations.merge(source=source, target=target, actor=BY)

    def one_step(done, _total):
        if done == 1:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        operations.run(operation_id=waiting.pk, report=one_step)
    waiting.refresh_from_db()
    assert (waiting.state, held(target)) == (OperationState.STOPPED, 1)
    undoing.undo(operation=waiting, actor=BY)
    waiting.refresh_from_db()
    assert (waiting.state, held(source), fresh(source).is_active) == (OperationState.UNDONE, 3, True)


def test_after_its_days_nothing_is_undone_and_the_list_of_offers_is_forgotten(shelves):
    source, target = shelves
    done = operations.merge(source=source, target=target, actor=BY)
    TreeOperation.objects.update(undo_until=done.created_at - dt.timedelta(seconds=1))
    done.refresh_from_db()
    with pytest.raises(NotUndoable):
        undoing.undo(operation=done, actor=BY)
    assert undoing.forget_old() == 1
    assert held(target) == 3


def test_a_preview_tells_numbers_of_each_room_without_doing_anything(shelves):
    source, target = shelves
    CategoryFollow.objects.create(vendor=VendorFactory(), category=source)
    told = effects.told(effects.change_of(OperationKind.MERGE, source, target))
    assert {row.key: row.number for row in told} == {
        "catalog.offers": 3,
        "catalog.subcategories": 1,
        "catalog.addresses": 1,
        "requests.follows": 1,
    }
    assert held(source) == 3


def test_a_new_category_never_gets_an_address_that_leads_elsewhere(shelves):
    CategoryAddress.objects.create(slug="paper", category=shelves[0])
    assert add_category(parent=None, names={"en": "Paper"}).slug == "paper-2"
