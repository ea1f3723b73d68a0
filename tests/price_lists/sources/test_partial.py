"""Files of prices and stock alone: what they change, what they leave, and whose word holds."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.enums import EditRank
from catalog.models import Offer, PriceChange, Supply
from catalog.services.offers import edit_offer
from core.models import Job, JobState, OutboxEntry
from price_lists import tasks
from price_lists.enums import RunState
from price_lists.errors import NoGoodsFound
from price_lists.models import Feed, ImportRun, PartialValue, RowProblem, Source, SourceItem, StagedRow
from price_lists.services import import_file, request_apply
from price_lists.services.imports import _advance_here
from price_lists.sources import forgetting, partial_staging
from price_lists.sources.enums import Precedence, Role
from price_lists.sources.forgetting import forget_partial
from price_lists.sources.partial_matching import Matcher
from tests.factories.accounts import UserFactory
from tests.factories.price_lists import good, goods, imported
from tests.price_lists.sources.support import partial_source, price, stock, told, write_table

PRICES = ["Артикул", "Ціна, грн"]
BOTH = ["Артикул", "Ціна, грн", "Залишок"]


@pytest.fixture
def full(vendor, tmp_path):
    run = imported(vendor, tmp_path / "full.csv", goods(10))
    assert run.state == RunState.APPLIED
    return run.source


def test_prices_alone_change_prices_alone(vendor, full, tmp_path):
    source = partial_source(vendor, Role.PRICES)
    before = {offer.pk: (offer.title, offer.version) for offer in Offer.objects.all()}
    OutboxEntry.objects.all().delete()
    run = told(
        vendor, source, tmp_path / "p.csv", PRICES, [["A-0001", "90,00"], ["A-0002", "102.50"], ["Х-1", "5"]]
    )
    assert run.state == RunState.APPLIED
    assert (run.counts["changed"], run.counts["unchanged"], run.counts["unmatched"]) == (1, 1, 1)
    assert (price("A-0001"), price("A-0002")) == ((90.0, "UAH"), (102.5, "UAH"))
    assert stock("A-0001") == ("in_stock", "5")
    changed = [offer for offer in Offer.objects.all() if before[offer.pk][1] != offer.version]
    assert [offer.article for offer in changed] == ["A-0001"]
    assert {offer.pk: offer.title for offer in Offer.objects.all()} == {
        pk: title for pk, (title, _v) in before.items()
    }
    assert Offer.objects.filter(withdrawn_at=None).count() == 10
    assert PriceChange.objects.filter(offer__article="A-0001").count() == 2
    entries = OutboxEntry.objects.order_by("consumer").values_list("consumer", "payload")
    heard = [(name, len(payload["offers"])) for name, payload in entries]
    assert heard == [("requests", 1), ("search", 1), ("watching", 1)]
    problem = RowProblem.objects.get(run=run)
    assert (problem.code, problem.value, problem.row, problem.severity) == (
        "unknown_code",
        "Х-1",
        4,
        "skipped",
    )
    assert not StagedRow.objects.exists()


def test_the_same_again_writes_nothing(vendor, full, tmp_path):
    source = partial_source(vendor)
    rows = [[f"A-{n:04d}", 100 + n, n] for n in range(1, 11)]
    told(vendor, source, tmp_path / "a.csv", BOTH, rows)
    versions = list(Offer.objects.order_by("pk").values_list("version", flat=True))
    OutboxEntry.objects.all().delete()
    again = told(vendor, source, tmp_path / "b.csv", BOTH, [*rows, ["", "", ""]])
    assert again.pk == ImportRun.objects.latest("pk").pk
    assert (again.state, again.counts["changed"], again.counts["unchanged"]) == (RunState.APPLIED, 0, 10)
    assert list(Offer.objects.order_by("pk").values_list("version", flat=True)) == versions
    assert OutboxEntry.objects.count() == 0


def test_stock_alone_with_words_and_empty_cells(vendor, full, tmp_path):
    source = partial_source(vendor, Role.STOCK)
    rows = [
        ["A-0001", "0"],
        ["A-0002", "під замовлення 5 днів"],
        ["A-0003", ""],
        ["A-0004", "7,5"],
        ["A-0005", "дякуємо"],
    ]
    run = told(vendor, source, tmp_path / "s.csv", ["Артикул", "Залишок"], rows)
    assert run.state == RunState.APPLIED
    assert [stock(f"A-000{n}") for n in range(1, 6)] == [
        ("none", "0"), ("to_order", None), ("in_stock", "5"), ("in_stock", "7.5"), ("in_stock", "5"),
    ]  # fmt: skip
    assert Offer.objects.get(article="A-0001").availability == "none"
    assert price("A-0001") == (101.5, "UAH")
    assert RowProblem.objects.get(run=run).code == "stock_not_understood"


def test_goods_are_found_by_barcode_and_by_article_written_otherwise(vendor, tmp_path):
    header = ["Код", "Артикул", "Назва", "Ціна", "Штрихкод"]
    rows = [["77", "AB-12/3", "Папір А4", "200", "4820000000017"], ["78", "ДС-5", "Ручка", "10", ""]]
    write_table(tmp_path / "full.csv", header, rows)
    run = import_file(vendor=vendor, path=tmp_path / "full.csv", source_name="main")
    assert Offer.objects.filter(withdrawn_at=None).count() == 2, run.error
    source = partial_source(vendor, Role.PRICES)
    told(vendor, source, tmp_path / "a.csv", ["Штрихкод", "Ціна"], [["4820000000017", "210"]])
    assert price("AB-12/3") == (210.0, "UAH")
    told(vendor, source, tmp_path / "b.csv", PRICES, [["ab 12 3", "220"], ["ДС5", "11"]])
    assert (price("AB-12/3"), price("ДС-5")) == ((220.0, "UAH"), (11.0, "UAH"))


def test_rows_that_wait_for_a_walk_are_bounded(vendor, full, tmp_path, monkeypatch):
    source = partial_source(vendor, Role.PRICES)
    monkeypatch.setattr(partial_staging, "BATCH", 2)
    monkeypatch.setattr(partial_staging, "LATER", 3)
    waiting = []
    look = Matcher.by_code
    monkeypatch.setattr(
        Matcher, "by_code", lambda self, parts: waiting.append(len(parts)) or look(self, parts)
    )
    rows = [[f"a {n:04d}", 50 + n] for n in range(1, 8)] + [["A-0008", 58], ["Z-1", 1]]
    run = told(vendor, source, tmp_path / "p.csv", PRICES, rows)
    assert (run.state, run.counts["changed"], run.counts["unmatched"]) == (RunState.APPLIED, 8, 1)
    assert waiting == [4, 3, 1]
    assert [price(f"A-{n:04d}")[0] for n in range(1, 9)] == [50.0 + n for n in range(1, 9)]


def test_a_code_of_several_goods_names_none(vendor, tmp_path):
    header = ["Код", "Артикул", "Назва", "Ціна"]
    write_table(
        tmp_path / "full.csv",
        header,
        [
            ["1", "S-1", "Сорочка S", "200"],
            ["2", "S-1", "Сорочка M", "210"],
            ["3", "S-2", "Сорочка L", "220"],
        ],
    )
    run = import_file(vendor=vendor, path=tmp_path / "full.csv", source_name="main")
    keys = set(SourceItem.objects.values_list("key", flat=True))
    if len(keys) != 3:
        pytest.fail(f"{run.mapping['tables'][0]['columns']}")
    source = partial_source(vendor, Role.PRICES)
    run = told(vendor, source, tmp_path / "p.csv", PRICES, [["S-1", "1"], ["S-2", "225"]])
    assert set(Offer.objects.values_list("price_amount", flat=True)) == {2_000_000, 2_100_000, 2_250_000}
    assert RowProblem.objects.get(run=run).code == "code_of_several"


def test_the_last_of_two_rows_about_one_good_counts(vendor, full, tmp_path):
    source = partial_source(vendor, Role.PRICES)
    run = told(
        vendor, source, tmp_path / "p.csv", PRICES, [["A-0001", "5"], ["A-0002", "6"], ["A-0001", "101.50"]]
    )
    assert (price("A-0001"), price("A-0002")) == ((101.5, "UAH"), (6.0, "UAH"))
    assert run.counts["duplicates"] == 1


def test_a_full_list_does_not_revert_a_partial_source_above_it(vendor, full, tmp_path):
    source = partial_source(vendor)
    told(vendor, source, tmp_path / "p.csv", BOTH, [["A-0001", "90", "2"], ["A-0002", "102.50", "5"]])
    changed = [
        good(1, price="140", stock="9", title="Степлер новий"),
        good(2, price="150"),
        good(3, price="160"),
        *goods(10)[3:],
    ]
    run = imported(vendor, tmp_path / "full2.csv", changed)
    assert run.state == RunState.APPLIED
    assert (price("A-0001"), stock("A-0001")) == ((90.0, "UAH"), ("in_stock", "2"))
    assert price("A-0002") == (102.5, "UAH")  # said, although it was no change when it was said
    assert price("A-0003") == (160.0, "UAH")
    assert Offer.objects.get(article="A-0001").title == "Степлер новий"


def test_at_equal_precedence_the_newer_change_wins(vendor, full, tmp_path):
    source = partial_source(vendor, precedence=Precedence.NORMAL)
    told(vendor, source, tmp_path / "p.csv", PRICES, [["A-0001", "90"], ["A-0002", "91"]])
    imported(vendor, tmp_path / "full2.csv", [good(1, price="140"), *goods(10)[1:]])
    assert price("A-0001") == (140.0, "UAH")
    assert price("A-0002") == (91.0, "UAH")  # the list says what it said before: no change
    told(vendor, source, tmp_path / "p2.csv", PRICES, [["A-0001", "90"], ["A-0002", "91"], ["A-0003", "92"]])
    assert price("A-0001") == (90.0, "UAH")


def test_a_source_that_gives_way_only_fills_gaps(vendor, tmp_path):
    imported(vendor, tmp_path / "full.csv", [good(1, stock=""), good(2, stock="3")])
    source = partial_source(vendor, precedence=Precedence.LOW)
    run = told(vendor, source, tmp_path / "p.csv", BOTH, [["A-0001", "90", "2"], ["A-0002", "91", "0"]])
    assert run.state == RunState.APPLIED
    assert (price("A-0001"), price("A-0002")) == ((101.5, "UAH"), (102.5, "UAH"))
    assert (stock("A-0001"), stock("A-0002")) == (("in_stock", "2"), ("in_stock", "3"))
    assert run.counts["kept"] == 2


def test_a_partial_source_nobody_refreshes_holds_nothing_back(vendor, full, tmp_path):
    source = partial_source(vendor)
    told(vendor, source, tmp_path / "p.csv", PRICES, [["A-0001", "90"]])
    Supply.objects.filter(pk=source.supply_id).update(confirmed_at=timezone.now() - dt.timedelta(days=15))
    imported(vendor, tmp_path / "full2.csv", [good(1, price="140"), *goods(10)[1:]])
    assert price("A-0001") == (140.0, "UAH")


def test_of_two_partial_sources_the_higher_has_the_word(vendor, full, tmp_path):
    high = partial_source(vendor, name="high")
    low = partial_source(vendor, name="low", precedence=Precedence.NORMAL)
    told(vendor, high, tmp_path / "h.csv", PRICES, [["A-0001", "90"]])
    run = told(vendor, low, tmp_path / "l.csv", BOTH, [["A-0001", "80", "1"], ["A-0002", "81", "1"]])
    assert (price("A-0001"), price("A-0002")) == ((90.0, "UAH"), (81.0, "UAH"))
    assert stock("A-0001") == ("in_stock", "1")  # of which the higher one says nothing
    assert run.counts["kept"] == 1


def test_a_persons_price_stands_above_all(vendor, full, tmp_path):
    offer = Offer.objects.get(article="A-0001")
    edit_offer(offer=offer, values={"price_amount": 770_000}, rank=EditRank.VENDOR, actor="user:1")
    run = told(
        vendor,
        partial_source(vendor),
        tmp_path / "p.csv",
        BOTH,
        [["A-0001", "90", "1"], ["A-0002", "91", "1"]],
    )
    assert (price("A-0001"), stock("A-0001")) == ((77.0, "UAH"), ("in_stock", "1"))
    assert run.counts["kept"] == 1


def test_removing_a_partial_source_lets_the_list_speak_again(vendor, full, tmp_path):
    source = partial_source(vendor)
    told(vendor, source, tmp_path / "p.csv", PRICES, [["A-0001", "90"]])
    assert forget_partial(source=source) == 1
    assert price("A-0001") == (90.0, "UAH")
    imported(vendor, tmp_path / "full.csv", [*goods(10), good(11)])
    assert price("A-0001") == (101.5, "UAH")
    assert not PartialValue.objects.exists()


def test_where_there_is_much_a_worker_forgets_and_the_link_is_paused_first(
    vendor, full, tmp_path, monkeypatch
):
    other = imported(vendor, tmp_path / "other.csv", goods(4), source="other").source
    source = partial_source(vendor, target=full)
    told(vendor, source, tmp_path / "p.csv", PRICES, [["A-0001", "90"], ["A-0009", "90"]])
    feed = Feed.objects.create(source=source, url="https://shop.example/", next_at=timezone.now())
    monkeypatch.setattr(forgetting, "FORGOTTEN_AT_ONCE", 5)
    monkeypatch.setattr(forgetting, "CHUNK", 3)
    assert forgetting.stop_counting(source=source, user=UserFactory()) == 2
    feed.refresh_from_db()
    assert (feed.is_on, PartialValue.objects.count()) == (False, 2)  # nothing in the request itself
    job = Job.objects.get(kind="price_lists.forget")
    with CaptureQueriesContext(connection) as queries:
        tasks.forget_partial(job_id=str(job.pk), **job.kwargs)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"offers": 2})
    assert not PartialValue.objects.exists()
    emptied = [item for item in SourceItem.objects.filter(source=full) if not bytes(item.raw_hash)]
    assert sorted(item.offer.article for item in emptied) == ["A-0001", "A-0009"]
    assert not [item for item in SourceItem.objects.filter(source=other) if not bytes(item.raw_hash)]
    updates = [
        query["sql"] for query in queries if query["sql"].startswith('UPDATE "price_lists_sourceitem"')
    ]
    assert len(updates) == 2
    assert not [sql for sql in updates if '"offer_id"' in sql]  # by which items have no index


def test_precedence_is_asked_again_when_prices_are_applied(vendor, full, tmp_path):
    low = partial_source(vendor, name="low", precedence=Precedence.NORMAL)
    run = import_file(
        vendor=vendor,
        path=write_table(tmp_path / "l.csv", BOTH, [["A-0001", "80", "3"], ["A-0002", "81", "3"]]),
        source_name="low",
        auto_apply=False,
    )
    assert run.state == RunState.REVIEW
    told(vendor, partial_source(vendor, name="high"), tmp_path / "h.csv", PRICES, [["A-0001", "90"]])
    request_apply(run=run)
    _advance_here(run)
    run.refresh_from_db()
    assert run.state == RunState.APPLIED
    assert (price("A-0001"), price("A-0002")) == ((90.0, "UAH"), (81.0, "UAH"))
    assert stock("A-0001") == ("in_stock", "3")
    assert PartialValue.objects.get(source=low, offer__article="A-0001").price_amount == 800_000


def test_withdrawn_goods_do_not_return_and_other_vendors_goods_are_not_touched(vendor, full, tmp_path):
    from tests.factories.vendors import VendorFactory

    other = VendorFactory()
    imported(other, tmp_path / "other.csv", goods(3))
    imported(vendor, tmp_path / "less.csv", goods(8))
    run = told(vendor, partial_source(vendor), tmp_path / "p.csv", PRICES, [["A-0010", "1"], ["A-0001", "2"]])
    assert run.counts["unmatched"] == 1
    assert Offer.objects.get(vendor=vendor, article="A-0010").withdrawn_at is not None
    assert Offer.objects.get(vendor=other, article="A-0001").price_amount == 1_015_000


def test_a_bound_source_tells_about_its_list_alone(vendor, full, tmp_path):
    second = imported(
        vendor, tmp_path / "second.csv", [good(1, article="B-1"), good(2, article="B-2")], source="second"
    )
    source = partial_source(vendor, Role.PRICES, target=second.source)
    run = told(vendor, source, tmp_path / "p.csv", PRICES, [["A-0001", "1"], ["B-1", "2"]])
    assert (price("A-0001"), price("B-1")) == ((101.5, "UAH"), (2.0, "UAH"))
    assert run.counts["unmatched"] == 1


def test_the_guard_holds_prices_ten_times_too_low_and_codes_of_another_list(vendor, full, tmp_path):
    source = partial_source(vendor, Role.PRICES)
    run = told(
        vendor,
        source,
        tmp_path / "p.csv",
        PRICES,
        [[f"A-{n:04d}", f"{10 + n / 10:.2f}"] for n in range(1, 11)],
    )
    assert run.state == RunState.HELD
    assert [reason["code"] for reason in run.guard] == ["prices_down"]
    assert price("A-0001") == (101.5, "UAH")
    request_apply(run=run, confirmed=True)
    other = told(
        vendor, source, tmp_path / "o.csv", PRICES, [["A-0001", "100"], *[[f"Z-{n}", "1"] for n in range(9)]]
    )
    assert other.state == RunState.HELD
    assert [reason["code"] for reason in other.guard] == ["many_unmatched"]


def test_a_file_of_strangers_is_refused(vendor, full, tmp_path):
    source = partial_source(vendor, Role.PRICES)
    with pytest.raises(NoGoodsFound) as refused:
        told(vendor, source, tmp_path / "p.csv", PRICES, [["Z-1", "1"], ["Z-2", "2"]])
    assert refused.value.code == "no_parts_matched"
    with pytest.raises(NoGoodsFound) as refused:
        told(vendor, source, tmp_path / "q.csv", ["Колір", "Розмір"], [["синій", "XL"], ["білий", "M"]])
    assert refused.value.code == "no_parts_found"
    assert Source.objects.get(pk=source.pk).mapping is None


def test_a_whole_price_list_serves_as_a_file_of_prices(vendor, full, tmp_path):
    source = partial_source(vendor, Role.PRICES)
    run = imported(
        vendor,
        tmp_path / "whole.csv",
        [good(1, price="90", title="Інша назва", stock="1"), good(99)],
        source="prices",
    )
    assert run.state == RunState.APPLIED
    assert source.pk == run.source_id
    assert (price("A-0001"), stock("A-0001")) == ((90.0, "UAH"), ("in_stock", "5"))
    assert Offer.objects.get(article="A-0001").title == "Степлер офісний №1"
    assert not Offer.objects.filter(article="A-0099").exists()


def test_a_feed_serves_as_a_file_of_stock(vendor, full, tmp_path):
    (tmp_path / "s.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><yml_catalog date="2026-01-01 10:00"><shop><currencies>'
        '<currency id="UAH" rate="1"/></currencies><categories><category id="1">Степлери</category></categories><offers>'
        '<offer id="A-0001" available="false"><price>1</price><currencyId>UAH</currencyId><categoryId>1</categoryId>'
        "<name>x</name></offer></offers></shop></yml_catalog>"
    )
    source = partial_source(vendor, Role.STOCK)
    run = import_file(vendor=vendor, path=tmp_path / "s.xml", source_name=source.name)
    assert run.state == RunState.APPLIED, run.error
    assert (stock("A-0001")[0], price("A-0001")) == ("none", (101.5, "UAH"))


def test_without_headings_the_columns_are_asked_about_once(vendor, full, tmp_path):
    from price_lists.mapping.model import Mapping
    from price_lists.services import set_mapping
    from price_lists.services.imports import _advance_here

    source = partial_source(vendor, Role.PRICES)
    run = told(vendor, source, tmp_path / "p.csv", [], [[f"A-{n:04d}", f"{90 + n}.00"] for n in range(1, 6)])
    assert run.state == RunState.MAPPING
    set_mapping(run=run, mapping=Mapping.from_json(run.mapping), currency="UAH")
    _advance_here(run)
    run.refresh_from_db()
    assert run.state in {RunState.APPLIED, RunState.QUEUED, RunState.REVIEW}
    if run.state != RunState.APPLIED:
        _advance_here(run)
    assert price("A-0001") == (91.0, "UAH")
    again = told(
        vendor, source, tmp_path / "p2.csv", [], [[f"A-{n:04d}", f"{80 + n}.00"] for n in range(1, 6)]
    )
    assert again.state == RunState.APPLIED
    assert price("A-0001") == (81.0, "UAH")


@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_killed_import_goes_on_and_ends_alike(vendor, tmp_path, monkeypatch, stop_after):
    from price_lists.sources import partial_applying

    imported(vendor, tmp_path / "full.csv", goods(30))
    monkeypatch.setattr(partial_applying, "CHUNK", 10)
    source = partial_source(vendor, Role.PRICES)
    calls = []
    real = partial_applying._apply

    def killed(run, rows, work):
        if len(calls) == stop_after:
            raise KeyboardInterrupt
        calls.append(rows)
        real(run, rows, work)

    monkeypatch.setattr(partial_applying, "_apply", killed)
    rows = [[f"A-{n:04d}", f"{120 + n}.00"] for n in range(1, 31)]
    with pytest.raises(KeyboardInterrupt):
        told(vendor, source, tmp_path / "p.csv", PRICES, rows)
    assert PartialValue.objects.count() == 10 * stop_after
    monkeypatch.setattr(partial_applying, "_apply", real)
    run = told(vendor, source, tmp_path / "p.csv", PRICES, rows)
    assert run.state == RunState.APPLIED
    assert [price(f"A-{n:04d}")[0] for n in range(1, 31)] == [120 + n for n in range(1, 31)]
    assert PriceChange.objects.filter(offer__article="A-0001").count() == 2
