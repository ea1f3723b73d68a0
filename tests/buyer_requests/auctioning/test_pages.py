"""Pages and streams of auctions: what each reader is told, and nobody else."""

from __future__ import annotations

import asyncio
import json

import pytest
from django.urls import reverse

from buyer_requests.auctioning import streaming, watching
from buyer_requests.auctioning.options import AuctionOption
from buyer_requests.models import Auction
from cms.roles import DeskRole, ensure_roles
from core.models import AuditEntry
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.buyer_requests import make_draft
from vendors.models import Membership

pytestmark = pytest.mark.django_db


def owner(run, place):
    return Membership.objects.filter(vendor=run.vendors[place]).first().user


def desk(name, run, place):
    return reverse(f"requests_desk:{name}", args=[run.vendors[place].slug, run.request.public_id])


def told(response):
    return [
        json.loads(line[6:])
        for line in response.content.decode().split("\n")
        if line.startswith('data: {"seq')
    ]


def test_a_bidder_sees_the_best_price_and_its_own_rank_and_nobody_else(race, client):
    run = race()
    client.force_login(owner(run, 0))
    page = client.get(desk("auction", run, 0)).content.decode()
    assert "3 050" in page.replace("\xa0", " ").replace("\u202f", " ")
    for vendor in run.vendors[1:]:
        assert vendor.name not in page
    assert "2 900" not in page.replace("\xa0", " ").replace("\u202f", " ")
    run.bid(2, 2_741)  # refused: not a whole step
    run.bid(2, 2_700)
    events = told(client.get(desk("auction_live", run, 0), headers={"Last-Event-ID": "4"}))
    assert [(event["kind"], event["rank"], event["best"]) for event in events] == [("bid", 3, 27_000_000)]
    assert not {"standing", "slot", "amount"} & set(events[0])


def test_the_buyer_sees_prices_without_names_until_the_end(race, client):
    run = race()
    client.force_login(run.request.buyer)
    here = reverse("requests:auction", args=[run.request.public_id])
    page = client.get(here)
    assert not any(vendor.name in page.content.decode() for vendor in run.vendors)
    assert client.get(here, headers={"If-None-Match": page["ETag"]}).status_code == 304
    detail = client.get(reverse("requests:detail", args=[run.request.public_id])).content.decode()
    assert not any(vendor.name in detail for vendor in run.vendors)
    assert client.get(reverse("requests:auction_log", args=[run.request.public_id])).status_code == 404
    run.bid(0, 2_700)
    run.ends_in(-1)
    watching.settle_due()
    page = client.get(here).content.decode()
    assert all(vendor.name in page for vendor in run.vendors)
    log = client.get(reverse("requests:auction_log", args=[run.request.public_id])).json()
    assert (len(log["events"]), log["head"]) == (run.auction.seq, run.auction.head)


def test_a_price_sent_twice_from_a_page_counts_once_and_a_refusal_says_why(race, client):
    run = race()
    client.force_login(owner(run, 1))
    for _ in range(2):
        client.post(desk("auction_bid", run, 1), {"lot": 1, "amount": "2 700,00", "key": "k"})
    assert run.auction.events.filter(kind="bid").count() == 1
    answer = client.post(desk("auction_bid", run, 1), {"lot": 1, "amount": "2699", "key": "l"}, follow=True)
    assert run.auction.events.filter(kind="bid", code="too_high").count() == 1
    assert b"alert" in answer.content


def test_only_operators_stop_the_clock(race, client):
    run = race()
    control = reverse("requests:auction_control", args=[run.request.public_id])
    bidder = OperatorFactory()
    Membership.objects.create(vendor=run.vendors[0], user=bidder, role="assistant")
    roles = ensure_roles()
    others = [UserFactory(is_staff=True) for _ in DeskRole]
    for person, role in zip(others, DeskRole, strict=True):
        person.groups.add(roles[role])
    allowed = {DeskRole.ADMINISTRATOR, DeskRole.MODERATOR}
    tries = [(UserFactory(), 404), (run.request.buyer, 403), (bidder, 404)]
    tries += [
        (person, 302 if role in allowed else 404) for person, role in zip(others, DeskRole, strict=True)
    ]
    for person, status in tries:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        if status == 404:
            assert client.get(reverse("requests:auction", args=[run.request.public_id])).status_code == 404
        step = "resume" if run.auction.state == "paused" else "pause"
        assert client.post(control, {"step": step, "reason": "outage"}).status_code == status
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "reason")) == [
        ("requests.pause_auction", others[0].typed_id, "outage"),
        ("requests.resume_auction", others[2].typed_id, ""),
    ]


def test_the_edge_holds_a_stream_open_and_adds_what_follows(monkeypatch):
    """Without Django and a database: what the view left in the scope decides, and events come in their order."""
    sent = []

    class Reader:
        auction, last, slot = 1, 4, None

    async def site(scope, receive, send):
        scope[streaming.SCOPE]["reader"] = Reader()
        assert b"accept-encoding" not in dict(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"old"})

    async def run():
        edge = streaming.LiveEdge(site)
        gone = asyncio.Event()

        async def receive():
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)
            if len(sent) == 2:
                watcher = next(iter(edge.hub.watchers), None)
                assert watcher is None
            if len(sent) == 4:
                gone.set()

        def join(watcher):
            edge.hub.watchers.add(watcher)
            watcher.put("id: 5\n\n")
            watcher.put("id: 6\n\n")

        monkeypatch.setattr(edge.hub, "join", join)
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/x/live/",
            "headers": [(b"accept-encoding", b"gzip")],
        }
        await edge(scope, receive, send)
        return len(edge.hub.watchers)

    left = asyncio.run(run())
    assert [message.get("body") for message in sent] == [None, b"old", b"id: 5\n\n", b"id: 6\n\n", b""]
    assert (left, sent[0]["headers"]) == (0, [])


def test_the_draft_s_form_keeps_the_terms_and_no_plain_target(client):
    from buyer_requests.auctioning.board import reserve_of
    from buyer_requests.auctioning.options import AuctionOption
    from tests.factories.buyer_requests import make_draft

    draft = make_draft()
    given = {
        "auction-held": "on", "auction-timing": "after", "auction-subject": "total", "auction-form": "open",
        "auction-step_kind": "amount", "auction-step": "25", "auction-start": "9 000", "auction-reserve": "7 500",
        "auction-soft_minutes": "4",
    }  # fmt: skip
    form = AuctionOption(given, prefix="auction")
    assert form.is_valid(), form.errors
    form.save(draft)
    auction = Auction.objects.get(request=draft)
    assert (auction.step_amount, auction.soft_minutes, auction.start_amount) == (250_000, 4, 90_000_000)
    assert (reserve_of(auction), "75000000" in auction.reserve_sealed) == (75_000_000, False)
    assert AuctionOption.initial_of(draft)["reserve"] == "7500"
    bad = AuctionOption({**given, "auction-form": "rounds", "auction-timing": "once"}, prefix="auction")
    assert list(bad.errors) == ["form"]
    AuctionOption({}, prefix="auction").is_valid()


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (
            {"form": "rounds", "timing": "after", "rounds": "4", "soft_minutes": "999"},
            {"rounds": 4, "soft_minutes": 3},
        ),
        (
            {"form": "open", "timing": "after", "rounds": "x", "soft_minutes": "7"},
            {"rounds": 3, "soft_minutes": 7},
        ),
        ({"form": "open", "timing": "once", "pause_minutes": "-1", "soft_minutes": "7"}, {"soft_minutes": 7}),
    ],
)
def test_fields_that_a_choice_hides_are_neither_read_nor_complained_of(chosen, kept):
    draft = make_draft()
    data = {"held": "on", "subject": "total", "step_kind": "percent", "step": "1", **chosen}
    option = AuctionOption({f"auction-{name}": value for name, value in data.items()}, prefix="auction")
    assert option.is_valid(), option.errors
    option.save(draft)
    defaults = Auction()
    auction = Auction.objects.get(request=draft)
    for name, value in kept.items():
        wanted = value if str(value) == chosen.get(name) else getattr(defaults, name)
        assert getattr(auction, name) == wanted, name
    assert auction.pause_minutes == defaults.pause_minutes


def test_what_is_not_held_needs_nothing_right():
    option = AuctionOption({"auction-rounds": "x", "auction-step": "y"}, prefix="auction")
    assert option.is_valid()
