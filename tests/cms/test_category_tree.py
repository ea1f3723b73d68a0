"""The category tree's pages: statements however many rows, steps without scripts, previews, rights, approval, import."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from catalog.models import Category, CategoryRevision, Offer, TaxonomyFile, TreeOperation
from catalog.services.categories import add_category
from catalog.tree.counting import count_tree
from catalog.tree.enums import OperationState, RevisionState
from core.models import AuditEntry, Job
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db
#: Wagtail sends whoever may not to its home page, with a message.
REFUSED = (302, "/operators/")


def signed_in(client, *rights):
    user = User.objects.create_user("desk@example.com", "a-long-password", is_staff=True)
    names = ("access_admin", *rights)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return user


@pytest.fixture
def curator(client):
    return signed_in(client, "add_category", "change_category", "delete_category", "publish_category")


@pytest.fixture
def editor(client):
    return signed_in(client, "add_category", "change_category")


@pytest.fixture
def tops():
    return [add_category(parent=None, names={"uk": name}) for name in ("Папір", "Ручки", "Клей")]


def order():
    return list(
        Category.objects.filter(merged_into__isnull=True).order_by("path").values_list("name_uk", "depth")
    )


def page(client, name, *args, query=""):
    with translation.override("en"):
        return client.get(reverse(name, args=args) + query, headers={"accept-language": "en"})


@pytest.mark.parametrize("number", [1, 3])
def test_the_tree_takes_as_many_statements_for_one_row_as_for_three(
    client, curator, django_assert_num_queries, number
):
    for name in range(number):
        add_category(parent=None, names={"uk": f"Категорія {name}"})
    page(client, "operators_categories")
    with django_assert_num_queries(13):
        page(client, "operators_categories")


def test_a_level_shows_counts_from_the_table_and_never_counts_offers(
    client, curator, tops, django_assert_num_queries
):
    below = add_category(parent=tops[0], names={"uk": "Офісний"})
    OfferFactory.create_batch(2, category=below)
    OfferFactory(category=tops[0])
    assert count_tree() == 2
    assert count_tree() == 0
    rows = page(client, "operators_categories").context["rows"]
    assert [(row.state.own_offers, row.state.all_offers) for row in rows] == [(1, 3), (0, 0), (0, 0)]


def test_htmx_gets_the_level_below_a_row_alone(client, curator, tops):
    add_category(parent=tops[0], names={"uk": "Офісний"})
    answer = client.get(
        reverse("operators_categories"), {"at": tops[0].pk, "branch": 1}, headers={"HX-Request": "true"}
    )
    assert next(template.name for template in answer.templates) == "cms/operators/_category_branch.html"
    assert "Офісний" in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("words", ["офіс", "Офісний", "ОФІСНИЙ", "office", "папір офіс"])
def test_a_category_is_found_by_a_part_of_its_name_in_any_language(client, curator, tops, words):
    found = add_category(parent=tops[0], names={"uk": "Папір офісний ", "en": "Office paper"})
    Category.objects.filter(pk=found.pk).update(name_ru="ОФІСНИЙ")
    rows = page(client, "operators_categories", query=f"?q={words}").context["rows"]
    assert [row.category.pk for row in rows] == [found.pk]
    assert [each.pk for each in rows[0].above] == [tops[0].pk]


def test_steps_reorder_without_scripts(client, curator, tops):
    paper, pens, glue = tops
    tree = reverse("operators_categories")
    assert client.post(tree, {"step": f"up:{glue.pk}"}).status_code == 302
    assert order() == [("Папір", 1), ("Клей", 1), ("Ручки", 1)]
    client.post(tree, {"step": f"down:{paper.pk}"})
    assert order() == [("Клей", 1), ("Папір", 1), ("Ручки", 1)]
    client.post(tree, {"step": f"in:{pens.pk}"})
    assert order() == [("Клей", 1), ("Папір", 1), ("Ручки", 2)]
    client.post(tree, {"step": f"out:{pens.pk}"})
    assert order() == [("Клей", 1), ("Папір", 1), ("Ручки", 1)]
    client.post(tree, {"drop": f"left:{pens.pk}:{glue.pk}"})
    assert order() == [("Ручки", 1), ("Клей", 1), ("Папір", 1)]
    client.post(tree, {"drop": f"into:{glue.pk}:{pens.pk}"})
    assert order() == [("Ручки", 1), ("Клей", 2), ("Папір", 1)]
    assert Category.find_problems() == ([], [], [], [], [])
    assert AuditEntry.objects.filter(action="catalog.order_category").count() == 3
    assert AuditEntry.objects.filter(action="catalog.move_category").count() == 3


def test_a_step_that_takes_offers_along_is_shown_first(client, curator, tops):
    OfferFactory(category=tops[1])
    answer = client.post(reverse("operators_categories"), {"step": f"in:{tops[1].pk}"})
    assert answer.url == (
        f"{reverse('operators_category_move', args=[tops[1].pk])}?target={tops[0].pk}&position=last-child"
    )
    assert [depth for _name, depth in order()] == [1, 1, 1]
    told = client.get(answer.url).context["told"]
    assert {row.key: row.number for row in told} == {"catalog.offers": 1, "catalog.addresses": 1}


def test_a_category_does_not_drop_below_itself(client, curator, tops):
    child = add_category(parent=tops[0], names={"uk": "Офісний"})
    client.post(reverse("operators_categories"), {"drop": f"into:{tops[0].pk}:{child.pk}"})
    assert Category.objects.get(pk=tops[0].pk).is_root()


def test_an_editor_proposes_and_changes_nothing_alone(client, editor, tops):
    refused = [
        ("operators_categories", (), {"step": f"up:{tops[1].pk}"}),
        ("operators_category_move", (tops[0].pk,), {"target": tops[1].pk}),
        ("operators_category_merge", (tops[0].pk,), {"target": tops[1].pk}),
        ("operators_category_delete", (tops[0].pk,), {}),
        ("operators_category_split", (tops[0].pk,), {}),
        ("operators_taxonomies", (), {}),
        ("operators_category_rename", (tops[0].pk,), {"act": "hide"}),
    ]
    for name, args, data in refused:
        answer = client.post(reverse(name, args=args), data)
        assert (answer.status_code, answer.get("Location")) == REFUSED, name
    client.post(
        reverse("operators_category_rename", args=[tops[0].pk]),
        {"name_uk": "Інше", "act": "publish", "reason": "clearer"},
    )
    assert [name for name, _depth in order()] == ["Папір", "Ручки", "Клей"]
    assert (TreeOperation.objects.count(), Category.objects.filter(is_active=False).count()) == (0, 0)
    waiting = CategoryRevision.objects.get(state=RevisionState.WAITING)
    assert (waiting.content["name_uk"], waiting.reason) == ("Інше", "clearer")
    answer = client.post(reverse("operators_category_proposals"), {"revision": waiting.pk, "act": "approve"})
    assert (answer.status_code, answer.get("Location")) == REFUSED
    client.post(reverse("operators_category_add"), {"name_uk": "Нове", "act": "publish"})
    assert Category.objects.get(name_uk="Нове").is_active is False


def test_a_curator_approves_and_sends_back_with_a_reason(client, curator, tops):
    for category, act, answer in ((tops[0], "approve", ""), (tops[1], "back", ""), (tops[2], "back", "no")):
        client.post(
            reverse("operators_category_rename", args=[category.pk]), {"name_uk": "Нове", "act": "propose"}
        )
        waiting = CategoryRevision.objects.get(category=category, state=RevisionState.WAITING)
        client.post(
            reverse("operators_category_proposals"),
            {"revision": waiting.pk, "act": act, "answer": answer},
        )
    assert [name for name, _depth in order()] == ["Нове", "Ручки", "Клей"]
    assert CategoryRevision.objects.get(state=RevisionState.WAITING).category == tops[1]
    assert page(client, "operators_category_proposals").status_code == 200


def test_history_compares_two_writings_and_restores_one(client, curator, tops):
    paper = tops[0]
    client.post(reverse("operators_category_rename", args=[paper.pk]), {"name_uk": "Інше"})
    first = CategoryRevision.objects.filter(category=paper).first()
    shown = page(client, "operators_category_history", paper.pk, query=f"?a={first.pk}")
    assert [row[1:] for row in shown.context["differences"]] == [("Папір", "Інше")]
    client.post(reverse("operators_category_history", args=[paper.pk]), {"revision": first.pk})
    assert order()[0][0] == "Папір"


def test_a_merge_is_previewed_done_with_a_reason_and_undone(client, curator, tops):
    source, target = tops[0], tops[1]
    OfferFactory.create_batch(2, category=source)
    preview = page(client, "operators_category_merge", source.pk, query=f"?target={target.pk}")
    assert {row.key: row.number for row in preview.context["told"]} == {
        "catalog.offers": 2,
        "catalog.addresses": 1,
    }
    assert Offer.objects.filter(category=source).count() == 2
    answer = client.post(
        reverse("operators_category_merge", args=[source.pk]), {"target": target.pk, "reason": "the same"}
    )
    done = TreeOperation.objects.get()
    assert answer.url == reverse("operators_tree_operation", args=[done.pk])
    assert (done.state, done.reason, done.moved) == (OperationState.DONE, "the same", 2)
    assert page(client, "operators_tree_operation", done.pk).context["can_undo"] is True
    assert page(client, "operators_tree_operations").status_code == 200
    client.post(answer.url)
    assert Offer.objects.filter(category=source).count() == 2
    assert page(client, "operators_tree_operation", done.pk).context["can_undo"] is False


def test_deleting_a_full_category_asks_where_its_offers_go(client, curator, tops):
    OfferFactory(category=tops[0])
    delete = reverse("operators_category_delete", args=[tops[0].pk])
    assert client.post(delete).status_code == 200
    assert Offer.objects.filter(category=tops[0]).count() == 1
    client.post(delete, {"target": tops[1].pk})
    assert Offer.objects.filter(category=tops[1]).count() == 1
    assert client.get(reverse("storefront:category", args=[tops[0].slug])).url == reverse(
        "storefront:category", args=[tops[1].slug]
    )


def test_a_split_is_tried_before_it_is_done(client, curator, tops):
    OfferFactory(category=tops[0], title="Папір офісний А4")
    OfferFactory(category=tops[0], title="Папір пакувальний")
    data = {
        "rules-TOTAL_FORMS": "2",
        "rules-INITIAL_FORMS": "0",
        "rules-0-name_uk": "Офісний",
        "rules-0-words": "офісний",
    }
    split = reverse("operators_category_split", args=[tops[0].pk])
    trial = client.post(split, data | {"act": "try"}).context["trial"]
    assert ([share.number for share in trial.shares], trial.rest.number) == ([1], 1)
    assert Category.objects.count() == 3
    assert client.post(split, data | {"act": "more"}).context["rules"].total_form_count() == 3
    client.post(split, data | {"act": "split", "shown": "on"})
    made = Category.objects.get(name_uk="Офісний")
    assert (made.get_parent(), made.offers.count(), made.is_active) == (tops[0], 1, True)


def test_a_taxonomy_is_uploaded_looked_at_and_taken_over_by_branches(client, curator, tops):
    text = "code,uk\n03000000-1,Зерно\n03100000-2,Жито\n30000000-9,Техніка\n"
    upload = SimpleUploadedFile("dk021.csv", text.encode())
    answer = client.post(reverse("operators_taxonomies"), {"files": [upload]})
    file = TaxonomyFile.objects.get()
    assert answer.url == reverse("operators_taxonomy", args=[file.pk])
    preview = client.get(answer.url).context["preview"]
    assert [(each.name, each.nodes, each.new) for each in preview.branches] == [
        ("Зерно", 2, 2),
        ("Техніка", 1, 1),
    ]
    assert client.post(answer.url, {}).status_code == 200  # nothing ticked
    assert Job.objects.count() == 0
    client.post(answer.url, {"branch": ["03000000-1", "nonsense"], "below": tops[0].pk})
    operation = TreeOperation.objects.get()
    assert (operation.plan["branches"], operation.target_id) == (["03000000-1"], tops[0].pk)
    broken = SimpleUploadedFile("x.csv", b"title,price\n")
    assert client.post(reverse("operators_taxonomies"), {"files": [broken]}).status_code == 200


def test_an_old_address_answers_with_a_permanent_redirect(client, curator, tops):
    client.post(
        reverse("operators_category_rename", args=[tops[0].pk]), {"name_uk": "Папір", "slug": "new-paper"}
    )
    answer = client.get(reverse("storefront:category", args=[tops[0].slug]))
    assert (answer.status_code, answer.url) == (301, reverse("storefront:category", args=["new-paper"]))
