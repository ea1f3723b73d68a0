"""The inbox page and the choice of letters."""

from __future__ import annotations

import re

import pytest

from notifications import selectors, services
from notifications.enums import Rhythm
from notifications.models import MailChoice, Notification
from notifications.services import notify
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def tell(user, count=1, **values):
    for number in range(count):
        notify(
            users=[user],
            kind="vendor.joined",
            params={"vendor": "Скріпка", "person": f"Особа №{number}"},
            url="/profile/",
            key=f"k{number}",
            **values,
        )


def test_empty_inbox_says_what_will_come(sign_in):
    page = sign_in(UserFactory()).get("/inbox/")
    assert "components/empty.html" in [template.name for template in page.templates]


def test_opening_marks_as_read_and_leads_on_in_the_pages_language(sign_in):
    user = UserFactory()
    tell(user)
    message = Notification.objects.get()
    client = sign_in(user)
    assert client.get(f"/inbox/{message.pk}/open/").status_code == 405
    assert client.post(f"/en/inbox/{message.pk}/open/")["Location"] == "/en/profile/"
    message.refresh_from_db()
    assert message.read_at is not None


def test_list_is_cut_into_pages_and_can_show_only_what_is_unread(sign_in):
    user = UserFactory()
    tell(user, 26)
    client = sign_in(user)
    first, second = client.get("/inbox/"), client.get("/inbox/?page=2")
    assert (len(first.context["page"]), len(second.context["page"])) == (25, 1)
    assert "Особа №25" in first.text
    client.post("/inbox/read/", {"id": second.context["page"][0].pk})
    assert client.get("/inbox/?show=unread").context["page"].paginator.count == 25
    client.post("/inbox/read/")
    assert client.get("/inbox/?show=unread").context["page"].paginator.count == 0
    assert client.get("/inbox/?page=nonsense").status_code == 200


def test_another_persons_message_does_not_exist_and_stays_unread(sign_in):
    owner, other = UserFactory(), UserFactory()
    tell(owner)
    message = Notification.objects.get()
    client = sign_in(other)
    assert client.post(f"/inbox/{message.pk}/open/").status_code == 404
    client.post("/inbox/read/", {"id": message.pk})
    client.post("/inbox/read/")
    message.refresh_from_db()
    assert message.read_at is None


def test_choices_offer_optional_kinds_and_are_stored(sign_in):
    user = UserFactory()
    client = sign_in(user)
    groups = client.get("/inbox/letters/").context["groups"]
    offered = {choice.kind.name for group in groups for choice in group.choices}
    assert "vendor.joined" in offered
    assert not offered & {"vendor.approved", "vendor.invited"}
    client.post("/inbox/letters/", {"kind": ["vendor.applied", "no.such"]})
    assert MailChoice.objects.get(user=user, kind="vendor.applied").mailed
    assert not MailChoice.objects.get(user=user, kind="vendor.joined").mailed
    assert not MailChoice.objects.filter(kind="no.such").exists()


def test_an_older_tab_takes_back_nothing_that_it_did_not_change(sign_in):
    user = UserFactory()
    client = sign_in(user)
    page = client.get("/inbox/letters/").content.decode()
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert "vendor.joined:11" in shown
    every = [row.split(":")[0] for row in shown]
    services.choose_mail(
        user=user, mailed=[], shown={"vendor.joined": (True, True)}
    )  # a letter's "never again"
    services.choose_rhythm(user=user, rhythm=Rhythm.NEVER)
    sent = {"shown": shown, "kind": [name for name in every if name != "vendor.applied"], "push": every}
    client.post(
        "/inbox/letters/", {**sent, "push_shown": "1", "rhythm": "at_once", "rhythm_shown": "at_once"}
    )
    stored = dict(MailChoice.objects.filter(user=user).values_list("kind", "mailed"))
    assert stored == {"vendor.joined": False, "vendor.applied": False}
    assert selectors.rhythm_of(user) == Rhythm.NEVER


def test_letters_stand_under_headings(sign_in):
    groups = sign_in(UserFactory()).get("/inbox/letters/").context["groups"]
    found = {choice.kind.name: str(group.title) for group in groups for choice in group.choices}
    assert len(groups) >= 6
    assert found["request.fits"] != found["request.prolonged"] == found["bid.lost"]
    assert found["bid.received"] == found["request.question"] == found["counter.made.buyer"]
    assert found["counter.made.vendor"] == found["bid.lost"]
    assert "" not in found.values()


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_asks_as_much_for_three_as_for_one(sign_in, django_assert_num_queries, count):
    user = UserFactory()
    tell(user, count)
    client = sign_in(user)
    client.get("/inbox/")
    # session, user, count and page of messages; then what the header asks: unread, desks, rights, categories
    with django_assert_num_queries(8):
        client.get("/inbox/")


@pytest.mark.parametrize("number", ["²", "-1", "x", "9" * 30, "9" * 5000])
def test_what_is_no_id_marks_nothing_as_read(sign_in, number):
    user = UserFactory()
    tell(user)
    assert sign_in(user).post("/inbox/read/", {"id": number}).status_code == 302
    assert Notification.objects.get().read_at is None
