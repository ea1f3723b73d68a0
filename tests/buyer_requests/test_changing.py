"""A published request is changed: what is material, what bids it leaves in force, how they are confirmed."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.bidding.enums import Outcome, RuleState
from buyer_requests.changing.content import Difference, content_of, difference, looks_like_typo
from buyer_requests.changing.errors import (
    ChangeOutdated,
    ChangeRefused,
    NotByPress,
    NotConfirmed,
    NothingToPublish,
    RequestChanged,
)
from buyer_requests.changing.models import DraftedChange, RequestRevision
from buyer_requests.changing.reading import compared, to_confirm
from buyer_requests.changing.services import confirm_bid, publish_change, save_change
from buyer_requests.changing.standing import unconfirmed
from buyer_requests.errors import BidNotSent, RequestNotOpen, UnknownRequest
from buyer_requests.models import Bid, BiddingRule, BuyerRequest, LineMatch, RuleOutcome, VendorNotice
from buyer_requests.selectors.comparison import comparison_of
from buyer_requests.services.bids import BidTerms
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import bid_line, make_bid, make_member, make_open, pass_deadline
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

LINE = {
    "line": 1, "text": "Папір А4 80 г", "details": "", "quantity": "10.000", "unit": "PK", "ceiling": 1_500_000,
    "category": None, "wants": [], "substitutes": True, "gtin": "", "mpn": "", "place": "", "needed_by": None,
}  # fmt: skip
TERMS = {"notes": "", "place": "Київ", "region": "", "needed_by": None}


def _difference(terms: dict[str, Any] | None = None, **line: Any) -> Difference:
    return difference({**TERMS, "lines": [LINE]}, {**TERMS, **(terms or {}), "lines": [LINE | line]})


@pytest.mark.parametrize(
    ("line", "is_material", "is_light"),
    [
        ({"quantity": "20.000"}, True, True),
        ({"quantity": "10"}, None, None),
        ({"unit": "H87"}, True, False),
        ({"ceiling": 1_400_000}, True, True),
        ({"ceiling": 1_600_000}, False, True),
        ({"ceiling": None}, False, True),
        ({"text": "Папір А3 80 г"}, True, False),
        ({"text": "Папір, А4 80 г"}, True, True),
        ({"substitutes": False}, True, False),
        ({"wants": [{"text": "білий", "must": True}]}, True, False),
        ({"needed_by": "2026-12-01"}, True, True),
        ({"category": 5}, False, True),
        ({"gtin": "4820000000017"}, True, False),
    ],
)
def test_what_leaves_earlier_prices_in_force(line, is_material, is_light):
    found = _difference(**line).lines
    if is_material is None:
        assert found == []
    else:
        assert [(each.is_material, each.is_light) for each in found] == [(is_material, is_light)]


def test_another_region_alone_asks_bidders_to_confirm():
    found = _difference({"region": "UA-46"})
    assert (found.asks, found.material, [change.name for change in found.terms]) == (True, [], ["region"])


def test_the_requests_day_changes_every_line_that_has_none_of_its_own():
    before = {**TERMS, "lines": [LINE, LINE | {"line": 2, "needed_by": "2026-12-01"}]}
    found = difference(before, {**before, "needed_by": "2026-11-30"})
    assert [line.line_id for line in found.material] == [1]
    assert found.lines[0].own == []


@pytest.mark.parametrize(
    ("was", "now", "typo"),
    [
        ("Степлер металевий", "Степлєр металевий", True),
        ("Папір А4 80 г/м2", "Папір А3 80 г/м2", False),
        ("Стіл", "Стілець офісний", False),
    ],
)
def test_a_mended_word_is_told_from_another_good(was, now, typo):
    assert looks_like_typo(was, now) is typo


def test_long_texts_are_judged_at_once():
    long = "абвгдежзик " * 140
    assert looks_like_typo(long, long[:700] + "о" + long[701:])
    assert not looks_like_typo(long, "о" + long[1:-2] + "о ")  # mended far apart: a vendor looks at it itself
    began = time.process_time()
    for _again in range(200):
        looks_like_typo("а" * 1000, "б" + "а" * 998 + "в")
    assert time.process_time() - began < 2  # letter by letter it takes a minute


def _change(request: BuyerRequest, lines: dict[int, dict[str, Any]] | None = None, **terms: Any) -> Any:
    """Publishes a change: {position: values}; a line to None goes, position 0 is added."""
    request.refresh_from_db()
    content = content_of(request) | terms
    rows = content["lines"]
    for position, values in (lines or {}).items():
        if values is None:
            rows[position - 1] = None
        elif position:
            rows[position - 1] |= values
        else:
            rows.append(LINE | {"line": None} | values)
    content["lines"] = [row for row in rows if row]
    save_change(buyer=request.buyer, request=request, content=content)
    version = publish_change(buyer=request.buyer, request=request, base=request.version)
    request.refresh_from_db()
    return version


def _lines_in_force(request: BuyerRequest, bid: Bid) -> list[int]:
    columns = {column.bid.pk: column for column in comparison_of(request).columns}
    return (
        sorted(cell.bid_line.line.position for cell in columns[bid.pk].cells.values())
        if bid.pk in columns
        else []
    )


@pytest.mark.django_db
def test_a_changed_line_waits_for_its_vendor_and_the_others_hold(drain):
    request, vendor, other = make_open(), VendorFactory(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100, 2: 200})
    rest = make_bid(request, other, {1: 90})
    _change(request, {2: {"quantity": "20.000"}})
    assert request.version == 2
    assert [version.number for version in request.versions.all()] == [1, 2]
    assert set(unconfirmed(request)) == {bid, rest}
    assert (_lines_in_force(request, bid), _lines_in_force(request, rest)) == ([1], [1])
    line = request.lines.get(position=2)
    with pytest.raises(BidNotSent):
        services.award_request(buyer=request.buyer, request=request, choice={line.pk: bid.pk})
    drain()
    kinds = dict(
        Notification.objects.filter(kind__startswith="request.changed").values_list(
            "user__memberships__vendor", "kind"
        )
    )
    assert kinds == {vendor.pk: "request.changed.lines", other.pk: "request.changed.rest"}
    assert confirm_bid(vendor=vendor, user=make_member(vendor), request=request, seen=2) is True
    assert confirm_bid(vendor=vendor, user=make_member(vendor), request=request, seen=2) is False
    assert _lines_in_force(request, bid) == [1, 2]
    # All of the line was offered before, so all of it is offered now; the revision says so.
    assert bid.lines.get(line=line).quantity == Decimal(20)
    assert bid.revisions.count() == 2
    confirm_bid(vendor=other, user=make_member(other), request=request, seen=2)
    assert rest.revisions.count() == 1  # it says what it said
    assert set(unconfirmed(request)) == set()
    services.award_request(buyer=request.buyer, request=request, choice={line.pk: bid.pk})


@pytest.mark.django_db
def test_another_good_is_not_confirmed_by_a_press_and_an_old_page_sends_nothing():
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100, 2: 200})
    _change(request, {1: {"text": "Діркопробивач на 40 аркушів"}})
    with pytest.raises(NotByPress):
        confirm_bid(vendor=vendor, user=make_member(vendor), request=request, seen=2)
    lines = [bid_line(request, 1, 300)]
    with pytest.raises(RequestChanged):
        services.send_bid(vendor=vendor, user=None, request=request, lines=lines, terms=BidTerms(), version=1)
    assert bid.revisions.count() == 1
    services.send_bid(vendor=vendor, user=None, request=request, lines=lines, terms=BidTerms(), version=2)
    assert _lines_in_force(request, bid) == [1]


@pytest.mark.django_db
def test_lines_come_and_go_and_change_places():
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100, 2: 200})
    kept = request.lines.get(position=2).pk
    version = _change(request, {1: None, 0: {"text": "Ножиці", "quantity": "3.000"}})
    assert list(request.lines.values_list("position", "text")) == [(1, "Папір А4"), (2, "Ножиці")]
    assert request.lines.get(position=1).pk == kept
    assert [line["text"] for line in version.content["lines"]] == ["Папір А4", "Ножиці"]
    assert _lines_in_force(request, bid) == [1]
    with pytest.raises(TypeError):
        version.save()


@pytest.mark.django_db
def test_looser_limits_ask_nobody_and_a_talk_waits_for_the_confirmation():
    from buyer_requests.bidding.counters import make_counter_offer

    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100, 2: 200})
    line = request.lines.get(position=2).pk
    _change(request, {2: {"ceiling": 9_000_000}})
    assert set(unconfirmed(request)) == set()
    talk = make_counter_offer(user=request.buyer, bid=bid, line_id=line, price_amount=150)
    _change(request, {2: {"ceiling": 1_000_000}})
    talk.refresh_from_db()
    assert talk.state == "void"
    with pytest.raises(NotConfirmed):
        make_counter_offer(user=request.buyer, bid=bid, line_id=line, price_amount=150)


@pytest.mark.django_db
def test_bidders_get_four_hours_and_one_press_publishes_once():
    request = make_open()
    BuyerRequest.objects.filter(pk=request.pk).update(deadline_at=timezone.now() + dt.timedelta(hours=3))
    request.refresh_from_db()
    content = content_of(request) | {"notes": "Оплата за фактом"}
    save_change(buyer=request.buyer, request=request, content=content)
    with pytest.raises(ChangeRefused) as refused:
        publish_change(buyer=request.buyer, request=request, base=1)
    assert (refused.value.code, refused.value.context) == ("too_little_time", {"hours": 4})
    later = timezone.now() + dt.timedelta(hours=5)
    with pytest.raises(UnknownRequest):
        publish_change(buyer=UserFactory(), request=request, base=1, deadline_at=later)
    publish_change(buyer=request.buyer, request=request, base=1, deadline_at=later)
    with pytest.raises(NothingToPublish):
        publish_change(buyer=request.buyer, request=request, base=1, deadline_at=later)
    request.refresh_from_db()
    assert (request.version, request.notes, request.deadline_at) == (2, "Оплата за фактом", later)
    save_change(buyer=request.buyer, request=request, content=content | {"notes": ""})
    with pytest.raises(ChangeOutdated):
        publish_change(buyer=request.buyer, request=request, base=1)
    pass_deadline(request)
    with pytest.raises(RequestNotOpen):
        publish_change(buyer=request.buyer, request=request, base=2)
    assert (RequestRevision.objects.count(), DraftedChange.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_changed_lines_find_their_vendors_and_rules_bid_anew(drain):
    """Only the changed line is matched; a vendor that fits now is told; an automatic bid is made anew, and asked nothing."""
    by_rule, late = VendorFactory(), VendorFactory()
    OfferFactory(vendor=by_rule, title="Степлер металевий", unit="H87", price_amount=500_000)
    OfferFactory(vendor=late, title="Діркопробивач", unit="H87", price_amount=700_000)
    rule = BiddingRule.objects.create(
        vendor=by_rule,
        name="r",
        state=RuleState.LIVE,
        needs_stock=False,
        least_percent=1,
        only_verified=False,
    )
    request = make_open()
    drain()
    bid = Bid.objects.get(vendor=by_rule)
    assert (bid.is_automatic, bid.lines.get().quantity) == (True, 2)
    _change(request, {1: {"quantity": "7.000"}, 2: {"text": "Діркопробивач", "unit": "H87", "ceiling": None}})
    assert RuleOutcome.objects.get(rule=rule).outcome == Outcome.WAITS
    drain()
    assert bid.lines.get().quantity == 7
    assert RuleOutcome.objects.get(rule=rule).outcome == Outcome.SENT
    assert set(unconfirmed(request)) == set()
    assert LineMatch.objects.get(vendor=late).line.position == 2
    assert VendorNotice.objects.filter(vendor=late).exists()
    assert (
        Notification.objects.filter(kind="request.changed.rule").count()
        == Notification.objects.filter(kind__startswith="request.changed").count()
    )


def _sent_back(lines: Any) -> dict[str, str]:
    """What a browser sends of the table as it is shown."""
    data = {
        f"lines-{name}": str(field.value()) for name, field in ((f.name, f) for f in lines.management_form)
    }
    for form in lines.forms:
        for field in form:
            if field.name == "substitutes":
                data |= {field.html_name: "on"} if field.value() else {}
            elif field.name != "DELETE":
                data[field.html_name] = str(field.value() if field.value() is not None else "")
    return data


@pytest.mark.django_db
def test_an_older_window_does_not_take_back_what_was_published(sign_in):
    request = make_open()
    client, here = sign_in(request.buyer), reverse("requests:change", args=[request.public_id])
    page = client.get(here)
    assert 'name="base" value="1"' in page.content.decode()
    older = _sent_back(page.context["lines"]) | {"notes": "від старого вікна", "base": "1"}
    _change(request, {1: {"quantity": "50.000"}})
    answer = client.post(here, older)
    assert (answer.status_code, answer["Location"]) == (302, here)
    assert not DraftedChange.objects.filter(request=request).exists()


@pytest.mark.django_db
def test_a_draft_answers_the_version_that_its_vendor_saw():
    request, vendor = make_open(), VendorFactory()
    _change(request, {1: {"text": "шафа металева"}})
    request.refresh_from_db()
    draft = {"vendor": vendor, "request": request, "lines": [bid_line(request, 1, 900)]}
    bid = services.save_bid_draft(**draft, terms=BidTerms(), version=1)
    assert [line.number for line in to_confirm(request, bid).changes.changed] == [1]
    bid = services.save_bid_draft(**draft, terms=BidTerms(), version=2)
    assert to_confirm(request, bid) is None


@pytest.mark.django_db
def test_a_page_that_is_sent_puts_no_old_price_to_another_good_elsewhere(sign_in, monkeypatch):
    monkeypatch.setattr("buyer_requests.views.desk.LINES_ON_PAGE", 1)
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 100, 2: 200})
    _change(request, {2: {"text": "шафа металева велика"}})
    client, here = sign_in(make_member(vendor)), [vendor.slug, request.public_id]
    page = client.get(reverse("requests_desk:detail", args=here))
    data = {"version": "2", "page": "1", "currency": "UAH"}
    for form in (page.context["form"], *page.context["lines"]):
        data |= {field.html_name: str(field.value() or "") for field in form if field.value()}
    done = client.post(reverse("requests_desk:detail", args=here), data, follow=True)
    assert [message.level_tag for message in done.context["messages"]] == ["success", "warning"]
    assert [line.line.position for line in bid.lines.all()] == [1]


@pytest.mark.django_db
def test_of_many_versions_two_are_read_in_full():
    request = make_open()
    for n in (20, 30, 40):
        _change(request, {1: {"quantity": f"{n}.000"}})
    found = compared(request, None, None)
    assert found.changes.counts() == [("quantity", 1)]
    light = [version.number for version in found.versions if "content" in version.get_deferred_fields()]
    assert light == [2, 1]


@pytest.mark.django_db
def test_pages_from_the_table_to_the_vendors_press(sign_in):
    request, vendor = make_open(notes="Рядок\r\nдругий"), VendorFactory()
    bid = make_bid(request, vendor, {2: 200})
    client, here = sign_in(request.buyer), [request.public_id]
    page = client.get(reverse("requests:change", args=here))
    data = _sent_back(page.context["lines"]) | {"notes": request.notes}
    client.post(reverse("requests:change", args=here), data)
    same = client.get(reverse("requests:change_check", args=here), follow=True)
    assert same.redirect_chain == [(reverse("requests:change", args=here), 302)]  # nothing was changed
    client.post(reverse("requests:change", args=here), data | {"lines-1-quantity": "12"})
    check = client.get(reverse("requests:change_check", args=here))
    found = check.context["concerned"]
    assert (found.bids, found.priced, [line.number for line in found.changes.changed]) == (1, 1, [2])
    for answer in ("success", "error"):  # a second press finds nothing to publish
        done = client.post(reverse("requests:change_publish", args=here), {"base": "1"}, follow=True)
        assert [message.level_tag for message in done.context["messages"]] == [answer]
    assert client.get(reverse("requests:bid", args=[*here, bid.public_id])).context["waits"] is True
    desk = sign_in(make_member(vendor))
    address = reverse("requests_desk:detail", args=[vendor.slug, *here])
    shown = desk.get(address)
    assert shown.context["lines"][1].initial["quantity"] == "12"
    desk.post(reverse("requests_desk:confirm", args=[vendor.slug, *here]), {"version": "2"})
    assert (list(unconfirmed(request)), bid.lines.get().quantity) == ([], 12)
    versions = desk.get(
        reverse("requests_desk:versions", args=[vendor.slug, *here]), {"before": "1", "after": "2"}
    )
    assert versions.context["compared"].changes.counts() == [("quantity", 1)]
