"""Links asked by themselves, from real servers, into real imports."""

import base64
import datetime as dt
import ipaddress

import pytest
from django.utils import timezone

from catalog.models import Offer, Supply
from core.sealing import unseal
from notifications.models import Notification
from price_lists import tasks
from price_lists.enums import RunState
from price_lists.models import Feed, Fetch, ImportRun
from price_lists.services.imports import _advance_here
from price_lists.sources import fetching, reads, registering
from price_lists.sources.enums import Every, Outcome, Precedence, Role
from tests.core.outgoing.conftest import say, site, sites  # noqa: F401 - fixtures
from tests.factories.price_lists import goods, write_list
from tests.factories.vendors import MembershipFactory

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><input name=password></form></body></html>"


@pytest.fixture
def people(vendor):
    return [MembershipFactory(vendor=vendor).user, MembershipFactory(vendor=vendor).user]


@pytest.fixture
def feed(vendor, people, site, settings, monkeypatch):  # noqa: F811 - the fixture
    settings.OUTGOING_PORTS = [site.port]
    settings.OUTGOING_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    monkeypatch.setattr(registering, "send_fetch", lambda *, source_id: None)
    source = registering.add_source(
        vendor=vendor,
        name="feed",
        role=Role.FULL,
        precedence=Precedence.NORMAL,
        url=site.url("/list.csv"),
        every=Every.HOUR,
    )
    return Feed.objects.get(source=source)


@pytest.fixture
def lists(tmp_path):
    return lambda rows: write_list(tmp_path / "list.csv", rows).read_bytes()


def look(feed, *, later=True):
    """One look, however soon after the last one; then what a worker does with its import."""
    if later:
        Feed.objects.filter(pk=feed.pk).update(next_at=timezone.now(), sent_until=None)
    row = fetching.fetch(source_id=feed.source_id)
    feed.refresh_from_db()
    if row is not None and row.run is not None and row.outcome == Outcome.TAKEN:
        _advance_here(row.run)
        row.run.refresh_from_db()
    return row


def told():
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def test_a_link_becomes_offers_and_is_confirmed_by_a_304(feed, site, lists):  # noqa: F811
    def answer(handler):
        if handler.headers.get("If-None-Match") == '"1"':
            say(handler, status=304)
        else:
            say(handler, lists(goods(3)), ETag='"1"')

    site.answer = answer
    first = look(feed)
    assert (first.outcome, first.run.state) == (Outcome.TAKEN, RunState.APPLIED)
    assert Offer.objects.count() == 3
    hour = dt.timedelta(hours=1)
    assert 0.96 * hour < feed.next_at - feed.fetched_at < 1.04 * hour
    Supply.objects.update(confirmed_at=timezone.now() - dt.timedelta(days=3))
    versions = list(Offer.objects.values_list("version", flat=True))
    second = look(feed)
    assert (second.outcome, second.size) == (Outcome.CONFIRMED, 0)
    assert timezone.now() - Supply.objects.get().confirmed_at < dt.timedelta(minutes=1)
    assert (ImportRun.objects.count(), list(Offer.objects.values_list("version", flat=True))) == (1, versions)
    assert told() == []


def test_the_same_bytes_are_known_without_the_servers_help(feed, site, lists):  # noqa: F811
    site.answer = lambda handler: say(handler, lists(goods(3)))
    look(feed)
    assert look(feed).outcome == Outcome.CONFIRMED
    site.answer = lambda handler: say(handler, lists(goods(4)))
    assert look(feed).outcome == Outcome.TAKEN
    assert (ImportRun.objects.count(), Offer.objects.count()) == (2, 4)


def test_what_is_not_due_or_is_leased_is_not_asked(feed, site, lists):  # noqa: F811
    site.answer = lambda handler: say(handler, lists(goods(3)))
    look(feed)
    assert look(feed, later=False) is None
    Feed.objects.update(next_at=timezone.now(), leased_until=timezone.now() + dt.timedelta(minutes=5))
    assert fetching.fetch(source_id=feed.source_id) is None
    Feed.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))  # its worker died
    assert fetching.fetch(source_id=feed.source_id) is not None
    assert len(site.asked) == 2


def test_a_sign_in_page_is_refused_and_takes_nothing_off_sale(feed, site, lists, people):  # noqa: F811
    site.answer = lambda handler: say(handler, lists(goods(3)))
    look(feed)
    site.answer = lambda handler: say(handler, LOGIN_PAGE, Content_Type="text/html")
    row = look(feed)
    assert (row.outcome, row.error_code, row.run) == (Outcome.REFUSED, "html_page", None)
    assert Offer.objects.filter(withdrawn_at=None).count() == 3
    assert ImportRun.objects.count() == 1
    assert told() == ["price_lists.feed_failing"] * len(people)


@pytest.mark.parametrize("body", [b"", b"\x7fELF\x00\x00\x00\x01", lambda whole: whole[:40]])
def test_nothing_broken_takes_goods_off_sale(feed, site, lists, body):  # noqa: F811
    site.answer = lambda handler: say(handler, lists(goods(3)))
    look(feed)
    broken = body(lists(goods(3))) if callable(body) else body
    site.answer = lambda handler: say(handler, broken)
    row = look(feed)
    assert row.outcome == Outcome.REFUSED
    assert Offer.objects.filter(withdrawn_at=None).count() == 3


def test_failures_back_off_and_are_told_once_and_so_is_recovery(feed, site, lists, people):  # noqa: F811
    site.answer = lambda handler: say(handler, status=500)
    pauses = []
    for _ in range(5):
        row = look(feed)
        assert row.outcome == Outcome.FAILED
        pauses.append((feed.next_at - feed.fetched_at) / dt.timedelta(minutes=5))
    for number, pause in enumerate(pauses):
        assert 0.79 * 2**number < pause < 1.21 * 2**number
    assert told() == ["price_lists.feed_failing"] * len(people)  # at the second, and not again
    site.answer = lambda handler: say(handler, lists(goods(3)))
    assert look(feed).outcome == Outcome.TAKEN
    assert (feed.failures, feed.failing_since, feed.is_told) == (0, None, False)
    look(feed)
    assert told() == ["price_lists.feed_failing"] * 2 + ["price_lists.feed_recovered"] * 2


def test_one_hiccup_is_told_to_nobody(feed, site, lists):  # noqa: F811
    site.answer = lambda handler: say(handler, status=503, Retry_After="7200")
    look(feed)
    assert feed.next_at - feed.fetched_at >= dt.timedelta(hours=2)
    site.answer = lambda handler: say(handler, lists(goods(3)))
    look(feed)
    assert told() == []


def test_a_link_inside_is_refused_when_entered_and_when_asked(feed, vendor, settings):
    from core.outgoing import AddressRefused

    settings.OUTGOING_NETWORKS = []
    row = look(feed)
    assert (row.outcome, row.error_code) == (Outcome.FAILED, "private_address")
    with pytest.raises(AddressRefused):
        registering.add_source(
            vendor=vendor,
            name="x",
            role=Role.FULL,
            precedence=Precedence.NORMAL,
            url="http://169.254.169.254/latest",
        )


def test_user_and_password_are_sealed_and_sent(feed, site, lists):  # noqa: F811
    registering.change_source(
        source=feed.source,
        name="feed",
        precedence=Precedence.NORMAL,
        url=site.url("/b.csv"),
        user="ann",
        password="s3cret",
    )
    feed.refresh_from_db()
    assert "s3cret" not in feed.password
    assert unseal(feed.password, purpose=fetching.PURPOSE) == "s3cret"
    site.answer = lambda handler: say(handler, lists(goods(3)))
    look(feed)
    assert base64.b64decode(site.asked[-1][1]["Authorization"].split()[1]) == b"ann:s3cret"
    registering.change_source(
        source=feed.source, name="feed", precedence=Precedence.NORMAL, url=site.url("/c.csv"), user="ann"
    )
    look(feed)
    assert base64.b64decode(site.asked[-1][1]["Authorization"].split()[1]) == b"ann:s3cret"  # left as it was
    registering.change_source(
        source=feed.source,
        name="feed",
        precedence=Precedence.NORMAL,
        url=f"http://elsewhere.example:{site.port}/",
        user="ann",
    )
    feed.refresh_from_db()
    assert feed.password == ""  # not carried to another host


def test_a_password_does_not_leave_tls(feed, settings):
    settings.OUTGOING_PORTS = [8443]

    def to(url, password=""):
        registering.change_source(
            source=feed.source,
            name="feed",
            precedence=Precedence.NORMAL,
            url=url,
            user="ann",
            password=password,
        )
        feed.refresh_from_db()
        return bool(feed.password)

    assert to("https://shop.example:8443/a.csv", "s3cret")
    assert to("https://shop.example:8443/b.csv")
    assert not to("http://shop.example:8443/b.csv")


def test_a_link_changed_while_it_is_asked_keeps_nothing_of_the_old_one(feed, site, lists, monkeypatch):  # noqa: F811
    real = fetching.outgoing.download

    def changed_meanwhile(url, **more):
        answer = real(url, **more)
        monkeypatch.setattr(fetching.outgoing, "download", real)
        registering.change_source(
            source=feed.source, name="feed", precedence=Precedence.NORMAL, url=site.url("/new.csv")
        )
        return answer

    monkeypatch.setattr(fetching.outgoing, "download", changed_meanwhile)
    site.answer = lambda handler: say(handler, lists(goods(3)), ETag='"old"')
    assert look(feed) is None
    assert (feed.etag, feed.sha256, feed.run, feed.lease) == ("", "", None, None)
    assert feed.next_at <= timezone.now()
    assert not ImportRun.objects.exists()
    site.answer = lambda handler: say(handler, lists(goods(2)), ETag='"new"')
    assert look(feed, later=False).outcome == Outcome.TAKEN
    assert (feed.etag, site.asked[-1][0]) == ('"new"', "/new.csv")


def test_a_link_asked_now_does_not_wait_for_the_look_under_way(feed, site, lists, monkeypatch):  # noqa: F811
    real = fetching.outgoing.download
    inner = []

    def asked_meanwhile(url, **more):
        monkeypatch.setattr(fetching.outgoing, "download", real)
        registering.fetch_now(source=feed.source)
        inner.append(fetching.fetch(source_id=feed.source_id))
        return real(url, **more)

    monkeypatch.setattr(fetching.outgoing, "download", asked_meanwhile)
    site.answer = lambda handler: say(handler, lists(goods(3)))
    assert look(feed) is None
    assert [row.outcome for row in inner] == [Outcome.TAKEN]
    assert feed.run == inner[0].run


def test_a_held_version_is_told_once(feed, site, lists, people):  # noqa: F811
    site.answer = lambda handler: say(handler, lists(goods(20)))
    look(feed)
    site.answer = lambda handler: say(handler, lists(goods(2)))
    row = look(feed)
    assert row.run.state == RunState.HELD
    assert Offer.objects.filter(withdrawn_at=None).count() == 20
    tasks.fetch_due()
    tasks.fetch_due()
    assert told() == ["price_lists.feed_waiting"] * len(people)
    Supply.objects.update(confirmed_at=timezone.now() - dt.timedelta(days=3))
    assert look(feed).outcome == Outcome.CONFIRMED
    assert timezone.now() - Supply.objects.get().confirmed_at > dt.timedelta(
        days=2
    )  # what waits confirms nothing


def test_the_sweep_sends_each_due_link_once(feed, monkeypatch):
    sent = []
    monkeypatch.setattr(registering, "send_fetch", lambda *, source_id: sent.append(source_id))
    tasks.fetch_due()
    tasks.fetch_due()
    assert sent == [feed.source_id]
    Feed.objects.update(sent_until=timezone.now() - dt.timedelta(seconds=1))
    registering.pause(source=feed.source, is_on=False)
    tasks.fetch_due()
    assert sent == [feed.source_id]


def test_a_fault_of_ours_is_written_down_and_raised(feed, monkeypatch):
    def broken(*_args, **_more):
        raise ZeroDivisionError

    monkeypatch.setattr(fetching.outgoing, "download", broken)
    with pytest.raises(ZeroDivisionError):
        look(feed)
    row = Fetch.objects.get()
    assert (row.outcome, row.error_code) == (Outcome.FAILED, "unexpected")
    feed.refresh_from_db()
    assert (feed.failures, feed.lease) == (1, None)
    assert feed.next_at > timezone.now()
    assert reads.in_words(row.error_code, row.error_context)[0]


def test_the_history_stays_short(feed, site, lists, monkeypatch):  # noqa: F811
    monkeypatch.setattr(fetching, "KEPT", 3)
    site.answer = lambda handler: say(handler, lists(goods(3)))
    for _ in range(5):
        look(feed)
    assert Fetch.objects.count() == 3


def test_a_second_worker_finds_nothing_to_do_while_the_first_asks(feed, site, lists, monkeypatch):  # noqa: F811
    site.answer = lambda handler: say(handler, lists(goods(3)))
    second, real = [], fetching._look

    def slow(held, file):
        second.append(fetching.fetch(source_id=feed.source_id))
        return real(held, file)

    monkeypatch.setattr(fetching, "_look", slow)
    assert look(feed).outcome == Outcome.TAKEN
    assert (second, len(site.asked), Fetch.objects.count(), ImportRun.objects.count()) == ([None], 1, 1, 1)


def test_a_worker_that_came_too_late_writes_nothing(feed, site, lists, people, monkeypatch):  # noqa: F811
    """Its lease ended and another one failed meanwhile: the two failures count and are told as one."""
    site.answer = lambda handler: say(handler, status=404)
    real = fetching._look

    def slow(held, file):
        monkeypatch.setattr(fetching, "_look", real)
        Feed.objects.filter(pk=held.pk).update(leased_until=timezone.now() - dt.timedelta(seconds=1))
        assert fetching.fetch(source_id=feed.source_id).outcome == Outcome.FAILED
        return real(held, file)

    monkeypatch.setattr(fetching, "_look", slow)
    assert look(feed) is None
    assert (feed.failures, Fetch.objects.count()) == (1, 1)
    assert told() == ["price_lists.feed_failing"] * len(people)
