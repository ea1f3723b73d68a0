"""One vendor's lists that bring the same goods: one offer, each field by whose word holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.enums import EditRank
from catalog.models import Offer, Supply
from catalog.services.offers import edit_offer
from core.jobs.work import Work
from core.models import Job, JobState, OutboxEntry
from price_lists.enums import RunState
from price_lists.mapping.model import Mapping
from price_lists.models import PartialValue, SharedValue, Source, SourceItem
from price_lists.services import applying, request_apply, retry, set_mapping
from price_lists.services.imports import _advance_here
from price_lists.services.versions import restore_version
from price_lists.sources.enums import Precedence, Role
from price_lists.sources.following import follow_confirmations
from tests.factories.price_lists import good, goods, imported
from tests.price_lists.sources.support import partial_source, price, stock, told, write_table

SITE = ["Артикул", "Назва", "Ціна, грн", "Од.", "Бренд", "Фото", "Опис"]
STORE = ["Артикул", "Назва", "Ціна, грн", "Залишок", "Од."]


def site(vendor, path, count=6, cost=100, **more):
    rows = [
        [
            f"A-{n:04d}",
            f"Степлер офісний №{n}",
            cost + n,
            "шт",
            "Kangaro",
            f"https://x.example/{n}.jpg",
            "Добрий",
        ]
        for n in range(1, count + 1)
    ]
    return imported(vendor, write_table(path, SITE, rows), source="site", **more)


def store(vendor, path, numbers=range(1, 7), cost=90, left=3, **more):
    rows = [[f"A-{n:04d}", f"Степлер №{n}", cost + n, left, "шт"] for n in numbers]
    return imported(vendor, write_table(path, STORE, rows), source="store", **more)


def ranked(vendor, **precedence):
    for name, value in precedence.items():
        Source.objects.filter(vendor=vendor, name=name).update(precedence=value)


def counts(run):
    return {
        name: run.counts.get(name, 0)
        for name in ("new", "changed", "unchanged", "vanished", "left", "joined")
    }


@pytest.fixture
def both(vendor, tmp_path):
    """The site's list, then the store's, of whose word the prices are."""
    site(vendor, tmp_path / "site.csv")
    store(vendor, tmp_path / "first.csv", numbers=[100])
    ranked(vendor, site=Precedence.NORMAL, store=Precedence.HIGH)
    ids = dict(Offer.objects.filter(article__lt="A-0100").values_list("article", "pk"))
    run = store(vendor, tmp_path / "store.csv", numbers=[*range(1, 7), 100])
    assert run.state == RunState.APPLIED, run.guard
    return ids, run


def test_a_good_of_two_lists_is_one_offer(vendor, both):
    ids, run = both
    assert counts(run) == {"new": 0, "changed": 6, "unchanged": 1, "vanished": 0, "left": 0, "joined": 6}
    assert dict(Offer.objects.filter(article__lt="A-0100").values_list("article", "pk")) == ids
    assert Offer.objects.count() == 7
    offer = Offer.objects.get(article="A-0001")
    assert (price("A-0001"), stock("A-0001")) == ((91.0, "UAH"), ("in_stock", "3"))
    assert (offer.title, offer.brand) == ("Степлер №1", "Kangaro")
    assert offer.photos == ["https://x.example/1.jpg"]
    assert offer.texts[""]["description"] == "Добрий"
    assert Source.objects.get(name="store").numbering == {str(Source.objects.get(name="site").pk): True}


def test_the_higher_list_keeps_prices_and_takes_what_it_does_not_tell(vendor, tmp_path):
    site(vendor, tmp_path / "site.csv")
    ranked(vendor, site=Precedence.HIGH)
    versions = dict(Offer.objects.values_list("pk", "version"))
    run = store(vendor, tmp_path / "store.csv")
    assert (run.counts["new"], run.counts["stock"], run.counts["price"], run.counts["text"]) == (0, 6, 0, 0)
    assert (price("A-0001"), stock("A-0001")) == ((101.0, "UAH"), ("in_stock", "3"))
    assert Offer.objects.get(article="A-0001").title == "Степлер офісний №1"
    run = store(vendor, tmp_path / "again.csv", cost=70)
    assert counts(run) == {"new": 0, "changed": 0, "unchanged": 6, "vanished": 0, "left": 0, "joined": 0}
    run = site(vendor, tmp_path / "short.csv", count=5)
    assert (run.counts["left"], price("A-0006"), price("A-0001")) == (1, (76.0, "UAH"), (101.0, "UAH"))
    assert {
        pk: version - 1 for pk, version in Offer.objects.values_list("pk", "version")
    }.keys() == versions.keys()


def test_two_lists_that_are_read_at_once_make_one_offer(vendor, tmp_path):
    waiting = site(vendor, tmp_path / "site.csv", auto_apply=False)
    set_mapping(run=waiting, mapping=Mapping.from_json(waiting.mapping))
    _advance_here(waiting)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.counts["new"]) == (RunState.REVIEW, 6)
    assert store(vendor, tmp_path / "store.csv").state == RunState.APPLIED
    request_apply(run=waiting)
    while waiting.state in {RunState.QUEUED, RunState.APPLYING}:
        assert _advance_here(waiting)
        waiting.refresh_from_db()
    assert waiting.state == RunState.APPLIED
    assert counts(waiting) == {"new": 0, "changed": 6, "unchanged": 0, "vanished": 0, "left": 0, "joined": 6}
    assert (Offer.objects.count(), price("A-0001")) == (6, (101.0, "UAH"))


def test_the_lower_list_keeps_its_word_for_later(vendor, both, tmp_path):
    versions = dict(Offer.objects.values_list("pk", "version"))
    OutboxEntry.objects.all().delete()
    run = site(vendor, tmp_path / "dearer.csv", cost=120)
    assert counts(run) == {"new": 0, "changed": 0, "unchanged": 6, "vanished": 0, "left": 0, "joined": 0}
    assert price("A-0001") == (91.0, "UAH")
    assert dict(Offer.objects.values_list("pk", "version")) == versions
    assert OutboxEntry.objects.count() == 0
    gone = store(vendor, tmp_path / "half.csv", numbers=[4, 5, 6, 100])
    assert gone.state == RunState.APPLIED
    assert counts(gone) == {"new": 0, "changed": 0, "unchanged": 4, "vanished": 0, "left": 3, "joined": 0}
    offer = Offer.objects.get(article="A-0001")
    assert (price("A-0001"), offer.title, offer.withdrawn_at) == ((121.0, "UAH"), "Степлер офісний №1", None)
    assert offer.supply == Source.objects.get(name="site").supply


def test_it_goes_off_sale_when_nobody_brings_it_and_comes_back_as_itself(vendor, both, tmp_path):
    ids, _run = both
    site(vendor, tmp_path / "s2.csv", count=5)
    assert Offer.objects.get(pk=ids["A-0006"]).withdrawn_at is None
    assert Offer.objects.get(pk=ids["A-0006"]).supply == Source.objects.get(name="store").supply
    run = store(vendor, tmp_path / "w2.csv", numbers=[*range(1, 6), 100])
    assert counts(run) == {"new": 0, "changed": 0, "unchanged": 6, "vanished": 1, "left": 0, "joined": 0}
    assert Offer.objects.get(pk=ids["A-0006"]).withdrawn_at is not None
    run = site(vendor, tmp_path / "s3.csv", cost=130)
    assert run.counts["returned"] == 1
    offer = Offer.objects.get(pk=ids["A-0006"])
    assert (offer.withdrawn_at, price("A-0006")) == (None, (136.0, "UAH"))
    assert offer.supply == Source.objects.get(name="site").supply
    run = store(vendor, tmp_path / "w3.csv", numbers=[*range(1, 7), 100], cost=80)
    assert (price("A-0006"), Offer.objects.count()) == ((86.0, "UAH"), 7)


def test_a_person_stays_above_both(vendor, both, tmp_path):
    ids, _run = both
    edit_offer(
        offer=Offer.objects.get(pk=ids["A-0002"]),
        values={"price_amount": 500_000, "title": "Степлер"},
        rank=EditRank.VENDOR,
        actor="user:1",
    )
    store(vendor, tmp_path / "w2.csv", numbers=[*range(1, 7), 100], cost=80)
    site(vendor, tmp_path / "s2.csv", cost=130)
    store(vendor, tmp_path / "w3.csv", numbers=[3, 4, 5, 6, 100], cost=80)
    assert (price("A-0002"), Offer.objects.get(pk=ids["A-0002"]).title) == ((50.0, "UAH"), "Степлер")
    assert (price("A-0001"), price("A-0003")) == ((131.0, "UAH"), (83.0, "UAH"))


def test_a_check_tells_what_would_be_and_changes_nothing(vendor, tmp_path):
    site(vendor, tmp_path / "site.csv")
    before = list(Offer.objects.order_by("pk").values())
    run = store(vendor, tmp_path / "store.csv", only_check=True)
    assert run.state == RunState.CHECKED
    assert counts(run) == {"new": 0, "changed": 6, "unchanged": 0, "vanished": 0, "left": 0, "joined": 6}
    assert list(Offer.objects.order_by("pk").values()) == before
    assert not SharedValue.objects.exists()


def test_the_guard_asks_about_a_file_that_lost_half_and_not_about_prices_that_do_not_count(
    vendor, both, tmp_path
):
    run = site(vendor, tmp_path / "s2.csv", cost=100_000)
    assert run.state == RunState.APPLIED
    run = store(vendor, tmp_path / "w2.csv", numbers=[1])
    assert (run.state, run.guard[0]["code"], run.guard[0]["vanished"]) == (RunState.HELD, "many_vanished", 6)
    assert len(run.guard[0]["examples"]) == 3


def test_going_back_to_a_version_brings_its_prices_back(vendor, both, tmp_path):
    _ids, first = both
    store(vendor, tmp_path / "w2.csv", numbers=[*range(1, 7), 100], cost=80)
    assert price("A-0001") == (81.0, "UAH")
    again = restore_version(run=first)
    while again.state in {RunState.READING, RunState.QUEUED, RunState.APPLYING}:
        _advance_here(again)
        again.refresh_from_db()
        if again.state == RunState.REVIEW:
            request_apply(run=again)
    assert (again.state, price("A-0001")) == (RunState.APPLIED, (91.0, "UAH"))


def test_two_offers_from_before_become_the_older_one(vendor, tmp_path):
    site(vendor, tmp_path / "site.csv")
    run = store(vendor, tmp_path / "other.csv", numbers=range(11, 14))
    # As it was before lists were compared with each other: goods of their own.
    old = {offer.article: offer.pk for offer in Offer.objects.all()}
    for n in (11, 12, 13):
        Offer.objects.filter(article=f"A-{n:04d}").update(
            article=f"A-{n - 10:04d}", title=f"Степлер №{n - 10}"
        )
        SourceItem.objects.filter(source=run.source, key=f"article:A-{n:04d}").update(
            key=f"article:A-{n - 10:04d}"
        )
    Source.objects.update(numbering={})
    late = Offer.objects.get(pk=old["A-0012"])
    edit_offer(offer=late, values={"brand": "Rapid"}, rank=EditRank.VENDOR, actor="user:1")
    run = store(vendor, tmp_path / "again.csv", numbers=range(1, 4))
    assert (run.state, run.counts["joined"]) == (RunState.APPLIED, 3)
    on_sale = Offer.objects.filter(withdrawn_at=None).order_by("pk")
    assert list(on_sale.values_list("pk", flat=True)) == [old[f"A-000{n}"] for n in range(1, 7)]
    assert Offer.objects.get(pk=old["A-0002"]).brand == "Rapid"
    assert price_of(old["A-0001"]) == 91.0
    OutboxEntry.objects.all().delete()
    store(vendor, tmp_path / "third.csv", numbers=[1, 2, 3, 3])
    assert OutboxEntry.objects.count() == 0


def price_of(pk):
    return Offer.objects.get(pk=pk).price_amount / 10_000


def test_lists_that_count_from_one_are_not_joined_by_their_numbers(vendor, tmp_path):
    header = ["Код", "Назва", "Ціна, грн"]
    one = [[n, f"Папір офісний пачка {n + 70} г", 100 + n] for n in range(1, 9)]
    two = [[n, f"Мило господарче {n + 20} %", 20 + n] for n in range(1, 9)]
    imported(vendor, write_table(tmp_path / "a.csv", header, one), source="a")
    run = imported(vendor, write_table(tmp_path / "b.csv", header, two), source="b")
    assert (run.counts["new"], run.counts["joined"]) == (8, 0)
    assert Offer.objects.filter(withdrawn_at=None).count() == 16
    assert list(Source.objects.get(name="b").numbering.values()) == [False]


def test_goods_follow_the_list_that_goes_on_confirming(vendor, both, tmp_path):
    ids, _run = both
    site(vendor, tmp_path / "s2.csv", cost=130)
    store_, site_ = Source.objects.get(name="store"), Source.objects.get(name="site")
    assert follow_confirmations() == 0
    Offer.objects.filter(pk=ids["A-0001"]).update(supply=store_.supply)
    Supply.objects.filter(pk=store_.supply_id).update(confirmed_at=timezone.now() - dt.timedelta(days=20))
    assert follow_confirmations() == 6
    assert Offer.objects.get(pk=ids["A-0001"]).supply_id == site_.supply_id
    assert (price("A-0001"), price("A-0006")) == ((131.0, "UAH"), (136.0, "UAH"))
    assert follow_confirmations() == 0


def test_one_list_costs_no_statement_more(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    imported(vendor, tmp_path / "b.csv", [*goods(3), good(4)])
    with CaptureQueriesContext(connection) as few:
        imported(vendor, tmp_path / "c.csv", goods(5))
    with CaptureQueriesContext(connection) as many:
        imported(vendor, tmp_path / "d.csv", goods(15))
    assert len(few) == len(many)
    assert not any(
        "sharedvalue" in query["sql"] and "EXISTS" in query["sql"] for query in few.captured_queries
    )


def test_what_is_told_of_offers_that_become_one_goes_over_in_as_many_statements_for_any_number(
    vendor, tmp_path
):
    site(vendor, tmp_path / "site.csv")
    run = store(vendor, tmp_path / "other.csv", numbers=range(11, 17))
    prices = partial_source(vendor, Role.PRICES, precedence=Precedence.LOW)
    told(
        vendor,
        prices,
        tmp_path / "p.csv",
        ["Артикул", "Ціна, грн"],
        [[f"A-{n:04d}", 70 + n] for n in (1, *range(11, 17))],
    )
    old = {offer.article: offer.pk for offer in Offer.objects.all()}
    asked = []
    for numbers in ((11,), (12, 13, 14, 15, 16)):
        for n in numbers:  # as it was before lists were compared with each other
            Offer.objects.filter(article=f"A-{n:04d}").update(
                article=f"A-{n - 10:04d}", title=f"Степлер №{n - 10}"
            )
            SourceItem.objects.filter(source=run.source, key=f"article:A-{n:04d}").update(
                key=f"article:A-{n - 10:04d}"
            )
        Source.objects.update(numbering={})
        done = range(1, numbers[-1] - 9)
        with CaptureQueriesContext(connection) as queries:
            again = store(
                vendor, tmp_path / f"{numbers[0]}.csv", numbers=[*done, *range(numbers[-1] + 1, 17)]
            )
        assert again.counts["joined"] == len(numbers)
        asked.append(sum("price_lists_partialvalue" in query["sql"].lower() for query in queries))
    assert asked == [
        2,
        3,
    ]  # the first has nothing to move: of the offer that stays the file of prices told already
    values = dict(PartialValue.objects.values_list("offer", "price_amount"))
    assert values == {old[f"A-000{n}"]: (70 + (n if n == 1 else n + 10)) * 10_000 for n in range(1, 7)} | {
        old["A-0011"]: 81 * 10_000
    }
    items = SourceItem.objects.filter(source=run.source).order_by("key")
    assert list(items.values_list("offer", flat=True)) == [old[f"A-000{n}"] for n in range(1, 7)]


def test_a_check_of_goods_that_both_lists_brought_before_notes_nothing(vendor, tmp_path):
    site(vendor, tmp_path / "site.csv")
    codes = [f"482000000{n:03d}" for n in range(11, 17)]
    codes = [code + str(-sum(int(c) * (1 + 2 * (i % 2)) for i, c in enumerate(code)) % 10) for code in codes]
    header = [*STORE, "Штрихкод"]
    rows = [[f"B-{n}", f"Степлер №{n}", 90 + n, 3, "шт", code] for n, code in enumerate(codes, 1)]
    run = imported(vendor, write_table(tmp_path / "other.csv", header, rows), source="store")
    for n, code in enumerate(codes, 1):  # its rows are known, and turn out to be the site's goods
        Offer.objects.filter(article=f"A-{n:04d}").update(gtin=code)
    Source.objects.update(numbering={})
    before = list(SourceItem.objects.order_by("pk").values())
    rows.append(["B-7", "Степлер №7", 99, 3, "шт", ""])
    again = imported(
        vendor, write_table(tmp_path / "more.csv", header, rows), source="store", only_check=True
    )
    assert (again.state, again.source) == (RunState.CHECKED, run.source)
    assert (again.counts["joined"], again.counts["new"]) == (6, 1)
    assert list(SourceItem.objects.order_by("pk").values()) == before


def test_a_run_that_is_gone_on_with_meets_what_another_list_brought_since(vendor, tmp_path, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 4)
    checked = Work.check_cancelled

    def pressed(self):
        if Offer.objects.count() == 4:
            Job.objects.filter(state=JobState.RUNNING).update(cancel_requested=True)
        checked(self)

    with monkeypatch.context() as patched:
        patched.setattr(Work, "check_cancelled", pressed)
        run = site(vendor, tmp_path / "site.csv", count=10)
    assert (run.state, Offer.objects.count()) == (RunState.FAILED, 4)
    assert store(vendor, tmp_path / "store.csv", numbers=range(3, 9)).counts["joined"] == 2
    retry(run=run)
    while run.state in {RunState.QUEUED, RunState.APPLYING}:
        assert _advance_here(run)
        run.refresh_from_db()
    assert (run.state, Offer.objects.filter(withdrawn_at=None).count()) == (RunState.APPLIED, 10)
    assert sorted(Offer.objects.values_list("article", flat=True)) == [f"A-{n:04d}" for n in range(1, 11)]
    assert (price("A-0008"), stock("A-0008")) == ((108.0, "UAH"), ("in_stock", "3"))
