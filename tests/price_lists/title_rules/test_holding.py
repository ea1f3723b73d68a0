"""Offers hidden for their names: by an import, until the name is mended, an operator lets it pass, or a person decides."""

import pytest

from catalog.enums import EditRank
from catalog.models import Offer
from catalog.services.offers import edit_offer, hide_offers, unhide_offers
from core.models import Job, OutboxEntry
from price_lists.models import RowProblem
from price_lists.title_rules.enums import Action, Rule
from price_lists.title_rules.models import TitleRemark
from price_lists.title_rules.offer_names import names_hash
from price_lists.title_rules.selectors import held_count, held_remarks, shown, touched
from price_lists.title_rules.services import follow_rules, let_pass, set_actions
from tests.factories.catalog import OfferFactory
from tests.factories.price_lists import good, imported

pytestmark = pytest.mark.django_db
BAD = "Степлер, тел. 067 123-45-67"


@pytest.fixture
def hold():
    set_actions(actions={Rule.PHONE: Action.HOLD}, actor="user:1")


def reload(offer):
    offer.refresh_from_db()
    return offer


def seen(*offers):
    return {offer.pk: names_hash([reload(offer).title]).hex() for offer in offers}


def told():
    said = sorted(OutboxEntry.objects.values_list("consumer", flat=True))
    OutboxEntry.objects.all().delete()
    return said


def test_an_import_hides_a_bad_name_and_shows_the_mended_one(vendor, tmp_path, hold):
    run = imported(vendor, tmp_path / "a.csv", [good(1, title=BAD), good(2)])
    bad, fine = Offer.objects.order_by("pk")
    assert (bad.hidden_reason, bad.version, fine.hidden_at) == ("name:phone", 1, None)
    assert run.counts["names_hidden"] == 1
    assert list(RowProblem.objects.values_list("code", "value")) == [
        ("name_phone_held", "тел. 067 123-45-67")
    ]
    assert (TitleRemark.objects.get().offer_id, held_count(vendor)) == (bad.pk, 1)
    told()
    again = imported(vendor, tmp_path / "b.csv", [good(1, title="Степлер"), good(2)])
    assert (reload(bad).hidden_at, bad.hidden_reason, bad.version) == (None, "", 2)
    assert "names_hidden" not in again.counts
    assert not TitleRemark.objects.exists()
    assert told() == ["identity", "requests", "search", "watching"]


def test_a_new_price_under_a_held_name_leaves_it_held(vendor, tmp_path, hold):
    imported(vendor, tmp_path / "a.csv", [good(1, title=BAD)])
    imported(vendor, tmp_path / "b.csv", [good(1, title=BAD, price="7")])
    offer = Offer.objects.get()
    assert (offer.hidden_reason, offer.price_amount) == ("name:phone", 70_000)


def test_a_name_that_passed_stays_shown_and_another_is_judged_anew(vendor, tmp_path, hold):
    imported(vendor, tmp_path / "a.csv", [good(1, title=BAD)])
    offer = Offer.objects.get()
    told()
    assert let_pass(seen=seen(offer), actor="user:1") == (1, 0)
    assert (reload(offer).hidden_at, offer.version) == (None, 2)
    assert told() == ["identity", "photos", "requests", "search", "watching"]
    imported(vendor, tmp_path / "b.csv", [good(1, title=BAD, brand="Deli")])
    follow_rules()
    assert reload(offer).hidden_at is None
    imported(vendor, tmp_path / "c.csv", [good(1, title=f"{BAD} новий", brand="Deli")])
    assert reload(offer).hidden_reason == "name:phone"


def test_a_name_that_nobody_saw_does_not_pass(vendor, tmp_path, hold):
    imported(vendor, tmp_path / "a.csv", [good(1, title=BAD), good(2, title=f"{BAD} 2")])
    offers = list(Offer.objects.order_by("pk"))
    shown_then = seen(*offers)
    imported(
        vendor, tmp_path / "b.csv", [good(1, title=f"{BAD} або 068 123-45-67"), good(2, title=f"{BAD} 2")]
    )
    assert let_pass(seen=shown_then, actor="user:1") == (1, 1)
    assert [reload(offer).hidden_reason for offer in offers] == ["name:phone", ""]


def test_what_a_person_hid_no_rule_shows(vendor, tmp_path, hold):
    imported(vendor, tmp_path / "a.csv", [good(1, title=BAD), good(2)])
    bad, fine = Offer.objects.order_by("pk")
    assert hide_offers(offer_ids=[bad.pk, fine.pk], reason="заборонено") == 2
    assert held_count(vendor) == 0
    imported(vendor, tmp_path / "b.csv", [good(1, title="Степлер"), good(2, title=BAD)])
    assert {reload(bad).hidden_reason, reload(fine).hidden_reason} == {"заборонено"}
    assert let_pass(seen=seen(bad, fine), actor="user:1") == (0, 2)


def test_what_a_person_showed_no_rule_hides_while_its_name_stays(vendor, tmp_path, hold):
    imported(vendor, tmp_path / "a.csv", [good(1, title=BAD)])
    offer = Offer.objects.get()
    unhide_offers(offer_ids=[offer.pk])
    imported(vendor, tmp_path / "b.csv", [good(1, title=BAD, brand="Deli")])
    assert reload(offer).hidden_at is None
    for action in (Action.WARN, Action.HOLD):
        set_actions(actions={Rule.PHONE: action}, actor="user:1")
        assert follow_rules() == 0
    assert reload(offer).hidden_at is None


def test_other_rules_are_followed_by_all_offers(vendor):
    bad, loud, fine = (OfferFactory(vendor=vendor, title=title) for title in (BAD, "СТЕПЛЕР ОФІСНИЙ", "Ніж"))
    assert set_actions(actions={Rule.PHONE: Action.HOLD, Rule.HTML: Action.CLEAN}, actor="user:1") == [
        Rule.PHONE
    ]
    job = Job.objects.get(kind="price_lists.title_rules")
    assert (job.task, job.owner) == ("price_lists.follow_title_rules", "user:1")
    assert follow_rules() == 1
    assert follow_rules() == 0
    assert (reload(bad).hidden_reason, bad.version, reload(loud).hidden_at) == ("name:phone", 2, None)
    told()
    set_actions(actions={Rule.PHONE: Action.WARN, Rule.SHOUTING: Action.HOLD}, actor="user:1")
    assert follow_rules() == 1
    assert (reload(bad).hidden_at, reload(loud).hidden_reason) == (None, "name:shouting")
    assert told() == ["identity", "photos", *(["requests"] * 2), *(["search"] * 2), *(["watching"] * 2)]
    assert reload(fine).version == 1
    assert set_actions(actions={Rule.SHOUTING: Action.HOLD}, actor="user:1") == []
    assert Job.objects.count() == 2


def test_a_name_that_a_person_writes_is_judged(vendor, hold):
    offer = OfferFactory(vendor=vendor, title="Степлер")
    for title, reason in ((BAD, "name:phone"), ("Степлер новий", "")):
        edit_offer(offer=offer, values={"title": title}, rank=EditRank.VENDOR, actor="user:2")
        assert (reload(offer).title, offer.hidden_reason) == (title, reason)


def test_rules_that_are_set_while_a_job_follows_others_hold_at_once(vendor, hold):
    bad = OfferFactory(vendor=vendor, title=BAD)
    assert follow_rules() == 1
    late = OfferFactory(vendor=vendor, title=BAD)

    class Meanwhile:
        def progress(self, _done, _total=None):
            set_actions(actions={Rule.PHONE: Action.WARN}, actor="user:1")

    assert follow_rules(work=Meanwhile()) == 0
    assert (reload(bad).hidden_at, reload(late).hidden_at) == (None, None)


def test_names_in_other_languages_count(vendor):
    offer = OfferFactory(
        vendor=vendor, title="Ніж", texts={"uk": {"title": "Ніж"}, "ru": {"title": "Нож www.shop.ua"}}
    )
    set_actions(actions={Rule.LINK: Action.HOLD}, actor="user:1")
    follow_rules()
    held = shown(held_remarks(vendor=vendor, rule=Rule.LINK).get())
    assert reload(offer).hidden_reason == "name:link"
    assert [[tuple(piece) for piece in name] for name in held.names] == [
        [("Нож ", False), ("www.shop.ua", True)]
    ]
    assert not held_remarks(rule=Rule.PHONE).exists()


def test_an_operator_sees_what_each_rule_would_touch(vendor):
    for title in (BAD, "Ніж!!!", "Ніж"):
        OfferFactory(vendor=vendor, title=title)
    sample, rules = touched()
    assert sample == 3
    assert {each.rule: each.number for each in rules if each.number} == {Rule.PHONE: 1, Rule.MARKS: 1}
    assert [example.cleaned for each in rules for example in each.examples] == ["Степлер", "Ніж!"]


def test_a_list_read_under_other_cleaning_is_read_anew(vendor, tmp_path):
    rows = [good(1, title="Степлер АКЦІЯ"), good(2)]
    imported(vendor, tmp_path / "a.csv", rows)
    set_actions(actions={Rule.PROMOTION: Action.CLEAN}, actor="user:1")
    (tmp_path / "b").mkdir()
    run = imported(vendor, tmp_path / "b" / "a.csv", [*rows, good(3)])
    assert (run.counts["new"], run.counts["changed"], run.counts["text"]) == (1, 1, 1)
    assert Offer.objects.order_by("pk").first().title == "Степлер"


def test_a_list_with_cleaned_names_is_known_again_under_another_name(vendor, tmp_path):
    set_actions(actions={Rule.SHOUTING: Action.CLEAN}, actor="user:1")
    rows = [good(number, title=f"СТЕПЛЕР ОФІСНИЙ №{number}") for number in range(1, 7)]
    first = imported(vendor, tmp_path / "січень.csv", rows, source=None)
    again = imported(vendor, tmp_path / "зовсім інша.csv", [*rows[:5], good(9)], source=None)
    assert Offer.objects.order_by("pk").first().title == "Степлер офісний №1"
    assert again.source_id == first.source_id
