"""People of the desk: roles given and taken, invitations, and who may not."""

import re
import threading

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from accounts.models import OperatorInvitation
from cms.roles import DeskRole, ensure_roles, roles_named
from cms.staff import services
from cms.staff.errors import LastAdministrator, OwnRoles, StaffInvitationGone
from core.errors import InvalidInput
from core.models import AuditEntry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ADMIN, CURATOR, SUPPORT = DeskRole.ADMINISTRATOR, DeskRole.CURATOR, DeskRole.SUPPORT


def make(*roles):
    person = UserFactory(is_staff=True)
    groups = ensure_roles()
    person.groups.add(*(groups[role] for role in roles))
    return person


def roles_of(person):
    return roles_named(person.groups.values_list("name", flat=True))


def test_roles_are_given_and_taken_with_a_trace():
    boss, person = make(ADMIN), make(SUPPORT)
    services.set_roles(actor=boss, person_id=person.pk, roles=[CURATOR], reason="Перейшла")
    assert roles_of(person) == [CURATOR]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.subject, entry.reason) == (boss.typed_id, person.typed_id, "Перейшла")
    assert entry.details == {"before": ["support"], "after": ["curator"]}
    services.set_roles(actor=boss, person_id=person.pk, roles=[CURATOR])
    assert AuditEntry.objects.count() == 1
    services.set_roles(actor=boss, person_id=person.pk, roles=[])
    person.refresh_from_db()
    assert not person.is_staff


def test_nobody_raises_himself_and_the_last_administrator_stays():
    boss, other = make(ADMIN), make(ADMIN)
    with pytest.raises(OwnRoles):
        services.set_roles(actor=boss, person_id=boss.pk, roles=[ADMIN, CURATOR])
    services.set_roles(actor=boss, person_id=other.pk, roles=[CURATOR])
    with pytest.raises(LastAdministrator):
        services.set_roles(actor=boss, person_id=boss.pk, roles=[])
    assert (roles_of(boss), roles_of(other)) == ([ADMIN], [CURATOR])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a lock needs PostgreSQL: RYAD_DATABASE_URL")
def test_of_two_administrators_who_take_each_other_out_one_stays():
    people = [make(ADMIN), make(ADMIN)]
    start, refused = threading.Barrier(2), []

    def take(actor, person):
        try:
            start.wait(10)
            services.set_roles(actor=actor, person_id=person.pk, roles=[])
        except LastAdministrator as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=pair) for pair in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert sorted(len(roles_of(person)) for person in people) == [0, 1]


def test_an_invitation_goes_by_letter_and_is_good_once(client):
    boss = make(ADMIN)
    sent = services.invite(actor=boss, email=" New@Example.com ", roles=[SUPPORT])
    services.send_letters([{"invitation": sent.pk}])
    services.send_letters([{"invitation": sent.pk}])
    (letter,) = mail.outbox
    assert letter.to == ["new@example.com"]
    (address,) = re.findall(r"https?://[^/]+(/operators-invitation/\S+/)", letter.body)
    stranger, person = UserFactory(), UserFactory(email="new@example.com")
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address).status_code == 409
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    person.refresh_from_db()
    assert (person.is_staff, roles_of(person), roles_of(stranger)) == (True, [SUPPORT], [])
    assert client.post(address).status_code == 409
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "desk.invite_operator",
        "desk.accept_invitation",
    ]


def test_what_was_taken_back_is_no_longer_good():
    boss, person = make(ADMIN), UserFactory(email="new@example.com")
    sent = services.invite(actor=boss, email="new@example.com", roles=[SUPPORT])
    services.revoke(actor=boss, invitation_id=sent.pk)
    with pytest.raises(StaffInvitationGone):
        services.accept(user=person, invitation_id=sent.pk)
    with pytest.raises(StaffInvitationGone):
        services.revoke(actor=boss, invitation_id=sent.pk)
    again = services.invite(actor=boss, email="new@example.com", roles=[CURATOR])
    assert again.pk != sent.pk


@pytest.mark.parametrize("answer", ["accept", "revoke"])
def test_who_renews_an_invitation_that_was_answered_meanwhile_writes_a_new_one(monkeypatch, answer):
    boss, person = make(ADMIN), UserFactory(email="new@example.com")
    sent = services.invite(actor=boss, email="new@example.com", roles=[SUPPORT])
    lock = services.lock_operator_invitation

    def after_the_answer(pk):
        monkeypatch.setattr(services, "lock_operator_invitation", lock)
        if answer == "accept":
            services.accept(user=person, invitation_id=pk)
        else:
            services.revoke(actor=boss, invitation_id=pk)
        return lock(pk)

    monkeypatch.setattr(services, "lock_operator_invitation", after_the_answer)
    again = services.invite(actor=boss, email="new@example.com", roles=[CURATOR])
    sent.refresh_from_db()
    assert again.pk != sent.pk
    assert bool(sent.accepted_at or sent.revoked_at)


@pytest.mark.parametrize(("email", "roles"), [("no address", [SUPPORT]), ("a@example.com", [])])
def test_an_invitation_needs_an_address_and_roles(email, roles):
    with pytest.raises(InvalidInput):
        services.invite(actor=make(ADMIN), email=email, roles=roles)
    assert not OperatorInvitation.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_often_for_one_as_for_three(client, number, django_assert_max_num_queries):
    boss = make(ADMIN)
    for _each in range(number):
        make(SUPPORT)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    client.get(reverse("operators_people"))
    with django_assert_max_num_queries(17):
        assert client.get(reverse("operators_people")).status_code == 200
