"""Telling people: once, in the inbox always, by letter where wanted."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.errors import NotFound
from notifications import kinds, mailing
from notifications.models import MailChoice, Notification
from notifications.services import choose_mail, mark_read, notify, open_message
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register("news", label=_("News"), subject=_("%(vendor)s answered"), body=_("By %(until_at)s"))
    kinds.register("quiet", subject="quiet", body="", mailed=False)
    kinds.register("duty", subject="duty", body="", optional=False)
    kinds.register(
        "lines", subject=ngettext_lazy("%(lines)d line", "%(lines)d lines", "lines"), body="", label="lines"
    )


def tell(*users, kind="news", key="k", **params):
    return notify(users=users, kind=kind, params=params, url="/requests/1/", key=key)


def test_each_person_gets_one_message_for_a_key_for_ever():
    anna, bohdan = UserFactory(), UserFactory()
    assert tell(anna, bohdan, anna.pk) == 2
    assert tell(anna, bohdan) == 0
    assert tell(anna, key="other") == 1
    assert Notification.objects.filter(user=anna).count() == 2


def test_unknown_kind_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="Register the kind"):
        tell(UserFactory(), kind="unheard_of")


def test_closed_accounts_are_not_told():
    assert tell(UserFactory(is_active=False)) == 0


def test_address_loses_its_language_and_comes_back_in_the_readers():
    user = UserFactory(language="en")
    notify(users=[user], kind="news", params={}, url="/ru/profile/?a=1", key="k")
    message = Notification.objects.get()
    assert message.url == "/profile/?a=1"
    assert mailing.path_for(message.url, "en") == "/en/profile/?a=1"
    assert mailing.path_for(message.url, "uk") == "/profile/?a=1"
    assert mailing.path_for("/operators/", "en") == "/operators/"


def test_letters_follow_the_kind_and_the_persons_choice():
    anna, bohdan = UserFactory(), UserFactory()
    choose_mail(user=bohdan, mailed=["lines"])
    for kind in ("news", "quiet", "duty"):
        tell(anna, bohdan, kind=kind, key=kind)
    due = set(Notification.objects.filter(email_due=True).values_list("user", "kind"))
    assert due == {(anna.pk, "news"), (anna.pk, "duty"), (bohdan.pk, "duty")}
    assert set(MailChoice.objects.values_list("kind", "mailed")) == {("news", False), ("lines", True)}


def test_message_is_told_in_the_readers_words_with_plurals_and_local_times():
    tell(UserFactory(), kind="lines", key="1", lines=1)
    tell(UserFactory(), key="2", vendor="<Ряд>", until_at="2026-03-01T10:00:00+00:00")
    one, two = Notification.objects.order_by("pk")
    assert "1" in one.subject
    assert "<Ряд>" in two.subject
    assert "12:00" in two.body  # Kyiv is two hours ahead in winter


def test_message_of_a_lost_kind_or_parameter_still_reads():
    tell(UserFactory())
    message = Notification.objects.get()
    assert "%(vendor)s" in message.subject
    message.kind = "gone"
    assert message.subject


def test_wake_up_is_sent_once_after_the_commit(monkeypatch, django_capture_on_commit_callbacks):
    calls = []
    monkeypatch.setattr(mailing, "wake", lambda: calls.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        tell(UserFactory(), key="1")
        tell(UserFactory(), key="2")
    assert calls == [1]


def test_wake_up_that_went_with_a_rollback_is_sent_again(monkeypatch, django_capture_on_commit_callbacks):
    calls = []
    monkeypatch.setattr(mailing, "wake", lambda: calls.append(1))
    user = UserFactory()

    def fails():
        with transaction.atomic():
            tell(user, key="3")
            raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(RuntimeError):
            fails()
        tell(user, key="4")
    assert calls == [1]
    assert not Notification.objects.filter(key="3").exists()


def test_reading_marks_own_messages_only():
    anna, bohdan = UserFactory(), UserFactory()
    tell(anna, bohdan)
    tell(anna, key="2")
    theirs = Notification.objects.get(user=bohdan)
    assert mark_read(user=anna, ids=[theirs.pk]) == 0
    with pytest.raises(NotFound):
        open_message(user=anna, pk=theirs.pk)
    theirs.refresh_from_db()
    assert theirs.read_at is None
    assert mark_read(user=anna) == 2
    assert mark_read(user=anna) == 0


def test_bulk_telling_takes_a_fixed_number_of_queries(django_assert_num_queries):
    few, many = [UserFactory()], UserFactory.create_batch(5)
    for users, key in ((few, "few"), (many, "many")):
        with django_assert_num_queries(6):  # known, people, choices, rhythms, insert
            notify(users=users, kind="news", params={}, key=key)
