"""Photos fetched from a real server on this machine: what becomes of each address, and how a host is treated."""

from __future__ import annotations

import datetime as dt
import errno
import ipaddress
import os
import socket

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from catalog import tasks
from catalog.photos import fetching, queueing, removing, storing, sweeping
from catalog.photos.consumer import handle
from catalog.photos.enums import PhotoState
from catalog.photos.models import Photo, PhotoHost, RemovedPhoto
from catalog.photos.pictures import file_name, gallery
from catalog.photos.registering import register_offers
from core.models import Job, OutboxEntry
from core.outgoing import Policy
from tests.catalog.photos.pictures import picture
from tests.core.outgoing.conftest import allowing, say, site, sites  # noqa: F401 - fixtures
from tests.factories.catalog import OfferFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db

RED, BLUE = picture((60, 40)), picture((60, 40), "blue")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def serve(site, allowing):  # noqa: F811 - fixtures
    """`serve({path: (body, status, headers)})` answers so; `serve.work()` is a slice at the queue."""

    class Serve:
        def __call__(self, answers) -> None:
            self.answers = answers

            def answer(handler) -> None:
                told = self.answers[handler.path]
                body, status, headers = (told, 200, {}) if isinstance(told, bytes) else told
                say(handler, body, status, **headers)

            site.answer = answer

        def work(self, **more):
            return dict(fetching.work(seconds=20, policy=allowing(site), **more))

        def asked(self):
            return sorted(path for path, _ in site.asked)

    return Serve()


def offer_of(site, *paths, **more):  # noqa: F811 - a fixture's name
    return OfferFactory(photos=[site.url(path) for path in paths], **more)


def photo(site, path) -> Photo:  # noqa: F811 - see above
    return Photo.objects.get(address=site.url(path))


def test_photos_are_fetched_made_and_shown_from_here(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": (RED, 200, {"ETag": '"one"'}), "/2.jpg": BLUE, "/same.jpg": RED})
    offer = offer_of(site, "/1.jpg", "/2.jpg", "/same.jpg")
    assert register_offers([offer.pk]) == 3
    assert register_offers([offer.pk]) == 3
    assert gallery(offer.photos) == []
    assert serve.work() == {"ready": 3}
    assert serve.asked() == ["/1.jpg", "/2.jpg", "/same.jpg"]
    one, same = photo(site, "/1.jpg"), photo(site, "/same.jpg")
    assert (one.state, one.rank, one.sizes, one.etag, one.next_at) == ("ready", 0, "60", '"one"', None)
    assert one.stored == same.stored == default_storage.size(file_name(one.content, 60))
    assert same.content == one.content
    shown = gallery(offer.photos)
    assert [each.src for each in shown] == [
        f"/media/photos/{content[:2]}/{content}-60.webp"
        for content in (one.content, photo(site, "/2.jpg").content, one.content)
    ]
    assert default_storage.exists(shown[0].src.removeprefix("/media/"))
    assert PhotoHost.objects.get().leased_until is None
    assert serve.work() == {}


def test_only_photos_of_what_is_on_sale_at_vendors_in_sight_are_asked_for(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED})
    gone = offer_of(site, "/gone.jpg", withdrawn_at=timezone.now())
    new = offer_of(site, "/1.jpg", vendor__state=VendorState.APPLIED)
    assert register_offers([gone.pk, new.pk]) == 1
    assert serve.work() == {}
    new.vendor.state = VendorState.APPROVED
    new.vendor.save()
    assert serve.work() == {"ready": 1}


def test_what_is_no_photo_is_refused_and_one_that_is_gone_is_remembered(site, serve):  # noqa: F811 - fixtures
    serve({"/page": b"<html>", "/gone.jpg": (b"", 404, {}), "/shut.jpg": (b"", 403, {})})
    offer = offer_of(site, "/page", "/gone.jpg", "/shut.jpg")
    register_offers([offer.pk])
    assert serve.work() == {"refused": 2, "gone": 1}
    assert {each.address.rpartition("/")[2]: (each.state, each.error) for each in Photo.objects.all()} == {
        "page": ("refused", "page"),
        "gone.jpg": ("gone", "status_gone"),
        "shut.jpg": ("refused", "status_sign_in"),
    }
    days = (photo(site, "/gone.jpg").check_at - timezone.now()).total_seconds() / 86_400
    assert 2.5 < days < 3.5
    assert serve.work() == {}
    assert gallery(offer.photos) == []


def test_a_private_address_is_refused_without_being_asked(site):  # noqa: F811 - a fixture
    register_offers([offer_of(site, "/1.jpg").pk])
    assert dict(fetching.work(seconds=5)) == {"refused": 1}
    assert photo(site, "/1.jpg").error in {"private_address", "port"}
    assert site.asked == []


def test_a_host_that_asks_to_wait_is_left_alone_as_long(site, serve):  # noqa: F811 - fixtures
    serve({f"/{number}.jpg": (b"", 429, {"Retry_After": "7200"}) for number in range(8)})
    register_offers([offer_of(site, *(f"/{number}.jpg" for number in range(8))).pk])
    assert set(serve.work()) == {"later"}
    assert len(serve.asked()) <= 2  # those that were under way
    host = PhotoHost.objects.get()
    assert host.leased_until is None
    assert 7190 <= (host.wait_until - timezone.now()).total_seconds() <= 7200
    assert serve.work() == {}
    host.wait_until = timezone.now()
    host.save()
    serve({f"/{number}.jpg": RED for number in range(8)})
    assert serve.work()["ready"] >= 6  # the others have a pause of their own
    assert PhotoHost.objects.get().failures == 0


def test_a_photo_is_asked_again_after_weeks_and_one_that_changed_is_made_anew(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": (RED, 200, {"ETag": '"one"'}), "/2.jpg": RED})
    offer = offer_of(site, "/1.jpg", "/2.jpg")
    register_offers([offer.pk])
    serve.work()
    before = photo(site, "/1.jpg")
    assert 20 < (before.check_at - timezone.now()).days < 35
    Photo.objects.update(check_at=timezone.now() - dt.timedelta(hours=1))
    assert sweeping.tidy()["again"] == 2
    assert gallery(offer.photos)[0].src.endswith("-60.webp")
    serve({"/1.jpg": (b"", 304, {}), "/2.jpg": BLUE})
    assert serve.work() == {"ready": 2}
    assert [headers.get("If-None-Match") for path, headers in site.asked if path == "/1.jpg"] == [
        None,
        '"one"',
    ]
    assert photo(site, "/1.jpg").content == before.content
    assert photo(site, "/2.jpg").content != before.content
    assert photo(site, "/1.jpg").rank == 0


def test_a_photo_that_is_missing_again_and_again_goes(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED})
    offer = offer_of(site, "/1.jpg")
    register_offers([offer.pk])
    serve.work()
    serve({"/1.jpg": (b"", 404, {})})
    shown = []
    for _ in range(3):
        Photo.objects.update(next_at=timezone.now())
        assert serve.work() == {"gone": 1}
        shown.append(len(gallery(offer.photos)))
    assert shown == [1, 1, 0]


def test_only_being_missing_counts_towards_being_dropped(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED})
    offer = offer_of(site, "/1.jpg")
    register_offers([offer.pk])
    serve.work()
    for status in (503, 503, 404, 503, 404):
        serve({"/1.jpg": (b"", status, {})})
        Photo.objects.update(next_at=timezone.now())
        PhotoHost.objects.update(wait_until=None)
        assert sum(serve.work().values()) == 1
    assert (photo(site, "/1.jpg").attempts, len(gallery(offer.photos))) == (2, 1)
    assert photo(site, "/1.jpg").next_at is None  # one that was missing has time


def test_where_a_link_leads_on_to_is_not_held_against_its_host(site, sites, allowing):  # noqa: F811 - fixtures
    other = sites("127.0.0.2")
    site.answer = lambda handler: say(handler, b"", 302, Location=other.url("/busy"))
    other.answer = lambda handler: say(handler, b"", 429, Retry_After="7200")
    register_offers([offer_of(site, "/1.jpg").pk])
    policy = allowing(site, other, networks=("127.0.0.0/8",))
    assert fetching.work(seconds=5, policy=policy) == {"later": 1}
    host = PhotoHost.objects.get()
    assert (host.name, host.failures, host.wait_until) == (f"127.0.0.1:{site.port}", 0, None)
    assert photo(site, "/1.jpg").next_at > timezone.now() + dt.timedelta(minutes=100)


def test_an_address_whose_vendor_is_out_of_sight_goes_to_the_next_who_names_it(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED})
    first = offer_of(site, "/1.jpg", vendor__state=VendorState.SUSPENDED)
    second, third = offer_of(site, "/other.jpg", "/1.jpg"), offer_of(site, "/1.jpg")
    register_offers([first.pk])
    Photo.objects.update(rank=2)  # asked for once, so that its place in an offer changes nothing
    assert serve.work() == {}
    register_offers([first.pk, second.pk])
    register_offers([third.pk])
    kept = photo(site, "/1.jpg")
    assert (kept.vendor, kept.supply) == (second.vendor, second.supply)


def test_a_port_where_nobody_listens_holds_up_no_other_vendor(site, serve, allowing):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED})
    with socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))
        port = shut.getsockname()[1]
        named = [f"http://127.0.0.1:{port}/{number}.jpg" for number in range(8)]
        register_offers([OfferFactory(photos=named).pk])
        register_offers([offer_of(site, "/1.jpg").pk])
        policy = Policy(frozenset({site.port, port}), (ipaddress.ip_network("127.0.0.0/8"),))
        counts = fetching.work(seconds=10, policy=policy)
    assert counts["ready"] == 1
    waits = {host.name: host.wait_until is not None for host in PhotoHost.objects.all()}
    assert waits == {f"127.0.0.1:{port}": True, f"127.0.0.1:{site.port}": False}


def test_hosts_are_looked_for_once_a_second_while_one_is_at_hand(site, serve, monkeypatch):  # noqa: F811 - fixtures
    looks, look = [], fetching._Slice._look
    monkeypatch.setattr(fetching._Slice, "_look", lambda self: looks.append(self) or look(self))
    serve({f"/{number}.jpg": RED for number in range(5)})
    register_offers([offer_of(site, *(f"/{number}.jpg" for number in range(5))).pk])
    assert serve.work() == {"ready": 5}
    assert len(looks) <= 3


def test_a_slice_goes_on_to_further_hosts(serve):
    names = [f"https://xn--a.h{number}.example/1.jpg" for number in range(9)]
    register_offers([OfferFactory(photos=names).pk])
    assert serve.work() == {"refused": 9}


def test_an_address_that_our_client_falls_over_is_counted_and_stops_no_other(site, serve, monkeypatch):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED, "/2.jpg": (b"", 302, {"Location": "http://xn--/"})})
    offer, download = offer_of(site, "/1.jpg", "/2.jpg", "/pill.jpg"), fetching.outgoing.download

    def falls(url, **more):
        if url.endswith("/pill.jpg"):
            raise KeyError(url)
        return download(url, **more)

    monkeypatch.setattr(fetching.outgoing, "download", falls)
    register_offers([offer.pk])
    assert serve.work() == {"ready": 1, "refused": 1, "later": 1}
    assert photo(site, "/2.jpg").error == "redirect_nowhere"
    pill = photo(site, "/pill.jpg")
    assert (pill.attempts, pill.error, pill.host.failures) == (1, "unexpected", 0)
    assert pill.next_at > timezone.now() + dt.timedelta(minutes=4)


def full(*_args, **_more):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "broken",
    [(storing, "put", full), (fetching.tempfile, "NamedTemporaryFile", full), (storing, "LEAST_FREE", 2**60)],
)
def test_a_full_disk_has_the_job_wait_and_is_no_photos_fault(site, serve, allowing, monkeypatch, broken):  # noqa: F811 - fixtures
    serve({f"/{number}.jpg": RED for number in range(6)})
    monkeypatch.setattr(Policy, "of_settings", classmethod(lambda _class: allowing(site)))
    register_offers([offer_of(site, *(f"/{number}.jpg" for number in range(6))).pk])
    fetching.start()
    with monkeypatch.context() as patch:
        patch.setattr(*broken)
        tasks.fetch_photos(job_id=str(Job.objects.get().pk))
    job = Job.objects.get()  # no further one was begun
    assert (job.state, job.error_code) == ("waiting", "disk_full")
    assert len(serve.asked()) <= 2
    assert queueing.due(timezone.now()).filter(attempts=0).count() == 6
    tasks.fetch_photos(job_id=str(job.pk))
    assert Photo.objects.filter(state=PhotoState.READY).count() == 6


def test_a_slice_that_is_stopped_leaves_nothing_behind(site, serve):  # noqa: F811 - fixtures
    class Stop(Exception):
        pass

    def report(_done):
        raise Stop

    serve({f"/{number}.jpg": RED for number in range(6)})
    register_offers([offer_of(site, *(f"/{number}.jpg" for number in range(6))).pk])
    with pytest.raises(Stop):
        serve.work(report=report)
    assert PhotoHost.objects.get().leased_until is None
    assert queueing.due(timezone.now()).count() == 5
    assert serve.work() == {"ready": 5}


@pytest.mark.parametrize("mode", ["fetch", "link", "off"])
def test_an_offer_that_names_photos_sets_a_worker_to_them(settings, mode):
    settings.PHOTOS = mode
    offer = OfferFactory(photos=["https://one.example/1.jpg", "https://photos.ryad.example/2.svg"])
    handle([{"topic": "offers_changed", "offers": [offer.pk]}])
    handle([{"topic": "offers_changed", "offers": [offer.pk]}])
    fetches = mode == "fetch"
    assert Photo.objects.count() == fetches
    assert Job.objects.filter(kind="catalog.fetch_photos").count() == fetches
    assert not OutboxEntry.objects.exists()


def test_what_no_offer_names_goes_after_a_week_and_its_files_with_it(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED, "/2.jpg": BLUE})
    offer, other = offer_of(site, "/1.jpg"), offer_of(site, "/2.jpg")
    register_offers([offer.pk, other.pk])
    serve.work()
    [shown] = gallery(offer.photos)
    offer.withdrawn_at = timezone.now()
    offer.save()
    assert not sweeping.tidy()["forgotten"]
    unused = Photo.objects.filter(unused_since__isnull=False)
    assert [each.address for each in unused] == [site.url("/1.jpg")]
    unused.update(unused_since=timezone.now() - dt.timedelta(days=8))
    assert sweeping.tidy()["forgotten"] == 1
    name = shown.src.removeprefix("/media/")
    assert default_storage.exists(name)  # young files are left: a worker may be about to name them
    old = (timezone.now() - dt.timedelta(days=2)).timestamp()
    os.utime(default_storage.path(name), (old, old))
    assert sweeping.tidy()["files"] == 1
    assert not default_storage.exists(name)
    assert [each.address for each in Photo.objects.all()] == [site.url("/2.jpg")]


def test_photos_of_a_vendor_out_of_sight_go_after_a_week(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED})
    offer = offer_of(site, "/1.jpg")
    register_offers([offer.pk])
    serve.work()
    offer.vendor.state = VendorState.SUSPENDED
    offer.vendor.save()
    sweeping.tidy()
    assert Photo.objects.get().unused_since is not None
    offer.vendor.state = VendorState.APPROVED
    offer.vendor.save()
    sweeping.tidy()
    assert Photo.objects.get().unused_since is None


def test_an_offer_that_is_back_keeps_its_photo_and_a_lost_file_is_fetched_anew(site, serve):  # noqa: F811 - fixtures
    serve({"/1.jpg": picture((200, 150))})
    offer = offer_of(site, "/1.jpg")
    register_offers([offer.pk])
    serve.work()
    Photo.objects.update(unused_since=timezone.now() - dt.timedelta(days=30))
    counts = sweeping.tidy()
    assert (counts["forgotten"], Photo.objects.get().unused_since) == (0, None)
    lost = file_name(Photo.objects.get().content, 160)  # the one of 200 stays
    default_storage.delete(lost)
    assert sweeping.tidy()["lost"] == 1
    assert Photo.objects.get().state == PhotoState.WAITING
    assert serve.work() == {"ready": 1}
    assert default_storage.exists(lost)


def test_a_picture_that_is_removed_while_it_is_fetched_again_stays_away(site, serve, monkeypatch):  # noqa: F811 - fixtures
    serve({"/1.jpg": RED, "/2.jpg": RED})
    offer = offer_of(site, "/1.jpg", "/2.jpg")
    register_offers([offer.pk])
    Photo.objects.filter(address=site.url("/2.jpg")).update(next_at=None)
    assert serve.work() == {"ready": 1}
    shown = photo(site, "/1.jpg")
    has = storing.has

    def meanwhile(content, sizes):
        there = has(content, sizes)
        if not RemovedPhoto.objects.exists():
            removing.remove_photo(content=content, reason="A face", actor="user:1")
        return there

    monkeypatch.setattr(storing, "has", meanwhile)
    Photo.objects.filter(address=site.url("/2.jpg")).update(next_at=timezone.now())
    assert serve.work() == {"refused": 1}
    assert set(Photo.objects.values_list("state", "error", "content")) == {("refused", "removed", "")}
    assert not default_storage.exists(file_name(shown.content, 60))


def test_a_picture_that_is_removed_while_its_host_says_unchanged_is_not_ready(site, serve, monkeypatch):  # noqa: F811 - fixtures
    serve({"/1.jpg": (RED, 200, {"ETag": '"one"'})})
    register_offers([offer_of(site, "/1.jpg").pk])
    assert serve.work() == {"ready": 1}
    content = photo(site, "/1.jpg").content
    Photo.objects.update(next_at=timezone.now())
    serve({"/1.jpg": (b"", 304, {})})
    claimed = queueing.claimed

    def claimed_before(host, now):
        found = claimed(host, now)
        if found and not RemovedPhoto.objects.exists():
            removing.remove_photo(content=content, reason="A face", actor="user:1")
        return found

    monkeypatch.setattr(queueing, "claimed", claimed_before)
    assert serve.work() == {"refused": 1}
    assert list(Photo.objects.values_list("state", "error", "content")) == [("refused", "removed", "")]
