"""Unsubscribing by one press of the mail program (RFC 8058)."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from notifications import digests, mailing, stopping
from notifications.enums import Rhythm
from notifications.models import MailChoice, Notification
from notifications.selectors import rhythm_of
from notifications.services import choose_rhythm, notify
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def tell(user, kind="vendor.joined", **params):
    told = {"vendor": "Скріпка", "person": "Анна", "reason": ""} | params
    notify(users=[user], kind=kind, params=told, key=kind)
    return mailing.letter_for(Notification.objects.get(user=user, kind=kind))


def path_in(letter):
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return re.fullmatch(r"<http://127\.0\.0\.1:8000(/\S+)>", letter.extra_headers["List-Unsubscribe"])[1]


def test_a_press_without_cookies_ends_letters_of_that_kind_and_looking_does_not():
    user = UserFactory()
    path = path_in(tell(user))
    program = Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    assert not MailChoice.objects.exists()
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(MailChoice.objects.values_list("user", "kind", "mailed")) == [
        (user.pk, "vendor.joined", False)
    ]
    assert program.post(path[:-3] + "x/").status_code == 410


def test_letters_that_always_come_name_no_way_out_and_a_messages_own_way_counts():
    user = UserFactory()
    assert "List-Unsubscribe" not in tell(user, kind="vendor.approved").extra_headers
    assert path_in(tell(user, stop_all="/watching/stop/x/")) == "/watching/stop/x/"


def test_a_press_ends_digests():
    user = UserFactory()
    choose_rhythm(user=user, rhythm=Rhythm.DAILY)
    tell(user)
    row = user.letter_rhythm
    row.refresh_from_db()
    letter = digests.letter_for(row, list(Notification.objects.filter(user=user)))
    letter.send()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail.outbox[0].message().as_string()
    Client(enforce_csrf_checks=True).post(path_in(letter))
    assert rhythm_of(user) == Rhythm.NEVER


def test_a_letter_outlives_its_kind():
    path = stopping.path_of(UserFactory(), "kind.of.last.year")
    program = Client(enforce_csrf_checks=True)
    assert [program.get(path).status_code, program.post(path).status_code] == [200, 200]
    assert not MailChoice.objects.exists()
