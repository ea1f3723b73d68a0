"""The operators' pages about names: what is done about each rule, and names that pass."""

import re

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from catalog.models import Offer
from cms.services import ensure_operators_group
from core.models import Job, JobState, OutboxEntry
from price_lists.tasks import follow_title_rules
from price_lists.title_rules.models import TitleRemark, TitleRule
from price_lists.title_rules.services import follow_rules
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


def test_only_operators_come_in(client):
    for name in ("operators_name_rules", "operators_held_names"):
        assert client.get(reverse(name)).status_code == 302


def test_rules_are_set_and_held_names_pass(client, operator):
    OfferFactory(title="Ніж www.shop.ua")
    OfferFactory(title="Вилка")
    rules, held = reverse("operators_name_rules"), reverse("operators_held_names")
    page = client.get(rules).content.decode()
    assert "Ніж <mark>www.shop.ua</mark>" in page
    client.post(rules, {"link": "hold", "phone": "warn", "marks": "nonsense"})
    assert list(TitleRule.objects.values_list("code", "action", "changed_by")) == [
        ("link", "hold", operator.typed_id)
    ]
    assert Job.objects.filter(kind="price_lists.title_rules").count() == 1
    follow_rules()
    offer = Offer.objects.get(hidden_reason="name:link")
    assert (
        "<mark>www.shop.ua</mark>"
        in client.get(held, {"rule": "link", "vendor": offer.vendor_id}).content.decode()
    )
    assert "www.shop.ua" not in client.get(held, {"rule": "phone"}).content.decode()
    box = re.search(rf'name="offer" value="({offer.pk}\.\w+)"', client.get(held).content.decode())
    said = client.post(held, {"offer": [f"{offer.pk}.00"]}, follow=True)
    assert [str(each.level_tag) for each in said.context["messages"]] == ["warning"]
    client.post(held, {"offer": [box[1]]})
    offer.refresh_from_db()
    assert offer.hidden_at is None
    assert TitleRemark.objects.get().passed_by == operator.typed_id


def test_all_names_are_judged_anew_by_the_rules_of_a_new_release(client, operator, monkeypatch):
    TitleRule.objects.create(code="link", action="hold", changed_by="user:1")
    offer = OfferFactory(title="Ніж www.shop.ua")
    fine = OfferFactory(title="Вилка")
    rules = reverse("operators_name_rules")
    for _ in range(2):
        client.post(rules, {"act": "judge"})
    job = Job.objects.get(kind="price_lists.title_rules")
    assert "judge" not in re.findall(r'name="act" value="(\w+)"', client.get(rules).content.decode())
    follow_title_rules(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 2, 2, {"hidden": 1})
    hidden = Offer.objects.filter(hidden_at__isnull=False)
    assert hidden.get().pk == offer.pk
    said = OutboxEntry.objects.filter(consumer="search").values_list("payload", flat=True)
    assert str(offer.pk) in str(list(said))
    assert str(fine.pk) not in str([each for each in said if "hidden" in str(each)])
    page = client.get(rules).content.decode()
    assert "1 name newly held" in page
    assert 'value="judge"' in page
