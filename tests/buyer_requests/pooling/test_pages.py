"""Pages of pooled requests: who sees what, who may do what, and how many statements a list costs."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.models import Award, BuyerRequest, PoolMember, PoolPart, PoolTerms
from buyer_requests.pooling.enums import MemberState
from tests.buyer_requests.pooling.test_joining import bid, finish, make_pool, take, total
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import in_days, make_draft, make_member
from tests.factories.catalog import CategoryFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def page_of(request) -> str:
    return reverse("requests:pool", args=[request.pool.code])


def sent(request, quantity="45", ceiling="95,50", **values) -> dict[str, str]:
    line = request.lines.get(position=1).pk
    return {
        f"quantity-{line}": quantity,
        f"ceiling-{line}": ceiling,
        "place": "Львів, Дорошенка 5",
        "region": "UA-46",
        "agrees": "on",
    } | values


def test_list_is_found_by_words_category_and_region(client):
    request = make_pool(
        lines=(services.LineInput(text="Папір А4", category_id=CategoryFactory(slug="paper").pk),),
        regions=["UA-46"],
    )
    make_pool(reach="link")
    url = reverse("requests:pools")
    for query, shown in (
        ("", True),
        ("q=паперу", True),
        ("q=степлер", False),
        ("category=paper", True),
        ("region=UA-46", True),
        ("region=UA-30", False),
    ):
        assert (page_of(request) in client.get(f"{url}?{query}").content.decode()) is shown, query
    page = client.get(url).content.decode()
    assert page.count('<h2 class="pool-title">') == 1
    assert "Папір А4" in page


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_for_more_pools(client, django_assert_num_queries, number):
    for _each in range(number):
        bid(make_pool())
    url = reverse("requests:pools")
    client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url)


LIST_QUERIES = 6


def test_prices_are_for_buyers_and_limits_for_nobody_else(client):
    request = make_pool()
    take(request, 25, 93_2100)
    bid(request)
    page = client.get(page_of(request)).content.decode()
    assert "85" in page
    assert "100,00" not in page
    client.force_login(make_member(VendorFactory()))
    assert "100,00" not in client.get(page_of(request)).content.decode()
    client.force_login(UserFactory())
    page = client.get(page_of(request)).content.decode()
    assert "100,00" in page
    client.force_login(request.buyer)
    pages = [page_of(request), reverse("requests:detail", args=[request.public_id])]
    assert all("93,21" not in client.get(url).content.decode() for url in pages)


def test_joining_changing_and_leaving_by_the_page(client):
    request = make_pool()
    assert client.post(page_of(request), sent(request)).status_code == 302  # to sign in
    assert not PoolMember.objects.exclude(user=request.buyer).exists()
    user = UserFactory()
    client.force_login(user)
    for bad in ({"agrees": ""}, {"quantity": "багато"}, {"place": ""}, {"quantity": ""}):
        quantity = bad.pop("quantity", "45")
        assert client.post(page_of(request), sent(request, quantity, **bad)).status_code == 422
    assert total(request) == 60
    assert client.post(page_of(request), sent(request)).status_code == 302
    assert total(request) == 105
    assert PoolMember.objects.get(user=user).quantities.get().ceiling_amount == 95_5000
    assert client.post(reverse("requests:pool_leave", args=[request.pool.code])).status_code == 302
    assert PoolMember.objects.get(user=user).state == MemberState.LEFT
    assert client.post(reverse("requests:pool_leave", args=[request.pool.code])).status_code == 404
    assert client.get(reverse("requests:pool", args=[uuid.uuid4()])).status_code == 404
    draft = PoolTerms.objects.create(request=make_draft(), join_until=in_days(1))
    assert client.get(reverse("requests:pool", args=[draft.code])).status_code == 404


def test_from_the_draft_to_each_ones_bill(client):
    request = make_pool()
    guest = take(request, 45)
    offer = bid(request)
    seller = offer.vendor.memberships.first().user
    desk = reverse("requests_desk:detail", args=[offer.vendor.slug, request.public_id])
    client.force_login(seller)
    assert "Дорошенка" not in client.get(desk).content.decode()
    client.force_login(request.buyer)
    detail = reverse("requests:detail", args=[request.public_id])
    decide = reverse("requests:pool_decide", args=[request.public_id])
    client.post(decide)
    assert not Award.objects.exists()  # too early
    finish_up_to_decision(request)
    page = client.get(detail).content.decode()
    assert decide in page
    assert 'value="ticked"' not in page
    client.post(decide)
    assert PoolPart.objects.count() == 2
    assert client.get(detail).status_code == 200
    client.force_login(seller)
    assert "Дорошенка" not in client.get(desk).content.decode()
    client.post(
        reverse("requests_desk:answer_award", args=[offer.vendor.slug, request.public_id]),
        {"answer": "accept"},
    )
    assert "Дорошенка" in client.get(desk).content.decode()
    client.force_login(guest.user)
    page = client.get(page_of(request)).content.decode()
    assert offer.vendor.name in page
    assert "4\xa0050,00" in page
    client.force_login(UserFactory())
    assert offer.vendor.name not in client.get(page_of(request)).content.decode()
    part = PoolPart.objects.get(member=guest)
    away = reverse("requests_desk:pool_fell_away", args=[offer.vendor.slug, request.public_id, part.pk])
    assert client.post(away).status_code == 404
    client.force_login(seller)
    assert client.post(away).status_code == 302
    assert client.post(away.replace(f"/{part.pk}/", "/99999999999999999999/")).status_code == 404


def finish_up_to_decision(request) -> None:
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=timezone.now() - dt.timedelta(seconds=1))


def test_the_drafts_page_keeps_the_terms(client):
    draft = make_draft()
    client.force_login(draft.buyer)
    url = reverse("requests:edit", args=[draft.public_id])
    form = client.get(url).context["form"]
    lines = client.get(url).context["lines"]
    data = {
        field.html_name: field.value() if field.value() is not None else ""
        for each in (form, lines.management_form, *lines.forms)
        for field in each
        if field.value() is not False
    }
    day = timezone.localdate() + dt.timedelta(days=1)
    pooled = {
        "pool-pooled": "on",
        "pool-join_day": day.isoformat(),
        "pool-reach": "link",
        "pool-least_quantity": "5",
    }
    assert client.post(url, data | pooled).status_code == 302
    terms = PoolTerms.objects.get(request=draft)
    assert (terms.reach, terms.least_quantity, terms.price_weight) == ("link", Decimal(5), 100)
    assert timezone.localdate(terms.join_until) == day
    assert client.post(url, data).status_code == 302
    assert not PoolTerms.objects.filter(request=draft).exists()


def test_a_decided_pool_reads_like_any_decided_request(client):
    request = make_pool()
    out = take(request, 45, 50_0000)
    bid(request)
    finish(request)
    client.force_login(out.user)
    page = client.get(page_of(request)).content.decode()
    assert "50,00" in page
    assert client.post(page_of(request), sent(request)).status_code == 302
    assert total(request) == 105  # too late: nothing changed


def test_again_takes_ones_own_quantities_and_the_organiser_his_rules(client):
    request = make_pool(reach="link", delivery_rule="shared")
    guest = take(request, 45)
    assert total(request) == 105
    client.force_login(request.buyer)
    client.post(reverse("requests:again", args=[request.public_id]))
    draft = request.buyer.buyer_requests.get(state="draft")
    assert total(draft) == 60
    assert (draft.pool.reach, draft.pool.delivery_rule, draft.pool.join_until) == ("link", "shared", None)
    client.post(reverse("requests:template_keep", args=[request.public_id]), {"name": "Щомісяця"})
    template = request.buyer.request_templates.get()
    client.post(reverse("requests:template_use", args=[template.pk]))
    draft = request.buyer.buyer_requests.order_by("pk").last()
    assert (total(draft), draft.pool.reach) == (60, "link")
    client.force_login(guest.user)
    client.post(reverse("requests:pool_again", args=[request.pool.code]))
    draft = guest.user.buyer_requests.get()
    assert (total(draft), draft.place, PoolTerms.objects.filter(request=draft).exists()) == (
        45,
        "Львів, Дорошенка 5",
        False,
    )
    client.force_login(UserFactory())
    assert client.post(reverse("requests:pool_again", args=[request.pool.code])).status_code == 404
