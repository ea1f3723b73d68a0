"""Requests whose lines and terms stay: their page says why instead of offering a change, and a change sent is refused."""

from __future__ import annotations

import pytest
from django.urls import reverse

from buyer_requests import services
from buyer_requests.changing.models import DraftedChange
from buyer_requests.changing.services import refusal
from buyer_requests.models import Auction
from tests.buyer_requests.pooling.test_joining import make_pool
from tests.buyer_requests.sealing.making import make_sealed
from tests.factories.buyer_requests import make_draft, make_open

pytestmark = pytest.mark.django_db


def make_auctioned():
    draft = make_draft()
    Auction.objects.create(request=draft)
    return services.publish_request(buyer=draft.buyer, request=draft)


@pytest.mark.parametrize("make", [make_sealed, make_pool, make_auctioned, make_open])
def test_a_change_is_offered_where_it_is_taken_and_else_the_page_says_why(sign_in, make):
    request = make()
    client = sign_in(request.buyer)
    here = reverse("requests:detail", args=[request.public_id])
    change = reverse("requests:change", args=[request.public_id])
    page = client.get(here).content.decode()
    refused = refusal(request)
    assert (refused is None) is (make in {make_open, make_sealed})  # sealed ones change their wording
    assert (f'href="{change}"' in page) is (refused is None)
    assert refused is None or str(refused) in page
    answer = client.post(change, {"lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}, follow=True)
    if refused is None:
        assert answer.status_code == 422
    else:
        assert answer.redirect_chain == [(here, 302)]
        assert str(refused) in [str(message) for message in answer.context["messages"]]
    assert not DraftedChange.objects.exists()
