"""Held imports: the vendor is asked, and spoken for only after three days. Held names: kept with a reason, or passed."""

import datetime as dt

import pytest
from django.utils import timezone

from catalog.models import Offer
from core.errors import Conflict, InvalidInput
from core.models import AuditEntry, Job
from notifications.models import Notification
from price_lists.enums import RunState
from price_lists.held import imports, names
from price_lists.models import ImportRun, PriceList, Source, TitleRemark
from price_lists.title_rules.models import TitleRule
from price_lists.title_rules.selectors import shown
from price_lists.title_rules.services import follow_rules
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import OfferFactory, SupplyFactory
from tests.factories.vendors import MembershipFactory
from vendors.appeals import services as appeals
from vendors.appeals.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return MembershipFactory()


@pytest.fixture
def operator():
    return OperatorFactory()


@pytest.fixture
def run(owner):
    vendor = owner.vendor
    source = Source.objects.create(vendor=vendor, name="main", supply=SupplyFactory(vendor=vendor))
    version = PriceList.objects.create(source=source, original_name="a.csv", size=1, sha256="0" * 64)
    return ImportRun.objects.create(
        vendor=vendor, source=source, price_list=version, state=RunState.HELD, guard=[{"code": "prices_up"}]
    )


def test_the_vendor_is_asked_with_the_operators_words(owner, operator, run):
    with pytest.raises(InvalidInput):
        imports.nudge(operator=operator, run=run, text=" ")
    assert imports.nudge(operator=operator, run=run, text="Ціни зросли вчетверо: це навмисно?") == 1
    told = Notification.objects.get(user=owner.user, kind="import.nudged")
    assert told.params["reason"] == "Ціни зросли вчетверо: це навмисно?"
    assert list(imports.held_runs()) == [run]
    assert AuditEntry.objects.get().action == "price_lists.nudge_vendor"


@pytest.mark.parametrize("speak", [imports.apply_for_vendor, imports.drop_for_vendor])
def test_nobody_speaks_for_the_vendor_within_three_days(operator, run, speak):
    with pytest.raises(imports.VendorHasTime):
        speak(operator=operator, run=run, reason="Мовчать")
    run.refresh_from_db()
    assert (run.state, AuditEntry.objects.count()) == (RunState.HELD, 0)


@pytest.mark.parametrize(
    "way",
    [
        (imports.apply_for_vendor, RunState.QUEUED, "import.applied_for_you"),
        (imports.drop_for_vendor, RunState.CANCELLED, "import.dropped_for_you"),
    ],
)
def test_after_three_days_an_operator_speaks_and_the_vendor_reads_why(owner, operator, run, way):
    speak, state, kind = way
    ImportRun.objects.update(created_at=timezone.now() - dt.timedelta(days=3, minutes=1))
    run.refresh_from_db()
    with pytest.raises(InvalidInput):
        speak(operator=operator, run=run, reason="")
    speak(operator=operator, run=run, reason="Мовчать")
    run.refresh_from_db()
    assert run.state == state
    assert Job.objects.count() == (state == RunState.QUEUED)
    assert Notification.objects.get(user=owner.user).kind == kind
    trace = AuditEntry.objects.get()
    assert (trace.actor, trace.reason, trace.details["guard"]) == (
        operator.typed_id,
        "Мовчать",
        ["prices_up"],
    )
    with pytest.raises(Conflict):
        speak(operator=operator, run=run, reason="Ще раз")


@pytest.fixture
def remark(owner):
    TitleRule.objects.create(code="link", action="hold", changed_by="user:1")
    OfferFactory(title="Ніж www.shop.ua", vendor=owner.vendor)
    follow_rules()
    return TitleRemark.objects.get()


def test_a_name_that_stays_held_leaves_the_queue_and_passes_by_an_appeal(owner, operator, remark):
    seen = {remark.pk: shown(remark).seen}
    assert names.keep_held(operator=operator, seen={remark.pk: "00"}, reason="Адреса сайту") == (0, 1)
    assert names.keep_held(operator=operator, seen=seen, reason="Адреса сайту") == (1, 0)
    assert list(names.undecided_names()) == []
    assert Notification.objects.get(user=owner.user).params["reason"] == "Адреса сайту"
    decision = Decision.objects.get(kind="name.held")
    appeals.appeal(vendor=owner.vendor, user=owner.user, decision_id=decision.pk, text="Це назва моделі")
    appeals.judge(operator=OperatorFactory(), decision_id=decision.pk, reverses=True, reason="Гаразд")
    assert Offer.objects.get().hidden_at is None


def test_a_name_passes_with_a_trace(operator, remark):
    assert names.let_pass(operator=operator, seen={remark.pk: shown(remark).seen}) == (1, 0)
    assert Offer.objects.get().hidden_at is None
    assert (
        AuditEntry.objects.filter(action="price_lists.pass_names", subject=f"offer:{remark.pk}").count() == 1
    )
