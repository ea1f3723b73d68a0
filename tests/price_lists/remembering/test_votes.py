"""Whose word counts: one vendor once, three at least, four of five of them; and what the pages ask and show."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from catalog.models import StockLevel
from price_lists.enums import RunState
from price_lists.mapping.model import ColumnGuess, Mapping, TableMapping
from price_lists.mapping.words import STOCK, with_answers
from price_lists.models import CommonWord, ImportRun, RowProblem, Source, WordVote
from price_lists.remembering import striking
from price_lists.remembering.offering import memory_for
from price_lists.remembering.recording import recount_all, remember
from tests.factories.price_lists import HEADER, good, goods, imported, write_list
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db
UNKNOWN = (*HEADER[:3], "Кошт Ю", *HEADER[4:])


def mapping(answer="tier_price", heading="Кошт Ю", **words):
    columns = (
        ColumnGuess(0, "Назва", "title", 0.99),
        ColumnGuess(1, "Ціна", "price", 0.99),
        ColumnGuess(2, heading, answer, 1.0),
        ColumnGuess(3, "Колір", "attribute", 0.5),
    )
    made = Mapping("csv", (TableMapping(columns, header_row=1),))
    return with_answers(made, {(STOCK, word): said for word, said in words.items()})


def voted(*answers, **more):
    for answer in answers:
        remember(vendor=VendorFactory(), mapping=mapping(answer, **more))


def test_three_vendors_and_four_of_five_make_it_common():
    stranger = VendorFactory()
    voted("tier_price", "tier_price", закінч="none")
    assert "кошт ю" not in memory_for(stranger).headings
    voted("tier_price")
    said = memory_for(stranger).headings["кошт ю"]
    assert (said.answer, said.vendors, said.others, said.own) == ("tier_price", 3, 0, False)
    assert "закінч" not in memory_for(stranger).stock  # two have said so
    assert "колір" not in memory_for(stranger).headings  # nobody chose it
    voted("old_price")
    assert "кошт ю" not in memory_for(stranger).headings
    voted("tier_price")
    assert memory_for(stranger).headings["кошт ю"][1:3] == (4, 1)


def test_a_vendor_counts_once_and_its_own_word_at_once():
    vendor, stranger = VendorFactory(), VendorFactory()
    assert remember(vendor=vendor, mapping=mapping()) == 4
    for answer in ("old_price", "tier_price"):
        remember(vendor=vendor, mapping=mapping(answer))
    assert remember(vendor=vendor, mapping=mapping()) == 0
    assert memory_for(vendor).headings["кошт ю"] == ("tier_price", 1, 0, True)
    assert CommonWord.objects.get(word="кошт ю").vendors == 1
    assert memory_for(stranger).headings == {}


def test_what_could_tell_who_wrote_it_stays_with_its_vendor():
    voted("tier_price", "tier_price", "tier_price", heading="Опт 067 123 45 67")
    assert WordVote.objects.filter(word="опт 067 123 45 67").count() == 3
    assert not CommonWord.objects.filter(word="опт 067 123 45 67").exists()


def test_votes_go_with_the_vendor_and_with_its_approval():
    stranger = VendorFactory()
    voted("tier_price", "tier_price", "tier_price")
    WordVote.objects.first().vendor.delete()
    recount_all()
    assert "кошт ю" not in memory_for(stranger).headings
    remember(vendor=stranger, mapping=mapping(heading="Як у Олени"))
    striking.strike(word=CommonWord.objects.get(word="як у олени"), actor="user:1")
    remember(vendor=stranger, mapping=mapping(heading="Як у Петра"))
    stranger.word_votes.all().delete()
    recount_all()
    assert set(CommonWord.objects.filter(word__startswith="як").values_list("word", "vendors")) == {
        ("як у олени", 0)
    }
    voted("tier_price")
    assert "кошт ю" in memory_for(stranger).headings
    type(stranger).objects.filter(pk=WordVote.objects.first().vendor_id).update(state="suspended")
    recount_all()
    assert CommonWord.objects.get(word="кошт ю").vendors == 2


def test_an_operator_strikes_a_word_and_it_stays_struck():
    stranger = VendorFactory()
    voted("tier_price", "tier_price", "tier_price")
    word = striking.common_words().get(word="кошт ю")
    striking.strike(word=word, actor="user:1")
    voted("tier_price")
    assert "кошт ю" not in memory_for(stranger).headings
    assert list(striking.common_words(show="struck").values_list("word", "vendors")) == [("кошт ю", 4)]
    striking.offer_again(word=word, actor="user:1")
    assert memory_for(stranger).headings["кошт ю"].vendors == 4


def test_a_layout_that_three_vendors_confirmed_is_applied_without_a_question(vendor, tmp_path, sign_in):
    first = VendorFactory()
    write_list(tmp_path / "a.csv", goods(3), header=UNKNOWN)
    run = imported(first, tmp_path / "a.csv")
    confirmed = Mapping.from_json(run.mapping)
    assert confirmed.tables[0].columns[3].field == "attribute"
    for each in (first, VendorFactory(), VendorFactory()):
        remember(vendor=each, mapping=confirmed.corrected(columns={(0, 3): "stock"}))
    CommonWord.objects.filter(kind="heading").delete()
    # a list that comes by itself goes by its own headings
    write_list(tmp_path / "c.csv", goods(3), header=UNKNOWN)
    unattended = imported(VendorFactory(), tmp_path / "c.csv")
    assert unattended.mapping["tables"][0]["columns"][3]["field"] == "attribute"
    assert (unattended.state, unattended.inspection["layout_of"]) == (RunState.APPLIED, None)
    client = sign_in(MembershipFactory(vendor=vendor, user__language="en").user)
    file = SimpleUploadedFile("b.csv", write_list(tmp_path / "b.csv", goods(2), header=UNKNOWN).read_bytes())
    client.post(reverse("price_lists:upload", args=[vendor.slug]), {"file": file})
    run = ImportRun.objects.latest("pk")
    assert run.state == RunState.READING
    assert run.mapping["tables"][0]["columns"][3]["field"] == "stock"
    assert run.inspection["layout_of"] == {"vendors": 3, "own": False}
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.MAPPING)
    with translation.override("en"):
        page = client.get(reverse("price_lists:run", args=[vendor.slug, run.pk])).content.decode()
    assert len(HEADER) == page.count('id="c-0-')
    assert CommonWord.objects.get(kind="layout").vendors == 3  # nobody of this vendor's was asked


def test_a_word_of_stock_is_explained_on_the_page_once(vendor, tmp_path, sign_in):
    client = sign_in(MembershipFactory(vendor=vendor).user)
    rows = [*goods(2), *goods(5, stock="закінч-ся")[2:]]
    file = SimpleUploadedFile("b.csv", write_list(tmp_path / "b.csv", rows).read_bytes())
    client.post(reverse("price_lists:upload", args=[vendor.slug]), {"file": file, "source": ""})
    run = ImportRun.objects.latest("pk")
    page = client.get(reverse("price_lists:run", args=[vendor.slug, run.pk])).content.decode()
    assert 'name="word" value="закінч-ся"' in page
    answered = client.post(
        reverse("price_lists:columns", args=[vendor.slug, run.pk]),
        {"currency": "UAH", "word-kind": ["stock", "unit", "stock"], "word": ["закінч-ся", "x", "Київ"],
         "word-answer": ["none", "no", "none"], "c-0-3": "stock"},
    )  # fmt: skip
    assert answered.status_code == 302
    run.refresh_from_db()
    assert run.mapping["options"]["stock:закінч-ся"] == "none"
    assert memory_for(vendor).stock["закінч-ся"].answer == "none"
    assert not WordVote.objects.filter(word="київ").exists()  # nobody asked about it
    # the next file of the source, unattended, is read with it
    Source.objects.filter(pk=run.source_id).update(mapping=run.mapping)
    second = imported(vendor, tmp_path / "c.csv", [*rows, good(9)], source=run.source.name)
    assert second.state == RunState.APPLIED
    assert StockLevel.objects.filter(offer__vendor=vendor, state="none").count() == 3
    assert not RowProblem.objects.filter(run=second, code="stock_not_understood").exists()


def test_what_others_say_of_a_word_is_proposed_and_not_done_unseen(vendor, tmp_path, sign_in):
    rows = [*goods(4), good(5, stock="закінч-ся")]
    imported(vendor, tmp_path / "a.csv", rows)
    voted("tier_price", "tier_price", "tier_price", **{"закінч-ся": "none"})
    rows[-1] |= {"price": "104.00"}
    for each in (vendor, VendorFactory()):  # a source that is known, and a new one
        run = imported(each, tmp_path / f"{each.pk}.csv", rows)
        assert run.state == RunState.APPLIED
        assert "stock:закінч-ся" not in run.mapping["options"]
        assert RowProblem.objects.filter(run=run, code="stock_not_understood").exists()
    client = sign_in(MembershipFactory(vendor=vendor).user)
    source = Source.objects.get(vendor=vendor).pk
    file = SimpleUploadedFile("d.csv", write_list(tmp_path / "d.csv", [*rows, good(7)]).read_bytes())
    client.post(reverse("price_lists:upload", args=[vendor.slug]), {"file": file, "source": source})
    run = ImportRun.objects.latest("pk")
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.MAPPING)
    page = client.get(reverse("price_lists:run", args=[vendor.slug, run.pk])).content.decode()
    assert '<option value="none" selected>' in page
    answer = {"currency": "UAH", "word-kind": "stock", "word": "закінч-ся", "word-answer": "none"}
    columns = reverse("price_lists:columns", args=[vendor.slug, run.pk])
    client.post(columns, answer)
    # the vendor's own word from now on; as evidence it would only be their own come back
    assert memory_for(vendor).stock["закінч-ся"].own
    assert CommonWord.objects.get(word="закінч-ся").vendors == 3
    run.refresh_from_db()
    assert run.mapping["options"]["stock:закінч-ся"] == "none"


def test_an_answer_that_is_taken_back_is_forgotten(vendor):
    others = [VendorFactory(), VendorFactory()]
    for each in (vendor, *others):
        remember(vendor=each, mapping=mapping(закінч="none"))
    stood, now = mapping(закінч="none"), mapping("attribute")
    assert remember(vendor=vendor, mapping=now, found=stood) == 3  # the layout is another one, too
    assert "закінч" not in memory_for(vendor).stock
    assert CommonWord.objects.get(word="закінч").vendors == 2
    assert memory_for(vendor).headings["кошт ю"].answer == "attribute"
    for each in others:
        remember(vendor=each, mapping=mapping(), found=stood)
    assert not CommonWord.objects.filter(word="закінч").exists()


def test_a_word_does_not_grow_by_being_offered(vendor):
    voted("tier_price", "tier_price", "tier_price")
    memory, filled = memory_for(vendor), mapping()
    for _ in range(2):  # confirmed as it was filled in, for one list and for another
        remember(vendor=vendor, mapping=filled, found=filled, memory=memory)
        memory = memory_for(vendor)
        assert memory.headings["кошт ю"].own
        assert CommonWord.objects.get(word="кошт ю").vendors == 3
        assert CommonWord.objects.get(kind="layout").vendors == 3
        assert CommonWord.objects.get(word="назва").vendors == 4  # its words are sure by themselves
    remember(vendor=vendor, mapping=mapping("old_price"), found=filled, memory=memory)
    remember(vendor=vendor, mapping=filled, found=mapping("old_price"), memory=memory_for(vendor))
    assert CommonWord.objects.get(word="кошт ю").vendors == 4  # chosen


def test_words_are_looked_up_by_kind_and_word(vendor):
    with CaptureQueriesContext(connection) as queries:
        remember(vendor=vendor, mapping=mapping())
    asked = [each["sql"] for each in queries if '"word" IN' in each["sql"]]
    assert len(asked) == 3
    assert all('"kind" IN' in sql for sql in asked)


def test_a_vendor_keeps_its_latest_words_only(vendor, monkeypatch):
    monkeypatch.setattr("price_lists.remembering.recording.MOST_VOTES", 4)
    assert remember(vendor=vendor, mapping=mapping()) == 4
    remember(vendor=vendor, mapping=mapping(heading="Кошт Я"))
    words = set(WordVote.objects.filter(kind="heading").values_list("word", flat=True))
    assert (WordVote.objects.count(), "кошт я" in words) == (4, True)
    assert set(CommonWord.objects.values_list("kind", "word")) == set(
        WordVote.objects.values_list("kind", "word")
    )


def test_others_may_make_an_unattended_list_wait_and_never_settle_it(vendor, tmp_path):
    header = ("Артикул", "Назва", "Кошт Ю", *HEADER[3:])
    voted("price", "price", "price")
    write_list(tmp_path / "a.csv", goods(3), header=header)
    run = imported(vendor, tmp_path / "a.csv")
    assert memory_for(vendor).headings["кошт ю"].answer == "price"
    assert (run.state, run.guard[0]["code"]) == (RunState.HELD, "columns_unsure")
    remember(vendor=vendor, mapping=mapping("price"))
    run = imported(vendor, tmp_path / "a.csv", source="other")
    assert run.state == RunState.APPLIED


def test_columns_are_confirmed_so_often_an_hour(vendor, sign_in, monkeypatch):
    monkeypatch.setattr("price_lists.views._COLUMNS", "1/h")
    client = sign_in(MembershipFactory(vendor=vendor).user)
    columns = reverse("price_lists:columns", args=[vendor.slug, 1])
    assert [client.post(columns).status_code for _ in range(2)] == [404, 429]
