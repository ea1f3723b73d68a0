"""The pages of webhooks: adding, the secret shown once, the log, what others may not see."""

import pytest
from django.urls import reverse

from accounts import personal_data as registry
from api import personal_data
from api.models import WebhookDelivery, WebhookEndpoint
from api.webhooks import delivering, endpoints, views
from api.webhooks.errors import AddressNotTaken, TooManyEndpoints
from api.webhooks.owners import Owner
from core.errors import TooMany
from core.outgoing import posting
from tests.factories.accounts import UserFactory
from tests.factories.api import SECRET, make_delivery, make_endpoint
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(monkeypatch):
    """Names resolve to a public address."""
    monkeypatch.setattr(posting.GuardedBackend, "_addresses", lambda *_: ["93.184.215.14"])


def test_a_vendors_endpoint_from_adding_to_deleting(sign_in, receiver):
    vendor = VendorFactory(slug="ours")
    client = sign_in(MembershipFactory(vendor=vendor, role=Role.MANAGER).user)
    new = reverse("webhooks_desk:new", args=["ours"])
    for events in ([], ["bid.received"]):  # none, and a buyer's
        assert client.post(new, {"url": receiver.url("/hook"), "events": events}).status_code == 422
    added = client.post(new, {"url": receiver.url("/hook"), "events": ["bid.won", "bid.lost"]})
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.vendor, endpoint.events) == (vendor, ["bid.won", "bid.lost"])
    secret = added.context["secret"]
    assert added.content.decode().count(secret) == 1
    assert secret not in endpoint.secret  # sealed
    page = reverse("webhooks_desk:endpoint", args=["ours", endpoint.pk])
    assert secret not in client.get(page).content.decode()

    act = reverse("webhooks_desk:act", args=["ours", endpoint.pk])
    client.post(act, {"act": "test"})
    delivering.send_due(threads=1)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.type, delivery.state) == ("webhook.test", "delivered")
    shown = client.get(
        reverse("webhooks_desk:delivery", args=["ours", endpoint.pk, delivery.pk])
    ).content.decode()
    assert delivery.message_id in shown
    assert "hello" in shown  # what the server answered
    assert client.get(page, {"state": "failed"}).context["page"].paginator.count == 0
    assert client.get(page, {"type": "webhook.test"}).context["page"].paginator.count == 1

    again = reverse("webhooks_desk:resend", args=["ours", endpoint.pk, delivery.pk])
    assert client.post(again).status_code == 302
    delivering.send_due(threads=1)
    assert [headers["webhook-id"] for _, headers in receiver.asked] == [delivery.message_id] * 2

    changed = client.post(act, {"act": "rotate"}).context["secret"]
    assert changed.startswith("whsec_")
    assert changed != secret
    client.post(act, {"act": "pause"})
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.reason) == ("paused", "owner")
    assert client.post(act, {"act": "explode"}).status_code == 404
    client.post(act, {"act": "delete"})
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook",
        "ftp://shop.example/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.7/hook",
        "https://user:word@shop.example/",
        "https://shop.example:22/",
        "https://2130706433/",
        "shop.example/hook",
    ],
)
def test_addresses_that_are_not_taken(public, url):
    user = UserFactory()
    with pytest.raises(AddressNotTaken):
        endpoints.add(owner=Owner(user=user), by=user, url=url, events=["bid.received"])


def test_a_name_that_leads_inside_is_not_saved_and_the_page_says_why(sign_in, monkeypatch):
    monkeypatch.setattr(posting.GuardedBackend, "_addresses", lambda *_: ["192.168.1.5"])
    client = sign_in(UserFactory())
    sent = {"url": "https://inside.example/hook", "events": ["bid.received"]}
    answer = client.post(reverse("webhooks:new"), sent)
    assert answer.status_code == 422
    assert "inside.example" in answer.context["form"].errors["url"][0]
    assert not WebhookEndpoint.objects.exists()


def test_an_inner_name_and_none_get_the_same_words_and_few_are_looked_up(monkeypatch):
    def silent(*_):
        raise posting.HostSilent("unknown_host", host="a.example")

    user = UserFactory()
    sent = {"owner": Owner(user=user), "by": user, "events": ["bid.received"]}
    said = []
    monkeypatch.setattr(endpoints, "_SAVED", "4/h")
    for looked_up in (lambda *_: ["10.0.0.1"], silent):
        monkeypatch.setattr(posting.GuardedBackend, "_addresses", looked_up)
        for url in ("https://a.example/", "https://%6c%6f/"):
            with pytest.raises(AddressNotTaken) as refused:
                endpoints.add(url=url, **sent)
            said.append(str(refused.value))
    assert said[:2] == said[2:]
    assert "%%" not in said[1]
    with pytest.raises(TooMany):
        endpoints.add(url="https://a.example/", **sent)


def test_there_are_five_at_most(public):
    user = UserFactory()
    told = {
        "owner": Owner(user=user),
        "by": user,
        "url": "https://shop.example/hook",
        "events": ["bid.received"],
    }
    for _ in range(endpoints.MOST):
        endpoints.add(**told)
    with pytest.raises(TooManyEndpoints):
        endpoints.add(**told)


def test_nobody_reaches_anothers_endpoint_through_his_own_pages(sign_in):
    user, other = UserFactory(), UserFactory()
    foreign = make_delivery(user=other)
    vendors = make_delivery(vendor=VendorFactory())
    client = sign_in(user)
    mine = make_endpoint(user=user)
    for delivery in (foreign, vendors):
        assert client.get(reverse("webhooks:endpoint", args=[delivery.endpoint_id])).status_code == 404
        assert (
            client.post(reverse("webhooks:act", args=[delivery.endpoint_id]), {"act": "delete"}).status_code
            == 404
        )
        crossed = reverse("webhooks:delivery", args=[mine.pk, delivery.pk])
        assert client.get(crossed).status_code == 404
    assert WebhookEndpoint.objects.count() == 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_however_many_there_are(sign_in, django_assert_num_queries, count):
    user = UserFactory()
    for _ in range(count):
        make_delivery(user=user)
    client = sign_in(user)
    with django_assert_num_queries(9):
        assert client.get(reverse("webhooks:list")).status_code == 200


def test_endpoints_belong_to_a_persons_data_without_their_secret():
    user = UserFactory()
    make_delivery(user=user)
    vendors = make_endpoint(vendor=VendorFactory(), created_by=user)
    assert "api" in {keeper.room for keeper in registry.keepers()}
    [exported] = personal_data.export(user)["webhook_endpoints"]
    assert (exported["url"], len(exported["deliveries"])) == ("https://shop.example/hook", 1)
    assert SECRET not in str(exported)
    personal_data.erase(user)
    vendors.refresh_from_db()
    assert (WebhookEndpoint.objects.get(), vendors.created_by) == (vendors, None)


def test_a_webhook_that_is_added_anew_has_no_fresh_allowance_of_tests(sign_in, receiver, monkeypatch):
    monkeypatch.setattr(views, "_TESTS", "2/h")
    user = UserFactory()
    client = sign_in(user)
    codes = []
    for _number in range(3):
        endpoint, _secret = endpoints.add(
            owner=Owner(user=user), by=user, url=receiver.url("/hook"), events=["bid.received"]
        )
        act = reverse("webhooks:act", args=[endpoint.pk])
        codes.append(client.post(act, {"act": "test"}).status_code)
        client.post(act, {"act": "delete"})
    assert codes == [302, 302, 429]
    other, _secret = endpoints.add(
        owner=Owner(user=(rival := UserFactory())),
        by=rival,
        url=receiver.url("/hook"),
        events=["bid.received"],
    )
    answer = sign_in(rival).post(reverse("webhooks:act", args=[other.pk]), {"act": "test"})
    assert answer.status_code == 302  # each owner has its own
