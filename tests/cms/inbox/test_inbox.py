"""The inbox: what waits and for how long, whose it is, one decision and many at once, and the traces."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from buyer_requests.models import RequestHold
from buyer_requests.trust.enums import HoldCause
from catalog.flags.enums import FlagReason
from catalog.flags.services import report_offer
from catalog.models import Offer
from cms.operators.inbox import claims, deciding, listing
from cms.operators.inbox.errors import ItemGone, ItemTaken, UnknownItem
from cms.operators.inbox.models import InboxClaim
from cms.operators.inbox.queues import Answer
from cms.services import ensure_operators_group
from core.errors import InvalidInput
from core.models import AuditEntry
from notifications.models import Notification
from tests.cms.inbox.conftest import application, doubtful, path, reported
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import CategoryFactory
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
EVERYTHING = listing.Filters()
#: One for each source's figures and one for its keys, some for what is shown and taken, and the admin's own.
QUERIES = 44


def figures(operator):
    return {each.queue.key: each for each in listing.figures(operator)}


def items(operator, **filters):
    return [line.item for line in listing.items(operator, listing.Filters(**filters)).lines]


def test_queues_are_counted_with_their_oldest_and_whose_they_are(operator, colleague):
    old, new = application(), application()
    Vendor.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=3))
    claims.claim(operator=operator, item=f"vendor:{new.pk}")
    claims.set_keeper(operator=colleague, queue="vendors", keeps=True)
    found = figures(operator)["vendors"]
    assert (found.count, found.mine, found.nobodys, found.keeper, found.is_late) == (2, 1, 1, colleague, True)
    assert figures(colleague)["vendors"].mine == 0
    assert items(operator, owner="mine") == [f"vendor:{new.pk}"]
    assert items(operator, owner="nobody", queue="vendors") == [f"vendor:{old.pk}"]
    assert items(operator, age="late") == [f"vendor:{old.pk}"]
    assert items(operator, vendor=new.pk) == [f"vendor:{new.pk}"]


def test_what_is_overdue_comes_first_whatever_its_queue_and_pages_join(operator, monkeypatch):
    monkeypatch.setattr(listing, "ON_PAGE", 2)
    case, first, second = reported(), application(), application()
    pair = doubtful()  # of January
    Vendor.objects.filter(pk=second.pk).update(created_at=timezone.now() - dt.timedelta(days=2))
    page = listing.items(operator, EVERYTHING)
    seen, cursor = [line.item for line in page.lines], page.later
    while cursor:
        page = listing.items(operator, EVERYTHING, cursor)
        seen += [line.item for line in page.lines]
        cursor = page.later
    assert seen[:2] == [f"pair:{pair.pk}", f"vendor:{second.pk}"]
    assert sorted(seen) == sorted(
        [f"pair:{pair.pk}", f"vendor:{second.pk}", f"vendor:{first.pk}", f"flag:{case.pk}"]
    )
    assert [line.item for line in listing.items(operator, EVERYTHING, "nonsense|x|y").lines] == seen[:2]


def test_an_operator_sees_only_queues_of_its_rights(sign_in):
    ensure_operators_group()
    curator = UserFactory(is_staff=True)
    curator.groups.add(Group.objects.get(name="Role: curator"))
    vendor, case = application(), reported()
    assert "vendors" not in figures(curator)
    assert items(curator) == [f"flag:{case.pk}"]
    with pytest.raises(UnknownItem):
        claims.claim(operator=curator, item=f"vendor:{vendor.pk}")
    with pytest.raises(UnknownItem):
        deciding.decide(
            operator=curator, chosen=deciding.Chosen(f"vendor:{vendor.pk}"), act="approve", answer=Answer()
        )
    assert (
        sign_in(curator).get(reverse("operators_inbox_item", args=[f"vendor:{vendor.pk}"])).status_code == 404
    )
    vendor.refresh_from_db()
    assert vendor.state == "applied"
    assert not InboxClaim.objects.exists()


def test_a_claim_keeps_colleagues_off_until_it_ends(operator, colleague):
    item = f"flag:{reported().pk}"
    claims.claim(operator=operator, item=item)
    with pytest.raises(ItemTaken) as taken:
        claims.claim(operator=colleague, item=item)
    assert taken.value.context["who"] == "Olena"
    with pytest.raises(ItemTaken):
        deciding.decide(
            operator=colleague, chosen=deciding.Chosen(item), act="dismiss", answer=Answer(reason="Добре")
        )
    with pytest.raises(ItemTaken):
        claims.release(operator=colleague, item=item)
    InboxClaim.objects.update(until=timezone.now() - dt.timedelta(minutes=1))
    assert claims.claim(operator=colleague, item=item).operator_id == colleague.pk
    assert claims.release(operator=colleague, item=item)
    assert list(AuditEntry.objects.order_by("pk").values_list("actor", "action")) == [
        (operator.typed_id, "inbox.claim_item"),
        (colleague.typed_id, "inbox.claim_item"),
        (colleague.typed_id, "inbox.release_item"),
    ]


def test_an_item_is_handed_to_a_colleague_who_may_decide(operator, colleague):
    vendor = application(name="Лис")
    item = f"vendor:{vendor.pk}"
    with pytest.raises(UnknownItem):
        claims.hand_over(operator=operator, item=item, to=UserFactory(is_staff=True))
    claims.hand_over(operator=operator, item=item, to=colleague)
    assert items(colleague, owner="mine") == [item]
    told = Notification.objects.get(user=colleague, kind="inbox.handed")
    assert (told.params["title"], told.url.endswith(f"/inbox/{item}/")) == ("Лис", True)


def test_a_path_of_several_vendors_is_one_item_and_decided_for_all(operator):
    first, second, other = path(), path(), path("Дім / Посуд")
    phones = CategoryFactory()
    assert items(operator, queue="paths") == [f"path:{first.pk}", f"path:{other.pk}"]
    answer = Answer(category=phones)
    deciding.decide(operator=operator, chosen=deciding.Chosen(f"path:{first.pk}"), act="map", answer=answer)
    for link in (first, second, other):
        link.refresh_from_db()
    assert [link.category_id for link in (first, second, other)] == [phones.pk, phones.pk, None]
    assert items(operator, queue="paths") == [f"path:{other.pk}"]
    trace = AuditEntry.objects.get()
    assert (trace.action, trace.subject, trace.details["category"]) == (
        "price_lists.decide_paths", f"category_link:{first.pk}", phones.pk,
    )  # fmt: skip


def test_a_doubtful_pair_is_kept_apart(operator):
    pair = doubtful()
    deciding.decide(
        operator=operator, chosen=deciding.Chosen(f"pair:{pair.pk}"), act="apart", answer=Answer()
    )
    pair.refresh_from_db()
    assert (pair.state, pair.actor) == ("different", operator.typed_id)
    with pytest.raises(ItemGone):
        deciding.decide(
            operator=operator, chosen=deciding.Chosen(f"pair:{pair.pk}"), act="apart", answer=Answer()
        )


def test_a_held_request_is_released_and_its_buyer_told(operator):
    request = make_open(UserFactory())
    hold = RequestHold.objects.create(
        request=request,
        cause=HoldCause.LOOK,
        findings=[{"rule": "links", "weight": 2}],
        held_at=timezone.now(),
    )
    item = f"request_hold:{hold.pk}"
    assert items(operator, queue="requests") == [item]
    with pytest.raises(InvalidInput, match=r".") as missing:
        deciding.decide(operator=operator, chosen=deciding.Chosen(item), act="release", answer=Answer())
    assert missing.value.code == "no_reason"
    deciding.decide(
        operator=operator, chosen=deciding.Chosen(item), act="release", answer=Answer(reason="Справжній")
    )
    assert (
        Notification.objects.get(user=request.buyer, kind="request.released").params["reason"] == "Справжній"
    )
    assert items(operator, queue="requests") == []


def test_many_are_decided_at_once_and_each_says_what_became_of_it(operator, colleague, sign_in):
    cases = [reported() for _n in range(4)]
    names = [f"flag:{case.pk}" for case in cases]
    client = sign_in(operator)
    data = {"item": names, "act": "flag.hide", "reason": "Вигадана ціна", "queue": "flags"}
    claims.claim(operator=colleague, item=names[3])
    seen = client.post(reverse("operators_inbox_many"), data).context["seen"]
    assert (seen.count, seen.gone, seen.taken) == (3, 0, 1)
    assert Offer.objects.filter(hidden_at__isnull=False).count() == 0
    # Meanwhile one is decided and one is reported again, which changes nothing to be decided.
    deciding.decide(
        operator=colleague, chosen=deciding.Chosen(names[0]), act="dismiss", answer=Answer(reason="Добре")
    )
    cache.clear()
    report_offer(offer_id=cases[1].offer_id, visitor="network:10.0.0.1", reason=FlagReason.FORBIDDEN)
    sent = [f"{item}|{shown.stamp}" for item, shown in seen.rows] + [f"{names[3]}|open"]
    done = client.post(reverse("operators_inbox_many"), {**data, "act": "hide", "item": sent, "sure": "yes"})
    assert [(each.item, each.outcome) for each in done.context["results"]] == [
        (names[0], "changed"), (names[1], "done"), (names[2], "done"), (names[3], "taken"),
    ]  # fmt: skip
    assert done.context["told"] == "2 done, 1 had changed meanwhile, 1 is a colleague's"
    hidden = Offer.objects.filter(hidden_at__isnull=False)
    assert {offer.pk for offer in hidden} == {cases[1].offer_id, cases[2].offer_id}


def test_one_decision_about_items_of_several_kinds_is_refused(operator):
    with pytest.raises(UnknownItem) as refused:
        deciding.preview(
            operator=operator, items=[f"vendor:{application().pk}", f"flag:{reported().pk}"], act="hide"
        )
    assert refused.value.code == "several_kinds"


def test_many_are_not_decided_without_the_state_they_were_seen_in_nor_by_an_act_for_one(
    operator, monkeypatch
):
    case = reported()
    item, answer = f"flag:{case.pk}", Answer(reason="Так")
    with pytest.raises(UnknownItem) as refused:
        deciding.decide_many(operator=operator, chosen=[deciding.Chosen(item)], act="hide", answer=answer)
    assert refused.value.code == "not_looked_at"
    with pytest.raises(UnknownItem) as refused:
        deciding.decide_many(
            operator=operator,
            chosen=[deciding.Chosen(item, "open"), deciding.Chosen(f"vendor:{application().pk}", "x")],
            act="hide",
            answer=answer,
        )
    assert refused.value.code == "several_kinds"
    assert Offer.objects.filter(hidden_at__isnull=False).count() == 0


def test_a_made_up_cursor_of_the_inbox_is_the_beginning(operator):
    case = reported()
    for cursor in ("2026-01-01T00:00:00+00:00|²|1", "0001-01-01T00:00:00+00:00|0|1", "x|1|1"):
        found = listing.items(operator, listing.Filters(queue="flags"), cursor).lines
        assert [line.item for line in found] == [f"flag:{case.pk}"]


def test_an_application_that_changed_since_it_was_looked_at_is_not_approved(operator):
    vendor = application()
    (line,) = listing.items(operator, listing.Filters(queue="vendors")).lines
    type(vendor).objects.filter(pk=vendor.pk).update(legal_name="ТОВ Інше")
    with pytest.raises(ItemGone):
        deciding.decide(
            operator=operator,
            chosen=deciding.Chosen(line.item, line.shown.stamp),
            act="approve",
            answer=Answer(),
        )


def test_pages_show_what_waits_and_keep_what_was_typed(operator, sign_in):
    case = reported(title="Степлер дивний")
    client = sign_in(operator)
    assert "Степлер дивний" in client.get(reverse("operators_inbox")).content.decode()
    item = reverse("operators_inbox_item", args=[f"flag:{case.pk}"])
    refused = client.post(item, {"do": "move", "reason": "Це не степлер"})
    assert refused.status_code == 422
    assert "Це не степлер" in refused.content.decode()
    assert client.post(item, {"do": "claim"}).status_code == 302
    assert client.post(item, {"do": "dismiss", "reason": "Гаразд"}).status_code == 302
    gone = client.get(item).content.decode()
    assert 'value="dismiss"' not in gone
    assert client.get(reverse("operators_inbox_item", args=["flag:x"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_waits(operator, sign_in, django_assert_num_queries, count):
    for _n in range(count):
        application()
        reported()
        path(f"Дім / Посуд {_n}")
        doubtful()
        claims.claim(operator=operator, item=f"flag:{reported().pk}")
    client = sign_in(operator)
    client.get(reverse("operators_inbox"))  # content types, rights and the site are remembered
    with translation.override("en"), django_assert_num_queries(QUERIES):
        client.get(reverse("operators_inbox"))
