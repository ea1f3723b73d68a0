"""The pages of versions, without JavaScript and with htmx, and who may see them."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Offer
from core.models import Job
from price_lists.enums import RunState
from price_lists.models import ImportRun
from price_lists.readings.files import folder
from price_lists.services import guarding, renaming, versions
from tests.factories.price_lists import good, goods, imported, write_list
from tests.factories.vendors import MembershipFactory, VendorFactory
from tests.parts import ROOT


@pytest.fixture
def client(vendor, sign_in):
    return sign_in(MembershipFactory(vendor=vendor).user)


def url(vendor, name, *args):
    return reverse(f"price_lists:{name}", args=[vendor.slug, *args])


def texts(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def pair(vendor, tmp_path):
    older = imported(vendor, tmp_path / "a.csv", [good(1, price="дог."), *goods(8)[1:]])
    newer = imported(vendor, tmp_path / "b.csv", [*goods(8)[:6], good(9), good(2, price="51.25")])
    return older, newer


def test_the_page_of_versions(client, vendor, tmp_path):
    older, newer = pair(vendor, tmp_path)
    answer = client.get(url(vendor, "versions", newer.source_id))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="from" value="{older.pk}"' in html
    assert url(vendor, "restore", older.pk) in html
    assert url(vendor, "restore", newer.pk) not in html  # it is on sale
    assert url(vendor, "original", older.pk) in html


def test_versions_take_as_many_queries_for_one_as_for_three(client, vendor, tmp_path):
    counted = []
    for number in range(1, 4):
        run = imported(vendor, tmp_path / "a.csv", goods(3, price=f"{number}00"))
        if number == 2:
            continue
        client.get(url(vendor, "versions", run.source_id))  # fills what is cached
        with CaptureQueriesContext(connection) as queries:
            client.get(url(vendor, "versions", run.source_id))
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_comparing_by_the_form(client, vendor, tmp_path):
    older, newer = pair(vendor, tmp_path)
    address = url(vendor, "compare", newer.source_id)
    asked = {"from": older.pk, "to": newer.pk}
    answer = client.get(address, asked)
    assert answer.status_code == 200
    assert "Степлер офісний №2" in answer.content.decode()
    assert "-50,0 %" in texts(answer)
    part = client.get(address, asked | {"show": "new"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "№9" in part
    assert "№2" not in part
    with CaptureQueriesContext(connection) as few:
        client.get(address, asked | {"show": "price"})
    with CaptureQueriesContext(connection) as many:
        client.get(address, asked)
    assert len(few) == len(many)
    book = client.get(url(vendor, "comparison", newer.source_id), asked | {"show": "price"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert (sheet.max_row, sheet["D2"].value, sheet["F2"].value) == (2, 102.5, 51.25)


@pytest.mark.parametrize(
    "asked", [{}, {"from": "1"}, {"from": "x", "to": "2"}, {"from": "9" * 30, "to": "1"}]
)
def test_what_cannot_be_compared_leads_to_the_list(client, vendor, tmp_path, asked):
    run = imported(vendor, tmp_path / "a.csv", goods(3))
    answer = client.get(url(vendor, "compare", run.source_id), asked)
    assert (answer.status_code, answer["Location"]) == (302, url(vendor, "versions", run.source_id))


def test_long_lists_are_compared_by_a_job(client, vendor, tmp_path, monkeypatch):
    monkeypatch.setattr(versions, "READ_AT_ONCE", 10)
    older, newer = pair(vendor, tmp_path)
    address, asked = url(vendor, "compare", newer.source_id), {"from": older.pk, "to": newer.pk}
    assert client.get(address, asked).status_code == 200
    assert not Job.objects.filter(kind=versions.KIND).exists()  # looking begins nothing
    assert client.post(address, asked).status_code == 302
    assert client.post(address, asked).status_code == 302
    job = Job.objects.get(kind=versions.KIND)  # asked twice, done once
    assert str(job.pk) in client.get(address, asked).content.decode()
    from price_lists.tasks import read_versions

    read_versions(job_id=str(job.pk), run_ids=job.kwargs["run_ids"])
    job.refresh_from_db()
    assert job.state == "done"
    assert "Степлер офісний №9" in client.get(address, asked).content.decode()


def test_going_back_from_the_page(client, vendor, tmp_path):
    older, _newer = pair(vendor, tmp_path)
    answer = client.post(url(vendor, "restore", older.pk))
    again = ImportRun.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, url(vendor, "run", again.pk))
    assert (again.restores, again.state) == (older.pk, RunState.READING)
    from price_lists.tasks import advance

    advance(job_id=str(again.job), run_id=again.pk)
    assert f"#{older.pk}" in texts(client.get(url(vendor, "run", again.pk)))


def test_the_file_is_only_ever_an_attachment(client, vendor, tmp_path):
    content = write_list(tmp_path / "x.csv", goods(3)).read_bytes()
    client.post(url(vendor, "upload"), {"file": SimpleUploadedFile("прайс <1>.html", content)})
    run = ImportRun.objects.get()
    answer = client.get(url(vendor, "original", run.pk))
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_versions_of_others_do_not_exist(vendor, tmp_path, sign_in):
    older, newer = pair(vendor, tmp_path)
    stranger = VendorFactory(slug="stranger")
    client = sign_in(MembershipFactory(vendor=stranger).user)
    for name, args in [
        ("versions", [newer.source_id]), ("compare", [newer.source_id]), ("original", [newer.pk]),
        ("reports", [newer.pk]), ("report_book", [newer.pk, "taken"]),
    ]:  # fmt: skip
        assert client.get(url(stranger, name, *args)).status_code == 404
        assert client.get(url(vendor, name, *args)).status_code == 404
    assert client.post(url(stranger, "restore", older.pk)).status_code == 404
    assert ImportRun.objects.count() == 2
    own = imported(stranger, tmp_path / "c.csv", goods(2))
    mixed = client.get(url(stranger, "compare", own.source_id), {"from": own.pk, "to": newer.pk})
    assert mixed.status_code == 302
    assert not folder().exists()


def test_the_reports_as_pages_and_books(client, vendor, tmp_path):
    older, _newer = pair(vendor, tmp_path)
    address = url(vendor, "reports", older.pk)
    assert "дог." in texts(client.get(address))
    assert "№8" in texts(client.get(address, {"show": "taken", "q": "№8"}))
    assert "№7" not in texts(client.get(address, {"show": "taken", "q": "№8"}))
    part = client.get(address, {"show": "made"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Од." in part
    for kind in ("errors", "made", "left", "taken", "remarks"):
        book = client.get(url(vendor, "report_book", older.pk, kind))
        assert book["Content-Disposition"].startswith("attachment")
        openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content)))
    remarks = client.get(url(vendor, "report_book", older.pk, "remarks"))
    assert 'filename="a.xlsx"' in remarks["Content-Disposition"]
    remarks.close()


def test_checking_alone_from_the_form(client, vendor, tmp_path):
    imported(vendor, tmp_path / "list.csv", goods(5))
    content = write_list(tmp_path / "list.csv", [good(1, price="5"), *goods(5)[1:]]).read_bytes()
    sent = {"file": SimpleUploadedFile("main.csv", content), "only_check": "1"}
    client.post(url(vendor, "upload"), sent)
    run = ImportRun.objects.latest("pk")
    assert run.only_check
    if run.state == RunState.MAPPING:
        client.post(url(vendor, "columns", run.pk), {"currency": "UAH"})
        run.refresh_from_db()
    from price_lists.tasks import advance

    advance(job_id=str(run.job), run_id=run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED
    page = client.get(url(vendor, "run", run.pk)).content.decode()
    assert url(vendor, "restore", run.pk) in page
    assert url(vendor, "apply", run.pk) not in page
    assert client.post(url(vendor, "apply", run.pk), {"confirmed": "1"}).status_code == 409
    assert Offer.objects.get(article="A-0001").price_amount == 1_015_000


def test_the_thresholds_are_those_of_the_documentation():
    text = (ROOT / "docs" / "import-safety.md").read_text(encoding="utf-8")
    rows = {cells[1].strip(): cells[3] for line in text.splitlines() if len(cells := line.split("|")) == 5}
    said = {
        "`many_vanished`": [figure for share, least in guarding.VANISHED for figure in (share * 100, least)],
        "`brand_gone`": [guarding.BRAND_ROWS, guarding.BRAND_SHARE * 100],
        "`prices_up`, `prices_down`": [guarding.JUMP, guarding.JUMP_SHARE * 100, guarding.JUMP_ROWS],
        "`currency_changed`": [guarding.CURRENCY_SHARE * 100, guarding.JUMP_ROWS],
        "`wild_prices`": [guarding.OUTLIER_SHARE * 100, guarding.OUTLIER_ROWS],
        "`stock_gone`": [guarding.ZEROED_SHARE * 100, guarding.ZEROED_ROWS, guarding.LEFT_SHARE * 100],
        "`titles_swapped`": [guarding.SWAPPED_SHARE * 100, guarding.SWAPPED_ROWS],
        "`titles_replaced`": [guarding.REPLACED_SHARE * 100, guarding.REPLACED_ROWS],
        "`categories_moved`": [guarding.MOVED_SHARE * 100, guarding.MOVED_ROWS],
        "`units_changed`": [guarding.UNIT_SHARE * 100, guarding.UNIT_ROWS],
        "`many_errors`": [guarding.ERROR_SHARE * 100, guarding.ERROR_ROWS],
        "`many_duplicates`": [guarding.DUPLICATE_SHARE * 100, guarding.DUPLICATE_ROWS],
    }
    found = {code: [float(number) for number in re.findall(r"\d+", rows[code])] for code in said}
    assert found == {code: [float(round(figure, 6)) for figure in figures] for code, figures in said.items()}
    assert pytest.approx(0.2) == renaming._ALIKE
    assert f"{versions.KEPT_DAYS} days" in text.replace("\n", " ")
