"""Letters: sent once, put off when the mail server fails, given up in the end, found again after a crash."""

from __future__ import annotations

import datetime as dt
import smtplib
import time

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from notifications import kinds, mailing, tasks
from notifications.models import Notification
from notifications.services import notify
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register("news", subject="%(vendor)s\nanswered", body="First\nsecond <b>", action="Look")


def tell(*users, key="k"):
    notify(users=users, kind="news", params={"vendor": "Скріпка & Co"}, url="/profile/", key=key)


def test_letter_says_the_same_in_text_and_html_and_leads_to_the_page():
    tell(UserFactory(email="anna@example.com", language="en", name="Anna"))
    assert mailing.send_due() == 1
    [letter] = mail.outbox
    [message] = Notification.objects.all()
    assert letter.to == ["anna@example.com"]
    assert letter.subject == "Скріпка & Co answered"
    assert letter.extra_headers["Message-ID"] == f"<notification-{message.pk}@127.0.0.1>"
    assert "http://127.0.0.1:8000/en/profile/" in letter.body
    assert "http://127.0.0.1:8000/en/inbox/letters/" in letter.body
    assert "second <b>" in letter.body
    [html] = letter.alternatives
    assert "second &lt;b&gt;" in html.content
    assert "http://127.0.0.1:8000/en/profile/" in html.content
    assert message.emailed_at is not None


def test_nothing_is_sent_twice():
    tell(*UserFactory.create_batch(mailing.BATCH + 3))
    assert tasks.send_mail() == mailing.BATCH + 3
    assert tasks.send_mail() == 0
    assert len(mail.outbox) == mailing.BATCH + 3


def test_two_workers_never_claim_the_same_letter():
    tell(*UserFactory.create_batch(mailing.BATCH + 5))
    first, second = mailing._claim(), mailing._claim()
    assert len(first) == mailing.BATCH
    assert len(second) == 5
    assert not {row.pk for row in first} & {row.pk for row in second}
    assert mailing._claim() == []


def test_worker_that_died_leaves_its_letters_to_the_sweep_after_the_lease():
    tell(UserFactory())
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=1), tick=False) as clock:
        mailing._claim()
        assert mailing.send_due() == 0
        clock.shift(mailing.LEASE + dt.timedelta(seconds=1))
        assert mailing.send_due() == 1


def test_mail_server_that_is_down_puts_letters_off_with_growing_waits(monkeypatch):
    tell(UserFactory())

    def refuse(self):
        raise ConnectionRefusedError("nobody listens")

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=1), tick=False) as clock:
        waits = []
        with monkeypatch.context() as down:
            down.setattr(EmailBackend, "open", refuse)
            for _ in range(3):
                assert mailing.send_due() == 0
                row = Notification.objects.get()
                waits.append((row.email_visible_at - timezone.now()).total_seconds() / 60)
                clock.move_to(row.email_visible_at)
        assert [round(wait / 2**n, 0) for n, wait in enumerate(waits)] == [1, 1, 1]
        assert row.email_error == "ConnectionRefusedError"
        assert mailing.send_due() == 1
    assert Notification.objects.get().email_error == ""


def test_letter_is_given_up_after_the_last_attempt_and_the_inbox_keeps_it(monkeypatch):
    tell(UserFactory())
    Notification.objects.update(email_attempts=mailing.MAX_ATTEMPTS - 1)

    def refuse(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert mailing.send_due() == 0
    row = Notification.objects.get()
    assert (row.email_due, row.emailed_at, row.read_at) == (False, None, None)


def test_refused_address_is_given_up_at_once_and_the_others_still_get_theirs(monkeypatch):
    bad, good = UserFactory(), UserFactory()
    tell(bad, good)
    real = EmailBackend.send_messages

    def picky(self, messages):
        if messages[0].to == [bad.email]:
            raise smtplib.SMTPRecipientsRefused({bad.email: (550, b"no such user")})
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", picky)
    assert mailing.send_due() == 1
    assert Notification.objects.get(user=bad).email_error == "the address was refused: 550"
    assert Notification.objects.get(user=good).emailed_at is not None


def test_one_letter_that_cannot_be_written_leaves_the_rest_of_its_batch_alone(monkeypatch):
    """What the code cannot write today is put off like what the mail server would not take."""
    bad, *good = UserFactory.create_batch(4)
    tell(bad, *good)
    real = mailing.letter_for

    def broken(message, mailer=None):
        if message.user == bad:
            raise KeyError("a text without its parameter")
        return real(message, mailer)

    monkeypatch.setattr(mailing, "letter_for", broken)
    assert mailing.send_due() == 3
    assert {letter.to[0] for letter in mail.outbox} == {user.email for user in good}
    row = Notification.objects.get(user=bad)
    assert (row.email_due, row.email_lease, row.email_error) == (True, None, "KeyError")
    assert row.email_visible_at > timezone.now()


def test_a_worker_whose_time_is_over_stops_and_leaves_the_lease(monkeypatch):
    tell(UserFactory())

    def slow(message, mailer=None):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(mailing, "letter_for", slow)
    with pytest.raises(SoftTimeLimitExceeded):
        mailing.send_due()
    assert Notification.objects.get().email_lease is not None


def test_a_run_whose_time_is_over_gives_back_what_it_has_not_begun(monkeypatch):
    """On threads nothing else stops it, and a lease that ends while its letters wait has them sent twice."""
    tell(*UserFactory.create_batch(4))
    real = EmailBackend.send_messages

    def slow(self, messages):
        time.sleep(0.2)
        return real(self, messages)

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", slow)
        patched.setattr(mailing, "RUN_SECONDS", 0.3)
        assert mailing.send_due() == 2
    left = Notification.objects.filter(emailed_at=None)
    assert list(left.values_list("email_lease", "email_attempts")) == [(None, 0)] * 2
    assert mailing.send_due() == 2
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == 4


def test_a_run_ends_long_before_its_first_lease():
    words = 20  # of SMTP for one letter over a connection that must be made anew
    assert mailing.RUN_SECONDS + words * settings.EMAIL_TIMEOUT < mailing.LEASE.total_seconds()


def test_account_closed_meanwhile_gets_no_letter():
    user = UserFactory()
    tell(user)
    user.is_active = False
    user.save()
    assert mailing.send_due() == 0
    assert mail.outbox == []


def test_broker_that_is_down_does_not_fail_what_was_committed(monkeypatch):
    asked = []

    def down(*args, **kwargs):
        asked.append((args, kwargs))
        raise OSError("no broker")

    monkeypatch.setattr(tasks.send_mail._get_current_object(), "apply_async", down)
    mailing.wake()
    assert asked == [((), {"retry": False})]
