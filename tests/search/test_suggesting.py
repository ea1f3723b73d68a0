"""What is being typed: how it goes on, in whatever layout, alphabet and language, and what must never be suggested."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from marketplace.settings import parts
from search.models import PopularQuery, QueryLog
from search.services import index_facts
from search.standings import known_standings
from search.suggesting import popular
from search.suggesting.blocking import allow_query, block_query
from search.suggesting.directory import directory
from search.suggesting.errors import NothingToBlock, ReasonMissing
from search.suggesting.fitness import is_fit
from search.suggesting.keys import Typed
from search.suggesting.marking import marked
from search.suggesting.names import Name, NameIndex
from search.suggesting.popular import refresh_popular_queries
from search.suggesting.selectors import suggestions
from search.suggesting.terms import is_blocked, terms_of
from tests.factories.catalog import CategoryFactory, OfferFactory, SupplyFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState
from vendors.models import Vendor


@pytest.mark.parametrize(
    ("typed", "head", "start"),
    [
        ("степ", "", "степ"),
        ("Папір  офіс", "Папір", "офіс"),
        ("папір ", "папір", ""),
        ("папір А4", "папір А4", ""),
        ("клей-олів", "клей-", "олів"),
        ("\x00 ", "", ""),
    ],
)
def test_what_is_complete_and_what_is_begun(typed, head, start):
    read = Typed.read(typed)
    assert (read.head, read.start) == (head, start)


def test_a_text_without_end_is_not_read_to_its_end():
    assert len(Typed.read("я" * 1_000_000 + "1").text) == 1_000


@pytest.mark.parametrize(
    ("typed", "word", "completed"),
    [
        ("Степл", "степлер", "Степлер"),
        ("папір офіс", "офісний", "папір офісний"),
        ("Ґрун", "грунт", "Ґрунт"),
        ("стпел", "степлер", "степлер"),
    ],
)
def test_what_was_typed_stays_where_it_is_right(typed, word, completed):
    assert Typed.read(typed).completed(word) == completed


def test_names_are_found_by_the_beginning_of_any_word_and_by_other_forms():
    index = NameIndex(
        [
            Name(1, ("Ручки кулькові", "Ballpoint pens")),
            Name(2, ("Ручки",), weight=5),
            Name(3, ("Папір для нотаток",)),
        ]
    )
    assert index.starting("ручк", limit=9) == [2, 1]
    assert index.starting("кульк", limit=9) == [1]
    assert index.starting("ручка", limit=9) == [2, 1]  # another form of the word
    assert index.starting("BALL", limit=9) == [1]
    assert index.starting("папір но", limit=9) == [3]
    assert index.starting("папір кульк", limit=9) == []
    assert index.starting("ручк", limit=1) == [2]


def test_the_typed_part_is_marked():
    assert list(marked("Папір офісний", "офіс пап")) == [
        ("Пап", True), ("ір ", False), ("офіс", True), ("ний", False)
    ]  # fmt: skip
    assert list(marked("<b>", "x")) == [("<b>", False)]


@pytest.mark.parametrize(
    ("words", "is_right"),
    [
        ("степлер 24/6", True),
        ("сукня літня", True),
        ("хохлома", True),
        ("дебати", True),
        ("рідина жидкость", True),
        ("олена 0671234567", False),
        ("067 123 45 67", False),
        ("name@example.com", False),
        ("ти сука", False),
        ("fucking pens", False),
        ("4242424242", False),
        ("24", False),
        ("х" * 61, False),
    ],
)
def test_some_queries_are_not_for_others(words, is_right):
    assert is_fit(words) is is_right


@pytest.mark.parametrize(
    ("blocked", "asked", "hidden"),
    [
        ("діти", "одяг для дітей", True),
        ("дітей", "діти", True),
        ("мило", "чохол з милом", True),
        ("коса", "коси ручні", True),
        ("гелева ручка", "ручки гелеві сині", True),
        ("гелева ручка", "ручки", False),
        ("діти", "дитячий одяг", False),
        ("коса", "косметика", False),
        ("!!", "мило", False),
    ],
)
def test_what_is_blocked_is_so_in_each_of_its_forms(blocked, asked, hidden):
    assert is_blocked(terms_of(asked), [terms_of(blocked)]) is hidden


# Over real rows ---------------------------------------------------------------------------------------------


@pytest.fixture
def row(index):
    return made_row()


@pytest.fixture
def either_row(either_index):
    """On each engine in turn."""
    return made_row()


def made_row():
    """A few goods in categories of their own, indexed."""
    pens = CategoryFactory(slug="pens", name_uk="Ручки", name_ru="Ручки", name_en="Pens")
    office = CategoryFactory(slug="office", name_uk="Канцелярія", name_ru="Канцтовары", name_en="Office")
    vendor = VendorFactory(name="Канцелярський двір")
    offers = [
        *(OfferFactory(title=f"Ручка кулькова Buromax {n}", category=pens, vendor=vendor) for n in range(3)),
        OfferFactory(title="Ручка гелева Axent", category=pens, vendor=vendor, article="AX-1001"),
        OfferFactory(title="Степлер металевий Buromax", category=office, vendor=vendor),
        OfferFactory(title="Папір офісний A4", category=office, vendor=vendor, gtin="04820000000017"),
    ]
    put(offers)
    return {"pens": pens, "office": office, "vendor": vendor, "offers": offers}


def put(offers):
    index_facts([{"offers": [offer.pk for offer in offers], "topic": "offers"}])


def ask(words, **values):
    return suggestions(words=words, **values)


@pytest.mark.django_db
def test_a_beginning_goes_on_as_words_categories_vendors_and_goods(either_row):
    row = either_row
    found = ask("ручк")
    assert found.queries[0] == "ручка"
    assert "ручка кулькова" in found.queries
    assert found.categories == (row["pens"].pk,)
    assert set(found.offers) <= {offer.pk for offer in row["offers"][:4]}
    assert len(found.offers) == 3
    assert ask("buro").queries[0] == "buromax"
    assert ask("канц").vendors == (row["vendor"].pk,)
    assert ask("канц").categories == (row["office"].pk,)
    assert ask("Pen").categories == (row["pens"].pk,)


@pytest.mark.django_db
def test_words_go_on_only_with_words_that_stand_beside_them(row):
    assert ask("папір о").queries == ("папір офісний",)
    assert ask("папір кульк").queries == ()
    assert ask("ручка ").queries[0] == "ручка кулькова"
    assert ask("степлер b").queries == ("степлер buromax",)
    found = ask("buromax руч")
    assert [(each.words, each.category_id) for each in found.in_categories] == [
        ("buromax ручка", row["pens"].pk)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("hexrf", "ручка"),  # the keys of ручка
        ("rfywtk", None),  # the keys of канцел
        ("buhjvfrc", None),
        ("ruchk", "ручка"),
        ("стплер", "степлер"),
        ("стеепле", "степлер"),
        ("степлр бур", None),
    ],
)
def test_a_wrong_layout_another_alphabet_and_slips_are_understood(row, typed, query):
    found = ask(typed)
    if query:
        assert found.is_corrected
        assert found.queries[0] == query
    if typed == "rfywtk":
        assert (found.words, found.categories) == ("канцел", (row["office"].pk,))


@pytest.mark.django_db
def test_a_code_as_typed_finds_its_good(row):
    assert ask("ax-1001").offers == (row["offers"][3].pk,)
    assert ask("4820000000017").offers == (row["offers"][5].pk,)
    assert not ask("4820000000024")


@pytest.mark.django_db
def test_a_category_narrows_what_is_suggested(row):
    assert ask("buro", category_id=row["office"].pk).offers == (row["offers"][4].pk,)


@pytest.mark.django_db
def test_nothing_hidden_suspended_expired_or_withdrawn_is_suggested(either_row):
    old = SupplyFactory(vendor=VendorFactory(), confirmed_at=timezone.now() - dt.timedelta(days=60))
    gone = [
        OfferFactory(title="Вовкулака", vendor=VendorFactory(name="Вовчик", state=VendorState.SUSPENDED)),
        OfferFactory(title="Вовнянка", supply=old, vendor=old.vendor),
        OfferFactory(title="Вовчинець"),
    ]
    put(gone)
    CategoryFactory(slug="wool", name_uk="Вовна", is_active=False)
    assert ask("вов").queries == ("вовчинець",)
    gone[2].hidden_at = timezone.now()
    gone[2].version += 1
    gone[2].save()
    put(gone)
    assert not ask("вов")


@pytest.mark.django_db
def test_a_vendor_or_category_leaves_at_once_though_names_are_kept(row):
    assert ask("канц").vendors
    row["vendor"].state = VendorState.SUSPENDED
    row["vendor"].save()
    row["office"].is_active = False
    row["office"].save()
    assert not ask("канц")


@pytest.mark.django_db
def test_without_an_engine_names_still_answer(row, settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "nowhere"
    found = ask("ручк")
    assert (found.categories, found.queries, found.offers) == ((row["pens"].pk,), (), ())


@pytest.mark.django_db
def test_without_a_cache_names_are_kept_all_the_same(settings, tmp_path, django_assert_num_queries):
    settings.CACHES = {"default": parts.cache(tmp_path, redis="redis://127.0.0.1:1/0")}
    assert not cache.add("anything", 1)
    names = directory()
    standings = known_standings()
    with django_assert_num_queries(0):
        assert directory() is names
        assert known_standings() is standings


def noted(words, *, days, times=2, total=3, language="uk", ago=0, visitor=None):
    """On so many days by so many visitors each, or always by one."""
    rows = QueryLog.objects.bulk_create(
        QueryLog(words=words, total=total, language=language, visitor=visitor or number // days)
        for number in range(days * times)
    )
    for number, row in enumerate(rows):
        row.searched_at = timezone.now() - dt.timedelta(days=ago + number % days, hours=number // days)
    QueryLog.objects.bulk_update(rows, ["searched_at"])


@pytest.mark.django_db
def test_what_many_asked_is_suggested_first(row, time_machine, monkeypatch):
    time_machine.move_to(dt.datetime(2026, 3, 10, 20, tzinfo=dt.UTC))
    put([OfferFactory(title="Петренко Іван Васильович. Щоденник", category=row["office"])])
    other = VendorFactory()
    put([OfferFactory(title="Степлер пластиковий", category=row["office"], vendor=other)])
    noted("Петренко Іван Васильович", days=9)  # a name, though a good has it
    noted("ручка гелева", days=3, times=4)
    noted("Ручка  Гелева", days=2, times=9)  # another spelling adds nothing
    noted("степлер металевий", days=20, times=4, visitor=9)  # one person, again and again
    noted("ручка кулькова", days=2, times=9)  # many, but on two days
    noted("ручка axent", days=3, times=1)  # too few
    noted("єдиноріг", days=5, total=0)
    noted("єдиноріг", days=5)  # was found once
    noted("курва ручка", days=5)
    noted("папір", days=9, ago=90)
    noted("степлер", days=9)
    noted("pen", days=6, language="en")  # nobody writes it so
    assert refresh_popular_queries() == 2
    kept = PopularQuery.objects.order_by("words").values_list("words", "asked", "days")
    assert list(kept) == [("ручка гелева", 12, 3), ("степлер", 18, 9)]
    assert ask("ручк").queries[:2] == ("ручка гелева", "ручка")
    assert ask("").queries == ("степлер",)  # gel pens are of one vendor alone
    Vendor.objects.filter(pk=row["vendor"].pk).update(state=VendorState.SUSPENDED)
    assert "ручка гелева" not in ask("ручк").queries
    Vendor.objects.filter(pk=row["vendor"].pk).update(state=VendorState.APPROVED)
    assert ask("", language="en").queries == ()
    monkeypatch.setattr(popular, "LONGEST_RUN", 0)
    PopularQuery.objects.filter(words="степлер").delete()
    assert refresh_popular_queries() == 1  # out of time: what was tried before stays
    QueryLog.objects.all().delete()
    assert refresh_popular_queries() == 0
    assert ask("ручк").queries[0] != "ручка гелева"


@pytest.mark.django_db
def test_without_an_engine_the_list_of_popular_queries_stays(row, settings, tmp_path):
    noted("степлер", days=5)
    assert refresh_popular_queries() == 1
    settings.SEARCH_INDEX_PATH = tmp_path / "nowhere"
    cache.clear()
    assert refresh_popular_queries() == 1
    assert ask("сте").queries == ("степлер",)


@pytest.mark.django_db
def test_what_operators_block_is_suggested_no_more_and_at_once(row):
    noted("ручки гелеві", days=5)
    noted("степлер", days=5)
    assert refresh_popular_queries() == 2
    assert "ручка кулькова" in ask("ручк").queries
    assert "ручки гелеві" in ask("ручк").queries
    with pytest.raises(NothingToBlock):
        block_query(words="!!", reason="x", actor="user:1")
    with pytest.raises(ReasonMissing):
        block_query(words="гелева ручка", reason=" ", actor="user:1")
    gel = block_query(words="гелева  РУЧКА", reason="скарга", actor="user:1")
    assert block_query(words="гелева РУЧКА", reason="again", actor="user:2").made_by == "user:1"
    block_query(words="кульковий", reason="скарга", actor="user:1")
    assert not {"ручки гелеві", "ручка гелева", "ручка кулькова"} & set(ask("ручк").queries)
    assert "ручка" in ask("ручк").queries
    assert refresh_popular_queries() == 1
    assert allow_query(pk=gel.pk, actor="user:1").words == "гелева РУЧКА"
    assert allow_query(pk=gel.pk, actor="user:1") is None
    assert refresh_popular_queries() == 2
    assert "ручки гелеві" in ask("ручк").queries


def test_a_name_of_a_company_is_found_with_a_slip():
    index = NameIndex(
        [Name(1, ("ТехноБазар",)), Name(2, ("ОфисМаркет Юг",), 5), Name(3, ("Дім і Чистота",))], by_form=False
    )
    assert index.near("технобзар", limit=3) == [1]
    assert index.near("тэхноб", limit=3) == [1]
    assert index.near("офисмркет юг", limit=3) == [2]
    assert index.near("офисмркет дім", limit=3) == []
    assert index.near("дым", limit=3) == []  # too short to tell a slip from another word
    assert index.near("", limit=3) == []
