"""The vendor's pages of an import, without JavaScript, and who may see them."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Offer
from core.models import Job
from price_lists.enums import RunState
from price_lists.models import CategoryLink, ImportRun
from tests.factories.price_lists import good, goods, imported, write_list
from tests.factories.vendors import MembershipFactory


@pytest.fixture
def client(vendor, sign_in):
    return sign_in(MembershipFactory(vendor=vendor).user)


def url(vendor, name, *args):
    return reverse(f"price_lists:{name}", args=[vendor.slug, *args])


def upload(client, vendor, rows, tmp_path, name="list.csv", **more):
    content = write_list(tmp_path / name, rows).read_bytes()
    answer = client.post(url(vendor, "upload"), {"file": SimpleUploadedFile(name, content), **more})
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.latest("pk")


def work(run):
    """What a worker does with the run's job."""
    from price_lists.tasks import advance

    advance(job_id=str(ImportRun.objects.get(pk=run.pk).job), run_id=run.pk)
    run.refresh_from_db()


def texts(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_four_steps(client, vendor, tmp_path):
    assert client.get(url(vendor, "list")).status_code == 200
    run = upload(client, vendor, [*goods(3), good(4, price="дог.")], tmp_path)
    assert run.state == RunState.MAPPING
    page = client.get(url(vendor, "run", run.pk))
    html = page.content.decode()
    assert page.status_code == 200
    assert 'name="c-0-2"' in html
    assert "Степлер офісний №2" in html
    answers = dict(
        re.findall(r'<select[^>]*name="(c-[0-9-]+)".*?<option value="(\w+)" selected', html, re.DOTALL)
    )
    assert answers["c-0-1"] == "title"
    assert answers["c-0-2"] == "price"
    assert client.post(url(vendor, "columns", run.pk), {**answers, "currency": "UAH"}).status_code == 302
    run.refresh_from_db()
    assert run.state == RunState.READING
    assert client.get(url(vendor, "run", run.pk)).status_code == 200
    assert client.get(url(vendor, "progress", run.pk), headers={"HX-Request": "true"}).status_code == 200
    work(run)
    assert run.state == RunState.REVIEW
    fragment = client.get(url(vendor, "progress", run.pk), headers={"HX-Request": "true"})
    assert fragment["HX-Refresh"] == "true"
    page = client.get(url(vendor, "run", run.pk) + "?show=new")
    assert "Степлер офісний №3" in page.content.decode()
    wrong = texts(client.get(url(vendor, "run", run.pk) + "?show=errors"))
    assert "дог." in wrong
    assert Offer.objects.count() == 0
    assert client.post(url(vendor, "apply", run.pk)).status_code == 302
    work(run)
    assert run.state == RunState.APPLIED
    assert Offer.objects.count() == 3
    assert client.get(url(vendor, "run", run.pk)).status_code == 200
    assert run.started_by.typed_id == Job.objects.get(pk=run.job).owner


def test_another_meaning_of_a_column_is_taken_and_remembered(client, vendor, tmp_path):
    run = upload(client, vendor, goods(3), tmp_path)
    client.post(url(vendor, "columns", run.pk), {"c-0-5": "maker", "currency": "USD"})
    work(run)
    client.post(url(vendor, "apply", run.pk))
    work(run)
    assert set(Offer.objects.values_list("maker", "price_currency")) == {
        ("Kangaro", "UAH")
    }  # the heading says so
    next_run = upload(client, vendor, [*goods(2), good(3, price="9")], tmp_path)
    assert next_run.source_id == run.source_id
    assert next_run.state == RunState.READING  # no question asked
    work(next_run)
    assert (next_run.state, next_run.counts["changed"], next_run.counts["unchanged"]) == (
        RunState.REVIEW,
        1,
        2,
    )
    page = client.get(url(vendor, "run", next_run.pk)).content.decode()
    assert "<del>" in page
    assert "row-changed" in page


def test_without_a_price_column_the_page_says_so_and_keeps_the_answers(client, vendor, tmp_path):
    run = upload(client, vendor, goods(3), tmp_path)
    answer = client.post(
        url(vendor, "columns", run.pk), {"c-0-2": "ignore", "c-0-5": "maker", "currency": "UAH"}
    )
    assert answer.status_code == 422
    assert re.search(r'id="c-0-5".*?value="maker" selected', answer.content.decode(), re.DOTALL)
    run.refresh_from_db()
    assert run.state == RunState.MAPPING


def test_the_file_can_be_recognised_in_another_way(client, vendor, tmp_path):
    content = write_list(tmp_path / "x.csv", goods(3), encoding="cp1251").read_bytes()
    client.post(url(vendor, "upload"), {"file": SimpleUploadedFile("x.csv", content)})
    run = ImportRun.objects.get()
    assert "Степлер" in client.get(url(vendor, "run", run.pk)).content.decode()
    answer = client.post(
        url(vendor, "guess", run.pk), {"encoding": "koi8-u", "delimiter": ";", "header_0": "1"}
    )
    assert answer.status_code in {302, 422}
    answer = client.post(
        url(vendor, "guess", run.pk), {"encoding": "cp1251", "delimiter": ";", "header_0": "1"}
    )
    assert answer.status_code == 302
    assert "Степлер" in client.get(url(vendor, "run", run.pk)).content.decode()


def test_a_held_import_needs_the_tick(client, vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(12))
    run = imported(vendor, tmp_path / "b.csv", goods(3))
    page = texts(client.get(url(vendor, "run", run.pk)))
    assert "9" in page
    client.post(url(vendor, "apply", run.pk))
    run.refresh_from_db()
    assert run.state == RunState.HELD
    gone = client.get(url(vendor, "run", run.pk) + "?show=vanished").content.decode()
    assert gone.count("row-gone") == 9
    client.post(url(vendor, "apply", run.pk), {"confirmed": "1"})
    work(run)
    assert run.state == RunState.APPLIED


def test_what_is_no_price_list_is_refused_with_a_remedy(client, vendor):
    client.post(url(vendor, "upload"), {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7")})
    run = ImportRun.objects.get()
    assert run.state == RunState.FAILED
    assert "PDF" in texts(client.get(url(vendor, "run", run.pk)))
    answer = client.post(url(vendor, "upload"), {"file": SimpleUploadedFile("x.csv", b"")})
    assert answer.status_code == 422
    assert client.post(url(vendor, "upload"), {}).status_code == 422
    assert ImportRun.objects.count() == 1


def test_uploads_are_limited(client, vendor, settings):
    settings.RATE_LIMITS = {"price_lists.upload": "2/h"}
    codes = [client.post(url(vendor, "upload"), {}).status_code for _time in range(3)]
    assert codes == [422, 422, 429]


def test_the_report_can_be_downloaded_and_runs_no_formulas(client, vendor, tmp_path):
    run = imported(
        vendor, tmp_path / "a.csv", [good(1, title="=HYPERLINK(1)", brand="-"), good(2), good(3, price="x")]
    )
    csv = b"".join(client.get(url(vendor, "report", run.pk, "csv")).streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in csv
    assert len(csv.splitlines()) == 4
    from openpyxl import load_workbook

    answer = client.get(url(vendor, "report", run.pk, "xlsx"))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 4
    assert "'=HYPERLINK(1)" in rows[2]
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    assert Offer.objects.filter(title="=HYPERLINK(1)").exists()


def test_categories_are_decided_on_a_page(client, vendor, tmp_path):
    from catalog.services.categories import add_category

    target = add_category(parent=None, names={"uk": "Папір"})
    imported(vendor, tmp_path / "a.csv", goods(2, category="Всяке", title="Дещо"))
    link = CategoryLink.objects.get()
    assert "Всяке" in texts(client.get(url(vendor, "categories") + "?show=undecided"))
    assert client.post(url(vendor, "category", link.pk), {"category": target.pk}).status_code == 302
    assert set(Offer.objects.values_list("category", flat=True)) == {target.pk}
    answer = client.post(url(vendor, "category", link.pk), {"category": ""}, headers={"HX-Request": "true"})
    assert f'id="category-{link.pk}"' in answer.content.decode()
    assert set(Offer.objects.values_list("category", flat=True)) == {None}
    assert client.post(url(vendor, "category", link.pk), {"category": "999"}).status_code == 400


ADDRESSES = [
    ("run", "get"), ("progress", "get"), ("columns", "post"), ("guess", "post"), ("apply", "post"),
    ("cancel", "post"), ("retry", "post"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "method"), ADDRESSES)
def test_another_vendors_import_is_not_there(vendor, tmp_path, sign_in, name, method):
    run = imported(vendor, tmp_path / "a.csv", goods(2), auto_apply=False)
    state = run.state
    stranger = MembershipFactory()
    client = sign_in(stranger.user)
    for slug in (vendor.slug, stranger.vendor.slug):  # neither on the owner's desk nor on the stranger's own
        answer = getattr(client, method)(
            reverse(f"price_lists:{name}", args=[slug, run.pk]), {"confirmed": "1"}
        )
        assert answer.status_code == 404
    assert (
        client.get(reverse("price_lists:report", args=[stranger.vendor.slug, run.pk, "csv"])).status_code
        == 404
    )
    run.refresh_from_db()
    assert run.state == state


def test_queries_do_not_grow_with_what_is_shown(client, vendor, tmp_path):
    def count(address):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    imported(vendor, tmp_path / "a.csv", goods(9), source="x")
    lists = count(url(vendor, "list"))
    categories = count(url(vendor, "categories"))
    for n in range(2):
        imported(vendor, tmp_path / f"c{n}.csv", goods(2, category=f"Інша {n}"), source=f"c{n}")
    assert count(url(vendor, "list")) == lists
    assert count(url(vendor, "categories")) == categories


def test_queries_of_the_preview_do_not_grow_with_its_rows(client, vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(9))
    found = []
    for number, changed in enumerate((1, 3)):
        rows = [good(n, price="99" if n <= changed else f"{100 + n}.50") for n in range(1, 10)]
        run = imported(vendor, tmp_path / f"{number}.csv", rows, auto_apply=False)
        assert (run.state, run.counts["changed"]) == (RunState.REVIEW, changed)
        client.get(url(vendor, "run", run.pk))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(vendor, "run", run.pk)).content.decode().count("row-changed") == changed
        found.append(len(captured))
    assert found[0] == found[1]
