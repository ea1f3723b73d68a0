"""Attributes on the operators' desk: made, given to categories, tried on offers; closed to others."""

import pytest
from django.urls import reverse

from accounts.models import User
from catalog.models import Attribute, CategoryAttribute
from cms.services import ensure_operators_group
from tests.factories.catalog import CategoryFactory, OfferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True)
    user.groups.add(ensure_operators_group())
    client.force_login(user)
    return user


def rows(prefix, *given, known=0):
    """A formset as the browser sends it."""
    fields = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": known}
    return fields | {
        f"{prefix}-{at}-{name}": value for at, row in enumerate(given) for name, value in row.items()
    }


COLOUR = {"name_uk": "Колір", "name_en": "Colour", "kind": "choice", "name_rule": "anywhere"}


def test_an_operator_makes_an_attribute_gives_it_to_a_category_and_sees_what_it_reads(client, operator):
    black = {"name_uk": "чорний", "name_en": "black", "ORDER": "2"}
    white = {"name_uk": "білий", "words": "white, молочний", "ORDER": "1"}
    client.post(reverse("operators_attribute_add"), COLOUR | rows("choices", black, white, {}))
    colour = Attribute.objects.get()
    assert [(each.code, each.words) for each in colour.choices.all()] == [
        ("biliy", "white, молочний"),
        ("black", ""),
    ]
    assert "Колір" in client.get(reverse("operators_attributes")).content.decode()

    cups = CategoryFactory(parent=CategoryFactory(name="Посуд"))
    OfferFactory(category=cups, title="Чашка молочна")
    page = reverse("operators_category_attributes", args=[cups.pk])
    client.post(page, rows("places", {"attribute": colour.pk, "position": "7", "inherited": "on"}, {}))
    place = CategoryAttribute.objects.get()
    assert (place.category_id, place.position, place.inherited) == (cups.pk, 7, True)
    assert "Чашка молочна" in (shown := client.get(page).content.decode())
    assert "білий" in shown
    client.post(page, rows("places", {"attribute": colour.pk, "DELETE": "on"}, known=1))
    assert not CategoryAttribute.objects.exists()


def test_values_are_changed_and_struck_and_an_attribute_goes(client, operator):
    client.post(
        reverse("operators_attribute_add"),
        COLOUR | rows("choices", {"name_uk": "чорний"}, {"name_uk": "синій"}),
    )
    colour = Attribute.objects.get()
    page = reverse("operators_attribute", args=[colour.pk])
    first, second = colour.choices.all()
    given = [
        {"id": first.pk, "name_uk": "чорний", "DELETE": "on"},
        {"id": second.pk, "name_uk": "темно-синій"},
    ]
    client.post(page, COLOUR | rows("choices", *given, known=2))
    assert [each.name_uk for each in colour.choices.all()] == ["темно-синій"]
    assert client.get(reverse("operators_attribute_delete", args=[colour.pk])).status_code == 200
    client.post(reverse("operators_attribute_delete", args=[colour.pk]))
    assert not Attribute.objects.exists()


def test_what_makes_no_sense_is_said_at_its_field(client, operator):
    given = {
        "name_uk": "Вага",
        "kind": "number",
        "unit": "g",
        "lowest": "5",
        "highest": "1",
        "name_rule": "never",
    }
    page = client.post(reverse("operators_attribute_add"), given | rows("choices", {}))
    assert list(page.context["form"].errors) == ["highest"]
    nameless = client.post(reverse("operators_attribute_add"), COLOUR | rows("choices", {"words": "чорний"}))
    assert "name_uk" in nameless.context["choices"].forms[0].errors
    assert not Attribute.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(client, operator, django_assert_max_num_queries, count):
    for number in range(count):
        attribute = Attribute.objects.create(code=f"a{number}", name=f"А{number}", kind="choice")
        attribute.choices.create(code="x", name="ікс")
    client.get(reverse("operators_attributes"))
    with django_assert_max_num_queries(14) as asked:
        client.get(reverse("operators_attributes"))
    assert sum("catalog_attribute" in query["sql"] for query in asked.captured_queries) == 1


@pytest.mark.parametrize("name", ["operators_attributes", "operators_attribute_add"])
def test_the_pages_are_closed_to_buyers(client, name):
    client.force_login(User.objects.create_user("buyer@example.com", "a-long-password"))
    assert client.get(reverse(name)).status_code == 302
