"""Deliveries to a real server: signatures, answers, faults, and what becomes of each."""

import datetime as dt
import json
import socket
import time

import pytest
from django.utils import timezone, translation
from standardwebhooks import Webhook, WebhookVerificationError

from api.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from api.webhooks import delivering, endpoints, reads, tidying
from api.webhooks.enums import DeliveryState, EndpointState, Reason
from api.webhooks.errors import UNREADABLE
from core.outgoing import wire
from notifications.models import Notification
from tests.core.outgoing.conftest import say
from tests.factories.accounts import UserFactory
from tests.factories.api import SECRET, make_delivery, make_endpoint
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def endpoint(receiver, user):
    return make_endpoint(user=user, url=receiver.url("/hook"))


def run():
    return delivering.send_due(threads=1)


def test_a_signed_event_arrives_once(receiver, endpoint):
    delivery = make_delivery(endpoint=endpoint)
    assert (run(), run()) == (1, 0)
    [(path, headers)] = receiver.asked
    assert (path, headers["webhook-id"]) == ("/hook", delivery.message_id)
    assert Webhook(SECRET).verify(receiver.bodies[0], headers) == json.loads(delivery.body)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(receiver.bodies[0] + b" ", headers)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.attempts) == (DeliveryState.DELIVERED, 200, 1)
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error, attempt.answer) == (200, "", "hello")
    endpoint.refresh_from_db()
    assert (endpoint.lease, endpoint.failures) == (None, 0)


def test_while_a_secret_is_changed_both_sign(receiver, endpoint):
    fresh = endpoints.rotate(endpoint=endpoint)
    make_delivery(endpoint=endpoint)
    run()
    for secret in (SECRET, fresh):
        assert Webhook(secret).verify(receiver.bodies[0], receiver.asked[0][1])
    WebhookEndpoint.objects.update(old_until=timezone.now() - dt.timedelta(seconds=1))
    make_delivery(endpoint=endpoint)
    run()
    assert Webhook(fresh).verify(receiver.bodies[1], receiver.asked[1][1])
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(receiver.bodies[1], receiver.asked[1][1])


def test_an_error_is_tried_again_with_the_same_id_and_holds_the_endpoint(receiver, endpoint):
    receiver.answer = lambda handler: say(handler, b"broken\x00 \xff", 500)
    first, second = make_delivery(endpoint=endpoint), make_delivery(endpoint=endpoint)
    assert run() == 1  # the second waits until the endpoint is asked again
    first.refresh_from_db()
    assert (first.state, first.status, first.attempts) == (DeliveryState.WAITING, 500, 1)
    assert dt.timedelta(seconds=50) < first.next_at - timezone.now() < dt.timedelta(seconds=70)
    assert WebhookAttempt.objects.get().answer == "broken �"
    endpoint.refresh_from_db()
    assert endpoint.failures == 1
    assert dt.timedelta(seconds=3) < endpoint.hold_until - timezone.now() <= dt.timedelta(seconds=5)
    receiver.answer = lambda handler: say(handler, b"", 204)
    WebhookEndpoint.objects.update(hold_until=timezone.now())
    WebhookDelivery.objects.update(next_at=timezone.now())
    assert run() == 2
    assert {headers["webhook-id"] for _path, headers in receiver.asked} == {
        first.message_id,
        second.message_id,
    }
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.hold_until) == (0, None, None)


def test_a_refusal_of_one_event_does_not_hold_the_next(receiver, endpoint):
    receiver.answer = lambda handler: say(handler, b"", 400 if len(receiver.asked) == 1 else 200)
    make_delivery(endpoint=endpoint)
    make_delivery(endpoint=endpoint)
    assert run() == 2
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["delivered", "waiting"]


def test_a_wish_to_wait_is_kept(receiver, endpoint):
    receiver.answer = lambda handler: say(handler, b"", 429, Retry_After="3600")
    delivery = make_delivery(endpoint=endpoint)
    run()
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    for until in (delivery.next_at, endpoint.hold_until):
        assert dt.timedelta(minutes=59) < until - timezone.now() <= dt.timedelta(hours=1)


def test_a_redirect_is_a_failure_and_is_not_followed(receiver, endpoint):
    receiver.answer = lambda handler: say(handler, b"", 308, Location=receiver.url("/other"))
    delivery = make_delivery(endpoint=endpoint)
    run()
    delivery.refresh_from_db()
    assert ([path for path, _ in receiver.asked], delivery.status, delivery.state) == (
        ["/hook"],
        308,
        "waiting",
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda handler: time.sleep(0.6), "took_too_long"),
        (lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), "broken_connection"),
    ],
)
def test_no_answer_is_noted_with_its_reason(receiver, endpoint, monkeypatch, answer, error):
    monkeypatch.setattr(delivering, "SECONDS", 0.3)
    receiver.answer = answer
    make_delivery(endpoint=endpoint)
    run()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error) == (0, error)
    assert WebhookDelivery.objects.get().state == DeliveryState.WAITING


def test_a_dripping_body_counts_by_its_status(receiver, endpoint, monkeypatch):
    monkeypatch.setattr(delivering, "SECONDS", 0.3)

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "500")
        handler.end_headers()
        for _ in range(12):
            handler.wfile.write(b"a")
            time.sleep(0.05)

    receiver.answer = drip
    make_delivery(endpoint=endpoint)
    run()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, set(attempt.answer)) == (200, {"a"})
    assert 250 < attempt.milliseconds < 3000


def test_a_name_that_turned_private_is_refused_at_the_connection(receiver, user, monkeypatch):
    """Saved while its name was public; the name leads inside now. The server never hears of it."""
    endpoint = make_endpoint(user=user, url=f"http://rebound.example:{receiver.port}/hook")
    monkeypatch.setattr(
        wire.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.2", receiver.port))]
    )
    make_delivery(endpoint=endpoint)
    run()
    assert (WebhookAttempt.objects.get().error, receiver.asked) == ("private_address", [])


def test_410_switches_off_at_once_and_the_owner_is_told(receiver, endpoint, user):
    receiver.answer = lambda handler: say(handler, b"", 410)
    make_delivery(endpoint=endpoint)
    make_delivery(endpoint=endpoint)
    assert run() == 1
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.reason) == (EndpointState.DISABLED, Reason.GONE)
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {DeliveryState.FAILED}
    message = Notification.objects.get(user=user, kind=endpoints.STOPPED)
    assert message.url == f"/profile/webhooks/{endpoint.pk}/"


def test_five_days_of_failures_switch_off_and_managers_are_told(receiver):
    vendor = VendorFactory()
    manager = MembershipFactory(vendor=vendor, role=Role.MANAGER).user
    MembershipFactory(vendor=vendor, role=Role.ASSISTANT)
    receiver.answer = lambda handler: say(handler, b"", 503)
    since = timezone.now() - dt.timedelta(days=5, minutes=1)
    endpoint = make_endpoint(vendor=vendor, url=receiver.url(), failing_since=since, failures=30)
    make_delivery(endpoint=endpoint, attempts=2)
    run()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.reason) == (EndpointState.DISABLED, Reason.FAILING)
    assert list(Notification.objects.filter(kind=endpoints.STOPPED).values_list("user", flat=True)) == [
        manager.pk
    ]


def test_the_tenth_failure_is_the_last(receiver, endpoint):
    receiver.answer = lambda handler: say(handler, b"", 404)
    delivery = make_delivery(endpoint=endpoint, attempts=9)
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 10)
    receiver.answer = say
    endpoints.send_again(delivery=delivery)
    assert run() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.tries.count()) == (DeliveryState.DELIVERED, 1, 2)


def test_a_paused_endpoint_waits_and_a_leased_one_is_somebody_elses(receiver, endpoint):
    make_delivery(endpoint=endpoint)
    endpoints.pause(endpoint=endpoint)
    assert run() == 0
    endpoints.resume(endpoint=endpoint)
    lease = "0" * 32
    WebhookEndpoint.objects.update(lease=lease, leased_until=timezone.now() + dt.timedelta(minutes=1))
    assert run() == 0
    WebhookEndpoint.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))  # its worker died
    assert run() == 1
    assert len(receiver.asked) == 1


def test_those_that_work_come_before_those_that_fail(receiver, user):
    ill = make_endpoint(user=user, url=receiver.url("/ill"), failures=3)
    well = make_endpoint(user=user, url=receiver.url("/well"))
    for endpoint in (ill, well):
        make_delivery(endpoint=endpoint)
    run()
    assert [path for path, _headers in receiver.asked] == ["/well", "/ill"]


def test_plain_http_is_not_asked_where_the_settings_forbid_it(receiver, endpoint, settings):
    settings.WEBHOOK_SCHEMES = ("https",)
    make_delivery(endpoint=endpoint)
    run()
    assert (WebhookAttempt.objects.get().error, receiver.asked) == ("scheme", [])


def test_tidying_gives_up_what_is_too_old_and_forgets_after_thirty_days(user):
    endpoint = make_endpoint(user=user, state=EndpointState.PAUSED, old_secret="x", old_until=timezone.now())
    now = timezone.now()
    fresh = make_delivery(endpoint=endpoint)
    stale = make_delivery(endpoint=endpoint, begun_at=now - dt.timedelta(hours=77))
    make_delivery(endpoint=endpoint, created_at=now - dt.timedelta(days=31), state=DeliveryState.DELIVERED)
    assert tidying.tidy() == 1
    assert dict(WebhookDelivery.objects.values_list("pk", "state")) == {
        fresh.pk: "waiting",
        stale.pk: "failed",
    }
    endpoint.refresh_from_db()
    assert (endpoint.old_secret, endpoint.old_until) == ("", None)


def test_a_secret_that_cannot_be_read_fails_its_own_deliveries_and_stops_no_others(receiver, endpoint, user):
    other = make_endpoint(user=user, url=receiver.url("/other"))
    for each in (endpoint, other):
        make_delivery(endpoint=each)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(secret="sealed with a key that is gone")
    assert (run(), run()) == (2, 0)
    assert [path for path, _headers in receiver.asked] == ["/other"]
    attempt = WebhookAttempt.objects.get(delivery__endpoint=endpoint)
    assert attempt.error == UNREADABLE
    with translation.override("en"):
        said = reads.said(attempt.error, endpoint.url)
    assert said == "The secret cannot be read any more. Make a new one."
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.lease) == (1, None)
