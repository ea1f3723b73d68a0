"""Suspensions that end, holidays, notes, score cards; and an operator who works on a vendor's desk."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone, translation

from buyer_requests.services.notices import may_hear
from cms.roles import DeskRole, ensure_roles
from core.errors import Conflict, InvalidInput, NotAllowed
from core.models import AuditEntry
from notifications.models import Notification
from price_lists.enums import RunState
from price_lists.models import CategoryLink, ImportRun, PriceList, Source
from price_lists.services.categories import path_hash
from search.selectors import hidden_vendor_ids, vendor_states
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import SupplyFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.care import services
from vendors.care.deeds import words_of
from vendors.care.models import DeskVisit, VendorNote
from vendors.care.selectors import visits_to
from vendors.care.tracing import trace_deed
from vendors.care.visiting import may_visit
from vendors.enums import Participation, Role, VendorState
from vendors.models import Vendor, VendorFigure
from vendors.onboarding import services as onboarding
from vendors.personal_data import export
from vendors.score import measures
from vendors.score.selectors import card_of
from vendors.score.services import measure_day
from vendors.services import approve_vendor, suspend_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client):
    person = UserFactory(is_staff=True)
    person.groups.add(ensure_roles()[DeskRole.SUPPORT])
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def test_a_suspension_hides_at_once_and_ends_by_itself():
    vendor, operator = VendorFactory(), UserFactory()
    until = timezone.now() + dt.timedelta(hours=1)
    suspend_vendor(vendor=vendor, actor=operator, reason="Ціни вигадані", until=until)
    assert vendor.pk in hidden_vendor_ids()
    assert services.end_due_suspensions() == 0
    Vendor.objects.update(suspended_until=timezone.now() - dt.timedelta(seconds=1))
    assert services.end_due_suspensions() == 1
    vendor.refresh_from_db()
    assert (vendor.state, vendor.suspended_until) == (VendorState.APPROVED, None)
    assert hidden_vendor_ids() == frozenset()
    traced = list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "reason"))
    assert traced == [
        ("vendors.suspend", operator.typed_id, "Ціни вигадані"),
        ("vendors.approve", "system", ""),
    ]


def test_a_suspension_without_an_end_stays_and_one_that_was_over_is_refused():
    vendor, operator = VendorFactory(), UserFactory()
    with pytest.raises(InvalidInput) as refused:
        suspend_vendor(vendor=vendor, actor=operator, reason="Так", until=timezone.now())
    assert refused.value.code == "until_over"
    suspend_vendor(vendor=vendor, actor=operator, reason="Так")
    assert services.end_due_suspensions() == 0
    approve_vendor(vendor=vendor, actor=operator)
    assert services.end_due_suspensions() == 0


def test_a_holiday_hides_only_where_it_says_so_and_only_meanwhile():
    vendor = VendorFactory(participation=Participation.CART)
    today = timezone.localdate()
    services.set_holiday(
        vendor=vendor, actor=UserFactory(), first=today, last=today + dt.timedelta(days=3), hides=False
    )
    vendor.refresh_from_db()
    assert vendor.back_on == today + dt.timedelta(days=4)
    assert hidden_vendor_ids() == frozenset()
    services.set_holiday(vendor=vendor, actor=UserFactory(), first=today, last=today, hides=True)
    assert hidden_vendor_ids() == {vendor.pk} == vendor_states().hidden
    tomorrow = today + dt.timedelta(days=1)
    services.set_holiday(vendor=vendor, actor=UserFactory(), first=tomorrow, last=tomorrow, hides=True)
    assert hidden_vendor_ids() == frozenset() == vendor_states().hidden
    assert vendor_states().modes == ((Participation.CART, frozenset({vendor.pk})),)


def test_who_is_on_holiday_hears_of_no_request():
    vendor, other, request = VendorFactory(), VendorFactory(), make_open()
    today = timezone.localdate()
    services.set_holiday(vendor=vendor, actor=UserFactory(), first=today, last=today, hides=False)
    assert may_hear([request], [vendor.pk, other.pk]) == {request.pk: {other.pk}}


@pytest.mark.parametrize(("first", "last"), [(0, None), (2, 1), (-3, -1), (0, 121)])
def test_days_that_make_no_holiday_are_refused(first, last):
    vendor, today = VendorFactory(), timezone.localdate()
    day = lambda number: None if number is None else today + dt.timedelta(days=number)  # noqa: E731 - short
    with pytest.raises(InvalidInput):
        services.set_holiday(
            vendor=vendor, actor=UserFactory(), first=day(first), last=day(last), hides=False
        )
    vendor.refresh_from_db()
    assert vendor.holiday_from is None


def test_notes_are_the_operators_own(client, support):
    owner = MembershipFactory()
    page = reverse("operators_vendor", args=[owner.vendor_id])
    client.post(page, {"act": "note", "text": "Не відповідає на дзвінки", "pinned": "on"})
    note = VendorNote.objects.get()
    assert (note.pinned, note.author) == (True, support.typed_id)
    assert "Не відповідає на дзвінки" in client.get(page).content.decode()
    assert "Не відповідає" not in str(list(AuditEntry.objects.values()))
    assert [row["text"] for row in export(support)["notes_written"]] == ["Не відповідає на дзвінки"]
    assert [row["text"] for row in export(owner.user)["notes_about_me"]] == ["Не відповідає на дзвінки"]
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Не відповідає" not in client.get(reverse("desk:home", args=[owner.vendor.slug])).content.decode()
    services.remove_note(vendor=owner.vendor, actor=support, note_id=note.pk)
    assert list(VendorNote.objects.values_list("text", flat=True)) == [""]


def test_a_right_is_asked_for_each_deed(client, support):
    vendor = VendorFactory()
    page = reverse("operators_vendor", args=[vendor.pk])
    for deed in ({"act": "decide", "decision": "suspend", "reason": "x"}, {"act": "holiday"}, {"act": "x"}):
        assert client.post(page, deed).status_code == 302
    support.groups.clear()
    support.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.post(page, {"act": "visit", "reason": "x"})
    vendor.refresh_from_db()
    assert vendor.state == VendorState.APPROVED
    assert not DeskVisit.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_operator_works_on_the_desk_and_leaves_traces(client, support):
    owner = MembershipFactory(role=Role.OWNER)
    vendor = owner.vendor
    home, prices = (reverse(name, args=[vendor.slug]) for name in ("desk:home", "price_lists:list"))
    assert client.get(home).status_code == 404
    client.post(reverse("operators_vendor", args=[vendor.pk]), {"act": "visit", "reason": "Колонки"})
    page = client.get(home).content.decode()
    assert reverse("desk:end_visit", args=[vendor.slug]) in page
    assert reverse("desk:people", args=[vendor.slug]) not in page
    assert client.get(prices).status_code == 200
    for name in ("desk:people", "desk:settings", "desk:holiday"):
        assert client.get(reverse(name, args=[vendor.slug])).status_code == 404
    client.post(reverse("price_lists:upload", args=[vendor.slug]), {})
    assert DeskVisit.objects.get().deeds == 1
    visit = DeskVisit.objects.get()
    client.post(reverse("desk:end_visit", args=[vendor.slug]))
    assert client.get(home).status_code == 404
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "subject"))
    assert actions == [
        ("vendors.begin_visit", f"vendor:{vendor.pk}"),
        ("vendors.act_for_vendor", f"desk_visit:{visit.pk}"),
        ("vendors.act_for_vendor", f"desk_visit:{visit.pk}"),
        ("vendors.end_visit", f"vendor:{vendor.pk}"),
    ]
    assert Notification.objects.get(user=owner.user).kind == "vendor.visited"
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    told = client.get(reverse("desk:visits", args=[vendor.slug])).content.decode()
    assert "Колонки" in told
    assert "price_lists:upload" not in told
    with translation.override("uk"):
        assert str(words_of("price_lists:upload")) in told


def test_a_visit_ends_after_half_an_hour(client, support):
    vendor = VendorFactory()
    services.begin_visit(vendor=vendor, operator=support, reason="Колонки")
    assert client.get(reverse("desk:home", args=[vendor.slug])).status_code == 200
    DeskVisit.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get(reverse("desk:home", args=[vendor.slug])).status_code == 404


def test_a_visit_ends_with_the_session_and_with_its_time(client, support):
    vendor = VendorFactory()
    services.begin_visit(vendor=vendor, operator=support, reason="Колонки")
    client.logout()
    client.force_login(support, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("desk:home", args=[vendor.slug])).status_code == 404
    visit = services.begin_visit(vendor=vendor, operator=support, reason="Ще раз")
    assert services.end_due_visits() == 0
    DeskVisit.objects.filter(pk=visit.pk).update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert services.end_due_visits() == 1
    visit.refresh_from_db()
    assert visit.ended_at == visit.ends_at
    assert AuditEntry.objects.filter(action="vendors.end_visit", actor=support.typed_id).count() == 2


def test_a_visit_asks_for_the_second_factor_where_the_desk_does(client, support, settings):
    vendor = VendorFactory()
    services.begin_visit(vendor=vendor, operator=support, reason="Колонки")
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    assert client.get(reverse("desk:home", args=[vendor.slug])).status_code == 404


def test_on_a_visit_a_held_import_waits_for_its_vendor(client, support):
    vendor = VendorFactory()
    source = Source.objects.create(vendor=vendor, name="main", supply=SupplyFactory(vendor=vendor))
    version = PriceList.objects.create(source=source, original_name="a.csv", size=1, sha256="0" * 64)
    run = ImportRun.objects.create(vendor=vendor, source=source, price_list=version, state=RunState.HELD)
    services.begin_visit(vendor=vendor, operator=support, reason="Колонки")
    CategoryLink.objects.create(vendor=vendor, path="Всяке", path_hash=path_hash(["Всяке"]), titles=["Дещо"])
    page = client.get(reverse("price_lists:categories", args=[vendor.slug])).content.decode()
    assert "Всяке" in page
    assert "?choose=" not in page
    for page in ("apply", "cancel"):
        answer = client.post(reverse(f"price_lists:{page}", args=[vendor.slug, run.pk]), {"confirmed": "on"})
        assert answer["Location"] == reverse("price_lists:run", args=[vendor.slug, run.pk])
        run.refresh_from_db()
        assert run.state == RunState.HELD


def test_nobody_decides_about_the_own_company(client):
    own = MembershipFactory(user=OperatorFactory(), role=Role.OWNER)
    operator, vendor = own.user, own.vendor
    day = timezone.localdate()
    tries = [
        lambda: suspend_vendor(vendor=vendor, actor=operator, reason="x"),
        lambda: approve_vendor(vendor=vendor, actor=operator),
        lambda: services.set_holiday(
            vendor=vendor, actor=operator, first=day, last=day, hides=False, by_operator=True
        ),
        lambda: onboarding.verify(
            operator=operator, vendor=vendor, key="documents", is_met=True, evidence="Бачила"
        ),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed) as refused:
            attempt()
        assert refused.value.code == "own_company"
    vendor.refresh_from_db()
    assert (vendor.state, vendor.holiday_from) == (VendorState.APPROVED, None)
    assert not AuditEntry.objects.exists()


def test_a_visit_needs_a_reason_an_open_desk_and_is_one_at_a_time(support):
    vendor, other = VendorFactory(), VendorFactory()
    with pytest.raises(InvalidInput):
        services.begin_visit(vendor=vendor, operator=support, reason=" ")
    with pytest.raises(Conflict):
        services.begin_visit(
            vendor=VendorFactory(state=VendorState.SUSPENDED), operator=support, reason="Так"
        )
    first = services.begin_visit(vendor=vendor, operator=support, reason="Так")
    services.begin_visit(vendor=other, operator=support, reason="Так")
    first.refresh_from_db()
    assert first.ended_at is not None
    assert DeskVisit.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("page", "changes", "may"),
    [
        ("price_lists:upload", True, True),
        ("price_lists:source_key", True, False),
        ("price_lists:category", True, False),
        ("price_lists:accept", True, False),
        ("price_lists:restore", True, False),
        ("price_lists:still", True, False),
        ("price_lists:categories", False, True),
        ("price_lists:source_pause", True, False),
        ("price_lists:source_edit", False, False),
        ("requests_desk:bid", False, False),
        ("requests_desk:auction_bid", True, False),
        ("reviews_desk:list", False, True),
        ("reviews_desk:answer", True, False),
        ("desk:settings", False, False),
        ("desk:end_visit", True, True),
        ("webhooks_desk:list", False, False),
    ],
)
def test_what_a_visitor_may(page, changes, may):
    assert may_visit(page, changes=changes) is may


def test_a_card_says_part_whole_grade_and_trend(monkeypatch):
    vendor = VendorFactory()
    measure = measures.Measure(
        "tried", "Tried", "%(part)s of %(whole)s (%(value)s)", lambda _since: {vendor.pk: (3, 60)}, 0.01, 0.04
    )
    monkeypatch.setattr(measures, "_MEASURES", {"tried": measure})
    today = timezone.localdate()
    VendorFigure.objects.create(
        vendor=vendor, measure="tried", day=today - dt.timedelta(days=20), part=1, whole=100, value=0.01
    )
    assert measure_day() == 1
    assert measure_day() == 1
    (line,) = card_of(vendor)
    assert (line.shown, line.sentence, line.grade, line.trend) == (
        "5,0 %",
        "3 of 60 (5,0 %)",
        "poor",
        "worse",
    )
    assert VendorFigure.objects.filter(day=today).count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_vendors_asks_as_often_for_one_as_for_three(
    client, support, number, django_assert_max_num_queries
):
    for _each in range(number):
        VendorFactory()
    measure_day()
    client.get(reverse("operators_vendors:index"))
    with django_assert_max_num_queries(16):
        page = client.get(reverse("operators_vendors:index"), {"ordering": "-score_errors"})
    assert page.status_code == 200


def test_deeds_of_a_visit_are_counted_by_what_they_were_about(support):
    vendor = VendorFactory()
    visit = services.begin_visit(vendor=vendor, operator=support, reason="Колонки")
    for page, about in (
        ("price_lists:columns", "import_run:7"),
        ("price_lists:columns", "import_run:7"),
        ("price_lists:upload", ""),
        ("unheard:of", ""),
        ("desk:end_visit", ""),
    ):
        trace_deed(visit=visit, page=page, about=about)
    ((_visit, deeds),) = visits_to(vendor)
    assert [(deed.page, deed.number, deed.times) for deed in deeds] == [
        ("price_lists:columns", "7", 2), ("price_lists:upload", "", 1), ("unheard:of", "", 1),
    ]  # fmt: skip
    with translation.override("en"):
        assert str(deeds[-1].words) == "Changed something on the desk"
