"""The journal: one list of our trace and Wagtail's log, searched, paged by place, taken along as a file."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from accounts.models import User
from cms import journal
from cms.models import HomePage
from cms.roles import DeskRole, ensure_roles
from cms.services import ensure_pages
from core.audit import kinds
from core.audit.selectors import Asked
from core.audit.services import record

pytestmark = pytest.mark.django_db
TRIED = kinds.register("tests.journal", "Tried")


@pytest.fixture
def person(client):
    user = User.objects.create_user("finance@example.com", "a-long-password", is_staff=True)
    user.groups.add(ensure_roles()[DeskRole.FINANCE])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def write(number, **more):
    with transaction.atomic():
        return record(
            actor="user:77",
            action=TRIED,
            subject=f"vendor:{number}",
            subject_name=f"Скрепка {number}",
            **more,
        )


def test_pages_follow_one_another_without_gap_or_double(person):
    ensure_pages()
    for number in range(7):
        write(number)
        log(instance=HomePage.objects.first(), action="wagtail.edit", user=person)
    seen, after = [], ""
    for _page in range(20):
        lines, after = journal.page(Asked(), after=after, most=3)
        seen += [line.place for line in lines]
        if not after:
            break
    assert len(seen) == len(set(seen)) >= 14
    ours = [number for source, number in seen if source == "a"]
    assert ours == sorted(ours, reverse=True)
    assert len(ours) == 7


def test_it_is_found_by_words_in_any_case_subject_actor_and_day():
    write(1, reason="Ціни вигадані")
    write(2, reason="Телефон мовчить")
    found = lambda **asked: [line.subject for line in journal.page(Asked(**asked))[0]]  # noqa: E731 - short
    assert found(words="ЦІНИ скреп") == ["vendor:1"]
    assert found(subject="vendor:2") == ["vendor:2"]
    assert found(actor="user:78") == []
    assert found(action="tests.journal", since=timezone.now() + dt.timedelta(days=1)) == []
    assert len(found(action="tests.journal")) == 2


def test_a_made_up_cursor_is_the_beginning():
    write(1)
    for after in (
        "x",
        "~",
        "2026-01-01T00:00:00~a1",
        "2026-01-01T00:00:00+00:00~z1",
        "9~a",
        "2026-01-01T00:00:00+00:00~a²",
        "0001-01-01T00:00:00+14:00~a1",
    ):
        assert journal.page(Asked(), after=after)[0]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_often_for_one_line_as_for_three(
    client, person, number, django_assert_max_num_queries
):
    for each in range(number):
        write(each)
    client.get(reverse("operators_journal"))
    with django_assert_max_num_queries(19):
        page = client.get(reverse("operators_journal")).content.decode()
    assert page.count(reverse("operators_vendor", args=[0])) == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_is_taken_along_as_a_file(client, person, kind):
    write(1, reason="=1+1")
    response = client.get(reverse("operators_journal"), {"format": kind, "words": "скрепка"})
    assert response["Content-Disposition"] == f'attachment; filename="journal.{kind}"'
    if kind == "csv":
        assert ",'=1+1" in response.content.decode("utf-8-sig")


def test_nothing_is_sent_to_it(client, person):
    assert client.post(reverse("operators_journal")).status_code == 405


@pytest.mark.parametrize("who", ["user:²", "user:" + "9" * 30], ids=["superscript", "huge"])
def test_an_actor_that_cannot_be_one_finds_nothing(client, person, who):
    assert journal.page(Asked(actor=who))[0] == []
    assert journal.page(Asked(subject=who.replace("user", "page")))[0] == []
