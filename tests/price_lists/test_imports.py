"""A file from upload to catalogue: what is written, and what a second file changes."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.enums import EditRank
from catalog.models import Offer, OfferPrice, PriceChange, StockLevel
from catalog.services.offers import edit_offer
from core.errors import NotFound
from core.jobs.work import work_on
from core.models import Job, JobState, OutboxEntry
from price_lists import services
from price_lists.enums import RunState
from price_lists.errors import RunNotPossible, TooBig, UnreadableFile
from price_lists.models import ImportRun, Source, SourceItem, StagedRow
from price_lists.services.uploads import series_name
from tests.factories.price_lists import good, goods, imported, write_list
from tests.factories.vendors import VendorFactory


def counts(run):
    return {name: run.counts.get(name, 0) for name in ("new", "changed", "unchanged", "vanished", "errors")}


def outbox():
    return list(OutboxEntry.objects.order_by("id").values_list("consumer", "topic", "payload"))


def test_a_new_list_becomes_offers_with_all_that_belongs_to_them(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", goods(3))
    assert run.state == RunState.APPLIED
    assert counts(run) == {"new": 3, "changed": 0, "unchanged": 0, "vanished": 0, "errors": 0}
    offer = Offer.objects.get(article="A-0002")
    assert (offer.title, offer.price_amount, offer.price_currency, offer.brand) == (
        "Степлер офісний №2", 1_025_000, "UAH", "Kangaro",
    )  # fmt: skip
    assert (offer.unit, offer.availability, offer.version, offer.vendor_id) == (
        "H87",
        "in_stock",
        1,
        vendor.pk,
    )
    assert offer.texts == {"": {"title": "Степлер офісний №2"}}
    assert " степлер " in offer.search_text
    assert offer.collation_key
    assert list(offer.price_changes.values_list("amount", "currency")) == [(1_025_000, "UAH")]
    level = offer.stock_levels.get()
    assert (level.state, level.quantity, level.point_id) == ("in_stock", 5, None)
    assert offer.supply_id == run.source.supply_id
    assert not StagedRow.objects.exists()
    ids = list(Offer.objects.order_by("pk").values_list("pk", flat=True))
    assert outbox() == [
        ("search", "offers_changed", {"offers": ids}),
        ("watching", "offers_changed", {"offers": ids}),
        ("requests", "offers_changed", {"offers": ids}),
        ("identity", "offers_changed", {"offers": ids}),
    ]


def test_the_same_list_in_another_file_touches_no_offer(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    OutboxEntry.objects.all().delete()
    before = list(Offer.objects.order_by("pk").values())
    supply = Source.objects.get().supply
    supply.confirmed_at = supply.confirmed_at.replace(year=2020)
    supply.save()
    path = write_list(tmp_path / "b.csv", goods(3), delimiter=",")
    run = imported(vendor, path)
    assert counts(run) == {"new": 0, "changed": 0, "unchanged": 3, "vanished": 0, "errors": 0}
    assert list(Offer.objects.order_by("pk").values()) == before
    assert outbox() == []
    supply.refresh_from_db()
    assert supply.confirmed_at.year > 2020


def test_known_rows_are_staged_without_being_understood(vendor, tmp_path, monkeypatch):
    imported(vendor, tmp_path / "a.csv", goods(3))
    seen = []
    from price_lists.services import staging

    understood = staging.draft_of
    monkeypatch.setattr(
        staging, "draft_of", lambda row, terms: seen.append(row.article) or understood(row, terms)
    )
    run = imported(vendor, tmp_path / "b.csv", [*goods(2), good(3, price="999"), good(4)])
    assert counts(run) == {"new": 1, "changed": 1, "unchanged": 2, "vanished": 0, "errors": 0}
    assert seen == ["A-0003", "A-0004"]


def test_a_changed_price_adds_history_and_a_version(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    OutboxEntry.objects.all().delete()
    run = imported(vendor, tmp_path / "b.csv", [*goods(2), good(3, price="90")])
    assert (run.counts["price"], run.counts["stock"], run.counts["text"]) == (1, 0, 0)
    offer = Offer.objects.get(article="A-0003")
    assert (offer.price_amount, offer.version) == (900_000, 2)
    assert list(offer.price_changes.order_by("pk").values_list("amount", flat=True)) == [1_035_000, 900_000]
    assert outbox() == [
        ("search", "offers_changed", {"offers": [offer.pk]}),
        ("watching", "offers_changed", {"offers": [offer.pk]}),
        ("requests", "offers_changed", {"offers": [offer.pk]}),
    ]


def test_a_quantity_alone_touches_neither_offer_nor_index(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    OutboxEntry.objects.all().delete()
    run = imported(vendor, tmp_path / "b.csv", [good(1), good(2, stock="7")])
    assert (run.counts["changed"], run.counts["stock"]) == (1, 1)
    offer = Offer.objects.get(article="A-0002")
    assert offer.version == 1
    assert offer.stock_levels.get().quantity == 7
    assert outbox() == []


def test_sold_out_tells_the_index_but_no_request(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    OutboxEntry.objects.all().delete()
    imported(vendor, tmp_path / "b.csv", [good(1), good(2, stock="0")])
    offer = Offer.objects.get(article="A-0002")
    assert (offer.availability, offer.version) == ("none", 2)
    assert outbox() == [
        ("search", "offers_changed", {"offers": [offer.pk]}),
        ("watching", "offers_changed", {"offers": [offer.pk]}),
    ]


def test_what_vanished_goes_off_sale_and_returns_under_its_id(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(4))
    gone = Offer.objects.get(article="A-0004")
    OutboxEntry.objects.all().delete()
    run = imported(vendor, tmp_path / "b.csv", goods(3))
    assert run.counts["vanished"] == 1
    gone.refresh_from_db()
    assert gone.withdrawn_at is not None
    assert gone.version == 2
    assert outbox() == [
        ("search", "offers_changed", {"offers": [gone.pk]}),
        ("watching", "offers_changed", {"offers": [gone.pk]}),
    ]
    run = imported(vendor, tmp_path / "c.csv", [*goods(3), good(4, price="77")])
    assert (run.counts["new"], run.counts["returned"], run.counts["changed"]) == (1, 1, 0)
    gone.refresh_from_db()
    assert (gone.withdrawn_at, gone.version, gone.price_amount) == (None, 3, 770_000)
    assert Offer.objects.count() == 4


def test_what_a_person_said_stays(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    offer = Offer.objects.get(article="A-0001")
    edit_offer(
        offer=offer, values={"title": "Кращий степлер", "brand": "Ours"}, rank=EditRank.VENDOR, actor="user:1"
    )
    edit_offer(offer=offer, values={"brand": "Operator's"}, rank=EditRank.OPERATOR, actor="user:2")
    imported(vendor, tmp_path / "b.csv", [good(1, title="Інша назва", brand="Theirs", price="55"), good(2)])
    offer.refresh_from_db()
    assert (offer.title, offer.brand, offer.price_amount) == ("Кращий степлер", "Operator's", 550_000)
    assert " добрий " not in offer.search_text
    assert offer.texts[""]["title"] == "Кращий степлер"


def test_a_price_in_another_currency_is_a_further_price(vendor, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "Артикул;Назва;Ціна;Валюта\nX1;Ручка кулькова синя;10.50;USD\nX1;Ручка кулькова синя;440;UAH\n"
        "X2;Олівець простий НВ;5;UAH\n",
        encoding="utf-8",
    )
    run = imported(vendor, path)
    assert run.counts["new"] == 2
    offer = Offer.objects.get(article="X1")
    assert (offer.price_amount, offer.price_currency) == (4_400_000, "UAH")
    assert list(offer.prices.values_list("kind", "amount", "currency")) == [("retail", 105_000, "USD")]
    again = tmp_path / "b.csv"
    again.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run = imported(vendor, again)
    assert counts(run) == {"new": 0, "changed": 0, "unchanged": 2, "vanished": 0, "errors": 0}
    assert OfferPrice.objects.count() == 1


def test_the_last_of_two_equal_articles_wins_and_is_told(vendor, tmp_path, monkeypatch):
    from price_lists.services import staging

    monkeypatch.setattr(staging, "BATCH", 2)  # the two rows come in different batches
    run = imported(vendor, tmp_path / "a.csv", [good(1, price="1"), good(2), good(3), good(1, price="2")])
    assert (run.counts["new"], run.counts["duplicates"]) == (3, 1)
    assert Offer.objects.get(article="A-0001").price_amount == 20_000
    problem = run.problems.get(code="duplicate_article")
    assert (problem.row, problem.value) == (2, "5")


def test_a_wrong_row_is_told_and_the_rest_is_taken(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", [good(1), good(2, price="дог."), good(3)])
    assert counts(run) == {"new": 2, "changed": 0, "unchanged": 0, "vanished": 0, "errors": 1}
    problem = run.problems.get(severity="error")
    assert (problem.row, problem.value, problem.code) == (3, "дог.", "price_by_agreement")


def test_the_same_bytes_lead_to_the_first_import(vendor, tmp_path):
    first = imported(vendor, tmp_path / "a.csv", goods(2))
    again = imported(vendor, tmp_path / "a.csv")
    assert again.pk == first.pk
    assert ImportRun.objects.count() == 1


def test_going_back_to_an_older_file_is_an_import_of_its_own(vendor, tmp_path):
    first = imported(vendor, tmp_path / "a.csv", goods(2))
    imported(vendor, tmp_path / "b.csv", [good(1), good(2, price="7")])
    back = imported(vendor, tmp_path / "a.csv")
    assert back.pk != first.pk
    assert Offer.objects.get(article="A-0002").price_amount == 1_025_000


def test_a_failed_file_may_be_sent_again(vendor, tmp_path):
    content = b"%PDF-1.7 not a price list"
    for _time in range(2):
        run, is_new = services.receive_upload(vendor=vendor, file=ContentFile(content, name="x.csv"))
        assert is_new
        services.begin(run=run)
        assert run.state == RunState.FAILED


def test_two_lists_of_one_vendor_do_not_touch_each_other(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3), source="one")
    run = imported(vendor, tmp_path / "b.csv", [good(7), good(8)], source="two")
    assert run.counts["vanished"] == 0
    assert Offer.objects.filter(withdrawn_at=None).count() == 5


def test_the_next_issue_is_recognised_by_its_name_or_its_goods(vendor, tmp_path):
    write_list(tmp_path / "Прайс_2026-01-05.csv", goods(6))
    first = services.import_file(vendor=vendor, path=tmp_path / "Прайс_2026-01-05.csv")
    write_list(tmp_path / "Прайс_2026-02-09.csv", [*goods(5), good(6, price="8")])
    by_name = services.import_file(vendor=vendor, path=tmp_path / "Прайс_2026-02-09.csv")
    write_list(tmp_path / "new file.csv", [*goods(5), good(6, price="9")])
    by_goods = services.import_file(vendor=vendor, path=tmp_path / "new file.csv")
    write_list(tmp_path / "other goods.csv", [good(n, title=f"Зовсім інше {n}") for n in range(1, 7)])
    other = services.import_file(vendor=vendor, path=tmp_path / "other goods.csv")
    assert first.source_id == by_name.source_id == by_goods.source_id
    assert other.source_id != first.source_id


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("price_20160213T1650.yml", "price"),
        ("Прайс-лист (2).xlsx", "Прайс-лист"),
        ("прайс 05.01.2026.xls", "прайс"),
        ("2026.csv", "2026"),
        ("123456789.csv", "price list"),
    ],
)
def test_a_series_has_the_name_without_dates(name, series):
    assert series_name(name) == series


def test_the_vendors_file_name_never_reaches_the_file_system(vendor, private):
    run, _new = services.receive_upload(
        vendor=vendor,
        file=ContentFile(b"a;b\n1;2\n", name="x.csv"),
        original_name="..\\../etc/passwd\x00.csv",
    )
    assert run.price_list.original_name == "passwd.csv"
    stored = [path for path in private.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert stored[0].parent == private / "price_lists" / str(vendor.pk)
    assert len(stored[0].name) == 32


def test_too_big_and_empty_files_are_refused_and_leave_nothing(vendor, private, settings):
    settings.PRICE_LIST_MAX_BYTES = 10
    with pytest.raises(TooBig):
        services.receive_upload(vendor=vendor, file=ContentFile(b"x" * 11, name="x.csv"))
    with pytest.raises(UnreadableFile):
        services.receive_upload(vendor=vendor, file=ContentFile(b"", name="x.csv"))
    assert ImportRun.objects.count() == 0
    assert not private.exists() or not any(path.is_file() for path in private.rglob("*"))


def test_another_vendors_source_is_not_there(vendor, tmp_path):
    run = imported(VendorFactory(), tmp_path / "a.csv", goods(2))
    with pytest.raises(NotFound):
        services.receive_upload(vendor=vendor, source=run.source, file=ContentFile(b"abc", name="x.csv"))


def test_no_currency_in_the_file_means_the_sources_then_the_vendors(vendor, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Артикул;Назва;Ціна\nX1;Ручка кулькова;10\nX2;Олівець простий;5\n", encoding="utf-8")
    vendor.default_currency = "EUR"
    vendor.save()
    imported(vendor, path)
    assert set(Offer.objects.values_list("price_currency", flat=True)) == {"EUR"}
    services.open_source(vendor=vendor, name="dollars", currency="USD")
    path.write_text("Артикул;Назва;Ціна\nY1;Ручка гелева;10\nY2;Олівець м'який;5\n", encoding="utf-8")
    imported(vendor, path, source="dollars")
    assert set(Offer.objects.filter(article__startswith="Y").values_list("price_currency", flat=True)) == {
        "USD"
    }


def test_a_newer_import_of_the_source_puts_the_older_one_aside(vendor, tmp_path):
    write_list(tmp_path / "a.csv", goods(3))
    source = services.open_source(vendor=vendor, name="main")
    with (tmp_path / "a.csv").open("rb") as file:
        older, _new = services.receive_upload(
            vendor=vendor, source=source, file=ContentFile(file.read(), name="a.csv")
        )
    services.begin(run=older)
    assert older.state == RunState.MAPPING
    imported(vendor, tmp_path / "b.csv", [good(1), good(2)])
    older.refresh_from_db()
    assert (older.state, older.error_code) == (RunState.CANCELLED, "superseded")


def test_an_overtaken_import_gives_its_turn_to_the_next_at_once(vendor, tmp_path):
    write_list(tmp_path / "a.csv", goods(3))
    runs = []
    for name in ("main", "other"):
        source = services.open_source(vendor=vendor, name=name)
        file = ContentFile((tmp_path / "a.csv").read_bytes(), name="a.csv")
        runs.append(services.receive_upload(vendor=vendor, source=source, file=file)[0])
    overtaken, waiting = runs
    imported(vendor, tmp_path / "b.csv", [good(1), good(2)], source="main")
    ImportRun.objects.filter(pk__in=[overtaken.pk, waiting.pk]).update(state=RunState.QUEUED, job=None)
    with work_on(services.start(run=overtaken).pk) as work:
        services.advance(run=overtaken, work=work)
    assert (overtaken.state, overtaken.error_code) == (RunState.CANCELLED, "superseded")
    waiting.refresh_from_db()
    assert Job.objects.get(pk=waiting.job).kwargs == {"run_id": waiting.pk}


def test_imports_of_one_vendor_wait_for_each_other(vendor, tmp_path):
    first = imported(vendor, tmp_path / "a.csv", goods(3), source="one")
    ImportRun.objects.filter(pk=first.pk).update(state=RunState.APPLYING)
    write_list(tmp_path / "b.csv", [good(8)])
    with pytest.raises(Exception, match=r".") as caught:
        imported(vendor, tmp_path / "b.csv", source="two", timeout=0)
    assert caught.value.code == "import_waits"
    waiting = ImportRun.objects.get(source__name="two")
    assert waiting.state == RunState.QUEUED
    assert Offer.objects.filter(withdrawn_at=None).count() == 3
    ImportRun.objects.filter(pk=first.pk).update(state=RunState.APPLIED)
    done = imported(vendor, tmp_path / "b.csv", source="two")
    assert (done.pk, done.state) == (waiting.pk, RunState.APPLIED)


def test_a_dead_import_does_not_block_the_vendor(vendor, tmp_path):
    first = imported(vendor, tmp_path / "a.csv", goods(3), source="one")
    ImportRun.objects.filter(pk=first.pk).update(state=RunState.APPLYING)
    Job.objects.update(state=JobState.FAILED)
    assert imported(vendor, tmp_path / "b.csv", [good(8)], source="two").state == RunState.APPLIED


def test_cancelling_leaves_the_catalogue_as_it_was(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    run = imported(vendor, tmp_path / "b.csv", [good(1, price="1")], auto_apply=False)
    assert run.state in {RunState.HELD, RunState.REVIEW}
    services.cancel_run(run=run)
    assert run.state == RunState.CANCELLED
    assert Offer.objects.get(article="A-0001").price_amount == 1_015_000
    with pytest.raises(RunNotPossible):
        services.request_apply(run=run, confirmed=True)
    with pytest.raises(RunNotPossible):
        services.cancel_run(run=run)


def test_a_job_cancelled_while_reading_gives_the_import_up(vendor, tmp_path, monkeypatch):
    from core.jobs.work import Work
    from price_lists.services import staging

    monkeypatch.setattr(staging, "BATCH", 2)
    checked = Work.check_cancelled

    def cancelled_at_the_third(self):
        if StagedRow.objects.count() >= 4:
            Job.objects.update(cancel_requested=True)
        checked(self)

    monkeypatch.setattr(Work, "check_cancelled", cancelled_at_the_third)
    run = imported(vendor, tmp_path / "a.csv", goods(9))
    assert run.state == RunState.CANCELLED
    assert StagedRow.objects.count() == 0
    assert Offer.objects.count() == 0


def test_the_sweep_finds_a_run_that_nobody_moves(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", goods(3))
    Job.objects.all().delete()
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.APPLYING, created_at="2020-01-01T00:00Z")
    assert services.sweep() == 1
    job = Job.objects.get()
    assert (job.task, job.kwargs, job.state) == ("price_lists.advance", {"run_id": run.pk}, JobState.WAITING)


def test_a_remembered_layout_goes_on_by_itself(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    source = Source.objects.get()
    write_list(tmp_path / "b.csv", [*goods(2), good(3, price="9")])
    run, _new = services.receive_upload(
        vendor=vendor, source=source, file=ContentFile((tmp_path / "b.csv").read_bytes(), name="b.csv")
    )
    services.begin(run=run)
    assert run.state == RunState.READING
    write_list(
        tmp_path / "c.csv",
        goods(3),
        header=("Артикул", "Назва", "Дилерська", "Залишок", "Од.", "Марка", "Ціна, грн"),
    )
    run, _new = services.receive_upload(
        vendor=vendor, source=source, file=ContentFile((tmp_path / "c.csv").read_bytes(), name="c.csv")
    )
    services.begin(run=run)
    assert run.state == RunState.MAPPING
    assert run.inspection["drift"]["gone"] == ["Бренд", "Категорія"]
    assert run.inspection["drift"]["come"] == ["Дилерська", "Марка"]


def test_queries_do_not_grow_with_rows_of_a_chunk(vendor, tmp_path):
    def queries(count, first):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            imported(
                vendor,
                tmp_path / f"{count}.csv",
                [good(n) for n in range(first, first + count)],
                source=str(count),
            )
        return len(captured)

    queries(2, 1)
    few, many = queries(50, 100), queries(150, 1000)  # PostgreSQL gets a handful of rows without COPY
    assert few == many


def test_item_links_lead_to_the_offer(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    item = SourceItem.objects.get(key="article:A-0001")
    assert item.offer.article == "A-0001"
    assert item.link.path == "Канцелярія / Степлери"
    assert PriceChange.objects.count() == 2
    assert StockLevel.objects.count() == 2
