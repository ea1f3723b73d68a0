"""Taxonomies of others: what is read of their files, what an import makes, doing it twice, and undoing it."""

import datetime as dt

import pytest
from django.utils import timezone

from catalog import tasks
from catalog.attributes.services import AttributeInput, add_attribute
from catalog.models import Category, CategoryAttribute, CategoryCode, TreeOperation
from catalog.services.categories import add_category
from catalog.tree import importing, revisions, undoing
from catalog.tree.enums import OperationState, RevisionState
from catalog.tree.errors import TaxonomyUnreadable
from catalog.tree.reading import read
from core.models import Job
from tests.factories.catalog import OfferFactory
from tests.parts import ROOT

BY = "user:7"
CPV = """code,uk,ru,en
03000000-1,Продукція землеробства,Земледелие,Agricultural products
03100000-2,Рослинництво,Растениеводство,Horticultural products
03111000-2,Насіння,Семена,Seeds
30000000-9,Офісна техніка,Офисная техника,Office machinery
30100000-0,Приладдя,,Accessories
"""
GOOGLE = "# Google_Product_Taxonomy_Version: 2021-09-21\n1 - Animals\n2 - Animals > Live Animals\n"
GOOGLE_UK = "1 - Тварини\n2 - Тварини > Живі тварини\n"


def shape(nodes):
    return [(node.code, node.parent) for node in nodes]


def test_parents_of_a_cpv_code_are_told_by_its_digits_and_a_missing_level_is_passed_over():
    assert shape(read([("dk021.csv", CPV.encode())])) == [
        ("03000000-1", ""),
        ("03100000-2", "03000000-1"),
        ("03111000-2", "03100000-2"),
        ("30000000-9", ""),
        ("30100000-0", "30000000-9"),
    ]


def test_googles_paths_are_read_and_languages_joined_by_code():
    nodes = read([("taxonomy.en-US.txt", GOOGLE.encode()), ("taxonomy.uk-UA.txt", GOOGLE_UK.encode())])
    assert shape(nodes) == [("1", ""), ("2", "1")]
    assert nodes[1].names == {"en": "Live Animals", "uk": "Живі тварини"}


def test_a_table_may_name_parents_in_any_order_and_a_ring_ends():
    table = "code;parent;uk\nb;a;Б\na;;А\nx;y;Х\ny;x;У\n"
    nodes = read([("own.csv", table.encode("cp1251"))])
    places = [node.code for node in nodes]
    assert places.index("a") < places.index("b")
    assert {node.code for node in nodes} == {"a", "b", "x", "y"}
    assert sum(not node.parent for node in nodes) == 2


@pytest.mark.parametrize("content", [b"", b"title,price\nx,1\n", b"\xff\xfe\x00", b"just words"])
def test_what_is_no_taxonomy_is_refused(content):
    with pytest.raises(TaxonomyUnreadable):
        read([("file.csv", content)])


@pytest.mark.parametrize(
    ("name", "nodes", "tops"), [("cpv_uk_ru_en.csv", 9413, 273), ("google_taxonomy_en.txt", 5595, 21)]
)
def test_the_published_taxonomies_are_read_whole(name, nodes, tops):
    path = ROOT.parent / "shared" / "data" / "taxonomy" / name
    if not path.exists():
        pytest.skip("the published taxonomies are not on this machine")
    found = read([(name, path.read_bytes())])
    depths = {}
    for node in found:
        depths[node.code] = depths[node.parent] + 1 if node.parent else 1
    assert len(found) == nodes
    assert max(depths.values()) <= 7
    # this file of ДК 021 leaves the divisions out: its groups are the tops
    assert sum(not node.parent for node in found) == tops


def taken(branches=("03000000-1", "30000000-9"), *, shown=False, below=None, text=CPV):
    file = importing.upload(files=[("dk021.csv", text.encode())], actor=BY)
    operation = importing.start_import(file=file, branches=branches, below=below, shown=shown, actor=BY)
    job = Job.objects.get(pk=TreeOperation.objects.get(pk=operation.pk).job_id)
    tasks.tree_operation(job_id=str(job.pk), operation_id=operation.pk)
    operation.refresh_from_db()
    return operation


@pytest.mark.django_db
def test_an_import_makes_the_ticked_branches_as_drafts_and_twice_is_once():
    done = taken(["03000000-1"])
    assert (done.state, done.result) == (
        OperationState.DONE,
        {"new": 3, "by_code": 0, "by_name": 0, "names": 0},
    )
    assert list(Category.objects.order_by("path").values_list("name_uk", "depth", "is_active")) == [
        ("Продукція землеробства", 1, False),
        ("Рослинництво", 2, False),
        ("Насіння", 3, False),
    ]
    assert Category.find_problems() == ([], [], [], [], [])
    assert taken(["03000000-1"]).result == {"new": 0, "by_code": 3, "by_name": 0, "names": 0}
    assert Category.objects.count() == 3


@pytest.mark.django_db
def test_categories_of_the_same_name_are_taken_and_lacking_languages_filled_in():
    office = add_category(parent=None, names={"uk": "офісна  техніка"})
    add_category(parent=office, names={"uk": "Своє"})
    file = importing.upload(files=[("dk021.csv", CPV.encode())], actor=BY)
    branches = {each.code: each for each in importing.preview(file).branches}
    assert (branches["30000000-9"].new, branches["30000000-9"].by_name) == (1, 1)
    done = taken(["30000000-9"])
    assert done.result == {"new": 1, "by_code": 0, "by_name": 1, "names": 2}
    office.refresh_from_db()
    assert (office.name_uk, office.name_ru, office.name_en) == (
        "офісна  техніка",
        "Офисная техника",
        "Office machinery",
    )
    assert [each.name_uk for each in office.get_children()] == ["Своє", "Приладдя"]
    assert Category.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_undoing_an_import_leaves_what_is_in_use_or_was_changed():
    done = taken()
    used = Category.objects.get(name_uk="Приладдя")
    OfferFactory(category=used)
    written = Category.objects.get(name_uk="Насіння")
    revisions.write(
        category=written, content={"name_uk": "Насіння трав"}, state=RevisionState.PUBLISHED, actor=BY
    )
    undoing.undo(operation=done, actor=BY)
    job = Job.objects.get(task=undoing.UNDO)
    tasks.undo_tree_operation(job_id=str(job.pk), operation_id=done.pk)
    done.refresh_from_db()
    # what they stand below stays too
    assert (done.state, done.result) == (OperationState.UNDONE, {"categories": 0, "left": 5})
    assert Category.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["shown", "planned", "attribute"])
def test_undoing_an_import_leaves_what_somebody_showed_planned_or_gave_attributes(what):
    done = taken()
    seeds = Category.objects.get(name_uk="Насіння")
    if what == "shown":
        revisions.show(category=seeds, shown=not seeds.is_active, actor=BY)
    elif what == "planned":
        at = timezone.now() + dt.timedelta(days=1)
        revisions.plan(category=seeds, show_at=at, hide_at=None, actor=BY)
    else:
        colour = add_attribute(given=AttributeInput(names={"uk": "Колір"}, kind="text"))
        CategoryAttribute.objects.create(category=seeds, attribute=colour)
    undoing.undo(operation=done, actor=BY)
    tasks.undo_tree_operation(job_id=str(Job.objects.get(task=undoing.UNDO).pk), operation_id=done.pk)
    assert Category.objects.filter(pk=seeds.pk).exists()
    # what it stands below, too; the other branch is gone
    assert not Category.objects.filter(name_uk="Приладдя").exists()


@pytest.mark.django_db
def test_undoing_an_unused_import_takes_all_of_it_away():
    add_category(parent=None, names={"uk": "Офісна техніка"})
    done = taken()
    undoing.undo(operation=done, actor=BY)
    tasks.undo_tree_operation(job_id=str(Job.objects.get(task=undoing.UNDO).pk), operation_id=done.pk)
    done.refresh_from_db()
    assert done.result == {"categories": 4, "left": 0}
    left = Category.objects.get()
    assert (left.name_uk, left.name_ru, left.numchild) == ("Офісна техніка", None, 0)
    assert CategoryCode.objects.count() == 0
    assert Category.find_problems() == ([], [], [], [], [])
