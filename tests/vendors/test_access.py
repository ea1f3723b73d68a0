"""The gate of the desk: who passes, and that everybody else sees nothing at all."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from structlog.testing import capture_logs

from core.errors import NotFound
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.access import desk_view, has_role
from vendors.enums import Role, VendorState
from vendors.errors import DeskClosed

pytestmark = pytest.mark.django_db


def call(user, slug, *, method="get", min_role=Role.ASSISTANT, **kwargs):
    seen = {}

    @desk_view(min_role, **kwargs)
    def view(request, vendor_slug, number):
        seen.update(vendor=request.vendor, membership=request.membership, slug=vendor_slug, number=number)
        return HttpResponse("inside")

    request = getattr(RequestFactory(), method)("/desk/x/7/?a=1")
    request.user = user
    return view(request, vendor_slug=slug, number=7), seen


def test_member_gets_in_and_the_view_knows_both():
    membership = MembershipFactory(role=Role.ASSISTANT)
    response, seen = call(membership.user, membership.vendor.slug)
    assert response.content == b"inside"
    assert seen == {
        "vendor": membership.vendor,
        "membership": membership,
        "slug": membership.vendor.slug,
        "number": 7,
    }


def test_visitor_is_sent_to_sign_in_and_back():
    response, seen = call(AnonymousUser(), VendorFactory().slug)
    assert (response.status_code, seen) == (302, {})
    assert response["Location"] == "/accounts/login/?next=/desk/x/7/%3Fa%3D1"


def test_outsiders_get_the_same_answer_as_for_a_company_that_does_not_exist():
    vendor = VendorFactory()
    answers = set()
    for outsider in (UserFactory(), MembershipFactory().user, OperatorFactory()):
        for slug in (vendor.slug, "nobody"):
            with pytest.raises(NotFound) as refused:
                call(outsider, slug)
            answers.add((refused.value.code, str(refused.value), refused.value.status))
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("role", "needed", "passes"),
    [
        (Role.ASSISTANT, Role.ASSISTANT, True),
        (Role.ASSISTANT, Role.MANAGER, False),
        (Role.MANAGER, Role.MANAGER, True),
        (Role.MANAGER, Role.OWNER, False),
        (Role.OWNER, Role.OWNER, True),
        (Role.OWNER, Role.ASSISTANT, True),
    ],
)
def test_roles_stand_above_each_other(role, needed, passes):
    membership = MembershipFactory(role=role)
    assert has_role(membership, needed) is passes
    if passes:
        assert call(membership.user, membership.vendor.slug, min_role=needed)[0].status_code == 200
    else:
        with pytest.raises(NotFound):
            call(membership.user, membership.vendor.slug, min_role=needed)


@pytest.mark.parametrize("state", [VendorState.APPLIED, VendorState.REJECTED, VendorState.SUSPENDED])
def test_closed_desk_shows_its_state_and_refuses_every_change(state, client):
    membership = MembershipFactory(vendor__state=state, vendor__state_reason="Немає телефону")
    slug = membership.vendor.slug
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/desk/{slug}/")
    assert page.status_code == 200
    assert next(template.name for template in page.templates if template.name) == "desk/state.html"
    assert ("Немає телефону" in page.text) is (state != VendorState.APPLIED)
    with pytest.raises(DeskClosed):
        call(membership.user, slug, method="post")
    response, seen = call(membership.user, slug, method="post", states=tuple(VendorState))
    assert (response.content, bool(seen)) == (b"inside", True)


def test_gate_costs_one_query(django_assert_num_queries):
    membership = MembershipFactory()
    with django_assert_num_queries(1):
        call(membership.user, membership.vendor.slug)


def test_refusal_is_logged():
    vendor, stranger = VendorFactory(), UserFactory()
    with capture_logs() as lines, pytest.raises(NotFound):
        call(stranger, vendor.slug)
    assert lines == [
        {
            "event": "vendors.desk_refused",
            "log_level": "warning",
            "actor": stranger.typed_id,
            "vendor": vendor.slug,
        }
    ]
