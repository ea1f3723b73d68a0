"""Digests: one letter a morning with what is unread, as often as the person wants."""

from __future__ import annotations

import datetime as dt
import itertools
import smtplib
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from notifications import digests, kinds, mailing, tasks
from notifications.enums import Rhythm
from notifications.metrics import LETTERS
from notifications.models import LetterRhythm, Notification
from notifications.selectors import rhythm_of
from notifications.services import choose_mail, choose_rhythm, erase_messages, mark_read, notify
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

KYIV = ZoneInfo("Europe/Kyiv")
TUESDAY_NOON = dt.datetime(2026, 3, 24, 12, tzinfo=KYIV)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register("news", label="News", subject="%(vendor)s answered", body="By hand & heart")
    kinds.register("bid", label="Bids", subject="Bid of %(vendor)s", body="")
    kinds.register("duty", subject="duty", body="", optional=False)


@pytest.fixture
def clock():
    with time_machine.travel(TUESDAY_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def reader(clock):
    user = UserFactory(email="anna@example.com", language="en", name="Anna")
    choose_rhythm(user=user, rhythm=Rhythm.DAILY)
    return user


def tell(user, key, kind="news", vendor="Скріпка"):
    notify(users=[user], kind=kind, params={"vendor": vendor}, url="/profile/", key=key)


def test_slots_are_mornings_of_the_rows_own_clock():
    def slot(rhythm, *moment):
        return digests.next_slot(rhythm, dt.datetime(*moment, tzinfo=KYIV))

    assert slot(Rhythm.DAILY, 2026, 3, 24, 7, 59) == dt.datetime(2026, 3, 24, 8, tzinfo=KYIV)
    assert slot(Rhythm.DAILY, 2026, 3, 24, 8, 0) == dt.datetime(2026, 3, 25, 8, tzinfo=KYIV)
    # On the 29th the clocks go forward: the night is an hour shorter, the morning is at eight all the same.
    assert slot(Rhythm.DAILY, 2026, 3, 28, 8, 0) == dt.datetime(2026, 3, 29, 8, tzinfo=KYIV)
    assert slot(Rhythm.WEEKLY, 2026, 3, 24, 12, 0) == dt.datetime(2026, 3, 30, 8, tzinfo=KYIV)
    assert slot(Rhythm.WEEKLY, 2026, 3, 30, 7, 0) == dt.datetime(2026, 3, 30, 8, tzinfo=KYIV)
    assert slot(Rhythm.WEEKLY, 2026, 3, 30, 8, 0) == dt.datetime(2026, 4, 6, 8, tzinfo=KYIV)
    assert slot(Rhythm.AT_ONCE, 2026, 3, 30, 8, 0) is None
    assert slot(Rhythm.NEVER, 2026, 3, 30, 8, 0) is None


def test_a_morning_brings_one_letter_with_all_that_is_unread(reader, clock):
    for number in range(3):
        tell(reader, f"n{number}", vendor=f"Vendor {number}")
    tell(reader, "b", kind="bid", vendor="Степлер")
    mark_read(user=reader, ids=[Notification.objects.get(key="n1").pk])
    assert (mailing.send_due(), digests.send_due()) == (0, 0)
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    assert tasks.send_digests() == 1
    [letter] = mail.outbox
    assert letter.to == ["anna@example.com"]
    assert letter.subject == "Ряд: 3 unread messages"
    places = [
        letter.body.index(words) for words in ("Bid of Степлер", "Vendor 0 answered", "Vendor 2 answered")
    ]
    assert places == sorted(places)
    assert "Vendor 1" not in letter.body
    assert "http://127.0.0.1:8000/en/profile/" in letter.body
    [html] = letter.alternatives
    assert "By hand &amp; heart" in html.content
    assert tasks.send_digests() == 0
    assert Notification.objects.filter(digest_due=True).count() == 0
    assert LetterRhythm.objects.get().next_at == dt.datetime(2026, 3, 26, 8, tzinfo=KYIV)


def test_a_morning_with_nothing_unread_brings_nothing(reader, clock):
    tell(reader, "n")
    mark_read(user=reader)
    clock.move_to(dt.datetime(2026, 3, 25, 9, tzinfo=KYIV))
    assert digests.send_due() == 0
    assert mail.outbox == []
    assert LetterRhythm.objects.get().next_at == dt.datetime(2026, 3, 26, 8, tzinfo=KYIV)


def test_what_came_while_the_letter_was_written_comes_with_the_next(reader, clock, monkeypatch):
    tell(reader, "first")
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    real = EmailBackend.send_messages

    def meanwhile(self, messages):
        tell(reader, "second")
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", meanwhile)
    assert digests.send_due() == 1
    assert Notification.objects.get(digest_due=True).key == "second"


def test_days_of_silence_are_one_letter(reader, clock):
    tell(reader, "n")
    clock.move_to(dt.datetime(2026, 3, 29, 15, tzinfo=KYIV))
    assert digests.send_due() == 1
    assert digests.send_due() == 0


def test_what_is_too_old_is_left_to_the_inbox(reader, clock):
    tell(reader, "n")
    clock.shift(digests.WINDOW + dt.timedelta(hours=1))
    assert digests.send_due() == 0
    assert Notification.objects.get().digest_due is False


def test_two_workers_never_claim_the_same_person(reader, clock):
    tell(reader, "n")
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    assert [row.user for row in digests._claim()] == [reader]
    assert digests._claim() == []
    assert digests.send_due() == 0
    clock.shift(mailing.LEASE + dt.timedelta(seconds=1))  # the worker that had it died
    assert digests.send_due() == 1


def test_a_mail_server_that_is_down_puts_the_letter_off_and_the_others_are_sent(reader, clock, monkeypatch):
    other = UserFactory()
    choose_rhythm(user=other, rhythm=Rhythm.DAILY)
    tell(reader, "n")
    tell(other, "n")
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    real = EmailBackend.send_messages

    def picky(self, messages):
        if messages[0].to == [reader.email]:
            raise smtplib.SMTPServerDisconnected("gone")
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", picky)
    assert digests.send_due() == 1
    waits = LetterRhythm.objects.get(user=reader)
    assert 48 <= (waits.next_at - timezone.now()).total_seconds() <= 72
    monkeypatch.undo()
    kinds.register("news", label="News", subject="%(vendor)s answered", body="")
    clock.move_to(waits.next_at)
    assert digests.send_due() == 1
    assert [letter.to for letter in mail.outbox] == [[other.email], [reader.email]]


def test_an_address_that_is_refused_for_good_waits_for_the_next_morning(reader, clock, monkeypatch):
    tell(reader, "n")
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))

    def refuse(self, messages):
        raise smtplib.SMTPRecipientsRefused({reader.email: (550, b"no such user")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert digests.send_due() == 0
    assert LetterRhythm.objects.get().next_at == dt.datetime(2026, 3, 26, 8, tzinfo=KYIV)


def counted():
    return {outcome: LETTERS.labels(outcome)._value.get() for outcome in ("sent", "put_off", "given_up")}


def test_digests_are_counted_as_letters(reader, clock, monkeypatch):
    tell(reader, "n")
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    before = counted()

    def gone(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", gone)
        digests.send_due()
        LetterRhythm.objects.update(attempts=mailing.MAX_ATTEMPTS - 1, next_at=timezone.now())
        digests.send_due()
    LetterRhythm.objects.update(next_at=timezone.now())
    assert digests.send_due() == 1
    assert {outcome: number - before[outcome] for outcome, number in counted().items()} == {
        "sent": 1,
        "put_off": 1,
        "given_up": 1,
    }


def test_a_run_whose_time_is_over_gives_back_the_digests_it_has_not_begun(reader, clock, monkeypatch):
    others = UserFactory.create_batch(2)
    for other in others:
        choose_rhythm(user=other, rhythm=Rhythm.DAILY)
        tell(other, "n")
    tell(reader, "n")
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    passed = itertools.count(step=100)  # the clock at each look: the start, before the batch, each letter
    with monkeypatch.context() as patched:
        patched.setattr(digests.time, "monotonic", lambda: next(passed))
        assert digests.send_due() == 1
    left = LetterRhythm.objects.filter(next_at__lte=timezone.now())
    assert list(left.values_list("lease", "attempts")) == [(None, 0)] * 2
    assert digests.send_due() == 2
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == 3


def test_duties_come_at_once_and_refused_kinds_not_at_all(reader, clock):
    choose_mail(user=reader, mailed=["bid"])
    tell(reader, "d", kind="duty")
    tell(reader, "n")
    assert mailing.send_due() == 1
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    assert digests.send_due() == 0


def test_changing_the_rhythm(reader, clock):
    tell(reader, "n")
    choose_rhythm(user=reader, rhythm=Rhythm.AT_ONCE)
    assert digests.send_due() == 1  # the last one, with what had waited
    assert LetterRhythm.objects.get().next_at is None
    tell(reader, "now")
    assert mailing.send_due() == 1
    choose_rhythm(user=reader, rhythm=Rhythm.WEEKLY)
    tell(reader, "weekly")
    assert LetterRhythm.objects.get().next_at == dt.datetime(2026, 3, 30, 8, tzinfo=KYIV)
    choose_rhythm(user=reader, rhythm=Rhythm.NEVER)
    tell(reader, "never")
    clock.move_to(dt.datetime(2026, 3, 30, 9, tzinfo=KYIV))
    assert (mailing.send_due(), digests.send_due()) == (0, 0)
    assert rhythm_of(reader) == Rhythm.NEVER
    erase_messages(reader)
    assert rhythm_of(reader) == Rhythm.AT_ONCE


def test_a_long_digest_is_cut_and_says_so(reader, clock, monkeypatch):
    monkeypatch.setattr(digests, "SHOWN", 2)
    for number in range(3):
        tell(reader, f"n{number}", vendor=f"Vendor {number}")
    clock.move_to(dt.datetime(2026, 3, 25, 8, 1, tzinfo=KYIV))
    digests.send_due()
    [letter] = mail.outbox
    assert "1 more message is in your inbox." in letter.body
    assert "Vendor 2" not in letter.body


def test_the_page_offers_and_stores_the_rhythm(sign_in):
    user = UserFactory()
    client = sign_in(user)
    page = client.get("/inbox/letters/").content.decode()
    assert 'name="rhythm" id="rhythm-at_once" value="at_once" checked' in page
    client.post("/inbox/letters/", {"kind": ["news"], "rhythm": "weekly"})
    assert rhythm_of(user) == Rhythm.WEEKLY
    client.post("/inbox/letters/", {"kind": ["news"], "rhythm": "hourly"})
    assert rhythm_of(user) == Rhythm.WEEKLY
