"""The pages of sources and the pieces of an upload, as the vendor's people use them without a script."""

import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Offer, Supply
from core.models import PartialUpload
from price_lists.enums import RunState
from price_lists.models import Feed, ImportRun, Source, UploadKey
from price_lists.services import uploads
from price_lists.services.imports import _advance_here
from price_lists.sources import registering
from price_lists.sources.enums import Every, Precedence, Role
from tests.factories.price_lists import goods, imported, write_list
from tests.factories.vendors import MembershipFactory
from tests.price_lists.sources.support import partial_source, price, write_table


@pytest.fixture
def client(vendor, sign_in, monkeypatch):
    monkeypatch.setattr(registering, "send_fetch", lambda *, source_id: None)
    return sign_in(MembershipFactory(vendor=vendor).user)


@pytest.fixture
def at(vendor):
    return lambda name, *args: reverse(f"price_lists:{name}", args=[vendor.slug, *args])


NEW = {
    "name": "Shop feed",
    "role": "full",
    "way": "link",
    "url": "https://shop.example/feed.xml",
    "every": "60",
    "user": "",
    "password": "",
}


def test_a_link_is_set_up_changed_paused_and_asked(client, at):
    assert client.get(at("source_new")).status_code == 200
    answer = client.post(at("source_new"), NEW | {"user": "ann", "password": "s3cret"})
    assert answer.status_code == 302, answer.content.decode()
    source = Source.objects.get()
    feed = source.feed
    assert (source.name, source.role, source.precedence, feed.every) == (
        "Shop feed",
        Role.FULL,
        Precedence.NORMAL,
        60,
    )
    page = client.get(at("source", source.pk)).content.decode()
    assert "shop.example/feed.xml" in page
    for name in ("source", "source_edit"):
        assert "s3cret" not in client.get(at(name, source.pk)).content.decode()
    changed = {
        "name": "Feed",
        "precedence": "2",
        "url": "https://shop.example/new.xml",
        "every": "1440",
        "user": "ann",
        "password": "",
    }
    assert client.post(at("source_edit", source.pk), changed).status_code == 302
    feed.refresh_from_db()
    assert (feed.url, feed.every, bool(feed.password)) == ("https://shop.example/new.xml", 1440, True)
    client.post(at("source_pause", source.pk), {"pause": ""})
    assert not Feed.objects.get().is_on
    client.post(at("source_sync", source.pk))
    assert Feed.objects.get().is_on
    assert client.get(at("sources")).status_code == 200


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"url": ""}, "Вкажіть|Give the link"),
        ({"url": "http://127.0.0.1/feed.xml"}, "127.0.0.1"),
        ({"url": "http://0x7f.1/"}, "0x7f.1"),
        ({"url": "ftp://shop.example/a"}, "ftp"),
        ({"url": "http://[x"}, re.escape("http://[x")),
        ({"name": ""}, ""),
    ],
)
def test_what_cannot_be_is_said_at_the_field(client, at, said, words):
    answer = client.post(at("source_new"), NEW | said)
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode())
    assert not Source.objects.exists()


@pytest.mark.parametrize("every", [*map(str, Every.values), ""])
def test_every_interval_can_be_chosen(client, at, every):
    assert client.post(at("source_new"), NEW | {"every": every}).status_code == 302
    assert Feed.objects.get().every == int(every or Every.SIX_HOURS)


def test_a_name_is_taken_once(client, at):
    client.post(at("source_new"), NEW)
    assert client.post(at("source_new"), NEW).status_code == 422
    assert Source.objects.count() == 1


def test_a_name_given_up_is_free_for_another_source(client, at, vendor):
    client.post(at("source_new"), NEW)
    source = Source.objects.get()
    changed = {"name": "Old feed", "precedence": "2", "url": NEW["url"], "every": "60"}
    assert client.post(at("source_edit", source.pk), changed).status_code == 302
    assert client.post(at("source_new"), NEW).status_code == 302
    registering.change_source(
        source=Source.objects.get(name=NEW["name"]), name="B", precedence=source.precedence
    )
    assert uploads.open_source(vendor=vendor, name=NEW["name"]).supply_id not in {source.supply_id, None}
    assert Source.objects.values("supply").distinct().count() == 3


def test_of_two_who_take_a_name_at_once_the_second_is_told(client, at, vendor, monkeypatch):
    """The other one's row comes between the look at the names and the write."""

    def meanwhile(name):
        partial_source(vendor, Role.FULL, name=name)
        return "late"

    monkeypatch.setattr(registering, "new_supply_key", lambda: meanwhile(NEW["name"]))
    assert client.post(at("source_new"), NEW).status_code == 422
    monkeypatch.setattr(uploads, "new_supply_key", lambda: meanwhile("list"))
    assert uploads.open_source(vendor=vendor, name="list") == Source.objects.get(name="list")
    assert not Supply.objects.filter(source="late").exists()


def test_prices_alone_stand_above_the_list_unless_said_otherwise(client, at, vendor):
    client.post(at("source_new"), NEW | {"role": "prices", "way": "file", "url": ""})
    source = Source.objects.get()
    assert (source.kind, source.precedence, Feed.objects.count()) == ("upload", Precedence.HIGH, 0)
    assert client.get(at("source", source.pk)).status_code == 200
    assert client.post(at("source_sync", source.pk)).status_code == 409


def test_a_key_is_shown_once(client, at, vendor):
    source = partial_source(vendor, Role.FULL)
    page = client.post(at("source_key", source.pk)).content.decode()
    (secret,) = set(re.findall(r"ryad_up_[\w-]{40,}", page))
    assert registering.source_of_key(source_id=source.pk, secret=secret) is not None
    assert secret not in client.get(at("source", source.pk)).content.decode()
    client.post(at("source_key_back", source.pk, UploadKey.objects.get().pk))
    assert registering.source_of_key(source_id=source.pk, secret=secret) is None
    for _ in range(registering.MAX_KEYS):
        client.post(at("source_key", source.pk))
    assert client.post(at("source_key", source.pk)).status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_for_one_and_for_three(client, at, vendor, count):
    for number in range(count):
        registering.add_source(
            vendor=vendor,
            name=f"s{number}",
            role=Role.FULL,
            precedence=Precedence.NORMAL,
            url="https://shop.example/",
        )
    client.get(at("sources"))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(at("sources")).status_code == 200
    asked = [query["sql"] for query in queries if "price_lists_source" in query["sql"]]
    assert len(asked) == 1


def test_a_file_without_names_is_offered_as_new_prices(client, at, vendor, tmp_path):
    imported(vendor, tmp_path / "full.csv", goods(5))
    content = write_table(
        tmp_path / "p.csv", ["Артикул", "Ціна, грн"], [["A-0001", "90"], ["A-0002", "91"]]
    ).read_bytes()
    client.post(at("upload"), {"file": SimpleUploadedFile("ціни 01.02.2026.csv", content)})
    run = ImportRun.objects.latest("pk")
    assert (run.state, run.error_code) == (RunState.MAPPING, "")
    page = client.get(at("run", run.pk))
    assert page.status_code == 200
    assert at("as_partial", run.pk) in page.content.decode()
    client.post(at("as_partial", run.pk), {"target": str(Source.objects.get(name="main").pk)})
    run.refresh_from_db()
    assert (run.source.role, run.source.target.name) == (Role.PRICES, "main")
    _advance_here(run)
    run.refresh_from_db()
    assert run.state == RunState.REVIEW
    assert "Степлер офісний №1" in client.get(at("run", run.pk) + "?show=changed").content.decode()
    client.post(at("apply", run.pk))
    _advance_here(run)
    assert (price("A-0001"), price("A-0003")) == ((90.0, "UAH"), (103.5, "UAH"))
    assert Offer.objects.filter(withdrawn_at=None).count() == 5
    # The next issue goes the short way by itself.
    content = write_table(tmp_path / "p.csv", ["Артикул", "Ціна, грн"], [["A-0001", "95"]]).read_bytes()
    client.post(at("upload"), {"file": SimpleUploadedFile("ціни 08.02.2026.csv", content)})
    again = ImportRun.objects.latest("pk")
    assert (again.source_id, again.state) == (run.source_id, RunState.READING)
    assert client.get(at("source", run.source_id)).status_code == 200
    assert client.post(at("source_forget", run.source_id)).status_code == 302


def test_a_file_without_names_for_a_list_with_goods_gets_a_source_beside_it(client, at, vendor, tmp_path):
    full = imported(vendor, tmp_path / "full.csv", goods(5)).source
    content = write_table(tmp_path / "p.csv", ["Артикул", "Залишок"], [["A-0001", "0"]]).read_bytes()
    client.post(at("upload"), {"file": SimpleUploadedFile("s.csv", content), "source": full.pk})
    run = ImportRun.objects.latest("pk")
    client.post(at("as_partial", run.pk), {"target": ""})
    run.refresh_from_db()
    full.refresh_from_db()
    assert (full.role, run.source.role, run.source_id != full.pk) == (Role.FULL, Role.STOCK, True)


def test_pieces_become_an_import(client, at, vendor, tmp_path):
    content = write_list(tmp_path / "a.csv", goods(3)).read_bytes()
    begun = client.post(
        at("part_new"), json.dumps({"name": "a.csv", "size": len(content)}), content_type="application/json"
    )
    assert begun.status_code == 201
    pk = begun.json()["id"]

    def append(offset, piece):
        return client.post(at("part_append", pk, offset), piece, content_type="application/octet-stream")

    assert append(0, content[:100]).json() == {"offset": 100}
    wrong = append(0, content[:100])
    assert (wrong.status_code, wrong.json()["error"]["offset"]) == (409, 100)
    assert client.get(at("part", pk)).json()["offset"] == 100
    assert client.post(at("part_finish", pk)).status_code == 409
    assert append(100, content[100:]).json() == {"offset": len(content)}
    end = client.post(at("part_finish", pk), {"source": ""}).json()
    run = ImportRun.objects.get(pk=end["run"])
    assert (end["url"], run.state, run.price_list.size) == (at("run", run.pk), RunState.MAPPING, len(content))
    with run.price_list.file.open() as kept:
        assert kept.read() == content
    assert not PartialUpload.objects.exists()
    assert not run.only_check


def test_pieces_may_be_sent_to_be_checked_alone(client, at, tmp_path):
    content = write_list(tmp_path / "a.csv", goods(3)).read_bytes()
    sent = json.dumps({"name": "a.csv", "size": len(content)})
    pk = client.post(at("part_new"), sent, content_type="application/json").json()["id"]
    client.post(at("part_append", pk, 0), content, content_type="application/octet-stream")
    end = client.post(at("part_finish", pk), {"source": "", "only_check": "1"}).json()
    assert ImportRun.objects.get(pk=end["run"]).only_check


@pytest.mark.parametrize(
    "body", ["", "[]", '{"name": "a"}', '{"name": "a", "size": "x"}', '{"name": "a", "size": 0}']
)
def test_a_bad_beginning_is_said_as_json(client, at, body):
    answer = client.post(at("part_new"), body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "size"


def test_a_file_too_big_is_refused_before_it_is_sent(client, at, settings):
    settings.PRICE_LIST_MAX_BYTES = 1000
    answer = client.post(at("part_new"), '{"name": "a", "size": 1001}', content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "file_too_big")


def test_whatever_asks_a_link_at_once_counts_as_asking(client, at, monkeypatch):
    client.post(at("source_new"), NEW)
    source = Source.objects.get()
    monkeypatch.setattr("price_lists.source_views._SYNCS", "3/h")
    saved = {"name": "Feed", "precedence": "2", "url": NEW["url"], "every": "60", "user": "", "password": ""}
    assert client.post(at("source_edit", source.pk), saved).status_code == 302
    assert client.post(at("source_pause", source.pk), {"pause": ""}).status_code == 302
    assert client.post(at("source_pause", source.pk), {"resume": ""}).status_code == 302
    assert client.post(at("source_sync", source.pk)).status_code == 302
    Feed.objects.update(is_on=False)
    assert client.post(at("source_pause", source.pk), {"resume": ""}).status_code == 429
    assert client.post(at("source_edit", source.pk), saved | {"name": "Other"}).status_code == 429
    assert client.post(at("source_pause", source.pk), {"pause": ""}).status_code == 302
    assert (Source.objects.get().name, Feed.objects.get().is_on) == ("Feed", False)


def test_a_source_that_never_brought_anything_is_removed_with_its_files(client, at, vendor, tmp_path):
    sold = imported(vendor, tmp_path / "a.csv", goods(2), source="sold").source
    wrong = SimpleUploadedFile("letter.txt", b"Dear all, this is no price list at all.")
    assert client.post(at("upload"), {"file": wrong}).status_code == 302
    run = ImportRun.objects.get(state=RunState.FAILED)
    stored = Path(run.price_list.file.path)
    assert stored.exists()
    remove = at("source_remove", run.source_id)
    assert remove in client.get(at("source", run.source_id)).content.decode()
    assert client.post(remove).status_code == 302
    assert not stored.exists()
    assert list(Source.objects.all()) == [sold]
    assert list(Supply.objects.all()) == [sold.supply]
    remove = at("source_remove", sold.pk)
    assert remove not in client.get(at("source", sold.pk)).content.decode()
    assert client.post(remove).status_code == 409
    assert Offer.objects.filter(withdrawn_at=None).count() == 2
