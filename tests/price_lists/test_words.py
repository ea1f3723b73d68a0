"""What vendors read of a list: words for codes, and where a row stands."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from price_lists.enums import RunState
from price_lists.models import ImportRun
from price_lists.tasks import advance
from tests.factories.vendors import MembershipFactory
from tests.price_lists.reading.support import xlsx_file

HEADER = ["Артикул", "Назва", "Ціна, грн", "Ціна без ПДВ"]


def rows(first):
    return [HEADER, *([f"A-{n}", f"Степлер офісний №{n}", n * 10, n * 8] for n in range(first, first + 8))]


@pytest.fixture
def page(vendor, sign_in, tmp_path):
    """`page(sheets)` gives the columns' page and the preview of new rows of such a workbook."""
    client = sign_in(MembershipFactory(vendor=vendor).user)

    def address(name, *args):
        return reverse(f"price_lists:{name}", args=[vendor.slug, *args])

    def shown(sheets):
        path = tmp_path / "list.xlsx"
        xlsx_file(path, sheets)
        client.post(address("upload"), {"file": SimpleUploadedFile(path.name, path.read_bytes())})
        run = ImportRun.objects.latest("pk")
        assert run.state == RunState.MAPPING
        columns = client.get(address("run", run.pk)).content.decode()
        client.post(address("columns", run.pk), {"currency": "UAH"})
        advance(job_id=str(ImportRun.objects.get(pk=run.pk).job), run_id=run.pk)
        run.refresh_from_db()
        assert (run.state, run.counts["new"]) == (RunState.REVIEW, 8 * len(sheets))
        return columns, client.get(address("run", run.pk) + "?show=new").content.decode()

    return shown


@pytest.mark.django_db
def test_a_kind_of_price_is_told_in_words(page):
    columns, _preview = page({"Прайс": rows(1)})
    assert "no_vat" not in columns
    assert "price without VAT" in columns or "ціна без ПДВ" in columns


@pytest.mark.django_db
def test_rows_name_their_sheet_where_there_are_several(page):
    _columns, preview = page({"Офіс": rows(1), "Склад": rows(101)})
    assert "<span>Офіс 2</span>" in preview
    assert "<span>Склад 2</span>" in preview


@pytest.mark.django_db
def test_rows_of_the_only_sheet_have_their_number_alone(page):
    _columns, preview = page({"Офіс": rows(1)})
    assert "<span>2</span>" in preview
    assert "Офіс" not in preview
