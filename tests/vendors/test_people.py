"""Invitations, roles and leaving."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail, signing
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from core.errors import NotAllowed, NotFound, Unavailable
from core.models import OutboxEntry
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.vendors import MembershipFactory
from vendors.enums import Role
from vendors.errors import AlreadyMember, InvitationInvalid, LastOwner
from vendors.models import Invitation, Membership
from vendors.services import (
    accept_invitation,
    change_role,
    invite_member,
    remove_member,
    revoke_invitation,
    send_invitation_letters,
)
from vendors.tokens import invitation_id_of, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return MembershipFactory()


def colleague(owner, role):
    return MembershipFactory(vendor=owner.vendor, role=role)


def invite(actor, email="new@example.com", role=Role.ASSISTANT):
    return invite_member(vendor=actor.vendor, actor=actor, email=email, role=role)


def test_invitation_is_mailed_through_the_outbox_once(owner, time_machine):
    time_machine.move_to("2026-09-01T09:00:00Z", tick=False)  # a token tells the second
    sent = invite(owner, "  New@Example.com ")
    assert sent.email == "new@example.com"
    facts = [entry.payload for entry in OutboxEntry.objects.filter(consumer="letters")]
    assert facts == [{"invitation": sent.pk}]
    send_invitation_letters(facts)
    send_invitation_letters(facts)
    [letter] = mail.outbox
    assert letter.to == ["new@example.com"]
    assert f"/desk/invitations/{token_for(sent.pk)}/" in letter.body


def test_mail_that_is_down_leaves_the_fact_in_the_outbox(owner, monkeypatch):
    sent = invite(owner)

    def down(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", down)
    with pytest.raises(Unavailable):
        send_invitation_letters([{"invitation": sent.pk}])
    sent.refresh_from_db()
    assert sent.mailed_at is None


def test_invited_person_with_an_account_also_finds_it_in_the_inbox(owner):
    user = UserFactory(email="known@example.com")
    invite(owner, "known@example.com")
    assert list(Notification.objects.values_list("user", "kind", "email_due")) == [
        (user.pk, "vendor.invited", False)
    ]


def test_accepting_makes_a_member_once_and_tells_the_owners(owner):
    sent, user = invite(owner, role=Role.MANAGER), UserFactory(email="new@example.com")
    membership = accept_invitation(invitation_id=sent.pk, user=user)
    assert (membership.vendor, membership.role) == (owner.vendor, Role.MANAGER)
    assert Notification.objects.filter(user=owner.user, kind="vendor.joined").count() == 1
    with pytest.raises(InvitationInvalid):
        accept_invitation(invitation_id=sent.pk, user=user)


@pytest.mark.parametrize(("email", "verified"), [("other@example.com", True), ("new@example.com", False)])
def test_only_the_verified_address_invited_can_accept(owner, email, verified):
    sent = invite(owner)
    user = UserFactory(email=email, verified=verified)
    with pytest.raises(InvitationInvalid, match=r"new@example\.com"):
        accept_invitation(invitation_id=sent.pk, user=user)
    assert not Membership.objects.filter(user=user).exists()


def test_old_and_revoked_invitations_do_not_open(owner):
    user = UserFactory(email="new@example.com")
    sent = invite(owner)
    with (
        time_machine.travel(timezone.now() + dt.timedelta(days=14, seconds=1), tick=False),
        pytest.raises(InvitationInvalid),
    ):
        accept_invitation(invitation_id=sent.pk, user=user)
    revoke_invitation(vendor=owner.vendor, actor=owner, invitation_id=sent.pk)
    with pytest.raises(InvitationInvalid):
        accept_invitation(invitation_id=sent.pk, user=user)
    with pytest.raises(NotFound):
        revoke_invitation(vendor=owner.vendor, actor=owner, invitation_id=sent.pk)
    assert not Membership.objects.filter(user=user).exists()


@pytest.mark.parametrize(
    "token",
    ["1", "1:abc", signing.dumps(1, salt="other"), signing.dumps("x", salt="vendors.invitation")],
    ids=[
        "bare",
        "made-up",
        "other-purpose",
        "no-number",
    ],  # signatures carry the time: workers would disagree
)
def test_token_that_we_did_not_sign_is_refused(token):
    with pytest.raises(InvitationInvalid):
        invitation_id_of(token)


def test_inviting_again_renews_the_pending_one(owner):
    first = invite(owner)
    Invitation.objects.update(mailed_at=timezone.now())
    again = invite(owner, role=Role.MANAGER)
    again.refresh_from_db()
    assert (again.pk, again.role, again.mailed_at) == (first.pk, Role.MANAGER, None)


def test_members_are_not_invited(owner):
    member = colleague(owner, Role.ASSISTANT)
    with pytest.raises(AlreadyMember, match=member.user.email):
        invite(owner, member.user.email.upper())


@pytest.mark.parametrize(
    ("actor_role", "role", "allowed"),
    [
        (Role.ASSISTANT, Role.ASSISTANT, False),
        (Role.MANAGER, Role.MANAGER, True),
        (Role.MANAGER, Role.OWNER, False),
        (Role.OWNER, Role.OWNER, True),
    ],
)
def test_who_may_invite_whom(owner, actor_role, role, allowed):
    actor = colleague(owner, actor_role)
    if allowed:
        invite(actor, role=role)
    else:
        with pytest.raises(NotAllowed):
            invite(actor, role=role)
    assert Invitation.objects.exists() is allowed


def test_managers_neither_renew_nor_revoke_an_owners_invitation(owner):
    manager, sent = colleague(owner, Role.MANAGER), invite(owner, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        invite(manager, role=Role.ASSISTANT)
    with pytest.raises(NotAllowed):
        revoke_invitation(vendor=owner.vendor, actor=manager, invitation_id=sent.pk)
    sent.refresh_from_db()
    assert (sent.role, sent.revoked_at) == (Role.OWNER, None)


def test_last_owner_can_neither_step_down_nor_leave(owner):
    with pytest.raises(LastOwner):
        change_role(vendor=owner.vendor, actor=owner, membership_id=owner.pk, role=Role.MANAGER)
    with pytest.raises(LastOwner):
        remove_member(vendor=owner.vendor, actor=owner, membership_id=owner.pk)
    other = colleague(owner, Role.ASSISTANT)
    change_role(vendor=owner.vendor, actor=owner, membership_id=other.pk, role=Role.OWNER)
    remove_member(vendor=owner.vendor, actor=owner, membership_id=owner.pk)
    assert list(owner.vendor.memberships.values_list("user", "role")) == [(other.user.pk, Role.OWNER)]


def test_roles_are_changed_by_owners_alone(owner):
    manager, assistant = colleague(owner, Role.MANAGER), colleague(owner, Role.ASSISTANT)
    with pytest.raises(NotAllowed):
        change_role(vendor=owner.vendor, actor=manager, membership_id=manager.pk, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        change_role(vendor=owner.vendor, actor=assistant, membership_id=owner.pk, role=Role.ASSISTANT)
    assert sorted(owner.vendor.memberships.values_list("role", flat=True)) == [
        "assistant",
        "manager",
        "owner",
    ]


def test_who_may_remove_whom(owner):
    manager, assistant = colleague(owner, Role.MANAGER), colleague(owner, Role.ASSISTANT)
    for actor, target in ((assistant, manager), (manager, owner)):
        with pytest.raises(NotAllowed):
            remove_member(vendor=owner.vendor, actor=actor, membership_id=target.pk)
    remove_member(vendor=owner.vendor, actor=manager, membership_id=assistant.pk)
    remove_member(vendor=owner.vendor, actor=manager, membership_id=manager.pk)
    assert list(owner.vendor.memberships.values_list("pk", flat=True)) == [owner.pk]


def test_another_companys_members_are_out_of_reach(owner):
    stranger = MembershipFactory()
    MembershipFactory(vendor=stranger.vendor)
    for act in (
        lambda: remove_member(vendor=owner.vendor, actor=owner, membership_id=stranger.pk),
        lambda: change_role(vendor=owner.vendor, actor=owner, membership_id=stranger.pk, role=Role.ASSISTANT),
    ):
        with pytest.raises(NotFound):
            act()
    stranger.refresh_from_db()
    assert stranger.role == Role.OWNER


def test_member_removed_meanwhile_has_no_say(owner):
    manager = colleague(owner, Role.MANAGER)
    Membership.objects.filter(pk=manager.pk).delete()
    with pytest.raises(NotAllowed):
        invite(manager)
    assert not Invitation.objects.exists()
