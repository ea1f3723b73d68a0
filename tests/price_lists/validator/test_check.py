"""The check for anybody: what the page says, what it refuses, and that nothing stays."""

import io
import os
import subprocess
import time
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from price_lists.models import ImportRun, PriceList
from price_lists.validator import checking
from price_lists.validator.receiving import IntoFolder
from tests.factories.price_lists import goods, write_list

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    cache.clear()
    yield settings.VAR / "checks"
    left = [path.name for path in (settings.VAR / "checks").iterdir() if not path.name.endswith(".lock")]
    assert left == []


@pytest.fixture
def list_file(tmp_path):
    rows = goods(30)
    rows[3]["price"] = "дорого"
    return write_list(tmp_path / "a.csv", rows).read_bytes()


def sent(client, content, name="мій прайс.csv", language="en"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/{language}/check-price-list/", {"file": file}, REMOTE_ADDR="203.0.113.9")


def text_of(answer):
    soup = BeautifulSoup(answer.content, "lxml")
    return " ".join(soup.select_one("main").get_text(" ").split())


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/check-price-list/", None),
        ("/ru/check-price-list/", None),
        ("/en/check-price-list/", "Check a price list"),
    ],
)
def test_the_form_is_there_for_everybody_in_three_languages(client, folder, address, heading):
    folder.mkdir(parents=True)
    answer = client.get(address)
    assert answer.status_code == 200
    if heading:
        assert BeautifulSoup(answer.content, "lxml").h1.text == heading
    assert b'href="/en/check-price-list/"' in client.get("/en/vendors/").content


def test_a_list_is_reported_and_no_row_of_anything_is_written(client, list_file, django_assert_num_queries):
    sent(client, list_file)
    with django_assert_num_queries(0):
        answer = sent(client, list_file)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "29 goods understood" in text
    assert "1 mistake that keeps a row out" in text
    assert "Степлер офісний №1" in text
    assert "дорого" in text
    assert "Канцелярія › Степлери" in text
    assert "UAH (29)" in text
    assert not ImportRun.objects.exists()
    assert not PriceList.objects.exists()
    columns = BeautifulSoup(answer.content, "lxml").select("#understood-title")[0].find_parent("section")
    assert [row.td.text for row in columns.select("tbody tr")][:3] == ["Артикул", "Назва", "Ціна, грн"]
    assert columns.select(".badge-good")
    assert answer.headers["Cache-Control"].startswith("max-age=0")


def test_its_name_and_its_words_are_not_logged(client, list_file, capsys, caplog):
    sent(client, list_file, name="таємний-прайс.csv")
    logged = caplog.text + "".join(capsys.readouterr())
    assert "price_lists.checked" in logged
    assert "таємний" not in logged
    assert "Степлер" not in logged


def test_only_so_many_rows_are_looked_at_and_the_page_says_so(client, settings, list_file):
    settings.PRICE_LIST_CHECK_ROWS = 10
    text = text_of(sent(client, list_file))
    assert "Only the first 10 rows were looked at." in text


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"%PDF-1.7 ...", 422), (b"", 422), (b"\x00" * 500, 422), (b"Dear Sir, \nthank you.\n", 422)],
)
def test_what_is_no_price_list_is_refused_with_a_remedy(client, content, status):
    answer = sent(client, content)
    assert answer.status_code == status
    assert BeautifulSoup(answer.content, "lxml").select_one(".error-summary p").text.strip()


def test_a_file_that_is_too_large_is_not_taken_in(client, folder, settings, list_file):
    settings.PRICE_LIST_CHECK_MAX_BYTES = 1_000
    answer = sent(client, list_file)
    assert answer.status_code == 413
    assert "larger than" in text_of(answer)


def test_sending_nothing_asks_for_a_file(client):
    answer = client.post("/en/check-price-list/")
    assert answer.status_code == 422
    assert "Choose a file first." in text_of(answer)


def test_the_form_needs_its_token(folder, list_file):
    strict = Client(enforce_csrf_checks=True)
    assert sent(strict, list_file).status_code == 403
    page = BeautifulSoup(strict.get("/en/check-price-list/").content, "lxml")
    token = page.select_one("[name=csrfmiddlewaretoken]")["value"]
    data = {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a.csv", list_file)}
    assert strict.post("/en/check-price-list/", data).status_code == 200


def test_a_bomb_is_refused_and_the_site_goes_on(client):
    inner = io.BytesIO()
    with (
        zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("list.csv", "w", force_zip64=True) as out,
    ):
        for _ in range(400):
            out.write(b"\0" * 1024 * 1024)
    answer = sent(client, inner.getvalue(), name="a.zip")
    assert answer.status_code in {413, 422}
    assert client.get("/health/live").status_code == 200


def test_what_takes_too_long_is_killed_with_its_children(client, settings, list_file):
    settings.PRICE_LIST_CHECK_SECONDS = 0
    before = time.monotonic()
    answer = sent(client, list_file)
    assert answer.status_code == 422
    assert "takes too long" in text_of(answer)
    assert time.monotonic() - before < 20
    children = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    ).stdout
    assert "price_lists.validator.child" not in children


def test_more_than_two_at_once_are_asked_to_come_back(client, list_file):
    with checking._place(), checking._place():
        answer = sent(client, list_file)
    assert answer.status_code == 503
    assert "Try again in a minute" in text_of(answer)
    assert sent(client, list_file).status_code == 200


def test_one_address_may_ask_twenty_times_an_hour(client, settings):
    settings.RATE_LIMITS = {"price_lists.check": "2/h"}
    assert [client.post("/en/check-price-list/").status_code for _ in range(3)] == [422, 422, 429]


def test_one_over_the_limit_is_refused_before_its_file_is_read(settings, list_file, monkeypatch):
    settings.RATE_LIMITS = {"price_lists.check": "2/h"}
    read = []
    real = IntoFolder.receive_data_chunk

    def receive(self, raw_data, start):
        read.append(start)
        return real(self, raw_data, start)

    monkeypatch.setattr(IntoFolder, "receive_data_chunk", receive)
    strict = Client(enforce_csrf_checks=True)
    strict.get("/en/check-price-list/")  # with its cookie, the body is searched for the token
    assert [sent(strict, list_file).status_code for _ in range(3)] == [403, 403, 429]
    assert read == [0, 0]


def test_what_a_killed_process_left_goes_with_the_next_sweep(folder, settings):
    folder.mkdir(parents=True)
    old, young = folder / "check-old", folder / "check-young"
    for made in (old, young):
        made.mkdir()
        (made / "list").write_bytes(b"x")
    os.utime(old, (time.time() - 1_000,) * 2)
    assert checking.sweep() == 1
    assert [path.name for path in folder.iterdir()] == ["check-young"]
    os.utime(young, (time.time() - 1_000,) * 2)
    assert checking.sweep() == 1


def test_every_real_list_gets_a_report(client, shared_lists, settings):
    settings.RATE_LIMITS = {"price_lists.check": None}
    found = {
        path.name: sent(client, path.read_bytes(), name=path.name).status_code
        for path in sorted((shared_lists / "price_lists").iterdir())
    }
    refused = {name for name, status in found.items() if status != 200}
    assert len(found) >= 13
    assert refused == {"commerceml_import.xml"}  # goods without their offers: it says what to send with it
