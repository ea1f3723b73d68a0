"""Versions of a source: kept, compared, gone back to, read again for reports, and forgotten in time."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone

from catalog.models import Offer
from price_lists import services
from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.models import ImportRun, PriceList, SourceItem
from price_lists.readings import pages, workbooks
from price_lists.readings.files import comparison_path, folder, reading_path
from price_lists.services import versions
from price_lists.services.imports import import_file
from tests.factories.price_lists import good, goods, imported, write_list


def work(run):
    """What a worker does with the run's job."""
    from price_lists.tasks import advance

    run.refresh_from_db()
    advance(job_id=str(run.job), run_id=run.pk)
    run.refresh_from_db()


def compared(older, newer):
    assert versions.read_again(runs=[older, newer], owner="user:1") is None
    return comparison_path(older, newer)


def read(run):
    assert versions.read_again(runs=[run], owner="user:1") is None
    return reading_path(run)


def test_a_check_changes_nothing_and_tells_what_would(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(5))
    before = list(Offer.objects.order_by("pk").values())
    items = list(SourceItem.objects.order_by("pk").values())
    rows = [good(1, price="90"), *goods(4)[1:], good(9)]
    run = imported(vendor, tmp_path / "b.csv", rows, only_check=True)
    assert (run.state, run.guard) == (RunState.CHECKED, [])
    assert run.finished_at is not None
    assert services.report_counts(run) == {
        "new": 1, "changed": 1, "unchanged": 3, "withdrawn": 1, "errors": 0, "held": 0,
    }  # fmt: skip
    assert list(Offer.objects.order_by("pk").values()) == before
    assert list(SourceItem.objects.order_by("pk").values()) == items
    real = import_file(vendor=vendor, path=tmp_path / "b.csv", source_name="main")
    assert real.pk != run.pk  # a check is not the import of this file
    assert (real.state, services.report_counts(real)) == (RunState.APPLIED, services.report_counts(run))


def test_a_check_says_what_the_guard_would_hold(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    run = imported(vendor, tmp_path / "b.csv", goods(4), only_check=True)
    assert (run.state, services.report_counts(run)["held"]) == (RunState.CHECKED, 8)
    assert Offer.objects.filter(withdrawn_at=None).count() == 12


def test_two_versions_compared(vendor, tmp_path):
    older = imported(vendor, tmp_path / "a.csv", goods(20))
    rows = [
        good(1, price="203.00"),
        good(2, price="51.25"),
        good(3, stock="0"),
        good(4, title="Степлер великий №4", brand="Leitz"),
        *goods(18)[4:],
        good(50, title="Діркопробивач"),
    ]
    newer = imported(vendor, tmp_path / "b.csv", rows)
    path = compared(older, newer)
    assert pages.comparison_counts(path) == {
        "new": 1, "gone": 2, "price": 2, "stock": 1, "text": 1, "changed": 4, "dearer": 1, "cheaper": 1,
        "older": 20, "newer": 19,
    }  # fmt: skip
    page = pages.comparison_page(path, "all", "size", 1)
    assert [(row["key"], row["percent"]) for row in page][:2] == [("A-0001", 100.0), ("A-0002", -50.0)]
    assert (page[0]["old_price"].amount, page[0]["price"].amount) == (Decimal("101.5"), Decimal(203))
    assert pages.comparison_page(path, "all", "cheaper", 1)[0]["key"] == "A-0002"
    assert [row["key"] for row in pages.comparison_page(path, "gone", "title", 1)] == ["A-0019", "A-0020"]
    assert [row["key"] for row in pages.comparison_page(path, "new", "size", 1)] == ["A-0050"]
    (text,) = pages.comparison_page(path, "text", "size", 1)
    assert text["renamed"]
    assert any("Kangaro → Leitz" in each for each in text["texts"])
    (stock,) = pages.comparison_page(path, "stock", "size", 1)
    assert stock["old_stock"] != stock["stock"]
    assert [row["key"] for row in pages.comparison_page(path, "all", "size", 1, "ДІРКОПРОБИВАЧ")] == [
        "A-0050"
    ]
    assert pages.comparison_page(path, "all", "size", 1, "немає").object_list == []


def test_a_comparison_agrees_with_the_diff_and_turns_around(vendor, shared_lists):
    issues = sorted((shared_lists / "feed_versions").iterdir())
    runs = [import_file(vendor=vendor, path=path) for path in issues]
    assert [run.guard for run in runs] == [[]] * 5
    for older, newer in itertools.pairwise(runs):
        said = pages.comparison_counts(compared(older, newer))
        names = {"new": "new", "gone": "vanished", "price": "price", "text": "text", "changed": "changed"}
        assert {name: said[name] for name in names} == {n: newer.counts[c] for n, c in names.items()}
        back = pages.comparison_counts(compared(newer, older))
        assert (back["new"], back["gone"], back["changed"]) == (said["gone"], said["new"], said["changed"])
    over = pages.comparison_counts(compared(runs[0], runs[4]))
    assert (over["older"], over["newer"], over["new"] - over["gone"]) == (275, 361, 86)


def test_a_reading_counts_as_the_import_did(vendor, shared_lists):
    for name in ("computers_ru.xls", "prom_529_columns.csv", "commerceml_offers.xml"):
        run = import_file(vendor=vendor, path=shared_lists / "price_lists" / name)
        counts = pages.report_counts(read(run))
        assert (counts["taken"], counts["errors"]) == (run.counts["offers"], run.counts.get("errors", 0)), (
            name
        )


def test_going_back_reads_the_old_file_and_waits_for_a_yes(vendor, tmp_path):
    first = imported(vendor, tmp_path / "a.csv", goods(6))
    second = imported(vendor, tmp_path / "b.csv", [good(n, price="80") for n in range(1, 8)])
    again = versions.restore_version(run=first)
    work(again)
    assert (again.state, again.restores, again.price_list_id) == (
        RunState.REVIEW,
        first.pk,
        first.price_list_id,
    )
    assert (again.counts["changed"], again.counts["vanished"]) == (6, 1)
    assert Offer.objects.get(article="A-0001").price_amount == 800_000
    services.request_apply(run=again)
    services.start(run=again)
    work(again)
    assert again.state == RunState.APPLIED
    assert Offer.objects.get(article="A-0001").price_amount == 1_015_000
    assert Offer.objects.get(article="A-0007").withdrawn_at is not None
    assert versions.live_run(first.source).pk == again.pk
    with pytest.raises(RunNotPossible):
        versions.restore_version(run=again)  # it is what is on sale
    assert versions.can_restore(second, again)


def test_going_back_is_judged_by_the_guard(vendor, tmp_path):
    first = imported(vendor, tmp_path / "a.csv", goods(3))
    imported(vendor, tmp_path / "b.csv", goods(12))
    again = versions.restore_version(run=first)
    work(again)
    assert (again.state, again.guard[0]["code"]) == (RunState.HELD, "many_vanished")


def test_a_failed_import_is_nothing_to_go_back_to(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", goods(3))
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    run.refresh_from_db()
    with pytest.raises(RunNotPossible):
        versions.restore_version(run=run)
    assert ImportRun.objects.count() == 1


def test_an_old_version_is_read_with_the_terms_of_its_day(vendor, tmp_path):
    header = ("Артикул", "Назва", "Ціна", "Залишок", "Од.", "Бренд", "Категорія")
    run = imported(vendor, write_list(tmp_path / "a.csv", goods(3), header=header))
    assert run.read_as["currency"] == "UAH"
    vendor.default_currency = "EUR"
    vendor.save(update_fields=["default_currency"])
    run = ImportRun.objects.get(pk=run.pk)
    assert {row["currency"] for row in pages.report_rows(read(run), "taken")} == {"UAH"}


def test_the_four_reports(vendor, tmp_path):
    rows = [
        good(1, price="1 234,50 грн", unit="штук"),
        good(2, price="дог."),
        good(3),
        good(3, title="Степлер ще раз"),
        *goods(9)[4:],
    ]
    run = imported(vendor, tmp_path / "a.csv", rows)
    path = read(run)
    counts = pages.report_counts(path)
    assert (counts["errors"], counts["taken"], counts["left"]) == (1, 7, 2)
    (wrong,) = pages.report_page(path, "errors", 1)
    assert (wrong["row"], wrong["value"]) == (3, "дог.")
    assert {row["code"] for row in pages.report_page(path, "left", 1)} == {
        "price_by_agreement",
        "duplicate_article",
    }
    made = {
        (row["column"], row["value"]): (row["became"], row["rows"])
        for row in pages.report_page(path, "made", 1)
    }
    assert made["Ціна, грн", "1 234,50 грн"] == ("1234.50 UAH", 1)
    assert made["Од.", "шт"][1] == 7
    assert ("Ціна, грн", "105.50") not in made  # as it stands
    assert [row["title"] for row in pages.report_page(path, "taken", 1, "ще раз")] == ["Степлер ще раз"]


def test_reports_of_unchanged_rows_are_whole(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", [good(1, unit="штук"), *goods(4)[1:]])
    run = imported(vendor, tmp_path / "b.csv", [good(1, unit="штук"), *goods(5)[1:]])
    assert run.counts["unchanged"] == 4
    assert pages.report_counts(read(run))["taken"] == 5


def cells(write):
    file = io.BytesIO()
    write(file)
    return openpyxl.load_workbook(file)


def test_books_are_free_of_formulas(vendor, tmp_path):
    older = imported(vendor, tmp_path / "a.csv", [good(1, title="=1+1"), good(2)])
    newer = imported(vendor, tmp_path / "b.csv", [good(1, title="=1+1", price="150"), good(2), good(3)])
    path = compared(older, newer)
    sheet = cells(lambda f: workbooks.comparison_book(path, f, show="all", sort="size", query="")).active
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(table) == 3
    assert (table[1][2], table[1][3], table[1][5]) == ("'=1+1", 101.5, 150)
    for report in pages.REPORTS:
        book = cells(lambda f, report=report: workbooks.report_book(newer, report, f)).active
        assert all(cell.data_type != "f" for row in book.iter_rows() for cell in row)


def test_the_file_with_remarks_can_be_mended_and_sent_again(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", [good(1), good(2, price="дог."), good(3, title="=SUM(1)")])
    book = cells(lambda f: workbooks.remarked_book(run, f))
    sheet = book.active
    assert [cell.value for cell in sheet[1]][-1] == "Ryad: remarks"
    wrong = sheet["C3"]
    assert (wrong.value, wrong.fill.start_color.rgb) == ("дог.", "FFFFC7CE")
    assert "дог." in sheet["H3"].value
    assert sheet["H2"].value is None
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=SUM(1)", "s")
    sheet["C3"] = 77.5
    book.save(tmp_path / "a.xlsx")
    mended = import_file(vendor=vendor, path=tmp_path / "a.xlsx", source_name="main")
    services.request_apply(run=mended, confirmed=True)
    mended = import_file(vendor=vendor, path=tmp_path / "a.xlsx", source_name="main")
    assert (mended.state, mended.counts["offers"], mended.counts.get("errors", 0)) == (RunState.APPLIED, 3, 0)
    assert Offer.objects.get(article="A-0002").price_amount == 775_000
    assert all("remarks" not in " ".join(offer.attributes) for offer in Offer.objects.all())


def _age(run, days):
    then = timezone.now() - dt.timedelta(days=days)
    ImportRun.objects.filter(pk=run.pk).update(created_at=then, finished_at=then)
    PriceList.objects.filter(pk=run.price_list_id).update(created_at=then)


def test_old_versions_go_with_their_files_but_never_ten_nor_the_live_one(vendor, tmp_path):
    runs = [imported(vendor, tmp_path / "a.csv", goods(3, price=f"{n}00")) for n in range(1, 14)]
    read(runs[0])
    kept_file = runs[-1].price_list.file.path
    gone_file = runs[0].price_list.file.path
    for age, run in enumerate(reversed(runs)):
        _age(run, 100 + age)
    assert versions.sweep_versions() == 3
    left = list(ImportRun.objects.order_by("pk").values_list("pk", flat=True))
    assert left == [run.pk for run in runs[3:]]
    assert (Path(kept_file).exists(), Path(gone_file).exists()) == (True, False)
    assert list(folder().glob(f"{runs[0].pk}-*")) == []
    assert versions.sweep_versions() == 0


def test_young_versions_stay_however_many(vendor, tmp_path):
    runs = [imported(vendor, tmp_path / "a.csv", goods(3, price=f"{n}00")) for n in range(1, 13)]
    _age(runs[0], 89)
    assert versions.sweep_versions() == 0
    assert ImportRun.objects.count() == 12


def test_a_version_that_was_gone_back_to_stays(vendor, tmp_path):
    runs = [imported(vendor, tmp_path / "a.csv", goods(3, price=f"{n}00")) for n in range(1, 13)]
    again = versions.restore_version(run=runs[0])
    work(again)
    services.request_apply(run=again, confirmed=True)
    services.start(run=again)
    work(again)
    assert again.state == RunState.APPLIED
    for run in runs:
        _age(run, 100)
    versions.sweep_versions()
    assert PriceList.objects.filter(pk=runs[0].price_list_id).exists()


def test_a_failed_file_goes_after_its_time(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    failed = imported(vendor, tmp_path / "b.csv", goods(4), only_check=True)
    _age(failed, 91)
    assert versions.sweep_versions() == 1
    assert not ImportRun.objects.filter(pk=failed.pk).exists()
