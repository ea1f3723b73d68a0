"""Drafts, proposals, approval, plans and restoring of a category's own fields; which translations are stale."""

import datetime as dt

import pytest
from django.utils import timezone

from catalog.models import Category, CategoryRevision, CategoryState
from catalog.services.categories import add_category
from catalog.tree import revisions, selectors
from catalog.tree.addresses import category_at
from catalog.tree.enums import RevisionState
from catalog.tree.errors import AddressTaken, ReasonNeeded, RevisionDecided
from core.models import AuditEntry

pytestmark = pytest.mark.django_db
BY, OTHER = "user:7", "user:8"


@pytest.fixture
def paper():
    return add_category(parent=None, names={"uk": "Папір", "ru": "Бумага", "en": "Paper"})


def write(category, state=RevisionState.PUBLISHED, actor=BY, **content):
    more = {name: content.pop(name) for name in ("reason", "publish_at", "shows") if name in content}
    return revisions.write(category=category, content=content, state=state, actor=actor, **more)


def fresh(category):
    return Category.objects.select_related("tree_state").get(pk=category.pk)


def stale(category):
    return selectors.row_of(fresh(category)).stale


def test_a_proposal_changes_nothing_until_somebody_approves_it(paper):
    proposal = write(paper, RevisionState.WAITING, name_uk="Папір офісний", reason="clearer")
    assert fresh(paper).name_uk == "Папір"
    assert list(selectors.proposals()) == [proposal]
    revisions.approve(revision=proposal, actor=OTHER, answer="yes")
    assert fresh(paper).name_uk == "Папір офісний"
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.answer) == (RevisionState.PUBLISHED, OTHER, "yes")
    trace = AuditEntry.objects.get(action="catalog.publish_category")
    assert trace.details["changes"] == {"name_uk": ["Папір", "Папір офісний"]}
    with pytest.raises(RevisionDecided):
        revisions.send_back(revision=proposal, actor=OTHER, answer="no")


def test_sending_back_takes_a_reason_and_changes_nothing(paper):
    proposal = write(paper, RevisionState.WAITING, name_uk="П")
    with pytest.raises(ReasonNeeded):
        revisions.send_back(revision=proposal, actor=OTHER, answer="  ")
    assert CategoryRevision.objects.get(pk=proposal.pk).state == RevisionState.WAITING
    revisions.send_back(revision=proposal, actor=OTHER, answer="too short")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer, fresh(paper).name_uk) == (
        RevisionState.SENT_BACK,
        "too short",
        "Папір",
    )


def test_a_newer_draft_of_a_person_replaces_the_older_one_and_leaves_those_of_others(paper):
    first = write(paper, RevisionState.DRAFT, name_uk="А")
    others = write(paper, RevisionState.WAITING, actor=OTHER, name_uk="Б")
    write(paper, RevisionState.DRAFT, name_uk="В")
    states = dict(CategoryRevision.objects.values_list("pk", "state"))
    assert (states[first.pk], states[others.pk]) == (RevisionState.DROPPED, RevisionState.WAITING)


def test_what_was_before_the_first_change_can_be_restored(paper):
    write(paper, name_uk="Інше", fresh_days=9)
    first = selectors.history(paper).last()
    assert first.content["name_uk"] == "Папір"
    revisions.restore(revision=first, actor=OTHER)
    assert (fresh(paper).name_uk, fresh(paper).fresh_days) == ("Папір", None)


def test_another_address_leads_on_and_cannot_be_taken_by_others(paper):
    write(paper, slug="office-paper")
    assert (category_at("paper").pk, category_at("office-paper").pk) == (paper.pk, paper.pk)
    other = add_category(parent=None, names={"uk": "Ручки"})
    for taken in ("paper", "office-paper"):
        with pytest.raises(AddressTaken):
            write(other, slug=taken)
    write(fresh(paper), slug="paper")
    assert category_at("office-paper").pk == paper.pk


def test_a_translation_is_stale_once_its_source_is_another_and_fresh_when_looked_at(paper):
    assert stale(paper) == ()
    write(paper, name_uk="Папір офісний")
    assert stale(paper) == ("ru", "en")
    assert list(selectors.untranslated()) == [paper]
    write(fresh(paper), name_ru="Бумага офисная")
    assert stale(paper) == ("en",)
    revisions.confirm_translation(category=fresh(paper), actor=BY)
    assert stale(paper) == ()
    assert list(selectors.untranslated()) == []


def test_the_source_that_comes_back_makes_its_translations_fit_again(paper):
    write(paper, name_uk="Інше")
    write(fresh(paper), name_uk="Папір")
    assert stale(paper) == ()


def test_a_missing_name_needs_translation(paper):
    add_category(parent=None, names={"uk": "Ручки"})
    assert [each.name_uk for each in selectors.untranslated()] == ["Ручки"]


def test_plans_are_done_once_at_their_time(paper):
    now = timezone.now()
    revisions.show(category=paper, shown=False, actor=BY)
    revisions.plan(category=paper, show_at=now - dt.timedelta(minutes=2), hide_at=None, actor=BY)
    later = write(
        fresh(paper),
        RevisionState.SCHEDULED,
        name_uk="Пізніше",
        publish_at=now - dt.timedelta(minutes=1),
    )
    write(
        fresh(paper),
        RevisionState.SCHEDULED,
        actor=OTHER,
        name_uk="Ще ні",
        publish_at=now + dt.timedelta(days=1),
    )
    assert revisions.do_planned() == 2
    assert (fresh(paper).is_active, fresh(paper).name_uk) == (True, "Пізніше")
    assert CategoryState.objects.get(pk=paper.pk).show_at is None
    assert CategoryRevision.objects.get(pk=later.pk).state == RevisionState.PUBLISHED
    assert revisions.do_planned() == 0


def test_of_two_plans_that_are_due_the_later_one_holds(paper):
    now = timezone.now()
    revisions.plan(
        category=paper,
        show_at=now - dt.timedelta(hours=2),
        hide_at=now - dt.timedelta(hours=1),
        actor=BY,
    )
    assert revisions.do_planned() == 1
    assert fresh(paper).is_active is False


def test_a_scheduled_address_that_somebody_took_meanwhile_comes_back_with_the_reason(paper):
    planned = write(
        paper, RevisionState.SCHEDULED, slug="sheets", publish_at=timezone.now() - dt.timedelta(minutes=1)
    )
    Category.objects.create(slug="sheets", path="zzzz", depth=1)
    revisions.do_planned()
    planned.refresh_from_db()
    assert (planned.state, bool(planned.answer), fresh(paper).slug) == (
        RevisionState.SENT_BACK,
        True,
        "paper",
    )
