"""Offers on the operators' desk: found, changed together, taken back; reports read off tables; closed to others."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from catalog import tasks
from catalog.attributes.services import AttributeInput, ChoiceInput, Place, add_attribute, place_attributes
from catalog.bulk_edit import services
from catalog.bulk_edit.enums import EditState
from catalog.coverage import counting
from catalog.models import BulkEdit, CategoryAttribute, Coverage, Offer, OfferEdit
from cms.operators import bulk_forms
from cms.services import ensure_operators_group
from core.models import AuditEntry, Job
from search import fallback
from tests.factories.catalog import CategoryFactory, OfferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True)
    user.groups.add(ensure_operators_group())
    client.force_login(user)
    return user


@pytest.fixture
def cups():
    category = CategoryFactory(name="Чашки")
    black = ChoiceInput(names={"uk": "чорний"}, code="black")
    colour = add_attribute(
        given=AttributeInput(names={"uk": "Колір"}, kind="choice", choices=[black], code="colour")
    )
    place_attributes(category=category, places=[Place(colour.pk, 1)])
    return category, colour


def run(job):
    {services.APPLY: tasks.bulk_apply, services.UNDO: tasks.bulk_undo, services.PREPARE: tasks.bulk_prepare}[
        job.kind
    ](job_id=str(job.pk), **job.kwargs)


def test_ticked_offers_are_moved_after_a_preview_and_moved_back(client, operator):
    here, there = CategoryFactory(name="Степлери"), CategoryFactory(name="Діркопробивачі")
    offers = OfferFactory.create_batch(2, category=here)
    page = client.get(reverse("operators_offers"), {"category": "степлери"})
    assert [offer.pk for offer, _facts in page.context["rows"]] == [offers[1].pk, offers[0].pk]
    rows = [each.pk for each in offers]
    chosen = client.post(reverse("operators_bulk_change"), {"row": rows, "scope": "rows", "query": ""})
    assert chosen.context["ids"] == rows
    given = {"row": rows, "scope": "rows", "step": "count", "do": "category", "category": "діркопробивачі"}
    answer = client.post(reverse("operators_bulk_change"), given)
    edit = BulkEdit.objects.get()
    address = reverse("operators_bulk_edit", args=[edit.pk])
    assert answer.url == address
    shown = client.get(address)
    assert [(each.before, each.after) for each in shown.context["samples"]] == [
        ("Степлери", "Діркопробивачі")
    ] * 2
    assert (shown.context["touched"].documents, shown.context["can_apply"]) == (2, True)
    client.post(address, {"decision": "apply"})
    assert client.get(address).context["runs"]
    run(Job.objects.get())
    assert set(Offer.objects.values_list("category", flat=True)) == {there.pk}
    assert client.get(address).context["can_undo"]
    client.post(address, {"decision": "undo"})
    run(Job.objects.get(kind=services.UNDO))
    assert set(Offer.objects.values_list("category", flat=True)) == {here.pk}
    edit.refresh_from_db()
    assert edit.state == EditState.UNDONE
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "actor"))
    assert actions == [
        ("catalog.apply_bulk_edit", operator.typed_id),
        ("catalog.undo_bulk_edit", operator.typed_id),
    ]
    assert edit.pk in [
        each.pk for each, _email in client.get(reverse("operators_bulk_edits")).context["rows"]
    ]


def test_stopping_a_change_and_going_on_with_it_are_traced(client, operator):
    offer, there = OfferFactory(category=CategoryFactory()), CategoryFactory(name="Діркопробивачі")
    given = {"row": [offer.pk], "scope": "rows", "step": "count", "do": "category", "category": there.name}
    address = client.post(reverse("operators_bulk_change"), given).url
    client.post(address, {"decision": "apply"})
    for decision, action in (("stop", "jobs.cancel"), ("go_on", "jobs.retry")):
        client.post(address, {"decision": decision})
        assert AuditEntry.objects.get(action=action).actor == operator.typed_id


def test_all_that_match_are_chosen_by_the_filter_and_values_are_understood(client, operator, cups):
    category, colour = cups
    offers = OfferFactory.create_batch(2, category=category, title="Чашка")
    OfferFactory()
    base = {"scope": "all", "query": f"category={category.pk}", "step": "count", "do": "facts"}
    wrong = client.post(
        reverse("operators_bulk_change"), base | {"attribute": colour.pk, "how": "set", "value": "квадратний"}
    )
    assert list(wrong.context["form"].errors) == ["value"]
    client.post(
        reverse("operators_bulk_change"), base | {"attribute": colour.pk, "how": "set", "value": "чорна"}
    )
    edit = BulkEdit.objects.get()
    assert (edit.given, edit.chosen["criteria"]["category"]) == ({"set": {"colour": "black"}}, category.pk)
    run(Job.objects.get())
    client.post(reverse("operators_bulk_edit", args=[edit.pk]), {"decision": "apply"})
    run(Job.objects.get(kind=services.APPLY))
    assert sorted(OfferEdit.objects.values_list("offer", "field", "value")) == [
        (each.pk, "fact:colour", "black") for each in offers
    ]


def test_words_are_looked_up_and_taken_as_they_are_found(client, operator, monkeypatch):
    monkeypatch.setattr(bulk_forms, "search", fallback.search)  # as where no engine answers
    wanted = OfferFactory(title="Степлер синій")
    OfferFactory(title="Папір білий")
    page = client.get(reverse("operators_offers"), {"q": "степлер"})
    assert [offer.pk for offer, _facts in page.context["rows"]] == [wanted.pk]
    given = {"scope": "all", "query": "q=степлер", "step": "count", "do": "hide", "reason": ""}
    assert list(client.post(reverse("operators_bulk_change"), given).context["form"].errors) == ["reason"]
    client.post(reverse("operators_bulk_change"), given | {"reason": "Підробка"})
    assert BulkEdit.objects.get().chosen == {"words": "степлер", "ids": [wanted.pk]}


def test_a_category_switches_off_what_it_would_inherit(client, operator, cups):
    category, colour = cups
    below = CategoryFactory(parent=category)
    page = reverse("operators_category_attributes", args=[below.pk])
    shown = client.get(page)
    assert [(row.attribute_id, row.category_id, off) for row, off in shown.context["inherited"]] == [
        (colour.pk, category.pk, False)
    ]
    nothing = {"places-TOTAL_FORMS": 0, "places-INITIAL_FORMS": 0}
    client.post(page, nothing | {"off": [colour.pk]})
    offer = OfferFactory(category=below, title="Чашка чорна")
    from catalog.attributes.reading import facts_of

    assert facts_of(offer) == ()
    assert client.get(page).context["inherited"][0][1] is True
    client.post(page, nothing)
    assert [fact.label for fact in facts_of(offer)] == ["colour=black"]
    own = {"places-TOTAL_FORMS": 1, "places-INITIAL_FORMS": 0, "places-0-attribute": colour.pk}
    client.post(page, own | {"places-0-position": 3, "places-0-required": "on"})
    place = CategoryAttribute.objects.get(category=below)
    assert (place.required, place.facet, place.is_off) == (True, False, False)


def test_a_change_of_an_attribute_tells_first_what_it_does_to_known_values(client, operator, cups):
    category, colour = cups
    OfferFactory(category=category, title="Чашка чорна")
    OfferFactory(category=category, title="Чашка")
    page = reverse("operators_attribute", args=[colour.pk])
    given = {"name_uk": "Колір", "kind": "choice", "name_rule": "never"}
    choice = colour.choices.get()
    given |= {
        "choices-TOTAL_FORMS": 1,
        "choices-INITIAL_FORMS": 1,
        "choices-0-id": choice.pk,
        "choices-0-name_uk": "чорний",
        "choices-0-ORDER": 1,
    }
    effect = client.post(page, given).context["effect"]
    assert (effect.read, effect.before, effect.after, effect.lost) == (2, 1, 0, 1)
    colour.refresh_from_db()
    assert colour.name_rule == "anywhere"
    client.post(page, given | {"confirmed": "1"})
    colour.refresh_from_db()
    assert colour.name_rule == "never"
    assert AuditEntry.objects.get().action == "catalog.change_attribute"


def test_the_report_counts_and_leads_to_the_offers_that_lack_it(client, operator, cups):
    category, colour = cups
    known = OfferFactory(category=category, title="Чашка чорна")
    lacking = OfferFactory(category=category, title="Чашка", vendor=known.vendor)
    counting.count()
    ((row, is_required),) = client.get(reverse("operators_coverage")).context["rows"]
    assert not is_required
    assert (row.percent, row.missing, row.trend) == (50, 1, None)
    vendors = client.get(reverse("operators_coverage_vendors", args=[category.pk, colour.pk]))
    assert [(each.vendor, each.percent) for each in vendors.context["rows"]] == [(known.vendor, 50)]
    there = client.get(reverse("operators_offers"), {"category": category.pk, "lacks": colour.pk})
    assert [offer.pk for offer, _facts in there.context["rows"]] == [lacking.pk]
    client.post(reverse("operators_coverage"))
    assert Job.objects.get().kind == counting.KIND
    client.post(reverse("operators_fill"), {"attribute": colour.pk, "category": "чашки"})
    assert BulkEdit.objects.get().given == {"code": "colour"}


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_as_much_for_three_as_for_one(client, operator, cups, django_assert_num_queries, count):
    category, _colour = cups
    for _number in range(count):
        OfferFactory(category=category)
        Coverage.objects.create(category=CategoryFactory(), attribute=_colour, offers=2, known=1)
        BulkEdit.objects.create(action="hide", actor=operator.typed_id)
    asked = {}
    for name in ("operators_offers", "operators_coverage", "operators_bulk_edits"):
        client.get(reverse(name))
        with django_assert_num_queries(QUERIES[name]) as found:
            client.get(reverse(name))
        asked[name] = len(found)
    assert asked == QUERIES


QUERIES = {"operators_offers": 13, "operators_coverage": 13, "operators_bulk_edits": 11}


@pytest.mark.parametrize(
    "name", ["operators_offers", "operators_bulk_edits", "operators_coverage", "operators_fill"]
)
def test_the_pages_are_closed_to_buyers(client, name):
    client.force_login(User.objects.create_user("buyer@example.com", "a-long-password"))
    assert client.get(reverse(name)).status_code == 302


def test_titles_of_edits_are_said_in_the_readers_language(client, operator):
    edit = BulkEdit.objects.create(action="hide", actor=operator.typed_id)
    with translation.override("en"):
        from cms.operators.bulk_preview import title_of

        assert title_of(edit) == "Hide offers"
